//! Guessing passwords is slow, and keeps nobody else out.

use super::{
    app::{Database, PASSWORD, TestApp},
    browser::{Answer, Browser},
    on_both_databases,
};
use crate::{domain::role::Role, server::pipeline::faults::Faults};

on_both_databases!(
    five_failures_are_free_and_then_it_takes_time,
    the_wait_grows_and_ends_with_the_clock,
    nobody_else_is_locked_out,
    a_restart_forgets_nothing,
    many_accounts_from_one_address_are_slow_too,
    guesses_at_once_do_not_slip_through,
    only_a_trusted_proxy_says_where_somebody_comes_from,
);

/// What the form says about a try: `credentials`, `throttled` or `in`.
async fn attempt(app: &TestApp, email: &str, password: &str, from: Option<&str>) -> String {
    let browser = Browser::stranger(app);
    let mut request = browser.form("/sign-in", &[("email", email), ("password", password)]);
    if let Some(from) = from {
        request = request.header("x-forwarded-for", from);
    }
    let answer = Answer::to(request).await;
    let Some(query) = answer.location().strip_prefix("/sign-in?error=") else {
        assert_eq!(answer.location(), "/inbox");
        return "in".to_owned();
    };
    assert_eq!(answer.cookie(), "");
    query.split('&').next().unwrap().to_owned()
}

async fn fail(app: &TestApp, email: &str, times: usize, from: Option<&str>) {
    for _ in 0..times {
        assert_eq!(attempt(app, email, "a wrong password", from).await, "credentials");
    }
}

const OWNER: &str = "owner@example.com";

async fn five_failures_are_free_and_then_it_takes_time(database: Database) {
    let app = TestApp::start(database).await;
    fail(&app, OWNER, 4, None).await;
    // The right password in time starts anew.
    assert_eq!(attempt(&app, OWNER, PASSWORD, None).await, "in");
    fail(&app, OWNER, 5, None).await;
    // From now on even the right one has to wait, or guessing would show.
    assert_eq!(attempt(&app, OWNER, PASSWORD, None).await, "throttled");
    assert_eq!(attempt(&app, " OWNER@example.com", PASSWORD, None).await, "throttled");
    // Accounts that do not exist behave the same.
    fail(&app, "nobody@example.com", 5, None).await;
    assert_eq!(attempt(&app, "nobody@example.com", PASSWORD, None).await, "throttled");
}

async fn the_wait_grows_and_ends_with_the_clock(database: Database) {
    let app = TestApp::start(database).await;
    fail(&app, OWNER, 5, None).await;
    for wait in [1000, 2000, 4000] {
        app.advance(wait - 1);
        assert_eq!(attempt(&app, OWNER, PASSWORD, None).await, "throttled", "{wait}");
        app.advance(1);
        fail(&app, OWNER, 1, None).await;
    }
    app.advance(8000);
    assert_eq!(attempt(&app, OWNER, PASSWORD, None).await, "in");
    fail(&app, OWNER, 5, None).await;
}

async fn nobody_else_is_locked_out(database: Database) {
    let app = TestApp::start_with(database, &["--trusted-proxies", "127.0.0.1"]).await;
    app.add_user("other@example.com", Role::Agent, None).await;
    fail(&app, OWNER, 5, Some("198.51.100.1")).await;
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("198.51.100.1")).await, "throttled");
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("198.51.100.2")).await, "in");
    assert_eq!(attempt(&app, "other@example.com", PASSWORD, Some("198.51.100.1")).await, "in");
}

async fn a_restart_forgets_nothing(database: Database) {
    let app = TestApp::start(database).await;
    fail(&app, OWNER, 5, None).await;
    let app = app.restart(Faults::default()).await;
    assert_eq!(attempt(&app, OWNER, PASSWORD, None).await, "throttled");
    app.advance(1000);
    assert_eq!(attempt(&app, OWNER, PASSWORD, None).await, "in");
}

async fn many_accounts_from_one_address_are_slow_too(database: Database) {
    let app = TestApp::start_with(database, &["--trusted-proxies", "127.0.0.1"]).await;
    let address = "2001:db8:1:2::1";
    for i in 0..30 {
        fail(&app, &format!("user{i}@example.com"), 1, Some(address)).await;
    }
    assert_eq!(attempt(&app, "user99@example.com", PASSWORD, Some(address)).await, "throttled");
    // Another address of the same IPv6 network is the same place, another network is not.
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("2001:db8:1:2:3:4:5:6")).await, "throttled");
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("2001:db8:1:3::1")).await, "in");
}

async fn guesses_at_once_do_not_slip_through(database: Database) {
    let app = TestApp::start(database).await;
    let tries = (0..12).map(|i| {
        let app = &app;
        async move { attempt(app, OWNER, &format!("guess number {i}"), None).await }
    });
    let outcomes = futures::future::join_all(tries).await;
    assert_eq!(outcomes.iter().filter(|o| *o == "credentials").count(), 5, "{outcomes:?}");
}

async fn only_a_trusted_proxy_says_where_somebody_comes_from(database: Database) {
    let app = TestApp::start(database).await;
    for i in 0..5 {
        fail(&app, OWNER, 1, Some(&format!("198.51.100.{i}"))).await;
    }
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("203.0.113.1")).await, "throttled");
    let app = TestApp::start_with(database, &["--trusted-proxies", "127.0.0.0/8,10.0.0.0/8"]).await;
    // What a client wrote in front of the proxy's own entry counts for nothing.
    for i in 0..5 {
        fail(&app, OWNER, 1, Some(&format!("198.51.100.{i}, 203.0.113.9, 10.0.0.3"))).await;
    }
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("203.0.113.9")).await, "throttled");
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("203.0.113.10")).await, "in");
}
