//! The deployment-wide path: an item goes only to integrations that Meta has confirmed of late, and a proof ends at once with
//! whatever speaks against it. Nobody else learns anything of the item; it is kept for the workspace that proves the number.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, Number, TestApp, change, text_message, webhook},
    browser::Browser,
    deployment::{FLAGS, Tenant, deliver, tenants},
    double::{Answer, Call},
    on_both_databases,
};
use crate::server::{
    pipeline::{self, Progress, health::Health},
    service::integration,
};

on_both_databases!(
    a_token_refused_on_a_send_ends_the_proof_with_the_card,
    every_refusal_ends_the_proof,
    a_proof_ends_by_age_and_lives_with_every_look,
    a_number_in_another_account_is_not_the_one_that_was_proven,
    what_was_nobodys_is_worked_off_when_the_number_is_proven_again,
    each_workspace_gets_its_own_dead_letter,
);

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const PHONE: &str = "316000000000001";
const ACCOUNT: &str = "102000000000001";

/// Two workspaces that have both proven one number.
struct Pair {
    app: TestApp,
    /// API token and integration of the second one.
    theirs: String,
    their_id: Value,
    ours: Number,
}

impl Pair {
    async fn start(database: Database) -> Self {
        let app = TestApp::start_with(database, &FLAGS).await;
        let [ours, theirs] = tenants(&app, [PHONE; 2]).await;
        Self { app, theirs: theirs.token, their_id: json!(theirs.number.integration_id), ours: ours.number }
    }

    /// A customer writes, on the deployment-wide path; who has got it: the first workspace, the second.
    async fn arrives_at(&self, wamid: &str) -> (bool, bool) {
        self.post(webhook(&[change(&self.ours, &[text_message(wamid, "491510000001", wamid)], &[])])).await;
        (self.has(&self.app.token, wamid).await, self.has(&self.theirs, wamid).await)
    }

    async fn post(&self, body: String) {
        deliver(&self.app, body).await;
    }

    async fn has(&self, token: &str, wamid: &str) -> bool {
        let (_, listed) = self.app.api_as(token, "conversations/list", json!({})).await;
        let mut found = false;
        for row in listed["rows"].as_array().unwrap() {
            let input = json!({"conversation_id": row["id"]});
            let (_, thread) = self.app.api_as(token, "messages/list", input).await;
            found |= thread.as_array().unwrap().iter().any(|m| m["content"]["text"] == wamid);
        }
        found
    }

    async fn call(&self, verb: &str, rest: Value) -> (StatusCode, Value) {
        let mut input = rest;
        input["id"] = self.their_id.clone();
        self.app.api_as(&self.theirs, &format!("integrations/whatsapp/{verb}"), input).await
    }

    async fn card(&self) -> Value {
        self.call("get", json!({})).await.1
    }

    /// All that the second workspace can see, and hears, of what comes in.
    async fn seen_by_them(&self) -> Vec<Value> {
        let mut seen = vec![self.app.api_as(&self.theirs, "conversations/list", json!({})).await.1];
        for verb in ["deliveries", "dead_letters"] {
            seen.push(self.call(verb, json!({})).await.1);
        }
        let events = "select e.payload from events e join workspaces w on w.id = e.workspace_id where w.name = 'Next door' order by e.id";
        seen.push(json!(self.app.texts(events).await));
        seen
    }

    async fn look(&self) {
        while pipeline::step::<Health>(&self.app.state).await.unwrap() == Progress::Worked {}
    }
}

async fn a_token_refused_on_a_send_ends_the_proof_with_the_card(database: Database) {
    let pair = Pair::start(database).await;
    assert_eq!(pair.arrives_at("wamid.1").await, (true, true));
    // Their next send finds that Meta takes their token no more.
    let (_, listed) = pair.app.api_as(&pair.theirs, "conversations/list", json!({})).await;
    let input = json!({"conversation_id": listed["rows"][0]["id"], "text": "Hello"});
    pair.app.graph.answer_next([Answer::Error { status: 401, code: 190, subcode: None }]);
    pair.app.api_as(&pair.theirs, "messages/send", input).await;
    pair.app.settle().await;
    assert_eq!(pair.card().await["status"], "error");
    let before = pair.seen_by_them().await;
    assert_eq!(pair.arrives_at("wamid.2").await, (true, false));
    assert_eq!(pair.seen_by_them().await, before, "they learn nothing of it");
    // What one question says does not outweigh a fresh refusal; when the trouble is over, the number is theirs again.
    pair.look().await;
    assert_eq!(pair.arrives_at("wamid.3").await, (true, false));
    pair.app.advance(20 * MINUTE);
    pair.look().await;
    pair.app.settle().await;
    assert_eq!(
        (pair.card().await["status"].clone(), pair.arrives_at("wamid.4").await),
        (json!("connected"), (true, true))
    );
    assert!(!pair.has(&pair.theirs, "wamid.2").await, "it was the other's, and stays so");
}

