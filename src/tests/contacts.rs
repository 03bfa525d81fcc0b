//! Contacts as records: what people note of one, whole numbers, who is blocked, how they are found, and whose they are.

mod blocked;
mod finding;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, Number, START, TestApp, change, text_message, webhook},
    on_both_databases,
};
use crate::{
    domain::{
        contact::IdentityKind,
        ids::{ContactId, WorkspaceId},
        role::Role,
    },
    server::{
        base::clock::mint_id,
        store::{
            account,
            contact::{self, Identity, Profile},
        },
        writer::Priority,
    },
};

on_both_databases!(
    a_name_that_people_give_stays,
    numbers_are_hidden_everywhere_and_seen_on_record,
    nobody_finds_a_number_by_what_is_hidden_of_their_words,
    every_number_of_a_contact_is_hidden_in_lists,
    custom_fields_keep_values_of_their_kind,
    a_consent_has_a_source,
    a_workspace_has_its_own_contacts,
    an_erased_contact_takes_its_values_along,
    an_export_holds_no_formula_and_is_on_record,
);

const ADA: &str = "491510000001";
const BEA: &str = "491510000002";

/// A text from a customer with this profile name.
async fn writes_as(app: &TestApp, number: &Number, wamid: &str, from: &str, name: &str) {
    let mut body = change(number, &[text_message(wamid, from, "opening hours")], &[]);
    body["value"]["contacts"] = json!([{"wa_id": from, "profile": {"name": name}}]);
    assert_eq!(app.deliver(number, webhook(&[body])).await, StatusCode::OK);
    app.settle().await;
}

