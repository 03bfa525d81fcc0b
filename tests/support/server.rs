//! A server as a child process: started on a free port, waited for, stopped or killed, and looked at in `/proc`.

use std::{
    fs::{File, OpenOptions},
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::process::{Child, Command};

use super::{Result, http::Connection};

/// How long a start may take before it counts as failed.
const START_MAX: Duration = Duration::from_secs(120);
/// How often a server that starts is asked whether it is ready.
const ASK_EVERY: Duration = Duration::from_millis(2);

/// What to run, and how.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) binary: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    /// Where its output goes, appended.
    pub(crate) log: PathBuf,
}

impl Launch {
    /// A command with this environment and nothing of ours that begins with `PARLANCE_`.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PARLANCE_") {
                command.env_remove(name);
            }
        }
        command.args(&self.arguments).envs(self.environment.iter().cloned()).kill_on_drop(true);
        command
    }

    fn open_log(&self) -> io::Result<File> {
        OpenOptions::new().create(true).append(true).open(&self.log)
    }
}

/// A running server.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    /// From the start of the process until it said that it is ready.
    pub(crate) ready_after: Duration,
    child: Child,
}

/// What a process has used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Processor time in user code and in the kernel.
    pub(crate) user: Duration,
    pub(crate) system: Duration,
    /// Resident memory now and at its highest, in bytes.
    pub(crate) resident: u64,
    pub(crate) peak: u64,
}

/// A port that nobody listens on. Somebody else may take it before it is used; then the start fails loudly.
pub(crate) fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

impl Running {
    /// Starts it and waits until `/readyz` answers 200.
    pub(crate) async fn start(launch: &Launch, address: SocketAddr) -> Result<Self> {
        let (out, err) = (launch.open_log()?, launch.open_log()?);
        let begin = Instant::now();
        let mut child =
            launch.command().stdin(Stdio::null()).stdout(Stdio::from(out)).stderr(Stdio::from(err)).spawn()?;
        let pid = child.id().ok_or("the server ended at once")?;
        while !is_ready(address).await {
            if let Some(status) = child.try_wait()? {
                return Err(format!("the server ended with {status}: see {}", launch.log.display()).into());
            }
            if begin.elapsed() > START_MAX {
                return Err(format!("the server did not become ready: see {}", launch.log.display()).into());
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
        Ok(Self { address, pid, ready_after: begin.elapsed(), child })
    }

    /// Ends it at once, as `kill -9` does.
    pub(crate) async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Asks it to stop and waits for its end.
    pub(crate) async fn stop(mut self) -> Result<()> {
        Command::new("kill").arg("-TERM").arg(self.pid.to_string()).status().await?;
        self.child.wait().await?;
        Ok(())
    }

    /// What it has used so far.
    pub(crate) fn usage(&self) -> Result<Usage> {
        usage(self.pid)
    }
}

async fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    let asked = connection.exchange(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await;
    asked.is_ok_and(|answer| answer.status() == 200)
}

/// Reads `/proc/PID`; only Linux has it.
fn usage(pid: u32) -> Result<Usage> {
    let folder = Path::new("/proc").join(pid.to_string());
    let status = std::fs::read_to_string(folder.join("status"))?;
    let memory = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes =
            line.and_then(|rest| rest.trim_start_matches(':').split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.map_or(0, |kilobytes| kilobytes * 1024)
    };
    let stat = std::fs::read_to_string(folder.join("stat"))?;
    // The name in parentheses may hold anything; after it come plain fields, of which 12 and 13 are times in 1/100 s.
    let (_, fields) = stat.rsplit_once(')').ok_or("/proc/PID/stat has no name")?;
    let ticks = |place: usize| fields.split_whitespace().nth(place).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
    Ok(Usage {
        user: Duration::from_millis(ticks(11) * 10),
        system: Duration::from_millis(ticks(12) * 10),
        resident: memory("VmRSS"),
        peak: memory("VmHWM"),
    })
}
