//! Taking people out: whatever lets them in ends at once, while the server runs and by another process.

use std::time::Duration;

use axum::http::StatusCode;
use clap::{Parser, Subcommand};
use futures::{StreamExt, future::join_all};
use serde_json::json;
use tokio::time::timeout;

use super::{
    app::{Database, PASSWORD, TestApp},
    browser::{Answer, Browser},
    on_both_databases,
};
use crate::{
    domain::role::Role,
    error::ApiError,
    server::app::{
        cli::people::{TokenCommand, UserCommand, run_token, run_user},
        state::AppState,
    },
};

on_both_databases!(
    a_new_password_ends_tokens_too,
    a_disabled_person_is_let_in_nowhere,
    a_removed_person_leaves_their_words_behind,
    the_last_owner_stays,
    of_two_owners_who_take_each_other_out_one_stays,
    a_role_counts_at_once,
    open_streams_end_at_once,
    a_streams_end_is_its_own,
    signing_out_ends_open_streams,
    a_sign_in_beside_a_new_password_is_worth_nothing,
    lists_tell_who_there_is_and_show_no_secret,
);

const OWNER: &str = "owner@example.com";
const ADA: &str = "ada@example.com";
const NEW_PASSWORD: &str = "a wholly new one";

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Commands,
}

#[derive(Subcommand)]
enum Commands {
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
}

fn parse(line: &str) -> Result<Commands, clap::Error> {
    Line::try_parse_from(["parlance"].into_iter().chain(line.split(' '))).map(|line| line.command)
}

/// What a command says, or why it refuses.
async fn command(state: &AppState, line: &str) -> Result<String, ApiError> {
    let said = match parse(line).unwrap() {
        Commands::User { command } => run_user(state, command, NEW_PASSWORD.into()).await,
        Commands::Token { command } => run_token(state, command).await,
    };
    said.map_err(ApiError::from)
}

async fn do_it(app: &TestApp, line: &str) -> String {
    command(&app.state, line).await.unwrap_or_else(|error| panic!("{line}: {error:?}"))
}

async fn refused(app: &TestApp, line: &str) -> String {
    let error = command(&app.state, line).await.expect_err(line);
    format!("{} {}", error.message, error.action.unwrap_or_default())
}

async fn status_of(app: &TestApp, token: &str) -> u16 {
    app.api_as(token, "session/current", json!({})).await.0.as_u16()
}

async fn a_new_password_ends_tokens_too(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Agent, None).await;
    let browser = Browser::signed_in(&app, ADA).await;
    do_it(&app, "user set-password --email ada@example.com --password-stdin").await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(status_of(&app, &ada).await, 401);
    assert_eq!(status_of(&app, &app.token).await, 200);
    // A new one works.
    let said = do_it(&app, "token add --email ada@example.com --name again").await;
    assert_eq!(status_of(&app, said.split(' ').next_back().unwrap()).await, 200);
}

async fn a_disabled_person_is_let_in_nowhere(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Agent, None).await;
    let mut browser = Browser::signed_in(&app, ADA).await;
    do_it(&app, "user disable --email Ada@example.com").await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(status_of(&app, &ada).await, 401);
    assert_eq!(browser.get("/inbox").await.location(), "/sign-in?next=%2Finbox");
    // Whether it was the right password cannot be told.
    let right = browser.sign_in(ADA, PASSWORD, "").await;
    let wrong = browser.sign_in(ADA, "a wrong password", "").await;
    assert_eq!((right.status, right.location()), (wrong.status, wrong.location()));
    assert!(right.location().contains("error=credentials"));
    let words = refused(&app, "token add --email ada@example.com --name again").await;
    assert!(words.contains("disabled") && words.contains("user enable"), "{words}");
    let words = do_it(&app, "user set-password --email ada@example.com --password-stdin").await;
    assert!(words.contains("user enable"), "{words}");
    assert!(browser.sign_in(ADA, NEW_PASSWORD, "").await.location().contains("error=credentials"));
    do_it(&app, "user enable --email ada@example.com").await;
    assert_eq!(browser.sign_in(ADA, NEW_PASSWORD, "").await.location(), "/inbox");
    assert_eq!(status_of(&app, &ada).await, 401);
}

async fn a_removed_person_leaves_their_words_behind(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Agent, None).await;
    let browser = Browser::signed_in(&app, ADA).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "Where is your shop?").await;
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let (status, _) =
        app.api_as(&ada, "messages/send", json!({"conversation_id": conversation, "text": "Hello"})).await;
    assert_eq!(status, StatusCode::OK);
    do_it(&app, "user remove --email ada@example.com").await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(status_of(&app, &ada).await, 401);
    let messages = app.ok("messages/list", json!({"conversation_id": conversation})).await;
    let hers = messages.as_array().unwrap().iter().find(|m| m["content"]["text"] == "Hello").unwrap();
    assert_eq!(hers["author_name"], "ada", "{hers}");
    assert!(!do_it(&app, "user list").await.contains("ada"));
    assert!(!do_it(&app, "token list").await.contains("ada"));
    for table in ["select email from users", "select password_hash from users"] {
        assert!(app.texts(table).await.iter().all(|text| !text.contains("ada@")), "the address is still there");
    }
    let words = refused(&app, "user enable --email ada@example.com").await;
    assert!(words.contains("does not exist"), "{words}");
    // Somebody else may come with the same address.
    let again = app.add_user(ADA, Role::Agent, None).await;
    assert_eq!((status_of(&app, &again).await, status_of(&app, &ada).await), (200, 401));
    assert!(!browser.is_signed_in().await);
}

