//! The product as both tools run it, set up through its command line and its API as people would.

use std::path::PathBuf;

use serde_json::json;

use super::{
    Result,
    api::Api,
    database::Place,
    double::{ACCOUNT, APP, Double, Ledger, Setup, World},
    server::{Launch, Running},
    webhook::{self, Target},
};

/// The app secret of all numbers.
pub(crate) const APP_SECRET: &str = "an-app-secret-0123456789abcdef";
/// The access token of all numbers.
const ACCESS_TOKEN: &str = "EAAG0an0access0token";
const EMAIL: &str = "owner@example.com";
const PASSWORD: &str = "correct horse battery staple";

/// How to serve with the data of a place, as fast as it goes.
pub(crate) fn launch(binary: PathBuf, place: &Place, graph_url: String, log: PathBuf) -> Launch {
    let environment = [
        ("PARLANCE_DATA_DIR", place.folder.display().to_string()),
        ("PARLANCE_DATABASE_URL", place.url.clone()),
        ("PARLANCE_SECRET_KEY", "5a".repeat(32)),
        ("PARLANCE_GRAPH_URL", graph_url),
        // Meta's limits are none of ours: away with them.
        ("PARLANCE_RATE_PER_NUMBER", "100000000".to_owned()),
        ("PARLANCE_QUIET_TIME", "0".to_owned()),
        // As on a server.
        ("PARLANCE_SANDBOX", "off".to_owned()),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value));
    Launch { binary, arguments: vec!["serve".to_owned()], environment: environment.into(), log }
}

/// Makes an owner, and a chatbot with this knowledge on this number of phone numbers. Gives where webhooks of each number go,
/// and the owner's API token.
pub(crate) async fn set_up(
    launch: &Launch,
    server: &Running,
    knowledge: impl IntoIterator<Item = (String, String)>,
    numbers: usize,
) -> Result<(Vec<Target>, String)> {
    let added = ["user", "add", "--email", EMAIL, "--name", "Owner", "--role", "owner", "--password-stdin"];
    launch.run(&added, PASSWORD).await?;
    let said = launch.run(&["token", "add", "--email", EMAIL, "--name", "tool"], "").await?;
    let token = said.split_whitespace().last().ok_or("there is no token")?.to_owned();
    let api = Api::new(server.address, &token)?;
    let chatbot = api.make("chatbots/create", json!({"name": "Shop bot"})).await?;
    for (question, answer) in knowledge {
        let item = json!({"chatbot_id": chatbot, "question": question, "answer": answer});
        api.call("knowledge/save", item).await?;
    }
    let mut targets = Vec::with_capacity(numbers);
    for number in 1..=numbers {
        targets.push(connect(&api, &chatbot, number).await?);
    }
    Ok((targets, token))
}

/// A double of Meta that has the account with this number of phone numbers, and knows the app's secret.
pub(crate) async fn meta<L: Ledger>(ledger: L, numbers: usize, seed: u64) -> Result<Double<L>> {
    let world = World {
        apps: [(APP.to_owned(), APP_SECRET.to_owned())].into(),
        numbers: [(ACCOUNT.to_owned(), (1..=numbers).map(phone_number_id).collect())].into(),
        page: numbers,
        ..World::default()
    };
    // The upper half of the ids is ours, the lower one that of inbound messages.
    let wamid = |number| webhook::wamid((1 << 63) | number);
    Double::start(Setup { ledger, world, wamid, seed }).await
}

/// The id of the number in this place, counted from 1. (None ends in 99: such numbers do not exist.)
fn phone_number_id(place: usize) -> String {
    (316_000_000_000_000 + place * 10).to_string()
}

async fn connect(api: &Api, chatbot: &str, number: usize) -> Result<Target> {
    let phone_number_id = phone_number_id(number);
    let integration = json!({"chatbot_id": chatbot, "name": format!("Number {number}"),
        "phone_number_id": phone_number_id, "business_account_id": ACCOUNT, "access_token": ACCESS_TOKEN,
        "app_secret": APP_SECRET, "verify_token": "open sesame", "on_failed_test": "refuse"});
    let id = api.make("integrations/whatsapp/create", integration).await?;
    Ok(Target { path: format!("/api/whatsapp/webhook/{id}"), phone_number_id })
}
