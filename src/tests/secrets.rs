//! Secrets go in and never out: not by the API, not by pages, not by the database. Phone numbers come out masked.

use std::{fs, os::unix::fs::PermissionsExt};

use axum::http::StatusCode;
use clap::Parser;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use tempfile::TempDir;
use uuid::Uuid;

use super::{
    app::{APP_SECRET, Database, Number, TestApp},
    browser::Browser,
    double::APP,
    on_both_databases,
};
use crate::{
    domain::role::Role,
    server::{
        base::{
            config::{Config, Options},
            secrets::{Sealer, SecretError},
        },
        store::{Dialect, StoreError, on},
        writer::Priority,
    },
};

on_both_databases!(
    no_answer_and_no_page_holds_a_secret,
    the_database_holds_no_secret_in_the_clear,
    a_sealed_secret_opens_only_at_its_place,
    deleting_an_integration_forgets_its_secrets,
    phone_numbers_come_out_masked,
);

const TOKEN: &str = "EAAG-good-token";
const PHONE: &str = "491510000001";

/// A conversation that went once around, with an agent's word in it.
async fn lived_in(app: &TestApp) -> (Number, String) {
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", PHONE, "Where is your shop?").await;
    let listed = app.ok("conversations/list", json!({})).await;
    let conversation = listed["rows"][0]["id"].as_str().unwrap().to_owned();
    app.ok("messages/send", json!({"conversation_id": conversation, "text": "Hello"})).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 2);
    let used = [format!("Bearer {TOKEN}"), format!("Bearer {APP}|{APP_SECRET}")];
    assert!(app.graph.tokens().iter().all(|t| used.contains(t)));
    (number, conversation)
}

/// Every answer of the API and every page, as an owner and as an agent.
async fn all_that_is_said(app: &TestApp, number: &Number, conversation: &str) -> Vec<(String, String)> {
    let agent = app.add_user("agent@example.com", Role::Agent, None).await;
    let mut said = Vec::new();
    let (id, bot) = (&number.integration_id, &number.chatbot_id);
    for token in [&app.token, &agent] {
        for (operation, input) in [
            ("chatbots/list", json!({})),
            ("chatbots/get", json!({"id": bot})),
            ("integrations/whatsapp/list", json!({})),
            ("integrations/whatsapp/get", json!({"id": id})),
            ("integrations/whatsapp/test", json!({"id": id})),
            (
                "integrations/whatsapp/test",
                json!({"id": id, "access_token": "EAAG-bad-good-token", "app_secret": "other"}),
            ),
            ("integrations/whatsapp/update", json!({"id": id, "name": "Number 316000000000001"})),
            ("integrations/whatsapp/update", json!({"id": id, "access_token": "EAAG-bad-good-token"})),
            ("integrations/whatsapp/set_active", json!({"id": id, "active": true})),
            ("integrations/whatsapp/subscribe", json!({"id": id})),
            ("integrations/whatsapp/delete_preview", json!({"id": id})),
            ("integrations/whatsapp/deliveries", json!({"id": id})),
            ("integrations/whatsapp/dead_letters", json!({"id": id})),
            ("conversations/list", json!({})),
            ("conversations/get", json!({"id": conversation})),
            ("messages/list", json!({"conversation_id": conversation})),
            ("session/current", json!({})),
            ("tokens/list", json!({})),
        ] {
            let (_, answer) = app.api_as(token, operation, input).await;
            said.push((operation.to_owned(), answer.to_string()));
        }
    }
    for email in ["owner@example.com", "agent@example.com"] {
        let browser = Browser::signed_in(app, email).await;
        for path in [
            "/inbox".to_owned(),
            format!("/inbox/{conversation}"),
            "/integrations".to_owned(),
            "/chatbots".to_owned(),
            format!("/chatbots/{bot}"),
            "/sandbox".to_owned(),
        ] {
            let page = browser.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            said.push((path, page.body));
        }
    }
    said
}