async fn the_last_owner_stays(database: Database) {
    let app = TestApp::start(database).await;
    app.add_user(ADA, Role::Admin, None).await;
    app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    let ways = ["remove --email owner@example.com", "disable --email owner@example.com"];
    let all = || ways.iter().copied().chain(["set-role --email owner@example.com --role admin"]);
    for way in all() {
        let words = refused(&app, &format!("user {way}")).await;
        assert!(words.contains("last owner of “Workspace”") && words.contains("user set-role"), "{way}: {words}");
    }
    // An owner who is not let in could let nobody in.
    do_it(&app, "user set-role --email ada@example.com --role owner").await;
    do_it(&app, "user disable --email ada@example.com").await;
    for way in all() {
        refused(&app, &format!("user {way}")).await;
    }
    assert_eq!(status_of(&app, &app.token).await, 200);
    do_it(&app, "user enable --email ada@example.com").await;
    do_it(&app, "user remove --email owner@example.com").await;
    refused(&app, "user remove --email ada@example.com").await;
}

async fn of_two_owners_who_take_each_other_out_one_stays(database: Database) {
    let app = TestApp::start(database).await;
    app.add_user(ADA, Role::Owner, None).await;
    let (one, other) = (app.beside().await, app.beside().await);
    for round in 0..5 {
        let outcomes = tokio::join!(
            command(&one, "user disable --email owner@example.com"),
            command(&other, "user set-role --email ada@example.com --role agent"),
        );
        let owners = "select count(*) from memberships m join users u on u.id = m.user_id
                      where m.role = 'owner' and u.disabled_at is null";
        assert_eq!(app.count(owners).await, 1, "{round}: {outcomes:?}");
        do_it(&app, "user enable --email owner@example.com").await;
        do_it(&app, "user set-role --email ada@example.com --role owner").await;
    }
    for state in [one, other] {
        state.close(Duration::from_secs(5)).await;
    }
}

async fn a_role_counts_at_once(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Agent, None).await;
    let browser = Browser::signed_in(&app, ADA).await;
    let create = |name: &str| json!({"name": name});
    assert_eq!(app.api_as(&ada, "chatbots/create", create("One")).await.0, StatusCode::FORBIDDEN);
    do_it(&app, "user set-role --email ada@example.com --role admin").await;
    assert_eq!(app.api_as(&ada, "chatbots/create", create("Two")).await.0, StatusCode::OK);
    assert_eq!(browser.api("chatbots/create", &create("Three")).await.status, StatusCode::OK);
    do_it(&app, "user set-role --email ada@example.com --role agent").await;
    assert_eq!(app.api_as(&ada, "chatbots/create", create("Four")).await.0, StatusCode::FORBIDDEN);
    browser.api("chatbots/create", &create("Five")).await.is_error(403, "forbidden");
}

/// A server whose streams look by themselves only once an hour: what ends them earlier is that they were told.
async fn told_only(database: Database) -> TestApp {
    let app = TestApp::start_with(database, &["--quiet-time=0", "--stream-recheck=60m", "--sandbox=on"]).await;
    app.run_in_background();
    app
}

const STREAMS: [&str; 2] = ["/api/v1/events", "/api/v1/sandbox/events"];

/// Opens a stream and waits until it has begun.
async fn stream(app: &TestApp, path: &str, name: &'static str, value: String) -> impl Future<Output = ()> + use<> {
    let client = reqwest::Client::builder().build().unwrap();
    let response = client.get(format!("{}{path}", app.url)).header(name, value).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    let mut body = response.bytes_stream();
    body.next().await.unwrap().unwrap();
    async move { while let Some(Ok(_)) = body.next().await {} }
}

async fn ends(stream: impl Future<Output = ()>, why: &str) {
    assert!(timeout(Duration::from_secs(60), stream).await.is_ok(), "{why}: the stream stayed open");
}

async fn open_streams_end_at_once(database: Database) {
    let app = told_only(database).await;
    let operator = app.beside().await;
    for (n, line) in [
        "user set-password --email EMAIL --password-stdin",
        "user disable --email EMAIL",
        "user remove --email EMAIL",
        "user set-role --email EMAIL --role admin",
        "token revoke --email EMAIL --name test",
        "token revoke --email EMAIL --all",
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("user{n}@example.com");
        let token = app.add_user(&email, Role::Agent, None).await;
        let open = STREAMS.map(|path| stream(&app, path, "authorization", format!("Bearer {token}")));
        let open = join_all(open).await;
        // By another process, as the command line is one.
        command(&operator, &line.replace("EMAIL", &email)).await.unwrap();
        for one in open {
            ends(one, line).await;
        }
    }
    operator.close(Duration::from_secs(5)).await;
}

