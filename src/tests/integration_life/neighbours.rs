//! What another workspace sees and gets of it: nothing.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    super::{
        app::{Database, TestApp, change, webhook},
        deployment::FLAGS,
        double::{Answer, Call},
        on_both_databases,
    },
    CREATE, GET, UPDATE, good, id, with,
};
use crate::domain::role::Role;

on_both_databases!(other_workspaces_see_nothing_of_it, a_token_of_the_shared_app_opens_only_its_own_number,);

async fn other_workspaces_see_nothing_of_it(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.deliver(&number, webhook(&[change(&number, &[json!(7)], &[])])).await;
    app.settle().await;
    let theirs = app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    let deliveries = app.ok("integrations/whatsapp/deliveries", id(&number)).await;
    let delivery = deliveries["rows"][0]["id"].clone();
    let letter = app.ok("integrations/whatsapp/dead_letters", id(&number)).await["rows"][0]["id"].clone();
    let before = app.ok(GET, id(&number)).await;
    let calls = app.graph.calls().len();
    for (verb, rest) in [
        ("get", json!({})),
        ("update", json!({"name": "Stolen"})),
        ("update", json!({"access_token": "EAAG-stolen", "force": true})),
        ("set_active", json!({"active": false})),
        ("test", json!({})),
        ("subscribe", json!({})),
        ("delete_preview", json!({})),
        ("delete", json!({"conversations": "erase"})),
        ("deliveries", json!({})),
        ("delivery_body", json!({"delivery_id": delivery})),
        ("dead_letters", json!({})),
        ("replay", json!({})),
        ("replay", json!({"dead_letter_id": letter})),
    ] {
        let (status, error) =
            app.api_as(&theirs, &format!("integrations/whatsapp/{verb}"), with(&id(&number), rest)).await;
        assert_eq!((status, error["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")), "{verb}: {error}");
    }
    assert_eq!((app.ok(GET, id(&number)).await, app.graph.calls().len()), (before, calls));
    // Nor does an integration of their own open what is another's.
    let bot = app.api_as(&theirs, "chatbots/create", json!({"name": "Mine"})).await.1["id"].clone();
    let own = app.api_as(&theirs, CREATE, good(bot.as_str().unwrap())).await.1["id"].clone();
    for (verb, rest) in
        [("delivery_body", json!({"delivery_id": delivery})), ("replay", json!({"dead_letter_id": letter}))]
    {
        let (status, _) =
            app.api_as(&theirs, &format!("integrations/whatsapp/{verb}"), with(&json!({"id": own}), rest)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{verb}");
    }
}

async fn a_token_of_the_shared_app_opens_only_its_own_number(database: Database) {
    let app = TestApp::start_with(database, &FLAGS).await;
    let ours = with(&good(&app.chatbot().await), json!({"access_token": "EAAG-app-777777-ours", "app_id": "777777"}));
    app.ok(CREATE, ours.clone()).await;
    let proven = "select count(*) from integrations where app_proven";
    assert_eq!(app.count(proven).await, 1);
    // The neighbour has a token of the same app, but Meta does not show it this number, or not as one of its account.
    let theirs = app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    let bot = app.api_as(&theirs, "chatbots/create", json!({"name": "Mine"})).await.1["id"].clone();
    let claim = with(&ours, json!({"chatbot_id": bot, "access_token": "EAAG-app-777777-theirs"}));
    app.graph.fail(Call::Number, Answer::Error { status: 400, code: 100, subcode: Some(33) });
    let (_, made) = app.api_as(&theirs, CREATE, claim.clone()).await;
    assert_eq!((made["status"].as_str(), app.count(proven).await), (Some("error"), 1), "{made}");
    app.graph.mend();
    app.graph.fail(Call::PhoneNumbers, Answer::Error { status: 400, code: 100, subcode: Some(33) });
    app.api_as(&theirs, "integrations/whatsapp/test", json!({"id": made["id"]})).await;
    assert_eq!(app.count(proven).await, 1);
    app.graph.mend();
    // Nor does a token of another app, and what was proven is not kept with other credentials.
    let input = json!({"id": made["id"], "access_token": "EAAG-app-888888-x", "force": true});
    app.api_as(&theirs, UPDATE, input).await;
    assert_eq!(app.count(proven).await, 1);
}
