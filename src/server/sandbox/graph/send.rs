//! Sending a message to a customer (contract, sections 3.1, 5 and 5.3). The 200 means accepted; what became of it, failures
//! included, is told by statuses, which are planned here in the same transaction.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::{
    super::{
        Sandbox,
        customer::{self, CustomerRow},
        error::SandboxResult,
        ids,
        message::{self, NewMessage},
        number::NumberRow,
        outbox::{self, NewWebhook},
        webhook::{self, Failure, Progress, Recipient},
    },
    error::GraphError,
    request::{Message, Target},
};
use crate::{
    domain::Millis,
    server::channel::whatsapp::wire::messages::{Taken, TakenFor},
};

/// The customer service window.
const WINDOW: Millis = 24 * 3_600_000;

/// All simulated businesses are there: the code that a local number gets.
const COUNTRY_CODE: &str = "1";

pub(super) async fn send(sandbox: &Sandbox, number: &NumberRow, call: &Message) -> Result<Value, GraphError> {
    let now = sandbox.now();
    let wamid = ids::wamid().map_err(GraphError::from)?;
    let mut tx = sandbox.begin().await?;
    let found = find_customer(&mut tx, number, &call.to).await?;
    let plan = Plan { sandbox, number, wamid: &wamid, opaque: call.opaque.as_deref(), now };
    let contact = match (&found, &call.to) {
        (Some(customer), _) => {
            let open = customer.last_wrote_at.is_some_and(|wrote| now - wrote < WINDOW);
            if open {
                let new = NewMessage { wamid: &wamid, customer_id: customer.id, mine: false, content: &call.content };
                message::insert(&mut tx, &new, now).await?;
                customer::set_typing(&mut tx, customer.id, None).await?;
            }
            let recipient = Recipient { phone: customer.phone.as_deref(), user_id: &customer.user_id };
            plan.statuses(&mut tx, &customer.lane(), &recipient, (!open).then_some(Failure::WindowClosed)).await?;
            contact(&call.input, &recipient)
        }
        (None, Target::Phone { .. }) => return Err(GraphError::not_listed()),
        (None, Target::UserId(user_id)) => {
            let recipient = Recipient { phone: None, user_id };
            let lane = format!("{} {user_id}", number.phone_number_id);
            plan.statuses(&mut tx, &lane, &recipient, Some(Failure::Undeliverable)).await?;
            contact(&call.input, &recipient)
        }
    };
    tx.commit().await?;
    sandbox.changed();
    Ok(json!(Taken::new(contact, &wamid)))
}

async fn find_customer(
    conn: &mut SqliteConnection,
    number: &NumberRow,
    to: &Target,
) -> Result<Option<CustomerRow>, GraphError> {
    let id = &number.phone_number_id;
    match to {
        Target::UserId(user_id) => Ok(customer::find_by_user_id(conn, id, user_id).await?),
        Target::Phone { digits, .. } if *digits == number.phone => Err(GraphError::to_yourself()),
        Target::Phone { digits, international } => {
            let found = customer::find_by_phone(&mut *conn, id, digits).await?;
            if found.is_some() || *international {
                return Ok(found);
            }
            Ok(customer::find_by_phone(conn, id, &format!("{COUNTRY_CODE}{digits}")).await?)
        }
    }
}

const fn contact<'a>(input: &'a str, recipient: &Recipient<'a>) -> TakenFor<'a> {
    TakenFor { input, wa_id: recipient.phone, user_id: Some(recipient.user_id) }
}

/// The statuses that a message will get.
struct Plan<'a> {
    sandbox: &'a Sandbox,
    number: &'a NumberRow,
    wamid: &'a str,
    opaque: Option<&'a str>,
    now: Millis,
}

impl Plan<'_> {
    async fn statuses(
        &self,
        conn: &mut SqliteConnection,
        lane: &str,
        recipient: &Recipient<'_>,
        failure: Option<Failure>,
    ) -> SandboxResult<()> {
        let delays = &self.sandbox.inner.delays;
        if let Some(failure) = failure {
            return self.status(conn, lane, recipient, Progress::Failed(failure), delays.sent).await;
        }
        let delivered = delays.delivered.max(delays.sent);
        for (progress, delay) in [
            (Progress::Sent, delays.sent),
            (Progress::Delivered, delivered),
            (Progress::Read, delays.read.max(delivered)),
        ] {
            self.status(conn, lane, recipient, progress, delay).await?;
        }
        Ok(())
    }

    async fn status(
        &self,
        conn: &mut SqliteConnection,
        lane: &str,
        recipient: &Recipient<'_>,
        progress: Progress,
        delay: Duration,
    ) -> SandboxResult<()> {
        let due_at = self.now.saturating_add(Millis::try_from(delay.as_millis()).unwrap_or(Millis::MAX));
        let body = webhook::status(self.number, recipient, self.wamid, progress, self.opaque, due_at)?;
        let new = NewWebhook { phone_number_id: &self.number.phone_number_id, lane, body: &body, wamid: None, due_at };
        outbox::insert(conn, &new).await
    }
}
