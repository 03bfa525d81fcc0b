//! Episodes: when a customer's matter was opened, answered, handed over and resolved, counted once whatever happens.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    app::{Database, Number, TestApp, change, status, text_message, webhook, webhook_of_entries},
    double::Answer,
    on_both_databases,
    visitor::{TRUSTING, Visitor},
    waiting::{row, said, sends, takes_over, writes},
};
use crate::server::{
    pipeline::faults::Faults,
    store::{Conn, Line, StoreResult},
    writer::Priority,
};

on_both_databases!(
    an_episode_is_told_from_the_first_word_to_the_last,
    a_delivery_that_comes_again_counts_once,
    a_batch_opens_one_for_each_customer,
    who_answers_on_the_phone_is_a_person,
    another_app_answers_and_is_no_person,
    who_takes_over_answers_first,
    what_did_not_go_out_answers_nobody,
    words_from_before_are_no_answer,
    whoever_reopens_begins_another_one,
    what_opens_nothing,
    a_visitor_has_episodes_too,
    erasing_takes_them_along,
    a_cut_after_storing_items,
    a_cut_after_the_answer,
    a_cut_after_sending,
);

const ADA: &str = "491510000001";
const MINUTE: i64 = 60_000;

/// All episodes, oldest first, in words: when (in milliseconds since the test began) and by whom.
async fn episodes(app: &TestApp) -> Vec<String> {
    let sql = "select e.channel || ': opened ' || cast(e.opened_at - 1780000000000 as text) || ' by ' || e.opened_by
        || case when e.reopening then ' again' else '' end
        || coalesce(', answered ' || cast(e.first_answered_at - 1780000000000 as text) || ' by ' || e.first_answered_by, '')
        || coalesce(' ' || (select u.name from users u where u.id = e.first_answered_user_id), '')
        || coalesce(', person ' || cast(e.first_person_at - 1780000000000 as text), '')
        || coalesce(' ' || (select u.name from users u where u.id = e.first_person_id), '')
        || coalesce(', handed over ' || cast(e.handed_over_at - 1780000000000 as text) || ' ' || e.handed_over_reason, '')
        || coalesce(', resolved ' || cast(e.resolved_at - 1780000000000 as text) || ' by ' || e.resolved_by, '')
        || coalesce(' ' || (select u.name from users u where u.id = e.resolved_user_id), '')
        from episodes e order by e.opened_at, e.id";
    app.texts(sql).await
}

async fn set_status(app: &TestApp, status: &str) {
    app.ok("conversations/set_status", json!({"id": row(app).await["id"], "status": status})).await;
}

async fn deliver(app: &TestApp, body: &str, number: &Number) {
    assert_eq!(app.deliver(number, body.to_owned()).await, StatusCode::OK);
    app.settle().await;
}

async fn an_episode_is_told_from_the_first_word_to_the_last(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    assert_eq!(episodes(&app).await, ["whatsapp: opened 0 by customer, answered 0 by bot"]);
    app.advance(MINUTE);
    writes(&app, &number, "wamid.2", ADA, "I want to talk to a person").await;
    app.advance(MINUTE);
    writes(&app, &number, "wamid.3", ADA, "Hello?").await;
    assert_eq!(episodes(&app).await, ["whatsapp: opened 0 by customer, answered 0 by bot, handed over 60000 asked"]);
    app.advance(MINUTE);
    sends(&app, "I am here.").await;
    app.advance(MINUTE);
    sends(&app, "How can I help?").await;
    set_status(&app, "snoozed").await;
    app.advance(MINUTE);
    set_status(&app, "resolved").await;
    set_status(&app, "resolved").await;
    let first = "whatsapp: opened 0 by customer, answered 0 by bot, person 180000 owner, handed over 60000 asked, \
                 resolved 300000 by person owner";
    assert_eq!(episodes(&app).await, [first]);
    // What a person says afterwards is of no episode.
    app.advance(MINUTE);
    sends(&app, "One more thing.").await;
    assert_eq!(episodes(&app).await, [first]);
    app.ok("conversations/set_mode", json!({"id": row(&app).await["id"], "mode": "bot"})).await;
    app.advance(MINUTE);
    writes(&app, &number, "wamid.4", ADA, "where is your shop").await;
    app.advance(MINUTE);
    writes(&app, &number, "wamid.5", ADA, "opening hours").await;
    assert_eq!(episodes(&app).await, [first, "whatsapp: opened 420000 by customer again, answered 420000 by bot"]);
    let places = "select count(*) from episodes e join conversations v on v.workspace_id = e.workspace_id
        and v.id = e.conversation_id and v.chatbot_id = e.chatbot_id and v.integration_id = e.integration_id";
    assert_eq!(app.count(places).await, 2);
}

