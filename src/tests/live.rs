//! Live events over real HTTP: nothing is missed, nothing is made up, and the end of rights is the end of the stream.

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    app::{Database, TestApp},
    on_both_databases,
};
use crate::server::{store::event, writer::Priority};

on_both_databases!(
    events_arrive_and_resume_without_a_gap,
    what_is_no_longer_kept_is_a_resync,
    a_revoked_token_ends_its_stream
);

/// One event as it came: its id and its data.
#[derive(Debug)]
struct Event {
    id: String,
    data: Value,
}

/// Reads events until one satisfies the test; fails when none comes.
async fn read_until(app: &TestApp, token: &str, last: Option<&str>, mut good: impl FnMut(&Event) -> bool) -> Event {
    let mut request = app.http.get(format!("{}/api/v1/events", app.url)).bearer_auth(token);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let mut stream = request.send().await.unwrap().bytes_stream();
    let mut text = String::new();
    let found = timeout(Duration::from_secs(20), async {
        loop {
            text.push_str(&String::from_utf8_lossy(&stream.next().await.expect("the stream ended").unwrap()));
            while let Some((block, rest)) = text.clone().split_once("\n\n") {
                text = rest.to_owned();
                let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned());
                let Some(data) = field("data:") else { continue };
                let event = Event { id: field("id:").unwrap_or_default(), data: serde_json::from_str(&data).unwrap() };
                if good(&event) {
                    return event;
                }
            }
        }
    });
    found.await.expect("no such event came")
}

async fn events_arrive_and_resume_without_a_gap(database: Database) {
    let app = TestApp::start(database).await;
    app.run_in_background();
    app.ok("chatbots/create", json!({"name": "Before"})).await;
    // On PostgreSQL a commit can be read when every older transaction of the server has ended: those of other tests too.
    let mut ready = read_until(&app, &app.token, None, |e| e.data == json!({})).await;
    while ready.id == "0-0" {
        ready = read_until(&app, &app.token, None, |e| e.data == json!({})).await;
    }
    let listening = read_until(&app, &app.token, Some(&ready.id), |e| e.data["kind"] == "chatbot");
    let (event, bot) = tokio::join!(listening, app.ok("chatbots/create", json!({"name": "First"})));
    assert_eq!(event.data["id"], bot["id"]);
    // While nobody listened, three things happened; all of them come, in order, and nothing before them.
    let mut expected = Vec::new();
    for name in ["Second", "Third", "Fourth"] {
        expected.push(app.ok("chatbots/create", json!({"name": name})).await["id"].clone());
    }
    let mut seen = Vec::new();
    read_until(&app, &app.token, Some(&event.id), |e| {
        // The stream also says when it is ready.
        seen.extend(Some(&e.data["id"]).filter(|id| id.is_string()).cloned());
        seen.len() == 3
    })
    .await;
    assert_eq!(seen, expected);
}

async fn what_is_no_longer_kept_is_a_resync(database: Database) {
    let app = TestApp::start(database).await;
    app.run_in_background();
    for name in ["First", "Second"] {
        app.ok("chatbots/create", json!({"name": name})).await;
    }
    let forget = app.state.writer.write(Priority::Bulk, Uuid::nil(), app.state.now() + 1, |conn, before| {
        Box::pin(event::prune(conn, *before, 1))
    });
    assert_eq!(forget.await.unwrap(), 1);
    // As above: as long as nothing can be read, nothing can be missed.
    while read_until(&app, &app.token, None, |e| e.data == json!({})).await.id == "0-0" {}
    for stale in ["0-0", "nonsense"] {
        read_until(&app, &app.token, Some(stale), |e| e.data["kind"] == "resync").await;
    }
}

async fn a_revoked_token_ends_its_stream(database: Database) {
    let app = TestApp::start(database).await;
    let response = app.http.get(format!("{}/api/v1/events", app.url)).bearer_auth(&app.token).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let tokens = app.ok("tokens/list", json!({})).await;
    app.ok("tokens/revoke", json!({"id": tokens[0]["id"]})).await;
    // The stream ends by itself when rights are looked at again, every 15 seconds.
    let ended = timeout(Duration::from_secs(40), response.bytes_stream().for_each(|_| async {})).await;
    assert!(ended.is_ok(), "the stream stayed open");
    let refused = app.http.get(format!("{}/api/v1/events", app.url)).bearer_auth(&app.token).send().await.unwrap();
    assert_eq!(refused.status(), 401);
}
