//! The server under test, and what tests do with it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::http::StatusCode;
use clap::Parser;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

pub(crate) use super::database::Database;
use super::{
    database::fresh_database,
    double::{APP, Double, Setup},
};
use crate::{
    domain::{Millis, role::Role},
    server::{
        app::{router, serve, serving, state::AppState},
        base::{
            clock::Clock,
            config::{Config, Options},
        },
        channel::whatsapp::signature,
        pipeline::{self, Progress, answer::Answer, deliver::Deliver, faults::Faults, ingest::Ingest, sweep},
        sandbox::Delays,
        service::{
            account::{self, NewUser},
            tokens,
        },
    },
};

/// Any free port.
const ANYWHERE: &str = "127.0.0.1:0";

/// Where the clock stands when a test begins.
pub(crate) const START: Millis = 1_780_000_000_000;
pub(crate) const APP_SECRET: &str = "test_app_secret";
pub(crate) const PASSWORD: &str = "correct horse battery";

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

/// A running server on a database of its own, with workers that stand still until asked.
pub(crate) struct TestApp {
    pub(crate) state: AppState,
    pub(crate) graph: Double,
    pub(crate) url: String,
    pub(crate) http: reqwest::Client,
    /// API token of the owner, when there is one.
    pub(crate) token: String,
    /// Whether answers may be sent directly, as they do when the server runs by itself.
    pub(crate) direct: bool,
    clock: Arc<AtomicI64>,
    pub(crate) faults: Faults,
    server: tokio::task::JoinHandle<()>,
    folder: Arc<TempDir>,
    pub(super) database_url: String,
    flags: Vec<String>,
}

/// A connected number.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) integration_id: String,
    pub(crate) phone_number_id: String,
    pub(crate) chatbot_id: String,
}

impl TestApp {
    /// A server with an owner and an API token, quiet time 0.
    pub(crate) async fn start(database: Database) -> Self {
        Self::start_with(database, &["--quiet-time", "0"]).await
    }

    pub(crate) async fn start_with(database: Database, flags: &[&str]) -> Self {
        let mut app = Self::start_empty(database, flags).await;
        app.token = app.add_user("owner@example.com", Role::Owner, None).await;
        app
    }