async fn a_delivery_that_comes_again_counts_once(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let body = webhook(&[change(&number, &[said(&app, "wamid.1", ADA, "opening hours")], &[])]);
    for _ in 0..2 {
        assert_eq!(app.deliver(&number, body.clone()).await, StatusCode::OK);
    }
    app.settle().await;
    app.advance(MINUTE);
    set_status(&app, "resolved").await;
    app.advance(MINUTE);
    // Meta did not hear that it arrived: it opens nothing.
    deliver(&app, &body, &number).await;
    assert_eq!(
        episodes(&app).await,
        ["whatsapp: opened 0 by customer, answered 0 by bot, resolved 60000 by person owner"]
    );
}

async fn a_batch_opens_one_for_each_customer(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let m = |id: &str, from: &str| text_message(id, from, "opening hours");
    let body = webhook_of_entries(&[
        &[change(&number, &[m("wamid.1", ADA), m("wamid.2", "491510000002"), m("wamid.3", ADA)], &[])],
        &[change(&number, &[m("wamid.4", "491510000003"), m("wamid.5", ADA), m("wamid.1", ADA)], &[])],
    ]);
    deliver(&app, &body, &number).await;
    let each = "whatsapp: opened 0 by customer, answered 0 by bot";
    assert_eq!(episodes(&app).await, [each; 3]);
    assert_eq!(app.count("select count(distinct conversation_id) from episodes").await, 3);
}

/// Meta takes the next message for nobody's.
fn refuse_next(app: &TestApp) {
    app.graph.answer_next([Answer::Error { status: 400, code: 100, subcode: None }]);
}

async fn what_did_not_go_out_answers_nobody(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    refuse_next(&app);
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    assert_eq!(episodes(&app).await, ["whatsapp: opened 0 by customer"]);
    app.advance(MINUTE);
    takes_over(&app).await;
    refuse_next(&app);
    let failed = sends(&app, "I am here.").await;
    assert_eq!(episodes(&app).await, ["whatsapp: opened 0 by customer, handed over 60000 taken_over"]);
    app.advance(MINUTE);
    app.ok("messages/retry", json!({"id": failed["id"]})).await;
    app.settle().await;
    let answered = "whatsapp: opened 0 by customer, answered 120000 by user owner, person 120000 owner, handed over 60000 taken_over";
    assert_eq!(episodes(&app).await, [answered]);
    // What fails behind it takes nothing back; and when the first is reported as failed, the next one that stands counts.
    app.advance(MINUTE);
    refuse_next(&app);
    sends(&app, "How can I help?").await;
    assert_eq!(episodes(&app).await, [answered]);
    let first = app.graph.sent().last().unwrap().wamid.clone();
    app.advance(MINUTE);
    sends(&app, "Are you there?").await;
    deliver(&app, &webhook(&[change(&number, &[], &[status(&first, "failed")])]), &number).await;
    let later = "whatsapp: opened 0 by customer, answered 240000 by user owner, person 240000 owner, handed over 60000 taken_over";
    assert_eq!(episodes(&app).await, [later]);
}

async fn words_from_before_are_no_answer(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let late = echo(&app, &number, "wamid.e1", "Bye!");
    app.advance(MINUTE);
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    deliver(&app, &late, &number).await;
    // Whoever holds the phone has the conversation, and has not answered in it yet.
    assert_eq!(
        episodes(&app).await,
        ["whatsapp: opened 60000 by customer, answered 60000 by bot, handed over 60000 phone"]
    );
}

fn echo(app: &TestApp, number: &Number, wamid: &str, text: &str) -> String {
    let at = (app.state.now() / 1000).to_string();
    let said =
        json!({"from": "15550100001", "to": ADA, "id": wamid, "timestamp": at, "type": "text", "text": {"body": text}});
    let value = json!({"messaging_product": "whatsapp", "message_echoes": [said],
        "metadata": {"display_phone_number": "15550100001", "phone_number_id": number.phone_number_id}});
    webhook(&[json!({"field": "smb_message_echoes", "value": value})])
}

