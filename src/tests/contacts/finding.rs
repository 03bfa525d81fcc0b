//! Lists and search: by name, user name and number, page by page, and no way to feel along what is hidden.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::json;

use super::{ADA, BEA, make, names, workspace};
use crate::{
    domain::role::Role,
    tests::{
        app::{Database, TestApp},
        on_both_databases,
    },
};

on_both_databases!(
    a_number_is_found_however_it_is_written,
    nobody_feels_their_way_along_a_number,
    names_are_found_by_their_beginning,
    pages_do_not_slip_while_contacts_come,
);

async fn a_number_is_found_however_it_is_written(database: Database) {
    let app = TestApp::start(database).await;
    let ws = workspace(&app).await;
    for (name, wa_id) in [("Ada", ADA), ("Bea", BEA), ("Cleo", "15550100001")] {
        make(&app, ws, name, wa_id).await;
    }
    for (query, found) in [
        ("+49 151", &["Ada", "Bea"][..]),
        ("0049 (151) 000-0002", &["Bea"]),
        ("٤٩١٥١٠٠٠٠٠٠١", &["Ada"]),
        ("1555", &["Cleo"]),
        ("999", &[]),
    ] {
        assert_eq!(names(&app, &app.token, json!({"query": query})).await, found, "{query}");
    }
}

async fn nobody_feels_their_way_along_a_number(database: Database) {
    let app = TestApp::start(database).await;
    let ws = workspace(&app).await;
    make(&app, ws, "Ada 0151 0000001", ADA).await;
    let agent = app.add_user("agent@example.com", Role::Agent, None).await;
    for query in ["4", "49151000000", "+49 151 000", "Ada 0151", "Ada 0151 0000001", "Ada 01"] {
        assert!(names(&app, &agent, json!({"query": query})).await.is_empty(), "{query}");
        assert_eq!(names(&app, &app.token, json!({"query": query})).await.len(), 1, "{query}");
    }
    // The whole of it finds them: a customer on the phone says it.
    for query in [ADA, "ada", "Ada "] {
        assert_eq!(names(&app, &agent, json!({"query": query})).await, ["Ada 0••• •••••••"], "{query}");
    }
}

async fn names_are_found_by_their_beginning(database: Database) {
    let app = TestApp::start(database).await;
    let ws = workspace(&app).await;
    let hostile =
        ["'; drop table contacts; --", "100% Ada", "a_b", "\u{202e}evil", "=1+1", "名前", "😀 Joy", "adam", "ADA"];
    for (at, name) in hostile.iter().enumerate() {
        make(&app, ws, name, &format!("49160000{at:04}")).await;
    }
    for (query, found) in [
        ("ad", &["ADA", "adam"][..]),
        ("AD", &["ADA", "adam"]),
        ("'; drop", &["'; drop table contacts; --"]),
        ("100%", &["100% Ada"]),
        ("a_", &["a_b"]),
        ("%", &[]),
        ("=", &["=1+1"]),
        ("名", &["名前"]),
        ("😀", &["😀 Joy"]),
        ("zzz", &[]),
    ] {
        assert_eq!(names(&app, &app.token, json!({"query": query})).await, found, "{query}");
    }
    let (status, error) = app.api("contacts/list", json!({"query": "x".repeat(101)})).await;
    assert_eq!((status, &error["field"]), (StatusCode::BAD_REQUEST, &json!("query")));
    for before in ["x", "a.x", "n.00000000-0000-0000-0000-000000000000"] {
        assert_eq!(app.api("contacts/list", json!({"before": before})).await.0, StatusCode::BAD_REQUEST, "{before}");
    }
    let gone = json!({"query": "ad", "before": "n.00000000-0000-0000-0000-000000000001"});
    assert_eq!(app.api("contacts/list", gone).await.0, StatusCode::CONFLICT);
}

async fn pages_do_not_slip_while_contacts_come(database: Database) {
    let app = TestApp::start(database).await;
    let ws = workspace(&app).await;
    let mut expected = BTreeSet::new();
    for at in 0..130 {
        // Many of one name: the order does not hang on it.
        expected.insert(
            make(&app, ws, if at % 2 == 0 { "Ada" } else { "adele" }, &format!("49170{at:06}")).await.to_string(),
        );
    }
    for query in [json!({}), json!({"query": "ad"}), json!({"query": "+49170"})] {
        let (mut seen, mut input, mut pages) = (Vec::new(), query.clone(), 0);
        loop {
            let page = app.ok("contacts/list", input.clone()).await;
            let rows = page["rows"].as_array().unwrap();
            assert!(rows.len() <= 50);
            seen.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            // Meanwhile others come, before and behind the place.
            make(&app, ws, "Aaron", &format!("49180{pages}{:05}", seen.len())).await;
            make(&app, ws, "adz", &format!("49190{pages}{:05}", seen.len())).await;
            pages += 1;
            let Some(next) = page["next"].as_str() else { break };
            input["before"] = json!(next);
        }
        let distinct: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(distinct.len(), seen.len(), "{query}: a contact on two pages");
        assert!(expected.is_subset(&distinct), "{query}: a contact on no page");
        assert!(pages >= 3, "{pages}");
    }
}