    /// A server that nobody has set up yet.
    pub(crate) async fn start_empty(database: Database, flags: &[&str]) -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        let database_url = fresh_database(database, &folder).await;
        let graph = Double::start(Setup::default()).await.unwrap();
        let clock = Arc::new(AtomicI64::new(START));
        let flags = flags.iter().map(|f| (*f).to_owned()).collect();
        let app =
            Self::boot(folder, database_url, graph, clock, flags, Faults::default(), String::new(), ANYWHERE).await;
        if database == Database::Postgres {
            // It has a name among other nodes. (SQLite's statements for it are not those of the message path.)
            pipeline::recover(&app.state).await.unwrap();
        }
        app
    }

    pub(super) async fn boot(
        folder: Arc<TempDir>,
        database_url: String,
        graph: Double,
        clock: Arc<AtomicI64>,
        flags: Vec<String>,
        faults: Faults,
        token: String,
        address: &str,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let fixed = [
            "parlance".to_owned(),
            format!("--listen={address}"),
            format!("--data-dir={}", folder.path().display()),
            format!("--database-url={database_url}"),
            format!("--graph-url={}", graph.url),
            format!("--secret-key={}", "5a".repeat(32)),
        ];
        // What a test gives itself wins; a key may come as a file, too.
        let given = |fixed: &String| {
            let name = fixed.split('=').next().unwrap();
            flags.iter().any(|flag| flag.split('=').next() == Some(name))
                || name == "--secret-key" && flags.iter().any(|flag| flag.starts_with("--secret-key"))
        };
        let line = Line::parse_from(fixed.into_iter().filter(|f| !given(f)).chain(flags.iter().cloned()));
        let config = Config::parse(line.options).unwrap();
        let state =
            serve::open(config, Clock::Manual(Arc::clone(&clock)), faults.clone(), Delays::none()).await.unwrap();
        let router = router::build(state.clone()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "it ends with its handle")]
        let server = tokio::task::spawn(serving::serve(listener, router, state.clone()));
        // What hangs should say where.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        Self {
            state,
            graph,
            url: format!("http://{address}"),
            http,
            token,
            direct: true,
            clock,
            faults,
            server,
            folder,
            database_url,
            flags,
        }
    }

    /// Ends this server as a power cut would (nothing in memory survives) and starts another on the same database.
    pub(crate) async fn restart(self, faults: Faults) -> Self {
        self.restart_at(ANYWHERE, faults).await
    }

    /// The same on the same port: the simulator knows the address of its callback.
    pub(crate) async fn restart_at_same_address(self) -> Self {
        let address = self.url.trim_start_matches("http://").to_owned();
        self.restart_at(&address, Faults::default()).await
    }

    async fn restart_at(mut self, address: &str, faults: Faults) -> Self {
        self.server.abort();
        drop((&mut self.server).await);
        self.state.close(Duration::from_secs(1)).await;
        let app = Self::boot(
            Arc::clone(&self.folder),
            self.database_url.clone(),
            self.graph.clone(),
            Arc::clone(&self.clock),
            self.flags.clone(),
            faults,
            self.token.clone(),
            address,
        )
        .await;
        pipeline::recover(&app.state).await.unwrap();
        app
    }

    /// Another node on the same database.
    pub(crate) async fn another_node(&self) -> Self {
        let app = Self::boot(
            Arc::new(TempDir::new().unwrap()),
            self.database_url.clone(),
            self.graph.clone(),
            Arc::clone(&self.clock),
            self.flags.clone(),
            Faults::default(),
            self.token.clone(),
            ANYWHERE,
        )
        .await;
        pipeline::recover(&app.state).await.unwrap();
        app
    }

    /// Lets the server's workers and live events run by themselves.
    pub(crate) fn run_in_background(&self) {
        let here = tokio::runtime::Handle::current();
        pipeline::start(&self.state, &here);
        self.state.life.keep(&self.state.live, &here, "live events", crate::server::live::run);
        self.state.life.keep(&self.state.live, &here, "news of other nodes", crate::server::live::listen);
        self.state.life.keep(&self.state.live, &here, "work of other nodes", crate::server::live::look_after_others);
    }

    /// The same database as another process opens it, a command of the operator's beside the server.
    pub(crate) async fn beside(&self) -> AppState {
        let mut config = self.state.config.clone();
        config.sandbox = false;
        serve::open(config, self.state.clock.clone(), Faults::default(), Delays::none()).await.unwrap()
    }

    pub(crate) fn advance(&self, by: Millis) {
        self.clock.fetch_add(by, Ordering::SeqCst);
    }

    /// Adds a person and gives an API token of theirs.
    pub(crate) async fn add_user(&self, email: &str, role: Role, workspace: Option<&str>) -> String {
        let new = NewUser {
            email: email.to_owned(),
            name: email.split('@').next().unwrap().to_owned(),
            role,
            workspace: workspace.map(str::to_owned),
            password: PASSWORD.into(),
        };
        account::add_user(&self.state, new).await.unwrap();
        tokens::add(&self.state, email, "test").await.unwrap()
    }

    /// Runs every stage until there is nothing left to do.
    pub(crate) async fn settle(&self) {
        if self.direct {
            self.state.direct.open();
        }
        loop {
            let mut worked = pipeline::step::<Ingest>(&self.state).await.unwrap() == Progress::Worked;
            worked |= pipeline::step::<Answer>(&self.state).await.unwrap() == Progress::Worked;
            self.state.direct.ended().await;
            worked |= pipeline::step::<Deliver>(&self.state).await.unwrap() == Progress::Worked;
            worked |= sweep::step(&self.state).await.unwrap() == Progress::Worked;
            if !worked {
                return;
            }
        }
    }

    /// Runs every stage until the fault point is reached; `false` when it never was.
    pub(crate) async fn settle_until_fault(&self) -> bool {
        tokio::select! {
            () = self.settle() => false,
            () = self.faults.reached() => true,
        }
    }

    /// Calls an operation with the owner's token.
    pub(crate) async fn api(&self, operation: &str, input: Value) -> (StatusCode, Value) {
        self.api_as(&self.token, operation, input).await
    }

    pub(crate) async fn api_as(&self, token: &str, operation: &str, input: Value) -> (StatusCode, Value) {
        let url = format!("{}/api/v1/{operation}", self.url);
        let response = self.http.post(url).bearer_auth(token).json(&input).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Calls an operation that must succeed.
    pub(crate) async fn ok(&self, operation: &str, input: Value) -> Value {
        let (status, body) = self.api(operation, input).await;
        assert_eq!(status, StatusCode::OK, "{operation}: {body}");
        body
    }

    /// A chatbot that knows the opening hours.
    pub(crate) async fn chatbot(&self) -> String {
        let bot = self.ok("chatbots/create", json!({"name": "Shop bot"})).await;
        let id = bot["id"].as_str().unwrap().to_owned();
        for (question, answer) in [
            ("What are your opening hours?", "We are open from 9 to 18."),
            ("Where is your shop?", "In Harbour Street 5."),
            ("How do I return an article?", "Send it back within 30 days."),
        ] {
            self.ok("knowledge/save", json!({"chatbot_id": id, "question": question, "answer": answer})).await;
        }
        id
    }

    /// Lets visitors of a website chat with it.
    pub(crate) async fn open_website(&self, chatbot_id: &str) {
        self.ok("chatbots/set_website", json!({"id": chatbot_id, "active": true})).await;
    }

    /// A chatbot's integration with the website.
    pub(crate) async fn website_of(&self, chatbot_id: &str) -> String {
        let bot = self.ok("chatbots/get", json!({"id": chatbot_id})).await;
        bot["web_integration_id"].as_str().unwrap().to_owned()
    }

    /// A connected number with a chatbot.
    pub(crate) async fn number(&self) -> Number {
        let chatbot_id = self.chatbot().await;
        self.connect(&chatbot_id, "316000000000001").await
    }

    pub(crate) async fn connect(&self, chatbot_id: &str, phone_number_id: &str) -> Number {
        let made = self
            .ok(
                "integrations/whatsapp/create",
                json!({"chatbot_id": chatbot_id, "name": format!("Number {phone_number_id}"), "phone_number_id": phone_number_id,
                       "business_account_id": "102000000000001", "access_token": "EAAG-good-token", "app_id": APP, "app_secret": APP_SECRET,
                       "verify_token": "open sesame"}),
            )
            .await;
        // What a person would now do in Meta's console.
        self.graph.change(|world| world.callback = made["callback_url"].as_str().map(str::to_owned));
        Number {
            integration_id: made["id"].as_str().unwrap().to_owned(),
            phone_number_id: phone_number_id.to_owned(),
            chatbot_id: chatbot_id.to_owned(),
        }
    }

    /// Delivers a webhook as Meta does; the status.
    pub(crate) async fn deliver(&self, number: &Number, body: impl Into<Vec<u8>>) -> StatusCode {
        let body = body.into();
        let header = signature::sign(APP_SECRET.as_bytes(), &body);
        self.deliver_signed(number, body, Some(&header)).await
    }

    pub(crate) async fn deliver_signed(&self, number: &Number, body: Vec<u8>, header: Option<&str>) -> StatusCode {
        let url = format!("{}/api/whatsapp/webhook/{}", self.url, number.integration_id);
        let mut request = self.http.post(url).header("content-type", "application/json").body(body);
        if let Some(header) = header {
            request = request.header("x-hub-signature-256", header);
        }
        request.send().await.unwrap().status()
    }

    /// Delivers one text and works everything off.
    pub(crate) async fn customer_writes(&self, number: &Number, wamid: &str, from: &str, text: &str) {
        let body = webhook(&[change(number, &[text_message(wamid, from, text)], &[])]);
        assert_eq!(self.deliver(number, body).await, StatusCode::OK);
        self.settle().await;
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
        self.state.life.shutdown.cancel();
        self.state.life.tasks.close();
    }
}

