//! Read receipts and the typing indicator (contract, section 5.1), as the customer's phone shows them.

use serde_json::{Value, json};

use super::{
    super::{Sandbox, customer, message, number::NumberRow},
    error::GraphError,
    request::Receipt,
};
use crate::domain::Millis;

/// Typing shows for that long, unless the answer comes before.
const TYPING: Millis = 25_000;

pub(super) async fn read(sandbox: &Sandbox, number: &NumberRow, receipt: &Receipt) -> Result<Value, GraphError> {
    let mut tx = sandbox.begin().await?;
    let Some(customer_id) = message::mark_read(&mut tx, &number.phone_number_id, &receipt.message_id).await? else {
        return Err(GraphError::invalid_value("message_id is not that of a message to this number"));
    };
    if receipt.typing {
        customer::set_typing(&mut tx, customer_id, Some(sandbox.now() + TYPING)).await?;
    }
    tx.commit().await?;
    sandbox.changed();
    Ok(json!({ "success": true }))
}
