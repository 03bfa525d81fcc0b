//! What people write is text wherever a page shows it: in its title, in attributes, between tags, in the data for the browser.

use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{
    app::{APP_SECRET, Database, TestApp, change, text_message, webhook},
    browser::{Answer, Browser},
    double::APP,
    html::{Tag, tags},
    on_both_databases, source,
};
use crate::domain::text::percent;

on_both_databases!(a_name_is_never_markup);

/// Ends whatever it may stand in, and then brings an element and an attribute that nobody else has.
const HOSTILE: &str = "\"' foreignattr=1 x=\"</title></textarea></script></style>--><xforeign foreignattr=1>";
/// Elements whose end tags may not be written; a text that was decoded twice would show.
const TWICE: &str = "&lt;xforeign&gt; &amp;amp; ]]> {{x}} <!--<script> \u{2028} `${x}` \\\"";

#[track_caller]
fn is_clean(what: &str, body: &str) -> Vec<Tag> {
    let found = tags(body);
    assert!(!found.is_empty(), "{what}: {body}");
    for tag in &found {
        assert_ne!(tag.name, "xforeign", "{what}: {body}");
        for (name, _) in &tag.attributes {
            // A name that holds such a character comes from a value that was broken open.
            let fine = !name.contains("foreign") && !name.contains(['"', '\'', '<']);
            assert!(fine, "{what}: {name} in {tag:?}");
        }
        if tag.name == "script" {
            assert!(!tag.text.contains("<!--") && !tag.text.contains("<xforeign"), "{what}: {}", tag.text);
        }
    }
    found
}

/// Everything that people can name, named so.
async fn named<'a>(app: &'a TestApp, name: &str) -> (Browser<'a>, Vec<String>) {
    let browser = Browser::stranger(app);
    let owner = json!({"workspace": name, "name": name, "email": "a@example.com", "password": "correct horse battery"});
    let made = browser.api("setup/create", &owner).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let mut browser = browser;
    browser.cookie = made.cookie();
    let ask = async |operation: &str, input: Value| {
        let answer = browser.api(operation, &input).await;
        assert_eq!(answer.status, StatusCode::OK, "{operation}: {}", answer.body);
        answer.json()
    };
    let made = ask("chatbots/create", json!({"name": name})).await;
    let [chatbot, site] = ["id", "web_integration_id"].map(|id| made[id].as_str().unwrap().to_owned());
    ask("chatbots/set_website", json!({"id": chatbot, "active": true})).await;
    for text in [name, "opening hours"] {
        ask("knowledge/save", json!({"chatbot_id": chatbot, "question": text, "answer": name})).await;
    }
    app.graph.change(|world| world.number = json!({"verified_name": name, "display_phone_number": name}));
    let input = json!({"chatbot_id": chatbot, "name": name, "phone_number_id": "316000000000001",
        "business_account_id": "102000000000001", "access_token": "EAAG-good-token", "app_id": APP, "app_secret": APP_SECRET,
        "verify_token": name});
    let integration = ask("integrations/whatsapp/create", input).await["id"].as_str().unwrap().to_owned();
    let number = super::app::Number {
        integration_id: integration.clone(),
        phone_number_id: "316000000000001".to_owned(),
        chatbot_id: chatbot.clone(),
    };
    let mut said = change(&number, &[text_message("wamid.1", "491510000001", name)], &[]);
    said["value"]["contacts"][0]["profile"]["name"] = json!(name);
    let foreign = json!({"field": name, "value": {}});
    assert_eq!(app.deliver(&number, webhook(&[said, foreign])).await, StatusCode::OK);
    assert_eq!(app.deliver(&number, name).await, StatusCode::OK);
    app.customer_writes(&number, "wamid.2", "491510000001", "opening hours").await;
    let listed = ask("conversations/list", json!({})).await;
    let conversation = listed["rows"][0]["id"].as_str().unwrap().to_owned();
    ask("messages/send", json!({"conversation_id": conversation, "text": name})).await;
    app.settle().await;
    ask("integrations/whatsapp/use_sandbox", json!({"chatbot_id": chatbot})).await;
    let sandbox = ask("sandbox/overview", json!({})).await;
    let phone = sandbox["numbers"][0]["phone_number_id"].clone();
    let short: String = name.chars().take(60).collect();
    ask("sandbox/add_customer", json!({"phone_number_id": phone, "name": short})).await;
    let pages = vec![
        "/inbox".to_owned(),
        format!("/inbox/{conversation}"),
        "/chatbots".to_owned(),
        format!("/chatbots/{chatbot}"),
        "/integrations".to_owned(),
        format!("/integrations/{integration}/events"),
        "/sandbox".to_owned(),
        format!("/widget/{site}"),
    ];
    (browser, pages)
}