/// A text message as Meta sends it, half a minute old.
pub(crate) fn text_message(wamid: &str, from: &str, text: &str) -> Value {
    json!({"id": wamid, "from": from, "timestamp": (START / 1000 - 30).to_string(), "type": "text", "text": {"body": text}})
}

/// A status report.
pub(crate) fn status(wamid: &str, status: &str) -> Value {
    json!({"id": wamid, "status": status, "timestamp": (START / 1000).to_string(), "recipient_id": "491510000001"})
}

/// A `messages` change of a number.
pub(crate) fn change(number: &Number, messages: &[Value], statuses: &[Value]) -> Value {
    let contacts: Vec<Value> = messages
        .iter()
        .filter_map(|m| m["from"].as_str())
        .map(|from| json!({"wa_id": from, "profile": {"name": format!("Customer {}", &from[from.len() - 2..])}}))
        .collect();
    json!({"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550100001", "phone_number_id": number.phone_number_id},
        "contacts": contacts, "messages": messages, "statuses": statuses,
    }})
}

/// A webhook of one entry.
pub(crate) fn webhook(changes: &[Value]) -> String {
    webhook_of_entries(&[changes])
}

pub(crate) fn webhook_of_entries(entries: &[&[Value]]) -> String {
    let entries: Vec<Value> =
        entries.iter().map(|changes| json!({"id": "102000000000001", "changes": changes})).collect();
    json!({"object": "whatsapp_business_account", "entry": entries}).to_string()
}