async fn who_answers_on_the_phone_is_a_person(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "10s"]).await;
    let number = app.number().await;
    // The owner writes first: nobody has asked for anything.
    deliver(&app, &echo(&app, &number, "wamid.phone1", "Your bicycle is ready."), &number).await;
    assert!(episodes(&app).await.is_empty());
    app.ok("conversations/set_mode", json!({"id": row(&app).await["id"], "mode": "bot"})).await;
    app.advance(MINUTE);
    writes(&app, &number, "wamid.1", ADA, "When do you close?").await;
    app.advance(5_000);
    for wamid in ["wamid.phone2", "wamid.phone2", "wamid.phone3"] {
        deliver(&app, &echo(&app, &number, wamid, "At six."), &number).await;
        app.advance(1_000);
    }
    app.advance(MINUTE);
    sends(&app, "See you.").await;
    assert_eq!(
        episodes(&app).await,
        ["whatsapp: opened 60000 by customer, answered 65000 by user, person 65000, handed over 65000 phone"]
    );
}

async fn another_app_answers_and_is_no_person(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "10s"]).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "When do you close?").await;
    app.advance(5_000);
    let at = (app.state.now() / 1000).to_string();
    let said = json!({"id": "wamid.agent", "timestamp": at, "message": {"to": ADA, "recipient_type": "individual",
        "type": "text", "text": {"body": "I am Meta's agent."}}});
    let value = json!({"messaging_product": "whatsapp", "standby": {"message_echoes": [said]},
        "metadata": {"display_phone_number": "15550100001", "phone_number_id": number.phone_number_id}});
    deliver(&app, &webhook(&[json!({"field": "standby", "value": value})]), &number).await;
    app.advance(MINUTE);
    sends(&app, "I am a person.").await;
    assert_eq!(
        episodes(&app).await,
        ["whatsapp: opened 0 by customer, answered 5000 by other, person 65000 owner, handed over 65000 taken_over"]
    );
}

async fn who_takes_over_answers_first(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "10s"]).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    app.advance(1_000);
    takes_over(&app).await;
    app.advance(1_000);
    sends(&app, "We are closed today.").await;
    app.advance(MINUTE);
    assert_eq!(
        episodes(&app).await,
        ["whatsapp: opened 0 by customer, answered 2000 by user owner, person 2000 owner, handed over 1000 taken_over"]
    );
    // Given back and taken over again, the first time counts; the bot's answer then is not the first.
    app.ok("conversations/set_mode", json!({"id": row(&app).await["id"], "mode": "bot"})).await;
    writes(&app, &number, "wamid.2", ADA, "opening hours").await;
    app.advance(10_000);
    app.settle().await;
    takes_over(&app).await;
    assert_eq!(app.graph.sent().len(), 2);
    assert_eq!(
        episodes(&app).await,
        ["whatsapp: opened 0 by customer, answered 2000 by user owner, person 2000 owner, handed over 1000 taken_over"]
    );
}

async fn whoever_reopens_begins_another_one(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    app.advance(MINUTE);
    set_status(&app, "resolved").await;
    app.advance(MINUTE);
    set_status(&app, "open").await;
    set_status(&app, "open").await;
    app.advance(MINUTE);
    writes(&app, &number, "wamid.2", ADA, "where is your shop").await;
    set_status(&app, "resolved").await;
    let first = "whatsapp: opened 0 by customer, answered 0 by bot, resolved 60000 by person owner";
    assert_eq!(
        episodes(&app).await,
        [first, "whatsapp: opened 120000 by person again, answered 180000 by bot, resolved 180000 by person owner"]
    );
}

async fn what_opens_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    set_status(&app, "resolved").await;
    app.advance(MINUTE);
    let at = (app.state.now() / 1000).to_string();
    let heart = json!({"id": "wamid.2", "from": ADA, "timestamp": at, "type": "reaction",
                       "reaction": {"message_id": "wamid.OUT1", "emoji": "❤"}});
    deliver(&app, &webhook(&[change(&number, &[heart], &[])]), &number).await;
    takes_over(&app).await;
    assert_eq!(episodes(&app).await, ["whatsapp: opened 0 by customer, answered 0 by bot, resolved 0 by person owner"]);
}

