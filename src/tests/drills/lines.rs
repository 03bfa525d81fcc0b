//! Strangers open connections and are slow, or many: each is closed in time, and there is room for everybody else.

use axum::http::StatusCode;

use super::{
    super::{
        app::{Database, TestApp},
        on_both_databases,
    },
    question,
    raw::{Raw, client, forged, head, stranger, under_way},
};

on_both_databases!(
    what_does_not_come_in_time_is_closed,
    a_late_body_is_told_so,
    half_headers_make_way_for_who_comes_after,
    requests_under_way_keep_their_place_and_known_addresses_have_room,
    one_address_cannot_take_all_connections,
    headers_are_bounded,
);

async fn start(database: Database, limits: &str) -> TestApp {
    TestApp::start_with(database, &["--quiet-time", "0", &format!("--limits={limits}")]).await
}

const GET: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n";

async fn what_does_not_come_in_time_is_closed(database: Database) {
    let app = start(database, "first_byte=1s,header=1s,idle=1s").await;
    let open = || Raw::open(&app, stranger(1));
    let nothing = async { open().await.read_to_end().await };
    let half = async {
        let mut raw = open().await;
        raw.send("GE").await;
        raw.read_to_end().await
    };
    let headers_without_end = async {
        let mut raw = open().await;
        raw.send(GET).await;
        raw.drip("x-more: 1\r\n").await
    };
    let idle = async {
        let mut raw = open().await;
        raw.send(format!("{GET}\r\n")).await;
        raw.read_to_end().await
    };
    let second_half = async {
        let mut raw = open().await;
        raw.send(format!("{GET}\r\n")).await;
        raw.read_until("HTTP/1.1 200").await;
        raw.send(GET).await;
        raw.drip("x-more: 1\r\n").await
    };
    let (nothing, half, endless, idle, second) = tokio::join!(nothing, half, headers_without_end, idle, second_half);
    assert_eq!((nothing.as_str(), half.as_str(), endless.as_str()), ("", "", ""));
    assert!(idle.starts_with("HTTP/1.1 200"), "{idle}");
    assert!(!second.contains("HTTP/1.1"), "{second}");
    assert_eq!(client(stranger(2)).get(format!("{}/healthz", app.url)).send().await.unwrap().status(), StatusCode::OK);
}

