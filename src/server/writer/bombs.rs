//! Tests of what a panic in a lane itself leaves behind.

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use super::{
    BoxFuture, Group, Operation, Priority, Size, Writer,
    lane::{CALM, LANE_TRIES},
};
use crate::server::{
    base::watch::Watch,
    store::{Conn, Store, StoreError, StoreResult},
};

/// A bug in the lane itself: not in what is written, but in what answers for it.
struct Bomb;

impl Operation for Bomb {
    fn run<'a>(&'a mut self, _: &'a mut Conn) -> BoxFuture<'a, StoreResult<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn split(&mut self) -> Option<Box<dyn Operation>> {
        None
    }

    fn finish(self: Box<Self>, _: StoreResult<()>) {
        panic!("a bug in the lane");
    }
}

/// A writer of a database of its own.
async fn writer(folder: &tempfile::TempDir, watch: &Watch) -> Writer {
    let store = Store::open(&format!("sqlite://{}", folder.path().join("lane.db").display())).await.unwrap();
    Writer::start(&store, &TaskTracker::new(), &CancellationToken::new(), watch)
}

async fn write(writer: &Writer) -> StoreResult<()> {
    writer.write(Priority::Pipeline, Uuid::nil(), (), |_, ()| Box::pin(std::future::ready(Ok(())))).await
}

#[tokio::test]
async fn a_lane_that_panics_starts_anew_and_ends_the_server_when_it_does_so_again_and_again() {
    let (folder, watch) = (tempfile::tempdir().unwrap(), Watch::default());
    let writer = writer(&folder, &watch).await;
    for _ in 1..LANE_TRIES {
        assert!(writer.intake.push(Priority::Pipeline, Box::new(Bomb)).is_ok());
        // What was in the same transaction is told that it failed, and nothing hangs.
        while let Err(error) = write(&writer).await {
            assert!(matches!(error, StoreError::Closed), "{error:?}");
        }
        assert!(!watch.is_broken());
        assert_eq!(watch.trouble(CALM), None, "a transaction went well");
    }
    assert!(writer.intake.push(Priority::Pipeline, Box::new(Bomb)).is_ok());
    watch.broke().await;
    assert!(matches!(write(&writer).await, Err(StoreError::Closed)), "nobody waits for ever");
    assert!(watch.trouble(CALM).is_some());
}

#[tokio::test]
async fn a_group_goes_on_after_its_lane_has_panicked() {
    let (folder, watch) = (tempfile::tempdir().unwrap(), Watch::default());
    let writer = writer(&folder, &watch).await;
    let size = Size { together: 8, pressed: 8, waiting: 8 };
    let group: Group<u8, ()> = Group::new(&writer, Priority::Pipeline, size, |_, inputs| {
        Box::pin(std::future::ready(Ok(vec![(); inputs.len()])))
    });
    assert!(writer.intake.push(Priority::Intake, Box::new(Bomb)).is_ok());
    let waiting: Vec<_> = (0..4).map(|n| group.submit(Uuid::nil(), n)).collect();
    for pending in waiting {
        drop(pending.committed().await);
    }
    group.write(Uuid::nil(), 9).await.unwrap();
}
