//! What the phone page does: sees a workspace's numbers and customers, and writes as one of them. Every method takes the workspace
//! and shows nothing of another.

use sqlx::SqliteConnection;

use super::{
    Sandbox, contents,
    customer::{self, CustomerRow},
    error::{SandboxError, SandboxResult},
    ids, message,
    message::NewMessage,
    number, outbox,
    outbox::NewWebhook,
    webhook,
};
use crate::domain::{
    Millis,
    content::Content,
    ids::{CustomerId, WorkspaceId},
    sandbox::{SandboxCustomer, SandboxOverview, SandboxThread},
};

const NAME_LIMIT: usize = 100;

impl Sandbox {
    /// The workspace's numbers and customers, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overview(&self, workspace_id: WorkspaceId) -> Result<SandboxOverview, SandboxError> {
        let mut tx = self.begin().await?;
        let numbers = number::list(&mut tx, workspace_id).await?;
        let customers = customer::list(&mut tx, workspace_id).await?;
        Ok(SandboxOverview { numbers, customers: customers.into_iter().map(CustomerRow::into_view).collect() })
    }

    /// Adds a customer to a number of the workspace; `hide_phone` makes one who is known by BSUID only.
    ///
    /// # Errors
    /// When the number is not of this workspace, or the name empty or too long.
    pub async fn add_customer(
        &self,
        workspace_id: WorkspaceId,
        phone_number_id: &str,
        name: &str,
        hide_phone: bool,
    ) -> Result<SandboxCustomer, SandboxError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_LIMIT {
            return Err(SandboxError::InvalidName);
        }
        let mut tx = self.begin().await?;
        if number::find_in(&mut tx, workspace_id, phone_number_id).await?.is_none() {
            return Err(SandboxError::UnknownNumber);
        }
        let row = customer::insert(&mut tx, phone_number_id, name, hide_phone, self.now()).await?;
        tx.commit().await?;
        self.bump();
        Ok(row.into_view())
    }

    /// A customer's phone; none when there is no such customer in the workspace.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn thread(
        &self,
        workspace_id: WorkspaceId,
        customer_id: CustomerId,
    ) -> Result<Option<SandboxThread>, SandboxError> {
        let mut tx = self.begin().await?;
        match customer::find_in(&mut tx, workspace_id, customer_id).await? {
            Some(row) => Ok(Some(show(&mut tx, row, self.now()).await?)),
            None => Ok(None),
        }
    }

    /// Writes to the business as that customer. The message and its webhook are stored together; the worker delivers at once.
    ///
    /// # Errors
    /// When it is empty, too long or nothing that a phone sends.
    pub async fn send_as_customer(
        &self,
        workspace_id: WorkspaceId,
        customer_id: CustomerId,
        content: &Content,
    ) -> Result<Option<SandboxThread>, SandboxError> {
        let part = contents::to_webhook(content).ok_or(SandboxError::InvalidText)?;
        let now = self.now();
        let wamid = ids::wamid()?;
        let mut tx = self.begin().await?;
        let Some(mut row) = customer::find_in(&mut tx, workspace_id, customer_id).await? else { return Ok(None) };
        let Some(number) = number::find(&mut tx, &row.phone_number_id).await? else { return Ok(None) };
        let new = NewMessage { wamid: &wamid, customer_id, mine: true, content };
        message::insert(&mut tx, &new, now).await?;
        customer::wrote(&mut tx, customer_id, now).await?;
        let lane = row.lane();
        outbox::hurry_lane(&mut tx, &lane, now).await?;
        let body = webhook::message(&number, &row, &wamid, part, now)?;
        let new = NewWebhook {
            phone_number_id: &row.phone_number_id,
            lane: &lane,
            body: &body,
            wamid: Some(&wamid),
            due_at: now,
        };
        outbox::insert(&mut tx, &new).await?;
        row.last_text = Some(content.text.clone());
        let thread = show(&mut tx, row, now).await?;
        tx.commit().await?;
        self.changed();
        Ok(Some(thread))
    }
}

async fn show(conn: &mut SqliteConnection, row: CustomerRow, now: Millis) -> SandboxResult<SandboxThread> {
    let messages = message::list(conn, row.id).await?;
    let typing = row.typing_until.is_some_and(|until| until > now);
    Ok(SandboxThread { customer: row.into_view(), messages, typing })
}
