//! Deliveries that the server was processing when it died: one of them may be why (the stack or the memory gave out over it), and
//! would be so again at every start.
//!
//! How often is counted when a dead process's leases end, in the database, so before they are taken apart again. From the second
//! time on they are taken one by one, with nothing beside them, so that only the culprit is counted any further. One that has
//! ended the server so often becomes a dead letter.

use std::collections::HashMap;

use uuid::Uuid;

use super::{BATCH, Batch, Claim, finish, settle, spoilt, take, take_apart, trouble::Trouble};
use crate::{
    domain::ids::LeaseId,
    server::{
        error::Result,
        pipeline::Pipeline,
        store::delivery::{self, ClaimSize, DeliveryRow},
        writer::Priority,
    },
};

/// How often a delivery may be claimed in a batch before it becomes a suspect.
const SUSPECT: i64 = 2;
/// How often the server may die while processing one: twice in a batch, twice on its own.
const DEADLY: i64 = 4;
/// The maximum number processed one by one before others have their turn.
const AT_A_TIME: usize = 64;
/// When to check again that nothing else is in progress.
const SOON: i64 = 20;

pub(super) fn is_suspect(delivery: &DeliveryRow) -> bool {
    delivery.cut_off >= SUSPECT
}

/// Gives a claim that holds suspects back, and takes the oldest deliveries one by one until as many suspects are processed.
/// Only with nothing else in progress: until then it waits.
pub(super) async fn one_by_one(
    state: &Pipeline,
    lease: LeaseId,
    claimed: &[DeliveryRow],
    is_alone: bool,
) -> Result<Claim<Batch>> {
    state
        .writer
        .write(Priority::Pipeline, Uuid::nil(), lease, |conn, lease| Box::pin(delivery::give_back(conn, *lease)))
        .await?;
    if !is_alone {
        return Ok(Claim { jobs: Vec::new(), wake_in: Some(SOON) });
    }
    let mut left = claimed.iter().filter(|delivery| is_suspect(delivery)).count();
    for _ in 0..AT_A_TIME {
        if left == 0 {
            break;
        }
        let (lease, one) = take(state, ClaimSize { deliveries: 1, ..BATCH }).await?;
        let Some(delivery) = one.into_iter().next() else { break };
        left -= usize::from(is_suspect(&delivery));
        work_off(state, lease, delivery).await;
    }
    // What they held may be answered now, and there may be more.
    Ok(Claim { jobs: vec![Batch { lease, deliveries: Vec::new() }], wake_in: None })
}

async fn work_off(state: &Pipeline, lease: LeaseId, mut delivery: DeliveryRow) {
    let submitted = if delivery.cut_off >= DEADLY {
        vec![spoilt(&delivery, &delivery.body, Trouble::deadly(delivery.cut_off))]
    } else {
        take_apart(state, &mut delivery, &mut HashMap::new()).await
    };
    let outcome = settle(state, &delivery, submitted).await;
    finish(state, lease, &delivery, outcome).await;
}
