//! Erasing for good: nothing of it is left anywhere, and nothing else goes.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    app::{Database, START, TestApp, change, status, text_message, webhook},
    double::Answer,
    on_both_databases,
    visitor::{FIRST, SECOND, TRUSTING, Visitor},
};
use crate::{
    domain::{
        contact::IdentityKind,
        content::Content,
        ids::{ConversationId, WorkspaceId},
    },
    server::{
        base::clock::mint_id,
        service::{erasure, integration::keep_up},
        store::{
            Conn, StoreResult, account,
            contact::{self, Identity, Profile},
            erasure as orders,
            erasure::{Erasure, ErasureKind},
            message::{self, NewMessage, Thread},
        },
        writer::Priority,
    },
};

on_both_databases!(
    an_erased_conversation_leaves_nothing_and_takes_nobody_along,
    an_erased_contact_is_gone_on_every_number,
    the_history_of_a_website_is_erased_and_visitors_begin_anew,
    what_comes_after_the_order_stays,
    what_is_done_after_the_order_keeps_nothing,
    what_had_come_in_before_the_order_does_not_come_back,
    one_order_that_fails_holds_up_no_other,
    what_was_cut_off_is_erased_later,
    an_erased_integration_takes_only_its_own_contacts_along,
);

const ADA: &str = "491510000001";
const BEA: &str = "491510000002";

async fn erase(app: &TestApp, operation: &str, id: &Value) {
    assert_eq!(app.ok(operation, json!({"id": id})).await, json!({"all": true}));
}

async fn row_of(app: &TestApp, name: &str) -> Value {
    let rows = app.ok("conversations/list", json!({})).await["rows"].clone();
    rows.as_array().unwrap().iter().find(|row| row["name"] == name).cloned().unwrap_or_default()
}

async fn workspace(app: &TestApp) -> WorkspaceId {
    account::first_workspaces(&mut app.state.store.read().await.unwrap()).await.unwrap()[0]
}

/// A contact without a conversation.
async fn bystander(app: &TestApp) {
    let ws = workspace(app).await;
    let id = mint_id();
    let made = app.state.writer.write(Priority::Interactive, id, (ws, id), |conn, (ws, id)| {
        Box::pin(async move {
            let identity = Identity { kind: IdentityKind::WaId, scope: String::new(), value: "491519999999".into() };
            contact::resolve(conn, *ws, &[identity], &Profile::default(), *id, START).await
        })
    });
    made.await.unwrap();
}

async fn an_erased_conversation_leaves_nothing_and_takes_nobody_along(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    bystander(&app).await;
    // Two customers in one webhook, with a report and something that cannot be read.
    let both = [text_message("wamid.1", ADA, "opening hours"), text_message("wamid.2", BEA, "where is the shop")];
    app.deliver(&number, webhook(&[change(&number, &both, &[status("wamid.other", "read")])])).await;
    app.settle().await;
    let broken = json!({"from": ADA, "type": "text"});
    app.deliver(&number, webhook(&[change(&number, &[broken], &[])])).await;
    app.settle().await;
    assert_eq!(app.count("select count(*) from dead_letters").await, 1);
    // One answer waits to be sent.
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    app.customer_writes(&number, "wamid.3", ADA, "where is the shop").await;
    assert_eq!(app.count("select count(*) from messages where state = 'queued'").await, 1);
    let sent = app.graph.sent().len();
    let ada = row_of(&app, "Customer 01").await;
    erase(&app, "conversations/erase", &ada["id"]).await;
    for (table, left) in [
        ("select count(*) from conversations", 1),
        ("select count(*) from messages", 2),
        ("select count(*) from attempts", 1),
        ("select count(*) from contacts", 2),
        ("select count(*) from identities", 2),
        ("select count(*) from dead_letters", 0),
        ("select count(*) from erasures", 0),
        ("select count(*) from deliveries", 3),
    ] {
        assert_eq!(app.count(table).await, left, "{table}");
    }
    let log = app.ok("integrations/whatsapp/deliveries", json!({"id": number.integration_id})).await;
    let mut bodies = String::new();
    for row in log["rows"].as_array().unwrap() {
        let input = json!({"id": number.integration_id, "delivery_id": row["id"]});
        bodies.push_str(&app.ok("integrations/whatsapp/delivery_body", input).await.to_string());
    }
    assert!(!bodies.contains(ADA) && !bodies.contains("opening hours"), "{bodies}");
    assert!(bodies.contains(BEA) && bodies.contains("where is the shop") && bodies.contains("wamid.2"), "{bodies}");
    for operation in ["conversations/get", "conversations/erase"] {
        assert_eq!(app.api(operation, json!({"id": ada["id"]})).await.0, StatusCode::NOT_FOUND);
    }
    app.advance(600_000);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), sent, "what waited was withdrawn");
    // Who writes again starts over.
    app.customer_writes(&number, "wamid.4", ADA, "opening hours").await;
    let again = row_of(&app, "Customer 01").await;
    assert!(again["id"] != ada["id"] && again["unread"] == 1, "{again}");
}

