//! Separate threads for the message path.
//!
//! When more arrives than the machine can process, storing it comes first and pages stay quick: what processes it
//! gets the time that is left, yet never less than a share of it, and catches up when the rush is over.

use std::{io, thread::available_parallelism};

use tokio::runtime::{Builder, Handle, Runtime};

/// How far these threads stand back: with all processors busy they get about a tenth of the time.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// A second tokio runtime. Dropping it does not wait: owners of work in it end that first.
pub struct Background {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Background {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn start() -> io::Result<Self> {
        // Half of the processors: more threads than find one mostly wake each other up.
        let threads = available_parallelism().map_or(1, |all| all.get().div_ceil(2));
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("background")
            .enable_all()
            .on_thread_start(stand_back)
            .build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// Where to spawn.
    #[must_use]
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// On Linux each thread has a priority of its own; elsewhere it is the process', which stays as it is.
fn stand_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::debug!(%error, "Background threads keep the usual priority");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::getpriority_process;

    use super::{Background, NICE};

    #[tokio::test]
    async fn its_threads_stand_back_and_no_others() {
        let before = getpriority_process(None).unwrap();
        let background = Background::start().unwrap();
        let there = background.handle().spawn(async { getpriority_process(None).unwrap() }).await.unwrap();
        assert_eq!(there, (before + NICE).min(19));
        assert_eq!(getpriority_process(None).unwrap(), before);
    }
}