async fn a_visitor_has_episodes_too(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    let chatbot = app.chatbot().await;
    app.open_website(&chatbot).await;
    let visitor = Visitor::begin(&app, &chatbot).await;
    let client_id = Uuid::new_v4().to_string();
    for _ in 0..2 {
        visitor.say("opening hours", &client_id).await;
        app.settle().await;
    }
    assert_eq!(episodes(&app).await, ["web: opened 0 by customer, answered 0 by bot"]);
}

async fn erasing_takes_them_along(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let began = "whatsapp: opened 60000 by customer, answered 60000 by bot";
    for (operation, what) in [("conversations/erase", "id"), ("contacts/erase", "contact")] {
        writes(&app, &number, &format!("wamid.{what}1"), ADA, "opening hours").await;
        set_status(&app, "resolved").await;
        writes(&app, &number, &format!("wamid.{what}2"), ADA, "opening hours").await;
        assert_eq!(episodes(&app).await.len(), 2);
        let id = row(&app).await["id"].clone();
        let contact = app.ok("conversations/get", json!({"id": id})).await["contact"]["id"].clone();
        let id = if what == "id" { id } else { contact };
        app.ok(operation, json!({"id": id})).await;
        assert!(episodes(&app).await.is_empty(), "{operation}");
    }
    // An integration with all of its conversations; and who writes again starts over.
    app.advance(MINUTE);
    writes(&app, &number, "wamid.9", ADA, "opening hours").await;
    assert_eq!(episodes(&app).await, [began]);
    let input = json!({"id": number.integration_id, "conversations": "erase"});
    app.ok("integrations/whatsapp/delete", input).await;
    assert!(episodes(&app).await.is_empty());
}

/// A power cut there, and the same delivery again afterwards.
async fn cut(database: Database, point: &'static str) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let app = app.restart(Faults::stop_at(point)).await;
    let messages =
        [said(&app, "wamid.1", ADA, "opening hours"), said(&app, "wamid.2", "491510000002", "where is your shop")];
    let body = webhook(&[change(&number, &messages, &[])]);
    assert_eq!(app.deliver(&number, body.clone()).await, StatusCode::OK);
    assert!(app.settle_until_fault().await, "{point} was never reached");
    let app = app.restart(Faults::default()).await;
    app.advance(10 * MINUTE);
    deliver(&app, &body, &number).await;
    let rows = episodes(&app).await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(
        rows.iter().all(|row| row.starts_with("whatsapp: opened 0 by customer, answered ") && row.ends_with(" by bot"))
    );
}

async fn a_cut_after_storing_items(database: Database) {
    cut(database, "ingest.items_stored").await;
}

async fn a_cut_after_the_answer(database: Database) {
    cut(database, "answer.finished").await;
}

async fn a_cut_after_sending(database: Database) {
    cut(database, "deliver.sent").await;
}

/// How often statements about episodes were run by the writer.
async fn asked(app: &TestApp) -> i64 {
    async fn count(conn: &mut Conn) -> StoreResult<i64> {
        let Line::Sqlite(conn) = conn.line() else { panic!("not SQLite") };
        let sql = "select coalesce(sum(run), 0) from sqlite_stmt
                   where sql like 'insert into episodes%' or sql like 'update episodes%'";
        Ok(sqlx::query_scalar(sql).fetch_one(&mut **conn).await?)
    }
    app.state.writer.write(Priority::Bulk, Uuid::nil(), (), |conn, ()| Box::pin(count(conn))).await.unwrap()
}

/// The way of a message is as long as before: only firsts cost something.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ordinary_messages_ask_nothing_of_episodes() {
    let app = TestApp::start(Database::Sqlite).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    assert_eq!(asked(&app).await, 2, "opened, answered");
    for n in 0..5 {
        writes(&app, &number, &format!("wamid.more{n}"), ADA, "where is your shop").await;
    }
    assert_eq!(asked(&app).await, 2);
    sends(&app, "Hello").await;
    let after_a_person = asked(&app).await;
    assert_eq!(after_a_person, 4, "taken over, answered by a person");
    for n in 0..3 {
        sends(&app, "And more").await;
        writes(&app, &number, &format!("wamid.again{n}"), ADA, "Thank you").await;
        deliver(&app, &echo(&app, &number, &format!("wamid.phone{n}"), &format!("Bye {n}")), &number).await;
    }
    assert_eq!(asked(&app).await, after_a_person);
    let answers: Vec<Value> =
        app.ok("messages/list", json!({"conversation_id": row(&app).await["id"]})).await.as_array().unwrap().clone();
    assert!(answers.len() > 15, "{}", answers.len());
}