async fn a_streams_end_is_its_own(database: Database) {
    let app = told_only(database).await;
    app.add_user(ADA, Role::Agent, None).await;
    let bearer = format!("Bearer {}", app.token);
    let response = app.http.get(format!("{}/api/v1/events", app.url)).header("authorization", bearer).send().await;
    let mut owners = response.unwrap().bytes_stream();
    do_it(&app, "user disable --email ada@example.com").await;
    app.ok("chatbots/create", json!({"name": "Afterwards"})).await;
    let mut heard = String::new();
    while !heard.contains("\"chatbot\"") {
        heard.push_str(&String::from_utf8_lossy(&owners.next().await.expect("the owner's stream ended").unwrap()));
    }
}

async fn signing_out_ends_open_streams(database: Database) {
    let app = told_only(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let other = Browser::signed_in(&app, OWNER).await;
    let open = join_all(STREAMS.map(|path| stream(&app, path, "cookie", browser.cookie.clone()))).await;
    Answer::to(browser.form("/sign-out", &[])).await;
    for one in open {
        ends(one, "signed out").await;
    }
    assert!(other.is_signed_in().await);
}

async fn a_sign_in_beside_a_new_password_is_worth_nothing(database: Database) {
    let app = TestApp::start(database).await;
    for round in 0..3 {
        let email = format!("user{round}@example.com");
        app.add_user(&email, Role::Agent, None).await;
        let sign_ins = join_all((0..4).map(|_| {
            let (app, email) = (&app, &email);
            async move {
                let mut browser = Browser::stranger(app);
                browser.sign_in(email, PASSWORD, "").await;
                browser
            }
        }));
        let line = format!("user set-password --email {email} --password-stdin");
        let (browsers, _) = tokio::join!(sign_ins, do_it(&app, &line));
        for browser in browsers {
            assert!(!browser.is_signed_in().await, "somebody is in with the old password");
        }
    }
}

async fn lists_tell_who_there_is_and_show_no_secret(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Agent, None).await;
    app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    app.execute("update users set name = 'Ada \u{1b}[31m Lovelace' where email = 'ada@example.com'").await;
    do_it(&app, "user disable --email ada@example.com").await;
    let people = do_it(&app, "user list").await;
    let lines: Vec<Vec<&str>> = people.lines().map(|line| line.split("  ").map(str::trim).collect()).collect();
    let lines: Vec<Vec<&str>> =
        lines.into_iter().map(|line| line.into_iter().filter(|cell| !cell.is_empty()).collect()).collect();
    assert_eq!(
        lines,
        [
            vec!["EMAIL", "NAME", "ROLE", "WORKSPACE", "STATE"],
            vec!["owner@example.com", "owner", "owner", "Workspace", "active"],
            vec!["ada@example.com", "Ada \u{fffd}[31m Lovelace", "agent", "Workspace", "disabled"],
            vec!["neighbour@example.com", "neighbour", "owner", "Next door", "active"],
        ]
    );
    let next_door = parse_and_run(&app, &["user", "list", "--workspace", "Next door"]).await;
    assert!(next_door.contains("neighbour@") && !next_door.contains("owner@"), "{next_door}");
    let tokens = do_it(&app, "token list").await;
    let (start, end) = app.token.split_at(app.token.len() - 4);
    assert!(tokens.contains(OWNER) && tokens.contains(&format!("…{end}")) && tokens.contains("2026-05-28"), "{tokens}");
    assert!(!tokens.contains(&start[4..]) && !tokens.contains(&ada[4..]) && !tokens.contains(ADA), "{tokens}");
    let id = tokens.lines().find(|line| line.contains(OWNER)).unwrap().split(' ').next().unwrap();
    do_it(&app, &format!("token revoke --id {id}")).await;
    assert_eq!(status_of(&app, &app.token).await, 401);
    assert!(refused(&app, &format!("token revoke --id {id}")).await.contains("token list"));
}

async fn parse_and_run(app: &TestApp, words: &[&str]) -> String {
    let line = Line::try_parse_from(["parlance"].iter().chain(words)).unwrap();
    match line.command {
        Commands::User { command } => run_user(&app.state, command, NEW_PASSWORD.into()).await.unwrap(),
        Commands::Token { command } => run_token(&app.state, command).await.unwrap(),
    }
}

#[test]
fn which_token_ends_has_to_be_said() {
    for line in [
        "token revoke",
        "token revoke --email ada@example.com",
        "token revoke --name x",
        "token revoke --all",
        "token revoke --id 1",
        "token revoke --id 018f0000-0000-7000-8000-000000000000 --all",
        "token revoke --email ada@example.com --name x --all",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
    assert!(parse("token revoke --id 018f0000-0000-7000-8000-000000000000").is_ok());
    assert!(parse("token revoke --email ada@example.com --all").is_ok());
}
