//! Clients that hang up in the middle of a page harm nobody, and leave no noise.

use std::{
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    app::{Database, TestApp},
    browser::Browser,
    on_both_databases,
};
use crate::server::app::layers::pages::AT_ONCE;

on_both_databases!(who_hangs_up_makes_nothing_panic, who_hangs_up_does_not_keep_pages_from_others);

/// Panics that tell of a signal that is gone, in the whole process: no test may make any.
static DISPOSED: AtomicUsize = AtomicUsize::new(0);

fn count_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let message = info.payload_as_str().unwrap_or_default();
            if message.contains("disposed") {
                DISPOSED.fetch_add(1, Ordering::SeqCst);
            }
            before(info);
        }));
    });
}

/// Asks for a page, and hangs up after a while or as soon as the answer begins.
async fn hang_up(address: &str, path: &str, cookie: &str, after: Duration) {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nAccept: text/html\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    drop(tokio::time::timeout(after, connection.read(&mut [0; 16])).await);
    // A reset, not a polite end: the server notices at once.
    connection.set_zero_linger().unwrap();
}

/// Until no page is rendered any more.
async fn all_pages_end(app: &TestApp) {
    let ended = async {
        while app.state.page_slots.available_permits() < AT_ONCE {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), ended).await.expect("a page never ended");
}

async fn who_hangs_up_makes_nothing_panic(database: Database) {
    count_panics();
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0]["id"].as_str().unwrap().to_owned();
    let browser = Browser::signed_in(&app, "owner@example.com").await;
    let address = app.url.trim_start_matches("http://");
    let pages = [
        "/inbox".to_owned(),
        format!("/inbox/{conversation}"),
        format!("/chatbots/{}", number.chatbot_id),
        "/integrations".to_owned(),
        format!("/integrations/{}/events", number.integration_id),
        "/sandbox".to_owned(),
        "/no-such-page".to_owned(),
        "/sign-in".to_owned(),
    ];
    for round in 0..25 {
        let moment = |at: usize| Duration::from_millis((round * 7 + at as u64 * 3) % 60);
        join_all(pages.iter().enumerate().map(|(at, path)| hang_up(address, path, &browser.cookie, moment(at)))).await;
    }
    all_pages_end(&app).await;
    assert_eq!(DISPOSED.load(Ordering::SeqCst), 0, "something read what was gone");
    assert_eq!(browser.get("/inbox").await.status.as_u16(), 200);
}

/// The database is slow, so that all pages there may be wait for it; then everybody who waits gives up.
async fn who_hangs_up_does_not_keep_pages_from_others(database: Database) {
    count_panics();
    let app = TestApp::start_empty(database, &[]).await;
    let address = app.url.trim_start_matches("http://");
    let mut held = Vec::new();
    while let Ok(conn) = tokio::time::timeout(Duration::from_millis(300), app.state.store.read()).await {
        held.push(conn.unwrap());
    }
    let count = AT_ONCE + 20;
    let mut connections = Vec::new();
    for _ in 0..count {
        let mut connection = TcpStream::connect(address).await.unwrap();
        let request = format!("GET /set-up HTTP/1.1\r\nHost: {address}\r\nAccept: text/html\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        connections.push(connection);
    }
    let full = async {
        while app.state.page_slots.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), full).await.expect("pages did not begin");
    for connection in connections {
        connection.set_zero_linger().unwrap();
    }
    drop(held);
    all_pages_end(&app).await;
    assert_eq!(DISPOSED.load(Ordering::SeqCst), 0, "something read what was gone");
    assert_eq!(Browser::stranger(&app).get("/set-up").await.status.as_u16(), 200);
}