async fn a_late_body_is_told_so(database: Database) {
    let app = start(database, "first_byte=1s,webhook_body=3s,pause=1s,body=3s").await;
    let number = app.number().await;
    let delivery = |length: &str| head(&number, &forged(), length);
    let nothing = async {
        let mut raw = under_way(&app, stranger(1), &delivery("content-length: 4194304")).await;
        raw.read_to_end().await
    };
    let stalled_chunk = async {
        let mut raw = under_way(&app, stranger(1), &delivery("transfer-encoding: chunked")).await;
        raw.send("4\r\nabcd\r\n").await;
        raw.read_to_end().await
    };
    let drop_by_drop = async {
        let mut raw = under_way(&app, stranger(1), &delivery("content-length: 4194304")).await;
        raw.drip("x").await
    };
    let form = async {
        let mut raw = Raw::open(&app, stranger(1)).await;
        let head = "POST /sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\
            content-type: application/x-www-form-urlencoded\r\n\r\nemail=";
        raw.send(head).await;
        raw.read_to_end().await
    };
    let (nothing, stalled, drops, form) = tokio::join!(nothing, stalled_chunk, drop_by_drop, form);
    for answer in [nothing, stalled, drops] {
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    assert!(form.starts_with("HTTP/1.1 4"), "{form}");
    assert_eq!(app.deliver(&number, question(&number, 1, "wamid.1")).await, StatusCode::OK);
}

async fn half_headers_make_way_for_who_comes_after(database: Database) {
    let app = start(database, "connections=8,first_byte=10m,header=10m").await;
    let mut strangers = Vec::new();
    for n in 0..20 {
        let mut raw = Raw::open(&app, stranger(n)).await;
        raw.send(format!("{GET}connection: close\r\n")).await;
        strangers.push(raw);
    }
    let mut last = Raw::open(&app, stranger(99)).await;
    last.send(format!("{GET}\r\n")).await;
    last.read_until("HTTP/1.1 200").await;
    // Six places are for strangers: all but five of the others had to go. Those go on as if nothing were.
    let mut answered = 0;
    for raw in &mut strangers {
        raw.send("\r\n").await;
        answered += usize::from(raw.read_to_end().await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!(answered, 5);
    app.number().await;
}

async fn requests_under_way_keep_their_place_and_known_addresses_have_room(database: Database) {
    let app = start(database, "connections=8,first_byte=10m,webhook_body=10m").await;
    // The owner works with the API: that address is known from now on.
    let number = app.number().await;
    let head = head(&number, &forged(), "content-length: 2");
    let mut busy = Vec::new();
    for n in 0..6 {
        busy.push(under_way(&app, stranger(n), &head).await);
    }
    let mut refused = Raw::open(&app, stranger(99)).await;
    assert!(refused.read_to_end().await.starts_with("HTTP/1.1 503"));
    assert_eq!(app.deliver(&number, question(&number, 1, "wamid.1")).await, StatusCode::OK);
    app.ok("chatbots/list", serde_json::json!({})).await;
    for raw in &mut busy {
        assert!(raw.send("{}").await);
        raw.read_until("HTTP/1.1 401").await;
    }
    // Now they only wait, and make way.
    let mut taken = Raw::open(&app, stranger(99)).await;
    taken.send(format!("{GET}\r\n")).await;
    taken.read_until("HTTP/1.1 200").await;
}

async fn one_address_cannot_take_all_connections(database: Database) {
    let app = start(database, "connections_per_address=3,near_are_proxies=false,first_byte=10m,webhook_body=10m").await;
    let number = app.number().await;
    let head = head(&number, &forged(), "content-length: 2");
    let mut busy = Vec::new();
    for _ in 0..3 {
        busy.push(under_way(&app, stranger(1), &head).await);
    }
    let mut refused = Raw::open(&app, stranger(1)).await;
    assert!(refused.read_to_end().await.starts_with("HTTP/1.1 503"));
    let other = client(stranger(2)).get(format!("{}/healthz", app.url)).send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK);
    // A delivery of theirs is verified (it may be Meta, or a proxy): now they may open more.
    let body = question(&number, 1, "wamid.1");
    drop(busy.pop());
    let meta = client(stranger(1));
    let url = format!("{}/api/whatsapp/webhook/{}", app.url, number.integration_id);
    loop {
        let request = meta.post(&url).header("x-hub-signature-256", super::raw::signed(&body)).body(body.clone());
        // Until the server has seen that one of the three hung up.
        if request.send().await.is_ok_and(|answer| answer.status() == StatusCode::OK) {
            break;
        }
    }
    for _ in 0..10 {
        busy.push(under_way(&app, stranger(1), &head).await);
    }
}

async fn headers_are_bounded(database: Database) {
    let app = start(database, "target=100").await;
    let ask = |target: String, header: usize| {
        let app = &app;
        async move {
            let mut raw = Raw::open(app, stranger(1)).await;
            let long = "x".repeat(header);
            raw.send(format!(
                "GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-long: {long}\r\n\r\n"
            ))
            .await;
            raw.read_to_end().await
        }
    };
    assert!(ask("/healthz".to_owned(), 10).await.starts_with("HTTP/1.1 200"));
    // A name for a request that a proxy may give it is kept, and a stranger's long one is not.
    for (given, kept) in [("proxy-7".to_owned(), true), ("x".repeat(5000), false)] {
        let mut raw = Raw::open(&app, stranger(1)).await;
        raw.send(format!("{GET}connection: close\r\nx-request-id: {given}\r\n\r\n")).await;
        let answer = raw.read_to_end().await;
        assert!(answer.contains("x-request-id: ") && answer.contains(&given) == kept, "{answer}");
    }
    assert!(ask(format!("/healthz?{}", "x".repeat(200)), 10).await.starts_with("HTTP/1.1 414"));
    // The answer may be lost in a reset, since not all was read; it is no 200.
    assert!(!ask("/healthz".to_owned(), 100 << 10).await.contains(" 200 "));
}
