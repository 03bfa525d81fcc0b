//! The product, set up once from outside: an owner, a token, a chatbot that knows something, and many numbers. Every run
//! begins with a copy of that.

use std::{net::SocketAddr, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::{
    database::Place,
    options::Options,
    support::{
        Result,
        graph::Double,
        server::{Launch, Running, free_address},
        webhook::{ACCOUNT, Target},
    },
    traffic::{SECRET, knowledge},
};

const EMAIL: &str = "bench@example.com";

/// How to start the product on some data.
pub(crate) fn launch(options: &Options, double: &Double, place: &Place, address: SocketAddr) -> Launch {
    let mut environment = vec![
        ("PARLANCE_LISTEN", address.to_string()),
        ("PARLANCE_DATA_DIR", place.folder.display().to_string()),
        ("PARLANCE_DATABASE_URL", place.url.clone()),
        ("PARLANCE_SECRET_KEY", "5a".repeat(32)),
        ("PARLANCE_GRAPH_URL", double.url()),
        // Meta's limits are none of ours: away with them.
        ("PARLANCE_RATE_PER_NUMBER", "100000000".to_owned()),
        ("PARLANCE_QUIET_TIME", "0".to_owned()),
        // As on a server.
        ("PARLANCE_SANDBOX", "off".to_owned()),
    ];
    if let Ok(log) = std::env::var("BENCH_PARLANCE_LOG") {
        environment.push(("PARLANCE_LOG", log));
    }
    Launch {
        binary: options.binary.clone(),
        arguments: vec!["serve".to_owned()],
        environment: environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        log: options.dir.join("product.log"),
    }
}

/// What a set-up gave.
pub(crate) struct Prepared {
    pub(crate) targets: Vec<Target>,
    /// The owner's API token.
    pub(crate) token: String,
}

/// Sets the product up on an empty place and stops it again.
pub(crate) async fn prepare(options: &Options, double: &Double, place: &Place) -> Result<Prepared> {
    let address = free_address()?;
    let launch = launch(options, double, place, address);
    let server = Running::start(&launch, address).await?;
    let added = ["user", "add", "--email", EMAIL, "--name", "Bench", "--role", "owner", "--password-stdin"];
    run_command(&launch, &added).await?;
    let said = run_command(&launch, &["token", "add", "--email", EMAIL, "--name", "bench"]).await?;
    let token = said.split_whitespace().last().unwrap_or_default().to_owned();
    let api = Api::new(address, &token)?;
    let chatbot = id_of(&api.call("chatbots/create", json!({"name": "Bench bot"})).await?)?;
    for (question, answer) in knowledge() {
        let item = json!({"chatbot_id": chatbot, "question": question, "answer": answer});
        api.call("knowledge/save", item).await?;
    }
    let mut targets = Vec::with_capacity(options.numbers);
    for number in 0..options.numbers {
        targets.push(connect(&api, &chatbot, number).await?);
    }
    server.stop().await?;
    Ok(Prepared { targets, token })
}

async fn connect(api: &Api, chatbot: &str, number: usize) -> Result<Target> {
    let phone_number_id = (316_000_000_000_000 + number).to_string();
    let made = api
        .call(
            "integrations/whatsapp/create",
            json!({"chatbot_id": chatbot, "name": format!("Number {number}"), "phone_number_id": phone_number_id,
                "business_account_id": ACCOUNT, "access_token": "EAAbench0token", "app_secret": SECRET,
                "verify_token": "bench verify token", "on_failed_test": "save"}),
        )
        .await?;
    Ok(Target { path: format!("/api/whatsapp/webhook/{}", id_of(&made)?), phone_number_id })
}

/// The product's operations, and pages.
pub(crate) struct Api {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Api {
    pub(crate) fn new(address: SocketAddr, token: &str) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
        Ok(Self { http, base: format!("http://{address}"), token: token.to_owned() })
    }

    /// Calls an operation that must succeed.
    pub(crate) async fn call(&self, operation: &str, input: Value) -> Result<Value> {
        let url = format!("{}/api/v1/{operation}", self.base);
        let response = self.http.post(url).bearer_auth(&self.token).json(&input).send().await?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            return Err(format!("{operation} answered {status}: {text}").into());
        }
        Ok(serde_json::from_str(&text)?)
    }

    /// Loads a page that must come.
    pub(crate) async fn page(&self, path: &str) -> Result<()> {
        let response = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().await?;
        response.error_for_status()?.bytes().await?;
        Ok(())
    }
}

fn id_of(made: &Value) -> Result<String> {
    Ok(made.get("id").and_then(Value::as_str).ok_or("the answer has no id")?.to_owned())
}

/// Runs a short command of the product beside the server, with a password on its standard input; what it said.
async fn run_command(launch: &Launch, arguments: &[&str]) -> Result<String> {
    let command = Launch { arguments: arguments.iter().map(|&a| a.to_owned()).collect(), ..launch.clone() };
    let mut child = command.command().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that wants no password closes it unread.
        let _ = stdin.write_all(b"correct horse battery staple").await;
    }
    let output = child.wait_with_output().await?;
    if !output.status.success() {
        let name = launch.binary.display();
        return Err(format!("{name} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