async fn every_refusal_ends_the_proof(database: Database) {
    let pair = Pair::start(database).await;
    let graph = &pair.app.graph;
    let gone = Answer::Error { status: 400, code: 100, subcode: Some(33) };
    let mut n = 0;
    for way in [
        "number in a test",
        "account in a test",
        "token in a look",
        "account in a look",
        "token in a trial",
        "off",
        "another token",
        "lock in a trial",
    ] {
        n += 1;
        assert_eq!(pair.arrives_at(&format!("wamid.{n}.before")).await, (true, true), "{way}");
        match way {
            "number in a test" | "account in a test" => {
                graph.fail(if way.starts_with("number") { Call::Number } else { Call::PhoneNumbers }, gone.clone());
                pair.call("test", json!({})).await;
            }
            "token in a look" => {
                graph.change(|w| w.token = json!({"is_valid": false, "error": {"code": 190, "subcode": 467}}));
            }
            "account in a look" => graph.fail(Call::PhoneNumbers, gone.clone()),
            "token in a trial" | "lock in a trial" => {
                let code = if way.starts_with("lock") { 131_031 } else { 190 };
                graph.answer_next([Answer::Error { status: 401, code, subcode: None }]);
                let (status, _) = pair.call("send_test", json!({"to": "+49 151 0000002"})).await;
                assert_ne!(status, StatusCode::OK);
                assert_eq!(pair.card().await["status"], "error");
            }
            "off" => drop(pair.call("set_active", json!({"active": false})).await),
            "another token" => {
                pair.call("update", json!({"access_token": "EAAG-app-888888-x", "force": true})).await;
            }
            _ => unreachable!(),
        }
        if way.ends_with("look") {
            // Meta shows it to the second one only: the first one's time has not come.
            let ours = pair.ours.integration_id.clone();
            pair.app.advance(20 * MINUTE);
            pair.look().await;
            graph.mend();
            graph.change(|w| w.token = json!({}));
            pair.app.ok("integrations/whatsapp/test", json!({"id": ours})).await;
        }
        let before = pair.seen_by_them().await;
        assert_eq!(pair.arrives_at(&format!("wamid.{n}.after")).await, (true, false), "{way}");
        assert_eq!(pair.seen_by_them().await, before, "{way}: they learn something of it");
        // All is well again.
        graph.mend();
        pair.call("set_active", json!({"active": true})).await;
        pair.call("update", json!({"access_token": format!("EAAG-app-777777-{n}"), "force": true})).await;
        pair.call("test", json!({})).await;
    }
    pair.call("delete", json!({"conversations": "keep"})).await;
    assert_eq!(pair.arrives_at("wamid.deleted").await, (true, false));
}

async fn a_proof_ends_by_age_and_lives_with_every_look(database: Database) {
    let pair = Pair::start(database).await;
    for n in 0..3 {
        pair.app.advance(23 * HOUR);
        pair.look().await;
        pair.app.advance(HOUR - MINUTE);
        assert_eq!(pair.arrives_at(&format!("wamid.{n}")).await, (true, true));
    }
    // Meta cannot be asked any more: silence proves nothing, but it refutes nothing either.
    for call in [Call::DebugToken, Call::Number, Call::PhoneNumbers] {
        pair.app.graph.fail(call, Answer::Html(502));
    }
    pair.look().await;
    pair.app.advance(22 * HOUR);
    pair.look().await;
    assert_eq!(pair.arrives_at("wamid.silence").await, (true, true));
    assert_eq!(pair.card().await["health"]["kept_back_since"], Value::Null);
    pair.app.advance(2 * HOUR);
    pair.look().await;
    // The card says so, and since when.
    let card = pair.card().await;
    assert!(
        card["health"]["kept_back_since"].as_i64().is_some_and(|at| at < pair.app.state.now() - 24 * HOUR),
        "{card}"
    );
    let browser = Browser::signed_in(&pair.app, "neighbour@example.com").await;
    assert!(browser.get("/integrations").await.body.contains("Meta last confirmed that this number is yours"));
    let before = pair.seen_by_them().await;
    assert_eq!(pair.arrives_at("wamid.late").await, (false, false));
    assert_eq!(pair.seen_by_them().await, before);
    assert_eq!(pair.app.count("select count(*) from dead_letters where workspace_id is null").await, 1);
    // With Meta comes everything that was kept.
    pair.app.graph.mend();
    pair.app.advance(20 * MINUTE);
    pair.look().await;
    pair.app.settle().await;
    assert!(pair.has(&pair.app.token, "wamid.late").await && pair.has(&pair.theirs, "wamid.late").await);
    assert_eq!(pair.app.count("select count(*) from dead_letters").await, 0);
    assert_eq!(pair.card().await["health"]["kept_back_since"], Value::Null);
}

