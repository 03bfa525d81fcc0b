//! The website's chat, as its page speaks with the server.

use std::time::Duration;

use axum::http::StatusCode;
use futures::{StreamExt, stream::FuturesUnordered};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    app::{Database, TestApp},
    on_both_databases,
};

on_both_databases!(
    a_visitor_is_answered_beside_whatsapp,
    tokens_cannot_be_forged,
    tokens_end_and_are_renewed_while_they_are_used,
    a_person_takes_over_a_web_chat,
    a_chat_is_closed_until_it_is_switched_on_and_closes_at_once,
    a_flood_of_messages_is_turned_away,
    open_questions_are_counted,
);

/// An address of a visitor, as a trusted proxy tells it.
const HERE: &str = "198.51.100.1";
pub(super) const TRUSTING: &[&str] = &["--quiet-time", "0", "--trusted-proxies", "127.0.0.1"];

pub(super) struct Visitor<'a> {
    app: &'a TestApp,
    pub(super) token: String,
    address: &'static str,
}

impl<'a> Visitor<'a> {
    pub(super) async fn begin(app: &'a TestApp, chatbot_id: &str) -> Self {
        Self::begin_at(app, chatbot_id, HERE).await
    }

    async fn begin_at(app: &'a TestApp, chatbot_id: &str, address: &'static str) -> Self {
        let url = format!("{}/api/widget/v1/session", app.url);
        let begin = json!({"integration_id": app.website_of(chatbot_id).await});
        let request = app.http.post(url).header("x-forwarded-for", address).json(&begin);
        let begun: Value = request.send().await.unwrap().json().await.unwrap();
        Self { app, token: begun["token"].as_str().unwrap_or_else(|| panic!("{begun}")).to_owned(), address }
    }

    pub(super) async fn say(&self, text: &str, client_id: &str) -> (StatusCode, Value) {
        let response = self.try_to_say(text, client_id).await;
        (response.status(), response.json().await.unwrap())
    }

    async fn try_to_say(&self, text: &str, client_id: &str) -> reqwest::Response {
        let url = format!("{}/api/widget/v1/messages", self.app.url);
        let request = self.app.http.post(url).bearer_auth(&self.token).header("x-forwarded-for", self.address);
        request.json(&json!({"text": text, "client_id": client_id})).send().await.unwrap()
    }

