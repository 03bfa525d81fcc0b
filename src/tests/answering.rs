//! Who answers, as each of several people is told it: their own acts are "You", those of others have a name.

use serde_json::{Value, json};

use super::{
    app::{Database, Number, TestApp, webhook},
    on_both_databases,
    visitor::{FIRST, TRUSTING, Visitor},
};
use crate::domain::role::Role;

on_both_databases!(
    each_is_told_who_answers,
    whoever_was_faster_has_it,
    the_phone_is_nobody_of_ours,
    a_channel_that_sends_nothing_answers_nothing,
    a_closed_website_answers_nothing,
);

const CUSTOMER: &str = "491510000001";

struct Desk {
    app: TestApp,
    number: Number,
    nina: String,
    bo: String,
    id: Value,
}

impl Desk {
    async fn open(database: Database) -> Self {
        let app = TestApp::start(database).await;
        let number = app.number().await;
        let nina = app.add_user("nina@example.com", Role::Agent, None).await;
        let bo = app.add_user("bo@example.com", Role::Agent, None).await;
        app.customer_writes(&number, "wamid.1", CUSTOMER, "opening hours").await;
        let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
        Self { app, number, nina, bo, id }
    }

    /// Who answers as they are told it, in the open conversation and in the list.
    async fn told(&self, reader: &str) -> (String, Value) {
        let (_, open) = self.app.api_as(reader, "conversations/get", json!({"id": self.id})).await;
        let (_, page) = self.app.api_as(reader, "conversations/list", json!({})).await;
        let row = page["rows"][0].clone();
        assert_eq!((&row["answering"], &row["answering_name"]), (&open["answering"], &open["answering_name"]));
        (open["answering"].as_str().unwrap().to_owned(), open["answering_name"].clone())
    }

    async fn act(&self, who: &str, operation: &str, mut input: Value) -> Value {
        for key in ["id", "conversation_id"] {
            if input.get(key).is_some_and(Value::is_null) {
                input[key] = self.id.clone();
            }
        }
        let (status, answer) = self.app.api_as(who, operation, input).await;
        assert!(status.is_success(), "{operation}: {answer}");
        answer
    }

    async fn lines(&self, reader: &str) -> Vec<String> {
        let (_, thread) = self.app.api_as(reader, "messages/list", json!({"conversation_id": self.id})).await;
        let lines = thread.as_array().unwrap().iter().filter(|m| m["content"]["kind"]["type"] == "activity");
        lines.map(|m| m["content"]["text"].as_str().unwrap().to_owned()).collect()
    }
}

fn word(word: &str) -> (String, Value) {
    (word.to_owned(), Value::Null)
}

fn colleague(name: &str) -> (String, Value) {
    ("colleague".to_owned(), json!(name))
}

async fn each_is_told_who_answers(database: Database) {
    let desk = Desk::open(database).await;
    let (nina, bo) = (desk.nina.clone(), desk.bo.clone());
    assert_eq!((desk.told(&nina).await, desk.told(&bo).await), (word("bot"), word("bot")));

    desk.act(&nina, "conversations/set_mode", json!({"id": null, "mode": "human"})).await;
    assert_eq!((desk.told(&nina).await, desk.told(&bo).await), (word("you"), colleague("nina")));
    assert_eq!(desk.lines(&nina).await, ["You took over the conversation"]);
    assert_eq!(desk.lines(&bo).await, ["nina took over the conversation"]);

    // The person who writes answers from then on.
    let sent = desk.act(&bo, "messages/send", json!({"conversation_id": null, "text": "Bo here."})).await;
    assert_eq!(sent["mine"], true);
    assert_eq!((desk.told(&nina).await, desk.told(&bo).await), (colleague("bo"), word("you")));
    let mine = async |reader: &str| {
        let (_, thread) = desk.app.api_as(reader, "messages/list", json!({"conversation_id": desk.id})).await;
        let said = thread.as_array().unwrap().iter().find(|m| m["content"]["text"] == "Bo here.").unwrap().clone();
        (said["mine"].clone(), said["author_name"].clone())
    };
    assert_eq!((mine(&nina).await, mine(&bo).await), ((json!(false), json!("bo")), (json!(true), json!("bo"))));
    // A question of the customer changes nothing of it.
    desk.app.customer_writes(&desk.number, "wamid.2", CUSTOMER, "thanks").await;
    assert_eq!(desk.told(&nina).await, colleague("bo"));

    desk.act(&nina, "conversations/set_mode", json!({"id": null, "mode": "bot"})).await;
    assert_eq!((desk.told(&nina).await, desk.told(&bo).await), (word("bot"), word("bot")));
    assert_eq!(desk.lines(&bo).await[1], "nina gave the conversation back to the bot");
    assert_eq!(desk.lines(&nina).await[1], "You gave the conversation back to the bot");
}

