//! A line to PostgreSQL that breaks at the worst moment: after the commit and before its answer, or without a word.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::Notify,
    task::JoinHandle,
};

/// The line between server and database.
pub(crate) struct PgLine {
    /// The database as it is reached by this line.
    pub(crate) url: String,
    plan: Arc<Plan>,
    worker: JoinHandle<()>,
    _folder: TempDir,
}

#[derive(Default)]
struct Plan {
    /// The answer to the next commit is lost, and its connection with it.
    swallows: AtomicBool,
    swallowed: Notify,
    /// Connections made so far, and how many of them are dead without saying so.
    made: AtomicUsize,
    dead: AtomicUsize,
}

impl Drop for PgLine {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

impl PgLine {
    pub(crate) fn to(database_url: &str) -> Self {
        let (base, query) = database_url.split_once('?').unwrap();
        let server = PathBuf::from(query.strip_prefix("host=").unwrap()).join(".s.PGSQL.5432");
        let folder = TempDir::new().unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let url = format!("{base}?host={}", folder.path().display());
        let plan = Arc::new(Plan::default());
        #[expect(clippy::disallowed_methods, reason = "the line lives as long as its test")]
        let worker = tokio::task::spawn(accept(listener, server, Arc::clone(&plan)));
        Self { url, plan, worker, _folder: folder }
    }

    /// The next commit reaches the database, and its answer never comes.
    pub(crate) fn swallow_next_commit(&self) {
        self.plan.swallows.store(true, Ordering::SeqCst);
    }

    /// Waits until that has happened.
    pub(crate) async fn has_swallowed(&self) {
        self.plan.swallowed.notified().await;
    }

    /// From here on nothing comes through on any of the connections there are, and none of them is closed.
    pub(crate) fn die(&self) {
        self.plan.dead.store(self.plan.made.load(Ordering::SeqCst), Ordering::SeqCst);
    }
}

async fn accept(listener: UnixListener, server: PathBuf, plan: Arc<Plan>) {
    let mut lines = tokio::task::JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let Ok(database) = UnixStream::connect(&server).await else { continue };
        let nth = plan.made.fetch_add(1, Ordering::SeqCst);
        let plan = Arc::clone(&plan);
        lines.spawn(async move {
            let (client_in, client_out) = client.into_split();
            let (database_in, database_out) = database.into_split();
            // Whichever ends first ends both: that is how a connection breaks.
            tokio::select! {
                () = pass(client_in, database_out, nth, &plan, false) => {}
                () = pass(database_in, client_out, nth, &plan, true) => {}
            }
        });
    }
}

/// Passes on what comes until the end.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    nth: usize,
    plan: &Plan,
    are_answers: bool,
) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count) = from.read(&mut buffer).await {
        if plan.dead.load(Ordering::SeqCst) > nth {
            std::future::pending::<()>().await;
        }
        let bytes = &buffer[..count];
        // The tag of CommandComplete.
        let is_commit = are_answers && bytes.windows(7).any(|tag| tag == b"COMMIT\0");
        if is_commit && plan.swallows.swap(false, Ordering::SeqCst) {
            plan.swallowed.notify_one();
            return;
        }
        if count == 0 || to.write_all(bytes).await.is_err() {
            return;
        }
    }
}