async fn an_erased_contact_is_gone_on_every_number(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let other = app.connect(&number.chatbot_id, "316000000000002").await;
    for (n, number) in [&number, &other].into_iter().enumerate() {
        app.customer_writes(number, &format!("wamid.A{n}"), ADA, "opening hours").await;
        app.customer_writes(number, &format!("wamid.B{n}"), BEA, "opening hours").await;
    }
    // With one of two conversations neither the contact goes nor what they wrote to the other number.
    let ada = row_of(&app, "Customer 01").await;
    let contact = app.ok("conversations/get", json!({"id": ada["id"]})).await["contact"]["id"].clone();
    erase(&app, "conversations/erase", &ada["id"]).await;
    let holding = async |text: &str| {
        let mut found = 0;
        for number in [&number, &other] {
            let log = app.ok("integrations/whatsapp/deliveries", json!({"id": number.integration_id})).await;
            for row in log["rows"].as_array().unwrap() {
                let input = json!({"id": number.integration_id, "delivery_id": row["id"]});
                let body = app.ok("integrations/whatsapp/delivery_body", input).await.to_string();
                found += usize::from(body.contains(text));
            }
        }
        found
    };
    assert_eq!((app.count("select count(*) from contacts").await, holding(ADA).await), (2, 1));
    erase(&app, "contacts/erase", &contact).await;
    for (table, left) in [
        ("select count(*) from conversations", 2),
        ("select count(*) from messages", 4),
        ("select count(*) from contacts", 1),
        ("select count(*) from identities", 1),
        ("select count(*) from erasures", 0),
    ] {
        assert_eq!(app.count(table).await, left, "{table}");
    }
    assert_eq!((holding(ADA).await, holding(BEA).await), (0, 2));
    assert_eq!(app.api("contacts/erase", json!({"id": contact})).await.0, StatusCode::NOT_FOUND);
}

async fn the_history_of_a_website_is_erased_and_visitors_begin_anew(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    app.state.life.keep(&app.state.live, &tokio::runtime::Handle::current(), "live events", crate::server::live::run);
    let number = app.number().await;
    app.open_website(&number.chatbot_id).await;
    let other = app.chatbot().await;
    app.open_website(&other).await;
    app.customer_writes(&number, "wamid.1", ADA, "opening hours").await;
    let elsewhere = Visitor::begin(&app, &other).await;
    elsewhere.say("hello", FIRST).await;
    let mut said = Value::Null;
    let visitor = Visitor::begin(&app, &number.chatbot_id).await;
    for n in 0..5 {
        said = visitor.say("opening hours", &Uuid::from_u128(n).to_string()).await.1;
        Visitor::begin(&app, &number.chatbot_id).await.say("hello", FIRST).await;
    }
    app.settle().await;
    assert_eq!(app.count("select count(*) from conversations where channel = 'web'").await, 7);
    // A page that shows the conversation and waits for news of it.
    let query = format!("after=99&conversation={}", said["conversation"].as_str().unwrap());
    let waiting = visitor.ask(&query);
    let erasing = async {
        while app.state.visitors.polls.count() == 0 {
            tokio::task::yield_now().await;
        }
        erase(&app, "chatbots/erase_website_history", &json!(number.chatbot_id)).await;
    };
    let ((status, news), ()) = tokio::join!(waiting, erasing);
    assert_eq!((status, &news["conversation"], &news["messages"]), (StatusCode::OK, &Value::Null, &json!([])));
    assert_eq!(app.count("select count(*) from conversations").await, 2);
    assert_eq!(app.count("select count(*) from contacts").await, 2);
    assert_eq!(app.count("select count(*) from erasures").await, 0);
    // Their page, which does not know it yet, is told all of the new one.
    let again = visitor.say("where is your shop", SECOND).await.1;
    assert!(again["seq"] == 1 && again["conversation"] != said["conversation"], "{again}");
    let (_, news) = visitor.ask(&query).await;
    assert_eq!(
        (&news["conversation"], &news["messages"][0]["text"]),
        (&again["conversation"], &json!("where is your shop"))
    );
    let nothing = app.api("chatbots/erase_website_history", json!({"id": Uuid::nil()})).await;
    assert_eq!(nothing.0, StatusCode::NOT_FOUND);
}

