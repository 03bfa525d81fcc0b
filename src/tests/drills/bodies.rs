//! Strangers announce bodies and do not send them: everybody else is served meanwhile.

use axum::http::StatusCode;

use super::{
    super::{
        app::{Database, Number, TestApp},
        on_both_databases,
    },
    question,
    raw::{Raw, chunk, client, forged, head, signed, stranger, under_way},
};

on_both_databases!(
    announced_bodies_take_no_room,
    small_chunked_deliveries_at_once_are_all_stored,
    without_a_signature_no_body_is_read,
    a_stranger_has_a_share_of_the_memory,
    verified_deliveries_have_no_share,
    behind_a_trusted_proxy_strangers_are_strangers,
);

/// Nobody is late here.
const PATIENT: &str = "first_byte=10m,webhook_body=10m";

async fn patient(database: Database, more: &str) -> (TestApp, Number) {
    let limits = format!("--limits={PATIENT},{more}");
    let app = TestApp::start_with(database, &["--quiet-time", "0", &limits]).await;
    let number = app.number().await;
    (app, number)
}

async fn announced_bodies_take_no_room(database: Database) {
    let (app, number) = patient(database, "").await;
    let mut waiting = Vec::new();
    for n in 0..80 {
        let length = if n % 2 == 0 { "content-length: 4194304" } else { "transfer-encoding: chunked" };
        waiting.push(under_way(&app, stranger(1), &head(&number, &forged(), length)).await);
    }
    assert_eq!(app.deliver(&number, question(&number, 1, "wamid.1")).await, StatusCode::OK);
    drop(waiting);
}

async fn small_chunked_deliveries_at_once_are_all_stored(database: Database) {
    let (app, number) = patient(database, "").await;
    let mut senders = Vec::new();
    for n in 0..60 {
        let body = question(&number, 1, &format!("wamid.{n}"));
        let head = head(&number, &signed(&body), "transfer-encoding: chunked");
        senders.push((under_way(&app, stranger(1), &head).await, body));
    }
    for (raw, body) in &mut senders {
        assert!(raw.send(chunk(body)).await);
    }
    for (raw, _) in &mut senders {
        raw.read_until("HTTP/1.1 200 OK").await;
    }
    assert_eq!(app.count("select count(*) from deliveries").await, 60);
}

async fn without_a_signature_no_body_is_read(database: Database) {
    let (app, number) = patient(database, "").await;
    for signature in ["", "sha256=", "sha1=00", &format!("sha256={}", "z".repeat(64))] {
        let mut raw = Raw::open(&app, stranger(1)).await;
        raw.send(head(&number, signature, "content-length: 1000")).await;
        // Not even the leave to send it.
        assert!(raw.read_to_end().await.starts_with("HTTP/1.1 401"), "{signature:?}");
    }
}

/// Takes as much of the memory as one stranger may have, and waits until it is taken.
async fn hog(app: &TestApp, number: &Number, n: u8, bytes: usize) -> Raw {
    let mut hog = under_way(app, stranger(n), &head(number, &forged(), "transfer-encoding: chunked")).await;
    assert!(hog.send(format!("{bytes:x}\r\n{}\r\n", "x".repeat(bytes))).await);
    // Seen from the same address.
    let other = client(stranger(n));
    while wrongly_signed(app, number, &other).await != StatusCode::SERVICE_UNAVAILABLE {}
    hog
}

async fn wrongly_signed(app: &TestApp, number: &Number, client: &reqwest::Client) -> StatusCode {
    deliver_from(app, number, client, &forged(), "{}").await
}

async fn deliver_from(
    app: &TestApp,
    number: &Number,
    client: &reqwest::Client,
    signature: &str,
    body: &str,
) -> StatusCode {
    let url = format!("{}/api/whatsapp/webhook/{}", app.url, number.integration_id);
    let request = client.post(url).header("x-hub-signature-256", signature).body(body.to_owned());
    request.send().await.unwrap().status()
}

async fn a_stranger_has_a_share_of_the_memory(database: Database) {
    let (app, number) = patient(database, "bodies=65536").await;
    let _first = hog(&app, &number, 1, 16 << 10).await;
    // Others go on: strangers, and those who are known.
    let second = client(stranger(2));
    assert_eq!(wrongly_signed(&app, &number, &second).await, StatusCode::UNAUTHORIZED);
    let _second = hog(&app, &number, 2, 16 << 10).await;
    // All strangers together have half of it. Meta, of whom a delivery was verified before, has the rest.
    assert_eq!(wrongly_signed(&app, &number, &client(stranger(3))).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(app.deliver(&number, question(&number, 1, "wamid.1")).await, StatusCode::OK);
}

async fn verified_deliveries_have_no_share(database: Database) {
    let (app, number) = patient(database, "bodies=65536").await;
    let meta = client(stranger(1));
    let large = format!("{}{}", question(&number, 1, "wamid.1"), " ".repeat(20 << 10));
    let deliver = |body: String| {
        let (app, number, meta) = (&app, &number, &meta);
        async move { deliver_from(app, number, meta, &signed(&body), &body).await }
    };
    assert_eq!(deliver(large.clone()).await, StatusCode::SERVICE_UNAVAILABLE, "more than a stranger's share");
    assert_eq!(deliver(question(&number, 1, "wamid.1")).await, StatusCode::OK);
    assert_eq!(deliver(large).await, StatusCode::OK);
}

/// A proxy that has brought Meta's deliveries brings strangers, too.
async fn behind_a_trusted_proxy_strangers_are_strangers(database: Database) {
    let flags =
        ["--quiet-time=0", "--trusted-proxies=127.0.0.0/8", "--limits=first_byte=10m,webhook_body=10m,bodies=65536"];
    let app = TestApp::start_with(database, &flags).await;
    let number = app.number().await;
    let url = format!("{}/api/whatsapp/webhook/{}", app.url, number.integration_id);
    let deliver = async |from: &str, signature: &str, body: String| {
        let request = app.http.post(&url).header("x-forwarded-for", from).header("x-hub-signature-256", signature);
        request.body(body).send().await.unwrap().status()
    };
    let good = question(&number, 1, "wamid.1");
    assert_eq!(deliver("203.0.113.1", &signed(&good), good.clone()).await, StatusCode::OK);
    let large = " ".repeat(20 << 10);
    assert_eq!(deliver("198.51.100.7", &forged(), large.clone()).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(deliver("203.0.113.1", &forged(), large).await, StatusCode::UNAUTHORIZED, "Meta has no share");
}
