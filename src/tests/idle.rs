//! Conversations that people have and in which none of them writes any more: the bot gets them back.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    app::{Database, Number, TestApp},
    on_both_databases,
    waiting::{hands_over, lines, row, sends, since, takes_over, writes},
};
use crate::{
    domain::Millis,
    server::{
        pipeline::{Progress, sweep},
        store::Line,
    },
};

on_both_databases!(
    the_bot_has_it_again_after_half_a_day_without_a_persons_word,
    what_nobody_answered_is_answered_then,
    what_is_a_day_old_is_not,
    whoever_was_promised_a_person_still_waits_for_one,
    the_time_is_the_chatbots_own,
    who_writes_as_the_time_ends_keeps_it,
    no_two_sweeps_give_the_same_back,
);

const ADA: &str = "491510000001";
const HOUR: Millis = 3_600_000;
const LINE: &str = "Nobody of the team has written for 12 hours: the bot answers again.";

async fn bodies(app: &TestApp) -> Vec<String> {
    app.graph.sent().into_iter().map(|sent| sent.body).collect()
}

/// A conversation that a person has.
async fn taken(database: Database) -> (TestApp, Number) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    takes_over(&app).await;
    (app, number)
}

async fn the_bot_has_it_again_after_half_a_day_without_a_persons_word(database: Database) {
    let (app, number) = taken(database).await;
    app.advance(11 * HOUR);
    writes(&app, &number, "wamid.2", ADA, "And on Sundays?").await;
    // A person's word restarts the time; the customer's does not.
    sends(&app, "Closed.").await;
    app.advance(6 * HOUR);
    writes(&app, &number, "wamid.3", ADA, "where is your shop").await;
    sends(&app, "By the harbour.").await;
    app.advance(12 * HOUR - 1);
    app.settle().await;
    assert_eq!(row(&app).await["mode"], "human");
    app.advance(1);
    app.settle().await;
    assert_eq!(row(&app).await["mode"], "bot");
    assert_eq!(lines(&app).await[1..], [LINE]);
    assert_eq!(bodies(&app).await.len(), 3, "all was answered");
    writes(&app, &number, "wamid.4", ADA, "how do I return an article").await;
    assert_eq!(bodies(&app).await[3], "Send it back within 30 days.");
    app.advance(48 * HOUR);
    app.settle().await;
    assert_eq!(lines(&app).await.len(), 2, "once");
}

async fn what_nobody_answered_is_answered_then(database: Database) {
    let (app, number) = taken(database).await;
    app.advance(HOUR);
    writes(&app, &number, "wamid.2", ADA, "how do I return an article").await;
    sends(&app, "With the form in the parcel.").await;
    app.advance(HOUR);
    writes(&app, &number, "wamid.3", ADA, "where is your shop").await;
    app.advance(11 * HOUR);
    app.settle().await;
    let said = ["We are open from 9 to 18.", "With the form in the parcel.", "In Harbour Street 5."];
    assert_eq!(bodies(&app).await, said);
    // Taken over before the bot had answered, and then forgotten.
    let app = TestApp::start_with(database, &["--quiet-time", "10s"]).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    takes_over(&app).await;
    app.advance(12 * HOUR);
    app.settle().await;
    assert_eq!(bodies(&app).await, ["We are open from 9 to 18."]);
}

async fn what_is_a_day_old_is_not(database: Database) {
    let (app, number) = taken(database).await;
    app.ok("chatbots/update", json!({"id": number.chatbot_id, "idle_minutes": 1440})).await;
    writes(&app, &number, "wamid.2", ADA, "where is your shop").await;
    app.advance(24 * HOUR);
    app.settle().await;
    assert_eq!(row(&app).await["mode"], "bot");
    assert_eq!(bodies(&app).await.len(), 1, "WhatsApp would not take it");
    assert!(since(&app).await.is_some());
}

async fn whoever_was_promised_a_person_still_waits_for_one(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    hands_over(&app).await;
    let began = since(&app).await;
    app.advance(12 * HOUR);
    app.settle().await;
    assert_eq!((row(&app).await["mode"].as_str(), since(&app).await), (Some("bot"), began));
    assert!(lines(&app).await[1].ends_with("the bot answers again. The customer still waits for a person."));
    assert_eq!(bodies(&app).await.len(), 1, "what led to the hand-over is dealt with");
    // The bot answers what comes, and a person ends the wait.
    writes(&app, &number, "wamid.2", ADA, "where is your shop").await;
    assert_eq!((bodies(&app).await.len(), since(&app).await), (2, began));
    sends(&app, "Good morning, this is Nina.").await;
    assert_eq!(since(&app).await, None);
}