/// An order for the conversation of Ada up to a place, as a process leaves it that dies right after.
async fn left_over(app: &TestApp, conversation: &Value, upto: i64) -> ConversationId {
    let (ws, id) = (workspace(app).await, conversation["id"].as_str().unwrap().parse::<ConversationId>().unwrap());
    let (kind, subject_id) = (ErasureKind::Conversation, id.into());
    let job = Erasure { workspace_id: ws, id: subject_id, kind, subject_id, upto, names: String::new() };
    let noted =
        app.state.writer.write(Priority::Interactive, id, job, |conn, job| Box::pin(orders::insert(conn, job, START)));
    noted.await.unwrap();
    id
}

async fn what_comes_after_the_order_stays(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", ADA, "opening hours").await;
    let ada = row_of(&app, "Customer 01").await;
    left_over(&app, &ada, 2).await;
    app.customer_writes(&number, "wamid.2", ADA, "where is your shop").await;
    erasure::go_on(&app.state).await.unwrap();
    let left = app.ok("messages/list", json!({"conversation_id": ada["id"]})).await;
    let left: Vec<_> = left.as_array().unwrap().iter().map(|m| m["content"]["text"].as_str().unwrap()).collect();
    assert_eq!(left, ["where is your shop", "In Harbour Street 5."]);
    assert_eq!(app.count("select count(*) from contacts").await, 1);
    assert_eq!(app.count("select count(*) from erasures").await, 0);
}

/// What is done to it after the order is about what was erased: a line that says so, or a note, keeps nothing of it.
async fn what_is_done_after_the_order_keeps_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", ADA, "opening hours").await;
    let ada = row_of(&app, "Customer 01").await;
    left_over(&app, &ada, 2).await;
    app.ok("conversations/set_mode", json!({"id": ada["id"], "mode": "human"})).await;
    app.ok("notes/create", json!({"conversation_id": ada["id"], "text": "Gone soon"})).await;
    erasure::go_on(&app.state).await.unwrap();
    for left in [
        "select count(*) from conversations",
        "select count(*) from messages",
        "select count(*) from notes",
        "select count(*) from contacts",
        "select count(*) from erasures",
    ] {
        assert_eq!(app.count(left).await, 0, "{left}");
    }
}

/// Under a backlog, or while a delivery rests after a failure, what a customer wrote before the order is stored after it.
async fn what_had_come_in_before_the_order_does_not_come_back(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", ADA, "opening hours").await;
    let ada = row_of(&app, "Customer 01").await;
    let both = [text_message("wamid.2", ADA, "my secret"), text_message("wamid.3", BEA, "where is the shop")];
    app.deliver(&number, webhook(&[change(&number, &both, &[])])).await;
    let broken = json!({"from": ADA, "type": "text", "text": {"body": "my secret"}});
    app.deliver(&number, webhook(&[change(&number, &[broken], &[])])).await;
    let erased = app.ok("conversations/erase", json!({"id": ada["id"]})).await;
    assert_eq!(erased, json!({"all": false}), "it is not told as done");
    erasure::go_on(&app.state).await.unwrap();
    assert_eq!(app.count("select count(*) from erasures").await, 1, "it waits for what came in before");
    app.advance(1000);
    app.settle().await;
    assert_eq!(app.count("select count(*) from dead_letters").await, 1);
    erasure::go_on(&app.state).await.unwrap();
    for (table, left) in [
        ("select count(*) from conversations", 1),
        ("select count(*) from contacts", 1),
        ("select count(*) from dead_letters", 0),
        ("select count(*) from messages where body = 'my secret'", 0),
        ("select count(*) from erasures", 0),
    ] {
        assert_eq!(app.count(table).await, left, "{table}");
    }
    for body in app.blobs("select body from delivery_bodies").await {
        let body = String::from_utf8(body).unwrap();
        assert!(!body.contains(ADA) && !body.contains("my secret"), "{body}");
    }
    // What was written after the order stays, whatever comes before it.
    app.customer_writes(&number, "wamid.4", ADA, "opening hours").await;
    let ada = row_of(&app, "Customer 01").await;
    app.deliver(&number, webhook(&[change(&number, &[text_message("wamid.5", ADA, "my secret")], &[])])).await;
    app.ok("conversations/erase", json!({"id": ada["id"]})).await;
    app.advance(1000);
    app.deliver(&number, webhook(&[change(&number, &[text_message("wamid.6", ADA, "where is the shop")], &[])])).await;
    app.settle().await;
    erasure::go_on(&app.state).await.unwrap();
    let ada = row_of(&app, "Customer 01").await;
    let left = app.ok("messages/list", json!({"conversation_id": ada["id"]})).await;
    let texts: Vec<_> = left.as_array().unwrap().iter().map(|m| m["content"]["text"].as_str().unwrap()).collect();
    assert!(texts.contains(&"where is the shop") && !texts.contains(&"my secret"), "{texts:?}");
}

