//! The program under test: started, listened to, killed.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, Command},
    sync::watch,
    task::JoinSet,
    time::timeout,
};

use crate::meta::Address;

/// How long a start may take before the drill gives up.
const START_MAX: Duration = Duration::from_secs(60);
/// Lines of its log that are kept for a failure.
const LINES: usize = 40;

pub(crate) struct Server {
    environment: Vec<(&'static str, String)>,
    child: Option<Child>,
    reader: JoinSet<()>,
    address: watch::Sender<Option<SocketAddr>>,
    log: Arc<Mutex<VecDeque<String>>>,
    _folder: TempDir,
}

impl Server {
    pub(crate) fn new(folder: TempDir, database_url: &str, graph_url: &str) -> Self {
        let environment = vec![
            // A port that is free: the log says which.
            ("PARLANCE_LISTEN", "127.0.0.1:0".to_owned()),
            ("PARLANCE_DATA_DIR", folder.path().display().to_string()),
            ("PARLANCE_DATABASE_URL", database_url.to_owned()),
            ("PARLANCE_SECRET_KEY", "5a".repeat(32)),
            ("PARLANCE_GRAPH_URL", graph_url.to_owned()),
            ("PARLANCE_SANDBOX", "off".to_owned()),
            ("PARLANCE_QUIET_TIME", "0".to_owned()),
            ("PARLANCE_RATE_PER_NUMBER", "1000000".to_owned()),
            // Leases follow from it, so that a dead process is not waited for longer than needed.
            ("PARLANCE_CALL_TIMEOUT", "1s".to_owned()),
            ("PARLANCE_LOG_FORMAT", "json".to_owned()),
        ];
        let (address, _) = watch::channel(None);
        Self { environment, child: None, reader: JoinSet::new(), address, log: Arc::default(), _folder: folder }
    }

    fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlance"));
        command.env_clear().envs(self.environment.iter().cloned()).kill_on_drop(true);
        command
    }

    /// Runs a command beside the server; what it prints.
    pub(crate) async fn command(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.program();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        let output = child.wait_with_output().await.unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Where it listens, as long as it lives.
    pub(crate) fn address(&self) -> Address {
        self.address.subscribe()
    }

    /// Begins to start it.
    pub(crate) fn spawn(&mut self) {
        let mut child =
            self.program().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = child.stderr.take().unwrap();
        self.reader.spawn(read(lines, self.address.clone(), Arc::clone(&self.log)));
        self.child = Some(child);
    }

    /// Waits until it answers.
    pub(crate) async fn ready(&mut self) {
        let mut address = self.address();
        let child = self.child.as_mut().unwrap();
        let ready = tokio::select! {
            ready = timeout(START_MAX, address.wait_for(Option::is_some)) => ready.is_ok(),
            _ = child.wait() => false,
        };
        assert!(ready, "the server did not start:\n{}", self.last_words());
    }

    /// SIGKILL.
    pub(crate) async fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none(), "the server ended by itself with {ended:?}:\n{}", self.last_words());
        child.kill().await.unwrap();
        // What it wrote before is read to its end, so that no old address comes up later.
        while self.reader.join_next().await.is_some() {}
        self.address.send_replace(None);
    }

    /// The end of its log.
    pub(crate) fn last_words(&self) -> String {
        self.log.lock().unwrap().iter().cloned().collect::<Vec<_>>().join("\n")
    }
}

/// Reads the log: the line that says it is ready has the address.
async fn read(lines: ChildStderr, address: watch::Sender<Option<SocketAddr>>, log: Arc<Mutex<VecDeque<String>>>) {
    let mut lines = BufReader::new(lines).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let fields = serde_json::from_str::<Value>(&line).map(|l| l["fields"].clone()).unwrap_or_default();
        if fields["message"] == "Parlance is ready" {
            address.send_replace(fields["listen"].as_str().and_then(|a| a.parse().ok()));
        }
        let mut log = log.lock().unwrap();
        log.push_back(line);
        if log.len() > LINES {
            log.pop_front();
        }
    }
}

/// Calls an operation of the API that must succeed.
pub(crate) async fn call(address: SocketAddr, token: &str, operation: &str, input: Value) -> Value {
    let http = reqwest::Client::builder().build().unwrap();
    let url = format!("http://{address}/api/v1/{operation}");
    let response = http.post(url).bearer_auth(token).json(&input).send().await.unwrap();
    let status = response.status();
    let body = response.json::<Value>().await.unwrap_or(json!(null));
    assert!(status.is_success(), "{operation}: {status} {body}");
    body
}
