//! A database that an older version has filled, taken over by this one: nothing is lost, and everything goes on.

use std::{
    borrow::Cow,
    sync::{Arc, atomic::AtomicI64},
};

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, migrate::Migrator};
use tempfile::TempDir;

use super::{
    app::{APP_SECRET, Database, Number, START, TestApp, change, text_message, webhook},
    database::fresh_database,
    double::{APP, Double, Setup},
    on_both_databases,
};
use crate::server::{base::secrets::sha256, pipeline::faults::Faults};

on_both_databases!(rows_of_an_older_version_are_taken_over);

/// The last migration of the version that filled the database.
const OLD: i64 = 7;
const TOKEN: &str = "plt_older";
/// The number that wrote last in the first conversation. Its contact has a greater one, too.
const ADA: &str = "491510000001";

/// What the rows are about; ids are told by their last digits.
fn rows(number: &Number) -> String {
    let one = |wamid: &str, from: &str| webhook(&[change(number, &[text_message(wamid, from, "opening hours")], &[])]);
    let letter = json!({"from": ADA, "type": "text"});
    let broken = webhook(&[change(number, std::slice::from_ref(&letter), &[])]);
    let blob = |text: &str| format!("<{}>", hex::encode(text));
    let token = format!("<{}>", hex::encode(sha256(TOKEN)));
    let (minute, hour) = (START - 60_000, START - 3_600_000);
    let message = "insert into messages (workspace_id, id, conversation_id, integration_id, phone_number_id, channel, direction,
      author, user_id, kind, body, payload, external_message_id, seq, answerable, state, next_attempt_at, at, created_at,
      updated_at) values";
    let integration = "insert into integrations (workspace_id, id, chatbot_id, name, provider, phone_number_id,
      business_account_id, app_id, access_token_last4, access_token_set_at, app_secret_set_at, app_proven, error_reason,
      checked_at, check_due_at, created_at, updated_at) values";
    let conversation =
        "insert into conversations (workspace_id, id, chatbot_id, integration_id, contact_id, channel, session_id,
      mode, status, last_seq, inbound_seq, answered_seq, answer_due_at, greeted, unread, preview, preview_author,
      last_message_at, last_inbound_at, created_at, updated_at) values";
    let delivery =
        "insert into deliveries (id, workspace_id, integration_id, body, size, state, received_at, lease) values";
    format!(
        "insert into users values (#2, 'owner@example.com', 'Ada', 'x', {hour});
         insert into workspaces values (#1, 'Shop', {hour});
         insert into installation values (1, #1, {hour});
         insert into memberships values (#1, #2, 'owner', {hour});
         insert into sessions values (<00>, #2, '{{}}', {START});
         insert into api_tokens (id, workspace_id, user_id, name, token_hash, created_at) values (#3, #1, #2, 'old', {token}, {hour});
         insert into sign_in_failures values (<01>, 3, {minute});
         insert into chatbots values (#1, #4, 'Shop bot', 'knowledge', 'Welcome!', 'Sorry?', 1, {hour}, {hour});
         insert into knowledge_items values (#1, #41, #4, 'Where is your shop?', 'In Harbour Street 5.', {hour}, {hour});
         insert into knowledge_items values (#1, #42, #4, 'What are your opening hours?', 'From 9 to 18.', {hour}, {hour});
         {integration}
           (#1, #5, #4, 'Number', 'cloud', '316000000000001', '102000000000001', '{APP}', '', 0, 0, true, null, {minute}, {START}, {hour}, {hour}),
           (#1, #6, #4, 'Stopped', 'cloud', '316000000000002', '102000000000001', null, '', 0, 0, true, 'No token', {minute}, {START}, {hour}, {hour});
         insert into contacts values (#1, #7, 'Ada', null, '{ADA}', {hour}, {hour}), (#1, #8, 'Bea', 'bea', null, {hour}, {hour}),
           (#1, #9, null, null, null, {hour}, {hour});
         insert into identities values (#1, 'wa_id', '', '{ADA}', #7, {hour}), (#1, 'wa_id', '', '491590000001', #7, {hour}),
           (#1, 'user_id', '102000000000001', 'DE.7', #7, {hour}), (#1, 'user_id', '102000000000001', 'DE.8', #8, {hour}),
           (#1, 'user_id', '102000000000009', 'DE.9', #8, {minute}), (#1, 'visitor_id', '', 'visitor', #9, {hour});
         {conversation}
           (#1, #11, #4, #5, #7, 'whatsapp', '{ADA}', 'bot', 'open', 3, 3, 1, {minute}, true, 1, 'where is your shop', 'contact', {minute}, {minute}, {hour}, {minute}),
           (#1, #12, #4, #5, #8, 'whatsapp', 'DE.8', 'human', 'open', 3, 0, 0, 0, true, 1, 'I am Ada', 'user', {minute}, {hour}, {hour}, {minute}),
           (#1, #13, #4, null, #9, 'web', 'visitor', 'bot', 'resolved', 2, 1, 1, 0, true, 0, 'From 9 to 18.', 'bot', {hour}, {hour}, {hour}, {hour});
         {message}
           (#1, #111, #11, #5, '316000000000001', 'whatsapp', 'inbound', 'contact', null, 'text', 'hello', null, 'wamid.1', 1, true, 'received', 0, {hour}, {hour}, {hour}),
           (#1, #112, #11, #5, '316000000000001', 'whatsapp', 'outbound', 'bot', null, 'text', 'Sorry?', null, 'wamid.2', 2, false, 'unknown', 0, {hour}, {hour}, {hour}),
           (#1, #113, #11, #5, '316000000000001', 'whatsapp', 'inbound', 'contact', null, 'text', 'where is your shop', null, 'wamid.3', 3, true, 'received', 0, {minute}, {minute}, {minute}),
           (#1, #121, #12, #5, '316000000000001', 'whatsapp', 'inbound', 'contact', null, 'unsupported', 'image', '{{}}', 'wamid.4', 1, false, 'received', 0, {hour}, {hour}, {hour}),
           (#1, #122, #12, #5, null, 'whatsapp', 'outbound', 'system', #2, 'activity', 'Ada took over', null, null, 2, false, 'received', 0, {minute}, {minute}, {minute}),
           (#1, #123, #12, #5, '316000000000001', 'whatsapp', 'outbound', 'user', #2, 'text', 'I am Ada', null, null, 3, false, 'queued', {minute}, {minute}, {minute}, {minute}),
           (#1, #131, #13, null, null, 'web', 'inbound', 'contact', null, 'text', 'opening hours', null, null, 1, true, 'received', 0, {hour}, {hour}, {hour}),
           (#1, #132, #13, null, null, 'web', 'outbound', 'bot', null, 'text', 'From 9 to 18.', null, null, 2, false, 'sent', 0, {hour}, {hour}, {hour});
         insert into attempts (workspace_id, id, message_id, started_at, outcome) values (#1, #99, #112, {hour}, 'unknown');
         insert into message_statuses values (#1, #112, 'sent', {hour}, null, null);
         insert into parked_statuses values (#1, '316000000000001', 'wamid.x', 'read', {hour}, null, null, {hour});
         insert into webhook_counts values (#1, #5, 'field:x', 2, {hour});
         insert into delivery_routes values (#1, #5, #201, {hour});
         {delivery}
           (#201, #1, #5, {waits}, 9, 'waiting', {minute}, null), (#202, #1, #5, {works}, 9, 'working', {minute}, #77),
           (#203, #1, #5, {done}, 9, 'done', {hour}, null), (#204, #1, #5, {spoilt}, 9, 'done', {hour}, null);
         insert into dead_letters values (#301, #1, #5, #203, '0.0.messages.0', 'it could not be stored', '{{}}', {hour}),
           (#302, #1, #5, #204, '0.0.messages.0', 'it has no id', '{letter}', {minute}), (#303, null, null, #204, '', 'no integration', '', {minute});
         insert into events (workspace_id, payload, created_at) values (#1, '{{}}', {minute})",
        waits = blob(&one("wamid.w1", "491510000003")),
        works = blob(&one("wamid.w2", "491510000004")),
        done = blob(&one("wamid.w3", "491510000005")),
        spoilt = blob(&broken),
    )
}

/// The text in the words of an engine: `#7` is an id, `<00>` are bytes.
fn spelt(rows: &str, database: Database) -> String {
    let (mut out, mut rest) = (String::new(), rows);
    while let Some(at) = rest.find(['#', '<']) {
        out.push_str(&rest[..at]);
        let is_id = rest.as_bytes()[at] == b'#';
        let after = &rest[at + 1..];
        let end = after.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(after.len());
        let digits = &after[..end];
        let hex = if is_id { format!("{digits:0>32}") } else { digits.to_owned() };
        out.push_str(&match (database, is_id) {
            (Database::Sqlite, _) => format!("x'{hex}'"),
            (Database::Postgres, true) => format!("'{hex}'::uuid"),
            (Database::Postgres, false) => format!("'\\x{hex}'::bytea"),
        });
        rest = &after[end + usize::from(!is_id)..];
    }
    out + rest
}

fn up_to_old(all: &Migrator) -> Migrator {
    let old = all.iter().filter(|m| m.version <= OLD).cloned().collect();
    Migrator { migrations: Cow::Owned(old), ..Migrator::DEFAULT }
}

/// A database as the older version left it.
async fn filled(database: Database, folder: &TempDir, number: &Number) -> String {
    let url = fresh_database(database, folder).await;
    let rows = AssertSqlSafe(spelt(&rows(number), database));
    match database {
        Database::Sqlite => {
            let mut conn = sqlx::SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
            up_to_old(&sqlx::migrate!("./migrations/sqlite")).run(&mut conn).await.unwrap();
            conn.execute(rows).await.unwrap();
            conn.close().await.unwrap();
        }
        Database::Postgres => {
            let mut conn = sqlx::PgConnection::connect(&url).await.unwrap();
            up_to_old(&sqlx::migrate!("./migrations/postgres")).run(&mut conn).await.unwrap();
            conn.execute(rows).await.unwrap();
            conn.close().await.unwrap();
        }
    }
    url
}

fn id(n: u32) -> String {
    uuid::Uuid::from_u128(u128::from_str_radix(&n.to_string(), 16).unwrap()).to_string()
}

async fn rows_of_an_older_version_are_taken_over(database: Database) {
    let number = Number { integration_id: id(5), phone_number_id: "316000000000001".into(), chatbot_id: id(4) };
    let folder = TempDir::new().unwrap();
    let url = filled(database, &folder, &number).await;
    let clock = Arc::new(AtomicI64::new(START));
    let app = TestApp::boot(
        Arc::new(folder),
        url,
        Double::start(Setup::default()).await.unwrap(),
        clock,
        vec!["--quiet-time=0".to_owned()],
        Faults::default(),
        TOKEN.to_owned(),
        "127.0.0.1:0",
    )
    .await;
    crate::server::pipeline::recover(&app.state).await.unwrap();
    if database == Database::Sqlite {
        assert!(app.texts("select \"table\" from pragma_foreign_key_check").await.is_empty());
        assert_eq!(app.texts("select integrity_check from pragma_integrity_check").await, ["ok"]);
    }

    // What people see is what they saw.
    assert_eq!(app.ok("session/current", json!({})).await["role"], "owner");
    let shown = app.ok("conversations/list", json!({})).await["rows"].clone();
    let seen: Vec<_> = shown
        .as_array()
        .unwrap()
        .iter()
        .map(|r| ["name", "preview", "preview_name", "unread"].map(|f| r[f].clone()))
        .collect();
    for expected in [
        [json!("Ada"), json!("where is your shop"), Value::Null, json!(1)],
        [json!("Bea"), json!("I am Ada"), json!("Ada"), json!(1)],
        [json!("Website visitor"), json!("From 9 to 18."), Value::Null, json!(0)],
    ] {
        assert!(seen.contains(&expected), "{expected:?} of {seen:?}");
    }
    let thread =
        async |n: u32| app.ok("messages/list", json!({"conversation_id": id(n)})).await.as_array().unwrap().clone();
    assert_eq!((thread(11).await.len(), thread(12).await.len(), thread(13).await.len()), (3, 3, 2));
    let photo = thread(12).await[0].clone();
    assert_eq!(
        (&photo["content"]["text"], photo["note"].as_str().unwrap().starts_with("Photo.")),
        (&json!(""), true),
        "{photo}"
    );
    assert_eq!(thread(11).await[1]["state"], "unknown");
    // Proofs of a callback for all are as fresh as the last look; one that is stopped has none.
    assert_eq!(app.count("select count(*) from integrations where app_proven and proven_at = checked_at").await, 1);
    assert_eq!(app.count("select count(*) from integrations where app_proven").await, 1);
    assert_eq!(app.ok("chatbots/list", json!({})).await[0]["web_active"], false);
    app.ok("conversations/mark_read", json!({"id": id(12), "seq": 1})).await;
    assert_eq!(app.count("select count(*) from conversations where unread > 0").await, 1);

    // What waited goes on: answers to whom wrote, sends, deliveries that wait or whose worker died.
    let keys = json!({"id": number.integration_id, "access_token": "EAAG-good-token", "app_id": APP, "app_secret": APP_SECRET, "force": true});
    app.ok("integrations/whatsapp/update", keys).await;
    app.settle().await;
    let mut sent: Vec<_> = app.graph.sent().into_iter().map(|s| (s.to, s.body)).collect();
    sent.sort();
    let to = |to: &str, body: &str| (to.to_owned(), body.to_owned());
    assert_eq!(sent.len(), 6, "{sent:?}");
    for expected in [
        to(ADA, "In Harbour Street 5."),
        to("DE.8", "I am Ada"),
        to("491510000003", "Welcome!"),
        to("491510000003", "From 9 to 18."),
        to("491510000004", "From 9 to 18."),
    ] {
        assert!(sent.contains(&expected), "{expected:?} of {sent:?}");
    }
    assert_eq!(app.count("select count(*) from deliveries where state <> 'done'").await, 0);

    // What could not be stored is there, and is worked off again.
    let letters = app.ok("integrations/whatsapp/dead_letters", json!({"id": number.integration_id})).await;
    assert_eq!(letters.as_array().map(Vec::len).or(letters["rows"].as_array().map(Vec::len)), Some(2), "{letters}");
    app.ok("integrations/whatsapp/replay", json!({"id": number.integration_id})).await;
    app.settle().await;
    assert_eq!(app.count("select count(*) from messages where external_message_id = 'wamid.w3'").await, 1);
    assert_eq!(app.count("select count(*) from dead_letters where workspace_id is not null").await, 1);

    // Whoever writes again is who they were, and what is erased leaves nothing.
    app.customer_writes(&number, "wamid.n1", ADA, "opening hours").await;
    assert_eq!(app.count("select count(*) from messages where external_message_id = 'wamid.n1' and seq = 5").await, 1);
    assert_eq!(app.ok("conversations/erase", json!({"id": id(11)})).await, json!({"all": true}));
    assert_eq!(app.ok("chatbots/erase_website_history", json!({"id": id(4)})).await, json!({"all": true}));
    assert_eq!(app.count("select count(*) from contacts where name = 'Ada'").await, 0);
    assert_eq!(app.count("select count(*) from conversations where channel = 'web'").await, 0);
}