async fn the_time_is_the_chatbots_own(database: Database) {
    let (app, number) = taken(database).await;
    let bot = async |input: serde_json::Value| app.api("chatbots/update", input).await;
    let id = number.chatbot_id.clone();
    assert_eq!(app.ok("chatbots/get", json!({"id": id})).await["idle_minutes"], 720);
    for wrong in [-1, 43_201] {
        let (status, error) = bot(json!({"id": id, "idle_minutes": wrong})).await;
        assert_eq!((status, error["field"].as_str()), (StatusCode::BAD_REQUEST, Some("idle_minutes")));
    }
    bot(json!({"id": id, "idle_minutes": 0})).await;
    app.advance(300 * HOUR);
    app.settle().await;
    assert_eq!(row(&app).await["mode"], "human", "never");
    // What is set holds for conversations that people have already, and nothing else changes with it.
    let (_, changed) = bot(json!({"id": id, "idle_minutes": 90})).await;
    assert_eq!((&changed["idle_minutes"], &changed["name"]), (&json!(90), &json!("Shop bot")));
    assert_eq!(bot(json!({"id": id, "greeting": "Hi"})).await.1["idle_minutes"], 90);
    app.settle().await;
    assert_eq!(row(&app).await["mode"], "bot");
    assert!(lines(&app).await[1].contains("for 90 minutes:"));
}

async fn who_writes_as_the_time_ends_keeps_it(database: Database) {
    let (app, _) = taken(database).await;
    for round in 0..12 {
        app.advance(12 * HOUR);
        let id = row(&app).await["id"].clone();
        let text = json!({"conversation_id": id, "text": format!("Round {round}")});
        if round == 1 {
            // WhatsApp's day is over; the website has none.
            app.execute("update conversations set channel = 'web', integration_id =
                         (select id from integrations where channel = 'web' and workspace_id = conversations.workspace_id)").await;
            app.execute("update integrations set active = 1 = 1").await;
        }
        if round % 2 == 0 && round > 0 {
            let (sent, swept) = tokio::join!(app.api("messages/send", text), sweep::step(&app.state));
            assert_eq!(sent.0, StatusCode::OK, "{}", sent.1);
            swept.unwrap();
        } else {
            let (swept, sent) = tokio::join!(sweep::step(&app.state), app.api("messages/send", text));
            swept.unwrap();
            assert!(round == 0 || sent.0 == StatusCode::OK, "{}", sent.1);
        }
        if round > 0 {
            // Either the person was first and keeps it, or they took it over again from the bot.
            let taken = lines(&app).await.iter().filter(|line| line.contains("took over")).count();
            let given = lines(&app).await.iter().filter(|line| **line == LINE).count();
            assert_eq!((row(&app).await["mode"].as_str(), taken), (Some("human"), given + 1), "round {round}");
        }
    }
}

async fn no_two_sweeps_give_the_same_back(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for nth in 0..150 {
        let from = format!("4915100{nth:05}");
        let message = super::waiting::said(&app, &format!("wamid.{nth}"), &from, "opening hours");
        let body = super::app::webhook(&[super::app::change(&number, &[message], &[])]);
        assert_eq!(app.deliver(&number, body).await, StatusCode::OK);
    }
    app.settle().await;
    app.execute("update conversations set mode = 'human', person_at = 1").await;
    let another = match database {
        Database::Sqlite => None,
        Database::Postgres => Some(app.another_node().await),
    };
    loop {
        let second = another.as_ref().unwrap_or(&app);
        let (one, two) = tokio::join!(sweep::step(&app.state), sweep::step(&second.state));
        if one.unwrap() == Progress::Idle && two.unwrap() == Progress::Idle {
            break;
        }
    }
    assert_eq!(app.count("select count(*) from conversations where mode = 'bot'").await, 150);
    assert_eq!(app.count("select count(*) from messages where kind = 'activity'").await, 150);
    assert_eq!(app.count("select count(distinct conversation_id) from messages where kind = 'activity'").await, 150);
    assert_eq!(
        app.count("select count(*) from conversations where last_seq <> (select max(seq) from messages m where m.conversation_id = conversations.id)").await,
        0
    );
}

/// On SQLite there is one writer anyway.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_that_is_just_being_written_is_waited_for_by_nobody() {
    let (app, _) = taken(Database::Postgres).await;
    app.advance(12 * HOUR);
    let Line::Postgres(mut another) = app.state.store.read().await.unwrap().line else { panic!("not PostgreSQL") };
    sqlx::query("begin").execute(&mut *another).await.unwrap();
    // What a person's send does to the row, not committed yet.
    let sent = "update conversations set person_at = person_at + 43200000";
    sqlx::query(sent).execute(&mut *another).await.unwrap();
    sweep::step(&app.state).await.unwrap();
    sqlx::query("commit").execute(&mut *another).await.unwrap();
    app.settle().await;
    assert_eq!((row(&app).await["mode"].as_str(), lines(&app).await.len()), (Some("human"), 1));
}
