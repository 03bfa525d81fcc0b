//! A server as a child process: started on a free port, waited for, stopped or killed.

use std::{
    fs::{self, OpenOptions},
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
    time::{sleep, timeout},
};

use super::{Result, http::Connection};

/// How long a start may take before it counts as failed.
const START_MAX: Duration = Duration::from_secs(120);
/// How often a server that starts is asked whether it is ready.
const ASK_EVERY: Duration = Duration::from_millis(2);
/// Lines of its log that a failure shows.
const LAST_WORDS: usize = 40;

/// What to run, and how.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) binary: PathBuf,
    /// They serve; `--listen` is added to them.
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    /// Where its output goes, appended.
    pub(crate) log: PathBuf,
}

impl Launch {
    /// A command with this environment and nothing of ours that begins with `PARLANCE_`.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PARLANCE_") {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().cloned()).kill_on_drop(true);
        command
    }

    /// Runs a short command beside the server, with this on its standard input; what it said.
    pub(crate) async fn run(&self, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that wants nothing closes it unread.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        let output = child.wait_with_output().await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{} {}: {said}", self.binary.display(), arguments.join(" ")).into());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// A server that was started.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    log: PathBuf,
    child: Child,
}

impl Running {
    /// Begins to start it, on a port of its own.
    pub(crate) fn spawn(launch: &Launch) -> Result<Self> {
        let address = free_address()?;
        let out = OpenOptions::new().create(true).append(true).open(&launch.log)?;
        let mut command = launch.command();
        command.args(&launch.arguments).arg(format!("--listen={address}"));
        let child = command.stdin(Stdio::null()).stderr(out.try_clone()?).stdout(out).spawn()?;
        let pid = child.id().ok_or("the server ended at once")?;
        Ok(Self { address, pid, log: launch.log.clone(), child })
    }

    /// Waits until it is ready, unless it ends before that.
    pub(crate) async fn ready(&mut self) -> Result<()> {
        let what = tokio::select! {
            ready = timeout(START_MAX, until_ready(self.address)) => match ready {
                Ok(()) => return Ok(()),
                Err(_) => "did not become ready".to_owned(),
            },
            ended = self.child.wait() => format!("ended with {}", ended?),
        };
        Err(self.failed(&what))
    }

    /// Ends it at once, as `kill -9` does. It must have lived until now.
    pub(crate) async fn kill(mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            return Err(self.failed(&format!("ended by itself with {status}")));
        }
        Ok(self.child.kill().await?)
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(mut self) -> Result<()> {
        Command::new("kill").arg("-TERM").arg(self.pid.to_string()).status().await?;
        let status: ExitStatus = self.child.wait().await?;
        if status.success() { Ok(()) } else { Err(self.failed(&format!("was to stop, and ended with {status}"))) }
    }

    fn failed(&self, what: &str) -> Box<dyn std::error::Error + Send + Sync> {
        format!("the server {what}; {} ends with:\n{}", self.log.display(), last_words(&self.log)).into()
    }
}

/// The end of a log.
pub(crate) fn last_words(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let mut lines: Vec<&str> = text.lines().rev().take(LAST_WORDS).collect();
    lines.reverse();
    lines.join("\n")
}

/// Asks until `/readyz` answers 200.
pub(crate) async fn until_ready(address: SocketAddr) {
    while !is_ready(address).await {
        sleep(ASK_EVERY).await;
    }
}

async fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    let asked = connection.exchange(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await;
    asked.is_ok_and(|answer| answer.status() == 200)
}

/// A port that nobody listens on. Somebody else may take it before it is used; then the start fails loudly.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}
