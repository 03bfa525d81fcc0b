//! Snoozed conversations whose time has come: they open by themselves.

use uuid::Uuid;

use super::{Pipeline, lines};
use crate::{
    domain::{Millis, ids::MessageId},
    server::{
        error::Result,
        store::{Conn, StoreResult, conversation},
        writer::Priority,
    },
};

const LINE: &str = "The time that it was snoozed for is over: the conversation is open again";

/// Opens some. Returns whether there were any.
///
/// # Errors
/// When the database is unavailable; the next round tries again.
pub(super) async fn step(state: &Pipeline) -> Result<bool> {
    let now = state.now();
    if !conversation::has_due(&mut state.store.read().await?, now).await? {
        return Ok(false);
    }
    let woken = state.writer.write(Priority::Pipeline, Uuid::nil(), (lines::mint_ids(), now), |conn, (ids, now)| {
        Box::pin(wake(conn, ids, *now))
    });
    Ok(woken.await? > 0)
}

async fn wake(conn: &mut Conn, ids: &[MessageId], now: Millis) -> StoreResult<usize> {
    let woken = conversation::wake_some(conn, now, lines::limit(ids)).await?;
    lines::write(conn, woken.into_iter().map(|woken| (woken, LINE.to_owned())), ids, now).await
}