async fn whoever_was_faster_has_it(database: Database) {
    let desk = Desk::open(database).await;
    desk.act(&desk.nina, "conversations/set_mode", json!({"id": null, "mode": "human"})).await;
    let late = desk.act(&desk.bo, "conversations/set_mode", json!({"id": null, "mode": "human"})).await;
    assert_eq!((&late["answering"], &late["answering_name"]), (&json!("colleague"), &json!("nina")));
    assert_eq!(desk.lines(&desk.bo).await.len(), 1);
}

async fn the_phone_is_nobody_of_ours(database: Database) {
    let desk = Desk::open(database).await;
    desk.act(&desk.nina, "conversations/set_mode", json!({"id": null, "mode": "human"})).await;
    let now = (desk.app.state.now() / 1000).to_string();
    let echo = json!({"from": "15550100001", "to": CUSTOMER, "id": "wamid.phone", "timestamp": now, "type": "text",
                      "text": {"body": "We close at six."}});
    let value = json!({"messaging_product": "whatsapp", "message_echoes": [echo],
        "metadata": {"display_phone_number": "15550100001", "phone_number_id": desk.number.phone_number_id}});
    let change = json!({"field": "smb_message_echoes", "value": value});
    desk.app.deliver(&desk.number, webhook(&[change])).await;
    desk.app.settle().await;
    assert_eq!((desk.told(&desk.nina).await, desk.told(&desk.bo).await), (word("phone"), word("phone")));
    desk.act(&desk.bo, "messages/send", json!({"conversation_id": null, "text": "Bo here."})).await;
    assert_eq!(desk.told(&desk.nina).await, colleague("bo"));
}

async fn a_channel_that_sends_nothing_answers_nothing(database: Database) {
    let desk = Desk::open(database).await;
    let open = async || desk.app.ok("conversations/get", json!({"id": desk.id})).await;
    assert_eq!(open().await["answering"], "bot");
    assert!(open().await["window_ends_at"].is_i64());
    let number = desk.number.integration_id.clone();
    desk.app.ok("integrations/whatsapp/set_active", json!({"id": number, "active": false})).await;
    let inactive = open().await;
    assert_eq!((&inactive["answering"], &inactive["window_ends_at"]), (&json!("off"), &Value::Null));
    assert!(inactive["send_blocked"].is_string());
    // Nor does a person who takes over there.
    let taken = desk.act(&desk.bo, "conversations/set_mode", json!({"id": null, "mode": "human"})).await;
    assert_eq!(taken["answering"], "off");
    desk.app.ok("integrations/whatsapp/set_active", json!({"id": number, "active": true})).await;
    assert_eq!(open().await["answering_name"], "bo");
    desk.app.ok("integrations/whatsapp/delete", json!({"id": number, "conversations": "keep"})).await;
    let deleted = open().await;
    assert_eq!((&deleted["answering"], &deleted["window_ends_at"]), (&json!("off"), &Value::Null));
}

async fn a_closed_website_answers_nothing(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    let chatbot = app.chatbot().await;
    app.open_website(&chatbot).await;
    Visitor::begin(&app, &chatbot).await.say("opening hours", FIRST).await;
    app.settle().await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let open = async || app.ok("conversations/get", json!({"id": id})).await;
    assert_eq!(open().await["answering"], "bot");
    app.ok("chatbots/set_website", json!({"id": chatbot, "active": false})).await;
    assert_eq!(open().await["answering"], "off");
    app.ok("chatbots/delete", json!({"id": chatbot})).await;
    let history = open().await;
    assert_eq!(history["answering"], "off");
    assert!(history["send_blocked"].as_str().unwrap().contains("chatbot was deleted"), "{history}");
}
