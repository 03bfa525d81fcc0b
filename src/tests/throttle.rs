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
    what_a_proxy_cannot_tell_is_nobodys_word,
    an_office_signs_in_as_often_as_it_likes,
    an_account_of_ones_own_helps_nobody_to_guess,
    wider_networks_count_too,
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
    // The right password in time starts over.
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
    // A local server would not even listen to who claims to come from elsewhere.
    let app = TestApp::start_with(database, &["--public-url", "http://chat.example.com"]).await;
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

async fn what_a_proxy_cannot_tell_is_nobodys_word(database: Database) {
    let app = TestApp::start_with(database, &["--trusted-proxies", "127.0.0.0/8"]).await;
    // Some proxies append the port; the client's own entry, left of it, changes with every guess.
    for i in 0..5 {
        fail(&app, OWNER, 1, Some(&format!("198.51.100.{i}, 203.0.113.9:{}", 4000 + i))).await;
    }
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("198.51.100.99, 203.0.113.9:5000")).await, "throttled");
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("203.0.113.10:5000")).await, "in");
    for i in 0..5 {
        fail(&app, OWNER, 1, Some(&format!("198.51.100.{i}, unknown"))).await;
    }
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("198.51.100.99, unknown")).await, "throttled");
}

/// Many people behind one address, some of whom mistype once.
async fn an_office_signs_in_as_often_as_it_likes(database: Database) {
    let app = TestApp::start(database).await;
    for i in 0..40 {
        assert_eq!(attempt(&app, OWNER, PASSWORD, None).await, "in", "{i}");
    }
    let at_once = (0..40).map(|_| attempt(&app, OWNER, PASSWORD, None));
    let outcomes = futures::future::join_all(at_once).await;
    assert!(outcomes.iter().all(|o| o == "in"), "{outcomes:?}");
    for i in 0..40 {
        fail(&app, OWNER, 1, None).await;
        assert_eq!(attempt(&app, OWNER, PASSWORD, None).await, "in", "{i}");
    }
    assert_eq!(app.count("select count(*) from sign_in_failures").await, 0);
    // Others' failures stay, and getting in makes nobody wait for longer.
    for i in 0..30 {
        fail(&app, &format!("user{i}@example.com"), 1, None).await;
    }
    assert_eq!(attempt(&app, OWNER, PASSWORD, None).await, "throttled");
    app.advance(1000);
    for i in 0..5 {
        assert_eq!(attempt(&app, OWNER, PASSWORD, None).await, "in", "{i}");
    }
}

async fn an_account_of_ones_own_helps_nobody_to_guess(database: Database) {
    let app = TestApp::start(database).await;
    for i in 0..30 {
        fail(&app, &format!("user{i}@example.com"), 1, None).await;
        let outcome = attempt(&app, OWNER, PASSWORD, None).await;
        assert_eq!(outcome, if i < 29 { "in" } else { "throttled" }, "{i}");
    }
    // Guesses and one's own sign-ins at once do not slip through either.
    let mut waited = 0;
    for round in 0..6 {
        let tries = (0..8).map(|i| {
            let app = &app;
            async move {
                let own = i % 2 == 0;
                let other = format!("user{i}@example.com");
                let (email, password) = if own { (OWNER, PASSWORD) } else { (other.as_str(), "a guess") };
                attempt(app, email, password, None).await
            }
        });
        let outcomes = futures::future::join_all(tries).await;
        let guessed = outcomes.iter().filter(|o| *o == "credentials").count();
        assert!(guessed <= 1, "round {round}: {outcomes:?}");
        waited += guessed;
        app.advance(1000 << round);
    }
    assert!(waited > 0, "nobody ever got a guess: the test tests nothing");
}

async fn wider_networks_count_too(database: Database) {
    let app = TestApp::start_with(database, &["--trusted-proxies", "127.0.0.1"]).await;
    // A customer who has a /56 guesses from a new /64 each time.
    for i in 0..100 {
        fail(&app, &format!("user{i}@example.com"), 1, Some(&format!("2001:db8:1:10{i:02x}::1"))).await;
    }
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("2001:db8:1:10ff::1")).await, "throttled");
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("2001:db8:1:1100::1")).await, "in");
    // And one who has a /48 from a new /56.
    for i in 0..200 {
        fail(&app, &format!("more{i}@example.com"), 1, Some(&format!("2001:db8:1:{:x}::1", 0x2000 + i * 256 / 2)))
            .await;
    }
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("2001:db8:1:ff00::1")).await, "throttled");
    assert_eq!(attempt(&app, OWNER, PASSWORD, Some("2001:db8:2::1")).await, "in");
}