async fn a_number_in_another_account_is_not_the_one_that_was_proven(database: Database) {
    let pair = Pair::start(database).await;
    let body = webhook(&[change(&pair.ours, &[text_message("wamid.1", "491510000001", "wamid.1")], &[])]);
    let before = pair.seen_by_them().await;
    pair.post(body.replace(ACCOUNT, "102000000000077")).await;
    assert!(!pair.has(&pair.app.token, "wamid.1").await && !pair.has(&pair.theirs, "wamid.1").await);
    assert_eq!(pair.seen_by_them().await, before);
    // Nor is it processed again for them, however often that is tried.
    integration::keep_up(&pair.app.state).await.unwrap();
    pair.app.settle().await;
    assert_eq!(pair.app.count("select count(*) from dead_letters where workspace_id is null").await, 1);
    assert_eq!(pair.app.count("select count(*) from deliveries where state = 'done'").await, 1);
}

async fn what_was_nobodys_is_worked_off_when_the_number_is_proven_again(database: Database) {
    let pair = Pair::start(database).await;
    pair.call("set_active", json!({"active": false})).await;
    pair.app.ok("integrations/whatsapp/set_active", json!({"id": pair.ours.integration_id, "active": false})).await;
    // A message, and a field about the whole account.
    let message = change(&pair.ours, &[text_message("wamid.1", "491510000001", "wamid.1")], &[]);
    pair.post(webhook(&[message, json!({"field": "account_update", "value": {"event": "X"}})])).await;
    assert_eq!(pair.app.count("select count(*) from dead_letters where workspace_id is null").await, 2);
    integration::keep_up(&pair.app.state).await.unwrap();
    assert_eq!(
        pair.app.count("select count(*) from deliveries where state = 'waiting'").await,
        0,
        "it is still nobody's"
    );
    pair.app.ok("integrations/whatsapp/set_active", json!({"id": pair.ours.integration_id, "active": true})).await;
    pair.look().await;
    pair.app.settle().await;
    assert_eq!((pair.has(&pair.app.token, "wamid.1").await, pair.has(&pair.theirs, "wamid.1").await), (true, false));
    assert_eq!(pair.app.count("select count(*) from dead_letters").await, 0);
    // Worked off a second time it would be stored once all the same.
    assert_eq!(pair.app.count("select count(*) from messages where external_message_id = 'wamid.1'").await, 1);
}

async fn each_workspace_gets_its_own_dead_letter(database: Database) {
    let app = TestApp::start_with(database, &FLAGS).await;
    let both = tenants(&app, [PHONE; 2]).await;
    deliver(&app, webhook(&[change(&both[0].number, &[json!({"type": "text"})], &[])])).await;
    let letters = async |who: &Tenant| {
        let input = json!({"id": who.number.integration_id});
        let (_, page) = app.api_as(&who.token, "integrations/whatsapp/dead_letters", input).await;
        page["rows"].as_array().unwrap().clone()
    };
    assert_eq!((letters(&both[0]).await.len(), letters(&both[1]).await.len()), (1, 1));
    // One works it off again: it is still unreadable, and the other's stays as it was.
    let kept = letters(&both[1]).await;
    let answer = app.ok("integrations/whatsapp/replay", json!({"id": both[0].number.integration_id})).await;
    assert_eq!(answer, json!({"replayed": 1, "gone": 0}));
    app.settle().await;
    assert_eq!((letters(&both[0]).await.len(), letters(&both[1]).await), (1, kept));
}