async fn no_answer_and_no_page_holds_a_secret(database: Database) {
    let app = TestApp::start(database).await;
    let (number, conversation) = lived_in(&app).await;
    let key = "5a".repeat(32);
    let said = all_that_is_said(&app, &number, &conversation).await;
    assert!(said.iter().any(|(_, text)| text.contains("Number 316000000000001")), "the pages show nothing at all");
    for (what, text) in said {
        for secret in [TOKEN, "good-token", APP_SECRET, "argon2", key.as_str(), &app.token] {
            assert!(!text.contains(secret), "{what} holds {secret:?}");
        }
    }
    let made = app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await;
    let hint = (&made["access_token"]["last4"], made["app_secret"].as_object().unwrap().len());
    assert_eq!(hint, (&json!("oken"), 1), "{made}");
    // What is refused is not echoed either.
    let refused = json!({"chatbot_id": number.chatbot_id, "name": "N", "phone_number_id": "316000000000002",
        "business_account_id": "102000000000001", "access_token": "EAAG spaced token", "app_secret": APP_SECRET});
    let (status, error) = app.api("integrations/whatsapp/create", refused).await;
    assert_eq!((status, error["field"].as_str()), (StatusCode::BAD_REQUEST, Some("access_token")));
    assert!(!error.to_string().contains("spaced") && !error.to_string().contains(APP_SECRET), "{error}");
    // Nor what does not even parse.
    for input in [json!({"access_token": TOKEN, "app_secret": APP_SECRET}), json!({"access_token": [TOKEN]})] {
        let (status, error) = app.api("integrations/whatsapp/create", input).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(!error.to_string().contains("good-token") && !error.to_string().contains(APP_SECRET), "{error}");
    }
    let config = format!("{:?}", app.state.config);
    assert!(!config.contains(&key) && !config.contains("postgres"), "{config}");
}

fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    bytes.windows(secret.len()).any(|part| part == secret)
}

async fn the_database_holds_no_secret_in_the_clear(database: Database) {
    let app = TestApp::start(database).await;
    lived_in(&app).await;
    let secrets =
        [TOKEN.to_owned(), APP_SECRET.to_owned(), "open sesame".to_owned(), "5a".repeat(32), app.token.clone()];
    for (table, text) in all_rows(&app).await {
        for secret in &secrets {
            let in_hex = hex::encode(secret);
            assert!(
                !text.contains(secret.as_str()) && !text.to_lowercase().contains(&in_hex),
                "{table} holds {secret:?}"
            );
        }
    }
    // Everything that lies in the data folder: database, write-ahead log, simulator.
    let mut files = 0;
    for entry in fs::read_dir(&app.state.config.data_dir).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        files += usize::from(holds(&bytes, b"Where is your shop?"));
        for secret in &secrets {
            assert!(!holds(&bytes, secret.as_bytes()), "{} holds {secret:?}", path.display());
        }
    }
    assert_eq!(files > 0, database == Database::Sqlite, "the files are not those of the database");
}

/// Every row of every table as text; blobs as hex digits.
async fn all_rows(app: &TestApp) -> Vec<(String, String)> {
    let mut conn = app.state.store.read().await.unwrap();
    let tables = match conn.dialect() {
        Dialect::Sqlite => "select name from sqlite_master where type = 'table'",
        Dialect::Postgres => "select table_name::text from information_schema.tables where table_schema = 'public'",
    };
    let tables: Vec<String> = on!(&mut conn, c => sqlx::query_scalar(tables).fetch_all(c).await).unwrap();
    assert!(tables.iter().any(|t| t == "integrations"), "{tables:?}");
    let mut rows = Vec::new();
    for table in tables {
        let sql = match conn.dialect() {
            Dialect::Postgres => format!("select coalesce(string_agg(t::text, ' '), '') from \"{table}\" t"),
            Dialect::Sqlite => {
                let columns = format!("select name from pragma_table_info('{table}')");
                let columns: Vec<String> =
                    on!(&mut conn, c => sqlx::query_scalar(AssertSqlSafe(columns)).fetch_all(c).await).unwrap();
                let texts: Vec<String> =
                    columns.iter().map(|c| format!("coalesce(cast(\"{c}\" as text), '') || hex(\"{c}\")")).collect();
                format!("select coalesce(group_concat({}), '') from \"{table}\"", texts.join(" || "))
            }
        };
        // SQLite's casts of blobs need not be text: they are read as bytes.
        let text: Vec<u8> = match conn.line() {
            crate::server::store::Line::Sqlite(c) => {
                let bytes = format!("select cast(({sql}) as blob)");
                sqlx::query_scalar(AssertSqlSafe(bytes)).fetch_one(&mut **c).await.unwrap()
            }
            crate::server::store::Line::Postgres(c) => {
                sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).fetch_one(&mut **c).await.unwrap().into_bytes()
            }
        };
        rows.push((table, String::from_utf8_lossy(&text).into_owned()));
    }
    rows
}

async fn execute(app: &TestApp, sql: &'static str) {
    let write = app.state.writer.write(Priority::Bulk, Uuid::nil(), sql, |conn, sql| {
        Box::pin(async move { on!(conn, c => sqlx::query(*sql).execute(c).await.map(drop)).map_err(StoreError::from) })
    });
    write.await.unwrap();
}