async fn names(app: &TestApp, token: &str, input: Value) -> Vec<String> {
    let (status, page) = app.api_as(token, "contacts/list", input).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

async fn only(app: &TestApp) -> Value {
    let page = app.ok("contacts/list", json!({})).await;
    assert_eq!(page["rows"].as_array().unwrap().len(), 1, "{page}");
    page["rows"][0].clone()
}

async fn workspace(app: &TestApp) -> WorkspaceId {
    account::first_workspaces(&mut app.state.store.read().await.unwrap()).await.unwrap()[0]
}

/// Makes a contact without a message.
async fn make(app: &TestApp, ws: WorkspaceId, name: &str, wa_id: &str) -> ContactId {
    let id: ContactId = mint_id();
    let input = (ws, id, name.to_owned(), wa_id.to_owned());
    let made = app.state.writer.write(Priority::Interactive, id, input, |conn, (ws, id, name, wa_id)| {
        Box::pin(async move {
            let identity = Identity { kind: IdentityKind::WaId, scope: String::new(), value: wa_id.clone() };
            let profile = Profile { name: Some(name.clone()), phone: Some(wa_id.clone()), username: None };
            contact::resolve(conn, *ws, &[identity], &profile, *id, START).await
        })
    });
    made.await.unwrap().id
}

async fn a_name_that_people_give_stays(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes_as(&app, &number, "wamid.1", ADA, "ada99").await;
    let id = only(&app).await["id"].clone();
    let named = app.ok("contacts/update", json!({"id": id, "name": " Ada Lovelace "})).await;
    assert_eq!((&named["name"], &named["named"]), (&json!("Ada Lovelace"), &json!(true)));
    writes_as(&app, &number, "wamid.2", ADA, "ada100").await;
    assert_eq!(only(&app).await["name"], "Ada Lovelace");
    let row = app.ok("conversations/list", json!({})).await["rows"][0].clone();
    assert_eq!(row["name"], "Ada Lovelace");
    // Without one it is the channel's again, from the next message on.
    let unnamed = app.ok("contacts/update", json!({"id": id, "name": ""})).await;
    assert_eq!((&unnamed["name"], &unnamed["named"]), (&json!("+49•••••••001"), &json!(false)));
    writes_as(&app, &number, "wamid.3", ADA, "ada101").await;
    assert_eq!(only(&app).await["name"], "ada101");
    let (status, error) = app.api("contacts/update", json!({"id": id, "name": "x".repeat(300)})).await;
    assert_eq!((status, &error["field"]), (StatusCode::BAD_REQUEST, &json!("name")));
}

async fn numbers_are_hidden_everywhere_and_seen_on_record(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes_as(&app, &number, "wamid.1", ADA, "Ada 0151 0000001").await;
    let id = only(&app).await["id"].clone();
    let answers = [
        app.ok("contacts/set_consent", json!({"id": id, "consent": "opted_in", "source": "SMS"})).await,
        app.ok("contacts/set_blocked", json!({"id": id, "blocked": false})).await,
        app.ok("contacts/get", json!({"id": id})).await,
        app.ok("contacts/list", json!({})).await,
        app.ok("contacts/list", json!({"query": ADA})).await,
    ];
    for answer in &answers {
        assert!(!answer.to_string().contains("0000001"), "{answer}");
    }
    let seen = &answers[2];
    assert_eq!(seen["identities"][0]["shown"], "+49•••••••001");
    // A name that comes back as it was shown was not changed, and nothing of it is on record.
    app.ok("contacts/update", json!({"id": id, "name": seen["name"]})).await;
    assert_eq!(
        app.count("select count(*) from audit_entries where action = 'contact_changed'").await,
        1,
        "the consent"
    );
    assert_eq!(app.count("select count(*) from contacts where name = 'Ada 0151 0000001' and not named").await, 1);
    // Whole numbers are for few, and it is on record who saw them.
    let agent = app.add_user("agent@example.com", Role::Agent, None).await;
    assert_eq!(app.api_as(&agent, "contacts/reveal", json!({"id": id})).await.0, StatusCode::FORBIDDEN);
    assert_eq!(app.ok("contacts/reveal", json!({"id": id})).await, json!([format!("+{ADA}")]));
    let log = app.ok("audit/list", json!({"action": "number_revealed"})).await;
    assert_eq!(log["rows"].as_array().unwrap().len(), 1);
    assert_eq!(log["rows"][0]["subject_id"], id);
    let all = app.ok("audit/list", json!({})).await;
    assert!(!all.to_string().contains(ADA), "{all}");
}

/// What is hidden depends on the customer's number. Whoever may write, but not see it, must not learn from what is hidden.
async fn nobody_finds_a_number_by_what_is_hidden_of_their_words(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes_as(&app, &number, "wamid.1", ADA, "Ada").await;
    let id = only(&app).await["id"].clone();
    app.ok("contact_fields/save", json!({"label": "Note"})).await;
    let agent = app.add_user("agent@example.com", Role::Agent, None).await;
    // A name is refused whether its digits are theirs or not.
    for name in ["Ada 0000001", "Ada 7654321", "Ada 1x5x1x0x0x0x0", "Ada ٠٠٠٠٠٠١", "Bea ••••"] {
        let (status, error) = app.api_as(&agent, "contacts/update", json!({"id": id, "name": name})).await;
        assert_eq!((status, &error["field"]), (StatusCode::BAD_REQUEST, &json!("name")), "{name}");
    }
    assert_eq!(
        app.api_as(&agent, "contacts/update", json!({"id": id, "name": "Ada 24, 1987"})).await.0,
        StatusCode::OK
    );
    // Everything else is shown as it was written.
    for text in ["0000001", "7654321", "call 0151/0000001 at noon"] {
        let custom = json!({"id": id, "custom": [{"key": "note", "value": text}]});
        app.api_as(&agent, "contacts/update", custom).await;
        let consent = json!({"id": id, "consent": "opted_in", "source": text, "proof": text});
        app.api_as(&agent, "contacts/set_consent", consent).await;
        let seen = app.api_as(&agent, "contacts/get", json!({"id": id})).await.1;
        for shown in [&seen["custom"][0]["value"], &seen["consent_source"], &seen["consent_proof"]] {
            assert_eq!(shown, text);
        }
    }
}

/// One with two numbers calls themselves by either: no list shows more of it than their page.
async fn every_number_of_a_contact_is_hidden_in_lists(database: Database) {
    let app = TestApp::start(database).await;
    let ws = workspace(&app).await;
    let id = make(&app, ws, "Ada 491510000002", ADA).await;
    let known = |value: &str| Identity { kind: IdentityKind::WaId, scope: String::new(), value: value.to_owned() };
    let both = vec![known(ADA), known(BEA)];
    let linked = app.state.writer.write(Priority::Interactive, id, (ws, both), |conn, (ws, both)| {
        Box::pin(async move { contact::resolve(conn, *ws, both, &Profile::default(), mint_id(), START).await })
    });
    assert_eq!(linked.await.unwrap().id, id);
    let page = app.ok("contacts/get", json!({"id": id})).await["name"].clone();
    assert_eq!(page, "Ada ••••••••••••");
    assert_eq!(names(&app, &app.token, json!({})).await, [page.as_str().unwrap()]);
}

async fn custom_fields_keep_values_of_their_kind(database: Database) {
    let app = TestApp::start(database).await;
    let ws = workspace(&app).await;
    let id = make(&app, ws, "Ada", ADA).await.to_string();
    let level = app
        .ok(
            "contact_fields/save",
            json!({"label": "Level", "kind": "choice", "choices": ["Gold", " Silver ", "", "Gold"]}),
        )
        .await;
    assert_eq!((&level["key"], &level["choices"]), (&json!("level"), &json!(["Gold", "Silver"])));
    let day = app.ok("contact_fields/save", json!({"label": "Birthday", "kind": "date", "key": "born"})).await;
    app.ok("contact_fields/save", json!({"label": "Orders", "kind": "number"})).await;
    let twin = app.ok("contact_fields/save", json!({"label": "Orders"})).await;
    assert_eq!(twin["key"], "orders_2");
    for (input, field) in [
        (json!({"label": " "}), "label"),
        (json!({"label": "x", "key": "Not A Key"}), "key"),
        (json!({"label": "x", "key": "born"}), "key"),
        (json!({"label": "x", "key": "phone"}), "key"),
        (json!({"label": "x", "kind": "choice"}), "choices"),
    ] {
        let (status, error) = app.api("contact_fields/save", input.clone()).await;
        assert_eq!((status, error["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{input}");
    }
    let set = |key: &str, value: &str| json!({"id": id, "custom": [{"key": key, "value": value}]});
    for (key, value) in [("level", "Bronze"), ("born", "yesterday"), ("orders", "many"), ("nothing", "x")] {
        assert_eq!(app.api("contacts/update", set(key, value)).await.0, StatusCode::BAD_REQUEST, "{key}");
    }
    for (key, value) in [("level", "Gold"), ("born", "1815-12-10"), ("orders", "12"), ("orders_2", "=HYPERLINK(\"x\")")]
    {
        app.ok("contacts/update", set(key, value)).await;
    }
    app.ok("contacts/update", set("orders", "")).await;
    let custom = app.ok("contacts/get", json!({"id": id})).await["custom"].clone();
    let expected = json!([{"key": "level", "value": "Gold"}, {"key": "born", "value": "1815-12-10"},
                          {"key": "orders_2", "value": "=HYPERLINK(\"x\")"}]);
    assert_eq!(custom, expected);
    // Another label keeps key and values; without the field they are gone.
    let renamed = json!({"id": day["id"], "label": "Born on", "kind": "text", "key": "other"});
    let renamed = app.ok("contact_fields/save", renamed).await;
    assert_eq!(
        (&renamed["key"], &renamed["kind"], &renamed["label"]),
        (&json!("born"), &json!("date"), &json!("Born on"))
    );
    app.ok("contact_fields/delete", json!({"id": level["id"]})).await;
    assert_eq!(app.count("select count(*) from contact_values").await, 2);
    assert_eq!(app.api("contact_fields/delete", json!({"id": level["id"]})).await.0, StatusCode::NOT_FOUND);
}

async fn a_consent_has_a_source(database: Database) {
    let app = TestApp::start(database).await;
    let ws = workspace(&app).await;
    let id = make(&app, ws, "Ada", ADA).await.to_string();
    let other = make(&app, ws, "Bea", BEA).await.to_string();
    let (status, error) = app.api("contacts/set_consent", json!({"id": id, "consent": "opted_in"})).await;
    assert_eq!((status, &error["field"]), (StatusCode::BAD_REQUEST, &json!("source")));
    let yes = json!({"id": id, "consent": "opted_in", "source": "Form on the website", "proof": "https://shop.example/proof/1"});
    let yes = app.ok("contacts/set_consent", yes).await;
    assert_eq!((&yes["consent"], &yes["consent_at"]), (&json!("opted_in"), &json!(app.state.now())));
    assert!(names(&app, &app.token, json!({"filter": "opted_out"})).await.is_empty());
    app.ok("contacts/set_consent", json!({"id": other, "consent": "opted_out"})).await;
    assert_eq!(names(&app, &app.token, json!({"filter": "opted_out"})).await, ["Bea"]);
    assert_eq!(
        app.api("contacts/set_consent", json!({"id": other, "consent": "newer"})).await.0,
        StatusCode::BAD_REQUEST
    );
    let log = app.ok("audit/list", json!({"action": "contact_changed"})).await;
    assert_eq!(log["rows"][0]["detail"], json!({"fields": "opted_out"}));
    // The answer is as old as it was where only its source is put right, and there is none of a contact that is none.
    app.advance(1000);
    let put_right = json!({"id": id, "consent": "opted_in", "source": "Form in the shop"});
    let put_right = app.ok("contacts/set_consent", put_right).await;
    assert_eq!(
        (&put_right["consent_at"], &put_right["consent_source"]),
        (&yes["consent_at"], &json!("Form in the shop"))
    );
    let gone = json!({"id": uuid::Uuid::now_v7(), "consent": "opted_out"});
    assert_eq!(app.api("contacts/set_consent", gone).await.0, StatusCode::NOT_FOUND);
}

async fn a_workspace_has_its_own_contacts(database: Database) {
    let app = TestApp::start(database).await;
    let ws = workspace(&app).await;
    let id = make(&app, ws, "Ada", ADA).await.to_string();
    let field = app.ok("contact_fields/save", json!({"label": "Level"})).await["id"].clone();
    let neighbour = app.add_user("neighbour@example.com", Role::Owner, Some("Neighbours")).await;
    for (operation, input) in [
        ("contacts/get", json!({"id": id})),
        ("contacts/update", json!({"id": id, "name": "Mine"})),
        ("contacts/set_consent", json!({"id": id, "consent": "opted_out"})),
        ("contacts/set_blocked", json!({"id": id, "blocked": true})),
        ("contacts/reveal", json!({"id": id})),
        ("contacts/erase", json!({"id": id})),
        ("contact_fields/save", json!({"id": field, "label": "Mine"})),
        ("contact_fields/delete", json!({"id": field})),
    ] {
        assert_eq!(app.api_as(&neighbour, operation, input).await.0, StatusCode::NOT_FOUND, "{operation}");
    }
    for query in [
        json!({}),
        json!({"query": "Ada"}),
        json!({"query": ADA}),
        json!({"before": format!("a.{}", ContactId::max())}),
    ] {
        assert!(names(&app, &neighbour, query.clone()).await.is_empty(), "{query}");
    }
    let foreign = json!({"query": "Ada", "before": format!("n.{id}")});
    assert_eq!(app.api_as(&neighbour, "contacts/list", foreign).await.0, StatusCode::CONFLICT);
    assert_eq!(app.api_as(&neighbour, "contact_fields/list", json!({})).await.1, json!([]));
    // The same number and the same key are others there.
    assert_eq!(app.api_as(&neighbour, "contact_fields/save", json!({"label": "Level"})).await.1["key"], "level");
    let kept = app.ok("contacts/get", json!({"id": id})).await;
    assert_eq!(
        (&kept["name"], &kept["blocked_at"], &kept["consent"]),
        (&json!("Ada"), &Value::Null, &json!("unknown"))
    );
}

async fn an_erased_contact_takes_its_values_along(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", ADA, "opening hours").await;
    let id = only(&app).await["id"].clone();
    app.ok("contact_fields/save", json!({"label": "Note"})).await;
    app.ok("contacts/update", json!({"id": id, "custom": [{"key": "note", "value": "likes tea"}]})).await;
    assert_eq!(app.ok("contacts/erase", json!({"id": id})).await, json!({"all": true}));
    for left in [
        "select count(*) from contacts",
        "select count(*) from identities",
        "select count(*) from contact_values",
        "select count(*) from messages",
    ] {
        assert_eq!(app.count(left).await, 0, "{left}");
    }
}

async fn an_export_holds_no_formula_and_is_on_record(database: Database) {
    let app = TestApp::start(database).await;
    let ws = workspace(&app).await;
    make(&app, ws, "=HYPERLINK(\"https://evil.example\",\"x\")", ADA).await;
    let bea = make(&app, ws, "Bea, \"the\nsecond\"", BEA).await.to_string();
    app.ok("contact_fields/save", json!({"label": "Note"})).await;
    app.ok("contacts/update", json!({"id": bea, "custom": [{"key": "note", "value": "@SUM(A1)"}]})).await;
    for at in 0..600 {
        make(&app, ws, &format!("Many {at}"), &format!("49170{at:06}")).await;
    }
    // Somebody else's are not in it.
    let agent = app.add_user("agent@example.com", Role::Agent, None).await;
    let neighbour = app.add_user("neighbour@example.com", Role::Owner, Some("Neighbours")).await;
    let get = async |token: Option<&str>| {
        let request = app.http.get(format!("{}/api/v1/contacts/export", app.url));
        let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
        request.send().await.unwrap()
    };
    assert_eq!(get(None).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(get(Some(&agent)).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(get(Some(&neighbour)).await.text().await.unwrap().lines().count(), 1);
    let answer = get(Some(&app.token)).await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let text = answer.text().await.unwrap();
    assert!(text.starts_with("\u{feff}id,name,username,phone,") && text.contains(",note\r\n"), "{text}");
    assert_eq!(text.matches("\r\n").count(), 603);
    assert!(text.contains("\"'=HYPERLINK(\"\"https://evil.example\"\",\"\"x\"\")\""), "{text}");
    assert!(text.contains("\"Bea, \"\"the\nsecond\"\"\"") && text.contains(",'@SUM(A1)\r\n") && text.contains(ADA));
    let log = app.ok("audit/list", json!({"action": "contacts_exported"})).await;
    assert_eq!(log["rows"].as_array().unwrap().len(), 1);
}