async fn a_name_is_never_markup(database: Database) {
    for name in [HOSTILE, TWICE] {
        let app = TestApp::start_empty(database, &["--quiet-time", "0"]).await;
        let (browser, pages) = named(&app, name).await;
        let mut shown = 0;
        for path in &pages {
            let answer = browser.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            let found = is_clean(path, &answer.body);
            // It is there all the same, letter by letter.
            shown += usize::from(found.iter().any(|tag| tag.text.contains(name)));
            let title = &found.iter().find(|tag| tag.name == "title").unwrap().text;
            match path.split('/').nth(1).unwrap() {
                "chatbots" if path.len() > 10 => assert_eq!(*title, format!("{name} · Parlance")),
                "widget" => assert_eq!(title, name),
                _ => assert!(title.ends_with(" · Parlance"), "{title}"),
            }
        }
        assert!(shown >= 6, "only {shown} of {} pages show it", pages.len());
        what_is_asked_for_is_never_markup(&browser, name).await;
    }
}

/// Addresses, forms and cookies come from anybody who gets a person to follow a link.
async fn what_is_asked_for_is_never_markup(browser: &Browser<'_>, name: &str) {
    let written = percent(name);
    let stranger = [
        format!("/sign-in?error={written}&email={written}&next={written}"),
        format!("/sign-in?error=credentials&email={written}&{written}={written}"),
        format!("/set-up?{written}={written}"),
        format!("/{written}"),
        format!("/widget/{written}"),
        format!("/api/whatsapp/webhook/{written}"),
        format!("/api/whatsapp/webhook/{written}/{written}"),
    ];
    let known = [
        format!("/inbox/{written}?channel={written}&status={written}&q={written}"),
        format!("/chatbots/{written}?tab={written}"),
        format!("/integrations/{written}/events?{written}"),
        format!("/integrations?{written}={written}&chatbot={written}"),
        format!("/sandbox?{written}={written}&number={written}"),
    ];
    for path in stranger.iter().chain(&known) {
        let request = browser.request(Method::GET, path).header(header::ACCEPT, "text/html");
        let answer = Answer::to(request.header(header::COOKIE, "theme=\"><xforeign>")).await;
        if !answer.body.is_empty() {
            is_clean(path, &answer.body);
        }
    }
    let form = is_clean("the form", &browser.get(&stranger[1]).await.body);
    let email = form.iter().find(|tag| tag.attribute("name") == Some("email"));
    assert_eq!(email.and_then(|tag| tag.attribute("value")), Some(name));
}

/// Markup is written by `view!`, which escapes; what goes around it is looked at here.
#[test]
fn nothing_else_writes_markup() {
    let mut inner = Vec::new();
    let mut titles = Vec::new();
    let mut written = Vec::new();
    for file in source::all().iter().filter(|file| !file.is_test()) {
        let code = file.code();
        inner.extend(code.matches("inner_html").map(|_| file.path.clone()));
        titles.extend(code.matches("formatter=").map(|_| file.path.clone()));
        if code.contains("Html(") {
            written.push(file.path.clone());
        }
        for unseen in ["<Meta ", "<Html ", "<Body ", "<Script ", "<Style "] {
            assert!(!code.contains(unseen) || file.path.ends_with("delivery_body.rs"), "{}: {unseen}", file.path);
        }
    }
    // The pictures, which are the program's own; what stands in a text area and the title of the chat page, which escape it.
    assert_eq!(inner, ["src/ui/components/icon.rs", "src/ui/components/text_area.rs", "src/ui/pages/widget.rs"]);
    // Every title passes the one that escapes.
    assert_eq!(titles, ["src/ui/mod.rs"]);
    assert_eq!(written, ["src/server/http/notice.rs", "src/server/http/whatsapp.rs", "src/server/http/widget.rs"]);
}