async fn a_sealed_secret_opens_only_at_its_place(database: Database) {
    let app = TestApp::start(database).await;
    let first = app.number().await;
    let second = app.connect(&first.chatbot_id, "316000000000002").await;
    // Somebody who can write to the database moves one number's token to another.
    execute(&app, "update integrations set access_token = (select access_token from integrations where external_key = '316000000000001')").await;
    app.ok("integrations/whatsapp/test", json!({"id": first.integration_id})).await;
    let calls = app.graph.tokens().len();
    let (status, error) = app.api("integrations/whatsapp/test", json!({"id": second.integration_id})).await;
    assert_eq!((status, error["code"].as_str()), (StatusCode::INTERNAL_SERVER_ERROR, Some("internal")));
    assert!(!error.to_string().contains("good-token"));
    assert_eq!(app.graph.tokens().len(), calls, "a moved token was used");
    // Nor can one secret be shown as another.
    execute(&app, "update integrations set verify_token = app_secret").await;
    let shown = app.ok("integrations/whatsapp/get", json!({"id": first.integration_id})).await;
    assert_eq!((shown["verify_token"].as_str(), shown["status"].as_str()), (None, Some("error")), "{shown}");
    assert!(!shown.to_string().contains(APP_SECRET));
}

async fn deleting_an_integration_forgets_its_secrets(database: Database) {
    let app = TestApp::start(database).await;
    let (number, _) = lived_in(&app).await;
    app.ok("integrations/whatsapp/delete", json!({"id": number.integration_id, "conversations": "keep"})).await;
    let left = "select count(*) from integrations where access_token is not null or app_secret is not null
                or app_secret_digest is not null or verify_token is not null or access_token_last4 <> ''";
    assert_eq!(app.count(left).await, 0);
    assert_eq!(app.count("select count(*) from integrations where channel <> 'web'").await, 1);
}

async fn phone_numbers_come_out_masked(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // A customer whose profile name is their number, as many have it.
    let mut item =
        super::app::change(&number, &[super::app::text_message("wamid.1", PHONE, "Where is your shop?")], &[]);
    item["value"]["contacts"][0]["profile"]["name"] = json!("+49 151 0000001");
    app.deliver(&number, super::app::webhook(&[item])).await;
    app.settle().await;
    let row: Value = app.ok("conversations/list", json!({})).await["rows"][0].clone();
    assert!(row["name"].as_str().unwrap().contains('•'), "{row}");
    let conversation = row["id"].as_str().unwrap().to_owned();
    for (what, text) in all_that_is_said(&app, &number, &conversation).await {
        for whole in [PHONE, "49 151 0000001", "1510000001", "15550100001", "555-010-0001"] {
            assert!(!text.contains(whole), "{what} shows {whole}");
        }
    }
}

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

fn sealer(folder: &TempDir, flags: &[String]) -> Result<Sealer, SecretError> {
    let fixed = ["parlance".to_owned(), format!("--data-dir={}", folder.path().join("data").display())];
    let line = Line::parse_from(fixed.into_iter().chain(flags.iter().cloned()));
    Sealer::open(&Config::parse(line.options).unwrap())
}

#[test]
fn the_key_is_made_once_and_only_for_its_owner() {
    let folder = TempDir::new().unwrap();
    let sealed = sealer(&folder, &[]).unwrap().seal("secret", "here").unwrap();
    let path = folder.path().join("data/secret.key");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let key = fs::read_to_string(&path).unwrap();
    assert!(key.trim().len() == 64 && key.trim().chars().all(|c| c.is_ascii_hexdigit()));
    let again = sealer(&folder, &[]).unwrap();
    assert_eq!(again.unseal(&sealed, "here").unwrap().expose_secret(), "secret");
    let other = sealer(&folder, &[format!("--secret-key={}", "11".repeat(32))]).unwrap();
    assert!(other.unseal(&sealed, "here").is_err());
}

#[test]
fn a_wrong_key_stops_the_start() {
    let folder = TempDir::new().unwrap();
    for bad in ["1234", &"zz".repeat(32), &"11".repeat(33)] {
        assert!(matches!(sealer(&folder, &[format!("--secret-key={bad}")]), Err(SecretError::KeyFormat)), "{bad:?}");
    }
    // A file that was named is never made: a typing error must not make a new key.
    let missing = folder.path().join("typo.key");
    let outcome = sealer(&folder, &[format!("--secret-key-file={}", missing.display())]);
    assert!(matches!(outcome, Err(SecretError::KeyFile { .. })));
    assert!(!missing.exists());
}
