//! What is written as sets on the message path. Keys are integrations, so that on PostgreSQL all that the pipeline does
//! to a conversation goes through one lane, and lanes do not wait for each other's rows. What people do is keyed by conversation.

use super::{
    answer::{Finish, Said, store_answers},
    deliver::{Accepted, store_accepted, store_claims},
    ingest::{ItemInput, store_items},
    intake::Arrived,
};
use crate::server::{
    store::{
        delivery::{self, Done},
        queue::ClaimRequest,
    },
    writer::{Group, Priority, Size, Writer},
};

/// Deliveries written together. They are small and the provider waits for them.
const INTAKE: Size = Size { together: 256, pressed: 256, waiting: 8192 };
/// Writes of the pipeline made together.
const PIPELINE: Size = Size { together: 256, pressed: 32, waiting: usize::MAX };

pub struct Groups {
    pub deliveries: Group<Arrived, ()>,
    pub items: Group<ItemInput, ()>,
    pub done: Group<Done, ()>,
    pub answers: Group<Finish, Said>,
    pub claims: Group<ClaimRequest, Option<i64>>,
    pub accepted: Group<Accepted, ()>,
}

impl Groups {
    #[must_use]
    pub fn new(writer: &Writer) -> Self {
        Self {
            deliveries: Group::new(writer, Priority::Intake, INTAKE, |conn, inputs| {
                Box::pin(async move {
                    delivery::insert_many(conn, inputs).await?;
                    Ok(vec![(); inputs.len()])
                })
            }),
            items: Group::new(writer, Priority::Pipeline, PIPELINE, |conn, inputs| Box::pin(store_items(conn, inputs))),
            done: Group::new(writer, Priority::Pipeline, PIPELINE, |conn, inputs| {
                Box::pin(async move {
                    delivery::finish_many(conn, inputs).await?;
                    Ok(vec![(); inputs.len()])
                })
            }),
            answers: Group::new(writer, Priority::Pipeline, PIPELINE, |conn, inputs| {
                Box::pin(store_answers(conn, inputs))
            }),
            claims: Group::new(writer, Priority::Pipeline, PIPELINE, |conn, inputs| {
                Box::pin(store_claims(conn, inputs))
            }),
            accepted: Group::new(writer, Priority::Pipeline, PIPELINE, |conn, inputs| {
                Box::pin(store_accepted(conn, inputs))
            }),
        }
    }
}