    /// What the page gets to hear, waiting for it.
    pub(super) async fn ask(&self, query: &str) -> (StatusCode, Value) {
        let url = format!("{}/api/widget/v1/messages?{query}", self.app.url);
        let request = self.app.http.get(url).bearer_auth(&self.token).header("x-forwarded-for", self.address);
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    async fn hear(&self, after: i64) -> Vec<(String, String)> {
        let (_, heard) = self.ask(&format!("after={after}")).await;
        let list = heard["messages"].as_array().unwrap().iter();
        list.map(|m| (m["author"].as_str().unwrap().to_owned(), m["text"].as_str().unwrap().to_owned())).collect()
    }
}

/// A chatbot that knows something, open on websites.
async fn website(app: &TestApp) -> String {
    let chatbot_id = app.chatbot().await;
    app.open_website(&chatbot_id).await;
    chatbot_id
}

pub(super) const FIRST: &str = "018f0000-0000-7000-8000-000000000001";
pub(super) const SECOND: &str = "018f0000-0000-7000-8000-000000000002";
const DAY: i64 = 24 * 60 * 60 * 1000;

async fn a_visitor_is_answered_beside_whatsapp(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.advance(1000);
    app.open_website(&number.chatbot_id).await;
    let visitor = Visitor::begin(&app, &number.chatbot_id).await;
    assert_eq!(visitor.say("where is your shop", FIRST).await.0, StatusCode::OK);
    // The page repeats what it got no answer to: it counts once.
    assert_eq!(visitor.say("where is your shop", FIRST).await.0, StatusCode::OK);
    app.settle().await;
    let expected = [("contact", "where is your shop"), ("bot", "In Harbour Street 5.")];
    assert_eq!(visitor.hear(0).await, expected.map(|(a, t)| (a.to_owned(), t.to_owned())));
    let rows = app.ok("conversations/list", json!({})).await["rows"].clone();
    assert_eq!((rows[0]["channel"].as_str(), rows[1]["channel"].as_str()), (Some("web"), Some("whatsapp")));
    for channel in ["web", "whatsapp"] {
        let filtered = app.ok("conversations/list", json!({"channel": channel})).await["rows"].clone();
        assert_eq!((filtered.as_array().unwrap().len(), filtered[0]["channel"].as_str()), (1, Some(channel)));
    }
    // Another visitor of the same chatbot hears nothing of it.
    let other = Visitor::begin(&app, &number.chatbot_id).await;
    other.say("hello", SECOND).await;
    assert_eq!(other.hear(0).await.len(), 1);
}

async fn tokens_cannot_be_forged(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    let chatbot_id = website(&app).await;
    let good = Visitor::begin(&app, &chatbot_id).await.token;
    let mut flipped = good.clone();
    let last = if flipped.pop() == Some('0') { '1' } else { '0' };
    flipped.push(last);
    let (payload, signature) = good.rsplit_once('.').unwrap();
    let other_visitor = format!("{}.{signature}", &payload.replace('7', "8"));
    // As they were before tokens had an end.
    let old = {
        let (ids, _) = payload.rsplit_once('.').unwrap();
        let key = app.state.sealer.digests("visitor tokens", "v1").remove(0);
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).unwrap();
        mac.update(ids.as_bytes());
        format!("{ids}.{}", hex::encode(mac.finalize().into_bytes()))
    };
    for token in [String::new(), old, "nonsense".to_owned(), flipped, other_visitor, payload.to_owned()] {
        let visitor = Visitor { app: &app, token, address: HERE };
        let (status, error) = visitor.say("hello", FIRST).await;
        assert_eq!((status, error["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("unauthenticated")));
    }
    let url = format!("{}/api/widget/v1/session", app.url);
    let unknown = json!({"integration_id": FIRST});
    assert_eq!(app.http.post(&url).json(&unknown).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(app.http.post(&url).body("{").send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    for (text, status) in [("  ".to_owned(), StatusCode::BAD_REQUEST), ("x".repeat(5000), StatusCode::BAD_REQUEST)] {
        assert_eq!(Visitor { app: &app, token: good.clone(), address: HERE }.say(&text, FIRST).await.0, status);
    }
}

async fn a_person_takes_over_a_web_chat(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    let chatbot_id = website(&app).await;
    let visitor = Visitor::begin(&app, &chatbot_id).await;
    visitor.say("opening hours", FIRST).await;
    app.settle().await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    app.ok("messages/send", json!({"conversation_id": id, "text": "A person here."})).await;
    visitor.say("opening hours", SECOND).await;
    app.settle().await;
    let heard: Vec<String> = visitor.hear(0).await.into_iter().map(|(author, _)| author).collect();
    // No activity line is shown to visitors, and the bot is silent.
    assert_eq!(heard, ["contact", "bot", "user", "contact"]);
}

async fn tokens_end_and_are_renewed_while_they_are_used(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    let chatbot_id = website(&app).await;
    let visitor = Visitor::begin(&app, &chatbot_id).await;
    let (_, said) = visitor.say("opening hours", FIRST).await;
    assert_eq!(said["token"], Value::Null, "half of its time is not over");
    app.advance(16 * DAY);
    let (_, heard) = visitor.ask("after=0").await;
    let fresh = Visitor { app: &app, token: heard["token"].as_str().unwrap().to_owned(), address: HERE };
    assert_ne!(fresh.token, visitor.token);
    assert!(visitor.say("where is your shop", SECOND).await.1["token"].is_string());
    app.advance(15 * DAY);
    let (status, error) = visitor.ask("after=0").await;
    assert_eq!((status, error["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("unauthenticated")));
    assert!(error["message"].as_str().unwrap().contains("ended") && error["action"].is_string(), "{error}");
    // Visitors who used theirs go on where they were.
    assert_eq!(fresh.hear(0).await.len(), 2);
}

async fn a_chat_is_closed_until_it_is_switched_on_and_closes_at_once(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    app.run_in_background();
    let chatbot_id = app.chatbot().await;
    let site = app.website_of(&chatbot_id).await;
    let page = || async {
        let answer = app.http.get(format!("{}/widget/{site}", app.url)).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    let begin = app.http.post(format!("{}/api/widget/v1/session", app.url)).json(&json!({"integration_id": site}));
    let closed = page().await;
    assert!(closed.0 == StatusCode::NOT_FOUND && closed.1.contains("This chat is closed"), "{closed:?}");
    let refused = begin.try_clone().unwrap().send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    assert!(refused.text().await.unwrap().contains("This chat is closed."));
    let bot = app.ok("chatbots/set_website", json!({"id": chatbot_id, "active": true})).await;
    assert_eq!(bot["web_active"], true);
    assert!(bot["web_address"].as_str().unwrap().ends_with(&format!("/widget/{site}")));
    assert_eq!(page().await.0, StatusCode::OK);
    let visitor = Visitor::begin(&app, &chatbot_id).await;
    visitor.say("nothing that it knows", FIRST).await;
    // The answer of the bot, then nothing more.
    let (_, answered) = visitor.ask("after=1").await;
    assert_eq!(answered["messages"][0]["author"], "bot");
    let waiting = visitor.ask("after=2");
    let switched = async {
        while app.state.visitors.polls.count() == 0 {
            tokio::task::yield_now().await;
        }
        app.ok("chatbots/set_website", json!({"id": chatbot_id, "active": false})).await;
    };
    let ((status, error), ()) = tokio::join!(waiting, switched);
    assert_eq!((status, error["message"].as_str()), (StatusCode::NOT_FOUND, Some("This chat is closed.")));
    assert_eq!(visitor.say("hello", SECOND).await.0, StatusCode::NOT_FOUND);
    assert_eq!(page().await.0, StatusCode::NOT_FOUND);
    // What was said stays, and people are told that nobody would read an answer.
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    assert_eq!(app.count("select count(*) from messages").await, 2);
    let blocked = app.ok("conversations/get", json!({"id": id})).await["send_blocked"].clone();
    assert!(blocked.as_str().unwrap().contains("switched off"), "{blocked}");
    let send = json!({"conversation_id": id, "text": "Hello"});
    assert_eq!(app.api("messages/send", send.clone()).await.0, StatusCode::CONFLICT);
    app.open_website(&chatbot_id).await;
    app.ok("messages/send", send).await;
    assert_eq!(visitor.hear(2).await, [("user".to_owned(), "Hello".to_owned())]);
    // A chatbot that is gone has no chat either.
    app.ok("chatbots/delete", json!({"id": chatbot_id})).await;
    assert_eq!(visitor.say("hello", SECOND).await.0, StatusCode::NOT_FOUND);
}

async fn a_flood_of_messages_is_turned_away(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    let chatbot_id = website(&app).await;
    // 16 KB, as long as texts may be.
    let long = "\u{1f4a3}".repeat(4096);
    let mut visitors = Vec::new();
    // One customer of a provider has a whole network.
    for address in ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::1"].iter().cycle().take(12) {
        visitors.push(Visitor::begin_at(&app, &chatbot_id, address).await);
    }
    let mut later = Vec::new();
    for _ in 0..5 {
        let all = visitors.iter().map(|visitor| async {
            let response = visitor.try_to_say(&long, &Uuid::new_v4().to_string()).await;
            (response.status(), response.headers().contains_key("retry-after"), response.text().await.unwrap())
        });
        later.extend(futures::future::join_all(all).await.into_iter().filter(|(status, ..)| *status != StatusCode::OK));
    }
    assert_eq!(app.count("select count(*) from messages").await, 1);
    assert_eq!(later.len(), 59);
    for (status, when, text) in later {
        assert!(status == StatusCode::TOO_MANY_REQUESTS && when, "{status} {text}");
        assert!(text.contains("rate_limited") && text.contains("Try again in"), "{text}");
    }
    // Others are not concerned; they are when they do the same with short ones.
    let other = Visitor::begin(&app, &chatbot_id).await;
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(other.say("hello", &Uuid::new_v4().to_string()).await.0);
    }
    assert_eq!(statuses.iter().filter(|s| **s == StatusCode::OK).count(), 10);
    app.advance(10_000);
    assert_eq!(other.say("hello", FIRST).await.0, StatusCode::OK);
    // Beyond the longest text nothing is read at all.
    let huge = other.try_to_say(&"x".repeat(20_000), SECOND).await;
    assert_eq!(huge.status(), StatusCode::BAD_REQUEST);
    // However many come, only a limited number begin to talk.
    let mut begun = 0;
    for n in 0..50 {
        let visitor = Visitor::begin_at(&app, &chatbot_id, "203.0.113.7").await;
        begun += usize::from(visitor.say("hello", &Uuid::from_u128(n).to_string()).await.0 == StatusCode::OK);
    }
    assert_eq!(begun, 20);
}

async fn open_questions_are_counted(database: Database) {
    let app = TestApp::start_with(database, &[TRUSTING, &["--visitor-polls", "6"]].concat()).await;
    let number = app.number().await;
    app.open_website(&number.chatbot_id).await;
    let visitor = Visitor::begin(&app, &number.chatbot_id).await;
    let mut open: FuturesUnordered<_> = (0..40).map(|_| visitor.ask("after=0")).collect();
    let enough = timeout(Duration::from_secs(20), async {
        for _ in 0..36 {
            let (status, error) = open.next().await.unwrap();
            assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{error}");
        }
    });
    // Some are refused because they came too fast, which is fine as well.
    assert!(enough.await.is_ok(), "{} stay open", open.len());
    assert_eq!(app.state.visitors.polls.count(), 4);
    // Everybody else is served, without waiting where there is no room to wait.
    let others = [Visitor::begin(&app, &number.chatbot_id).await, Visitor::begin(&app, &number.chatbot_id).await];
    let mut waiting: FuturesUnordered<_> = others.iter().map(|other| other.ask("after=0")).collect();
    while app.state.visitors.polls.count() < 6 {
        assert!(timeout(Duration::from_millis(10), waiting.next()).await.is_err());
    }
    let third = Visitor::begin(&app, &number.chatbot_id).await;
    assert_eq!(third.ask("after=0").await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(third.ask("after=0&wait=false").await.0, StatusCode::OK);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!(app.graph.sent().len(), 1);
    // All four hear what is said; the others go on waiting.
    assert_eq!(visitor.say("hello", FIRST).await.0, StatusCode::OK);
    for _ in 0..4 {
        assert_eq!(open.next().await.unwrap().1["messages"][0]["text"], "hello");
    }
    assert_eq!(app.state.visitors.polls.count(), 2);
    drop(waiting);
}