async fn one_order_that_fails_holds_up_no_other(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", ADA, "opening hours").await;
    let ada = row_of(&app, "Customer 01").await;
    left_over(&app, &ada, i64::MAX).await;
    // A table is damaged, or a lock lasts: what it is about cannot be deleted.
    let bea = {
        app.customer_writes(&number, "wamid.2", BEA, "opening hours").await;
        row_of(&app, "Customer 02").await
    };
    left_over(&app, &bea, i64::MAX).await;
    app.execute(match database {
        Database::Sqlite => {
            "create trigger stuck before delete on messages when old.external_message_id = 'wamid.1'
             begin select raise(abort, 'stuck'); end"
        }
        Database::Postgres => {
            "create function stuck() returns trigger language plpgsql as $$ begin raise exception 'stuck'; end $$"
        }
    })
    .await;
    if database == Database::Postgres {
        app.execute(
            "create trigger stuck before delete on messages for each row when (old.external_message_id = 'wamid.1')
             execute function stuck()",
        )
        .await;
    }
    erasure::go_on(&app.state).await.unwrap();
    assert_eq!(app.count("select count(*) from erasures").await, 1);
    assert_eq!(app.count("select count(*) from conversations").await, 1);
    app.execute(match database {
        Database::Sqlite => "drop trigger stuck",
        Database::Postgres => "drop trigger stuck on messages",
    })
    .await;
    erasure::go_on(&app.state).await.unwrap();
    assert_eq!(app.count("select count(*) from conversations").await, 0);
}

/// Many messages, as a long talk leaves them.
async fn talk(conn: &mut Conn, (ws, conversation_id): &(WorkspaceId, ConversationId)) -> StoreResult<()> {
    let found = message::list(conn, *ws, *conversation_id, i64::MAX, 1).await?;
    let thread = Thread {
        workspace_id: *ws,
        conversation_id: *conversation_id,
        integration_id: mint_id(),
        channel: found[0].channel,
    };
    let said = || NewMessage::inbound(&thread, mint_id(), Content::text("so much to say"), START);
    let messages: Vec<(NewMessage, i64)> = (3..1400).map(|seq| (said(), seq)).collect();
    let placed: Vec<_> = messages.iter().map(|(new, seq)| (new, *seq)).collect();
    message::insert_many(conn, &placed, START).await
}

async fn what_was_cut_off_is_erased_later(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", ADA, "opening hours").await;
    let ada = row_of(&app, "Customer 01").await;
    let id = left_over(&app, &ada, i64::MAX).await;
    let ws = workspace(&app).await;
    app.state.writer.write(Priority::Bulk, id, (ws, id), |conn, input| Box::pin(talk(conn, input))).await.unwrap();
    assert_eq!(app.count("select count(*) from messages").await, 1399);
    erasure::go_on(&app.state).await.unwrap();
    for table in ["messages", "conversations", "contacts", "attempts", "erasures"] {
        let sql = format!("select count(*) from {table}");
        assert_eq!(app.count(sql.leak()).await, 0, "{table}");
    }
}

async fn an_erased_integration_takes_only_its_own_contacts_along(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", ADA, "opening hours").await;
    bystander(&app).await;
    app.ok("integrations/whatsapp/delete", json!({"id": number.integration_id, "conversations": "erase"})).await;
    keep_up(&app.state).await.unwrap();
    assert_eq!(app.count("select count(*) from conversations").await, 0);
    assert_eq!(app.count("select count(*) from identities where value = '491519999999'").await, 1);
    assert_eq!(app.count("select count(*) from contacts").await, 1);
}
