//! Simulated accounts: made when an integration with the sandbox is made, gone when it is deleted.

use std::fmt;

use super::{
    Sandbox, customer,
    database::next_in_series,
    error::SandboxError,
    ids, number,
    number::{NewNumber, NumberRow},
};
use crate::domain::ids::WorkspaceId;

/// The customer whom every new number has, so that there is a phone to write with.
const FIRST_CUSTOMER: &str = "Ada Example";

/// Phone numbers of businesses; those of customers have another series.
const SERIES: char = '1';

/// What an operator would copy from Meta's pages. Secrets are not shown by `Debug`, and the token is nowhere else in clear.
#[derive(Clone)]
pub struct Credentials {
    pub phone_number_id: String,
    pub business_account_id: String,
    pub app_id: String,
    pub app_secret: String,
    pub access_token: String,
    pub display_phone_number: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("phone_number_id", &self.phone_number_id).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Makes a business account, an app and a number for a workspace, and a first customer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn provision(&self, workspace_id: WorkspaceId, verified_name: &str) -> Result<Credentials, SandboxError> {
        let now = self.now();
        let access_token = ids::access_token()?;
        let mut tx = self.begin().await?;
        let row = NumberRow {
            phone_number_id: ids::object_id()?,
            business_account_id: ids::object_id()?,
            app_id: ids::object_id()?,
            app_secret: ids::app_secret()?,
            phone: ids::phone(SERIES, next_in_series(&mut tx, "business").await?),
            verified_name: verified_name.trim().to_owned(),
            callback_url: None,
        };
        number::insert(&mut tx, NewNumber { row: &row, workspace_id, access_token: &access_token }, now).await?;
        customer::insert(&mut tx, &row.phone_number_id, FIRST_CUSTOMER, false, now).await?;
        tx.commit().await?;
        self.bump();
        Ok(Credentials {
            display_phone_number: ids::display_phone(&row.phone),
            phone_number_id: row.phone_number_id,
            business_account_id: row.business_account_id,
            app_id: row.app_id,
            app_secret: row.app_secret,
            access_token,
        })
    }

    /// Removes a number with its customers, their messages and what was to go out. An unknown one is gone already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget(&self, phone_number_id: &str) -> Result<(), SandboxError> {
        number::delete(&mut *self.connection().await?, phone_number_id).await?;
        self.bump();
        Ok(())
    }
}
