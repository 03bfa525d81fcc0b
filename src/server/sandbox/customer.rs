//! Rows of simulated customers.

use sqlx::{FromRow, SqliteConnection};

use super::{database::next_in_series, error::SandboxResult, ids};
use crate::{
    domain::{
        Millis,
        ids::{CustomerId, WorkspaceId},
        sandbox::SandboxCustomer,
    },
    server::base::clock::mint_id,
};

/// Phone numbers of customers and of businesses come from different series, so that nobody mistakes one for the other.
const SERIES: char = '2';

#[derive(Clone, Debug, FromRow)]
pub(super) struct CustomerRow {
    pub(super) id: CustomerId,
    pub(super) phone_number_id: String,
    pub(super) name: String,
    /// Digits only; none for someone who hides it.
    pub(super) phone: Option<String>,
    pub(super) user_id: String,
    pub(super) last_wrote_at: Option<Millis>,
    pub(super) typing_until: Option<Millis>,
    /// The newest message of the chat, by either side.
    pub(super) last_text: Option<String>,
}

impl CustomerRow {
    pub(super) fn into_view(self) -> SandboxCustomer {
        SandboxCustomer {
            id: self.id,
            phone_number_id: self.phone_number_id,
            name: self.name,
            phone: self.phone.as_deref().map(ids::display_phone),
            last_text: self.last_text,
        }
    }

    /// The lane of the outbox that keeps this customer's webhooks in order.
    pub(super) fn lane(&self) -> String {
        self.id.to_string()
    }
}

macro_rules! select_customer {
    ($rest:literal) => {
        concat!(
            "select c.*, (select m.text from messages m where m.customer_id = c.id order by m.seq desc limit 1) as last_text
             from customers c join numbers n on n.phone_number_id = c.phone_number_id where ",
            $rest
        )
    };
}

/// Adds a customer with a phone number and a BSUID of their own.
pub(super) async fn insert(
    conn: &mut SqliteConnection,
    phone_number_id: &str,
    name: &str,
    hide_phone: bool,
    at: Millis,
) -> SandboxResult<CustomerRow> {
    let phone = if hide_phone { None } else { Some(ids::phone(SERIES, next_in_series(conn, "customer").await?)) };
    let row = CustomerRow {
        id: mint_id(),
        phone_number_id: phone_number_id.to_owned(),
        name: name.to_owned(),
        phone,
        user_id: ids::user_id()?,
        last_wrote_at: None,
        typing_until: None,
        last_text: None,
    };
    let sql =
        "insert into customers (id, phone_number_id, name, phone, user_id, created_at) values ($1, $2, $3, $4, $5, $6)";
    sqlx::query(sql)
        .bind(row.id)
        .bind(&row.phone_number_id)
        .bind(&row.name)
        .bind(&row.phone)
        .bind(&row.user_id)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(row)
}

/// The workspace's customers, oldest first.
pub(super) async fn list(conn: &mut SqliteConnection, workspace_id: WorkspaceId) -> SandboxResult<Vec<CustomerRow>> {
    let sql = select_customer!("n.workspace_id = $1 order by c.created_at, c.id");
    Ok(sqlx::query_as(sql).bind(workspace_id).fetch_all(conn).await?)
}

/// A customer of this workspace.
pub(super) async fn find_in(
    conn: &mut SqliteConnection,
    workspace_id: WorkspaceId,
    id: CustomerId,
) -> SandboxResult<Option<CustomerRow>> {
    let sql = select_customer!("n.workspace_id = $1 and c.id = $2");
    Ok(sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(conn).await?)
}

/// A number's customer by phone number (digits only).
pub(super) async fn find_by_phone(
    conn: &mut SqliteConnection,
    phone_number_id: &str,
    phone: &str,
) -> SandboxResult<Option<CustomerRow>> {
    let sql = select_customer!("c.phone_number_id = $1 and c.phone = $2");
    Ok(sqlx::query_as(sql).bind(phone_number_id).bind(phone).fetch_optional(conn).await?)
}

/// A number's customer by BSUID.
pub(super) async fn find_by_user_id(
    conn: &mut SqliteConnection,
    phone_number_id: &str,
    user_id: &str,
) -> SandboxResult<Option<CustomerRow>> {
    let sql = select_customer!("c.phone_number_id = $1 and c.user_id = $2");
    Ok(sqlx::query_as(sql).bind(phone_number_id).bind(user_id).fetch_optional(conn).await?)
}

/// Notes that the customer wrote, which opens the window.
pub(super) async fn wrote(conn: &mut SqliteConnection, id: CustomerId, at: Millis) -> SandboxResult<()> {
    sqlx::query("update customers set last_wrote_at = $1 where id = $2").bind(at).bind(id).execute(conn).await?;
    Ok(())
}

/// Shows the business typing until then; none ends it.
pub(super) async fn set_typing(
    conn: &mut SqliteConnection,
    id: CustomerId,
    until: Option<Millis>,
) -> SandboxResult<()> {
    sqlx::query("update customers set typing_until = $1 where id = $2").bind(until).bind(id).execute(conn).await?;
    Ok(())
}

/// Ends typing that has shown for long enough. Whether a phone changed.
pub(super) async fn end_typing(conn: &mut SqliteConnection, now: Millis) -> SandboxResult<bool> {
    let sql = "update customers set typing_until = null where typing_until <= $1";
    Ok(sqlx::query(sql).bind(now).execute(conn).await?.rows_affected() > 0)
}
