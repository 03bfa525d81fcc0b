//! Changing the key that seals secrets at rest.

use secrecy::ExposeSecret;
use uuid::Uuid;

use super::{Services, credentials::place};
use crate::{
    domain::ids::{IntegrationId, UserId},
    server::{
        error::Result,
        store::{
            integration::{self, IntegrationRow, Sealed},
            second_factor,
        },
        writer::Priority,
    },
};

/// Integrations resealed in one transaction.
const CHUNK: i64 = 100;

/// Makes a new key and seals every secret with it; the number of integrations. A server that runs meanwhile follows, and
/// a change that stops half-way is ended by the next one: the old keys go on opening.
///
/// # Errors
/// When the key cannot be changed, the database is unavailable, or a secret does not open with any key.
pub async fn rotate(state: &Services) -> Result<usize> {
    state.sealer.begin_rotation()?;
    rotate_second_factors(state).await?;
    let mut after = IntegrationId::nil();
    let mut count = 0;
    loop {
        let rows = integration::list_sealed(&mut state.store.read().await?, after, CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(count) };
        after = last.id;
        let mut sealed = Vec::new();
        for row in rows.iter().filter(|row| row.deleted_at.is_none()) {
            sealed.push((row.workspace_id, row.id, reseal(state, row)?));
        }
        count += state
            .writer
            .write(Priority::Bulk, Uuid::nil(), sealed, |conn, sealed| {
                Box::pin(async move {
                    let mut changed = 0;
                    for (ws, id, resealed) in sealed {
                        changed += usize::from(integration::reseal(conn, *ws, *id, resealed).await?);
                    }
                    Ok(changed)
                })
            })
            .await?;
    }
}

async fn rotate_second_factors(state: &Services) -> Result<()> {
    let mut after = UserId::nil();
    loop {
        let rows = second_factor::list_sealed(&mut state.store.read().await?, after, CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.user_id;
        let mut sealed = Vec::with_capacity(rows.len());
        for row in rows {
            let place = super::second_factor::place(row.user_id);
            let plain = state.sealer.unseal(&row.secret, &place)?;
            sealed.push((row.user_id, row.secret, state.sealer.seal(plain.expose_secret(), &place)?));
        }
        state
            .writer
            .write(Priority::Bulk, Uuid::nil(), sealed, |conn, sealed| {
                Box::pin(async move {
                    for (user_id, old, new) in sealed {
                        second_factor::reseal(conn, *user_id, old, new).await?;
                    }
                    Ok(())
                })
            })
            .await?;
    }
}

fn reseal(state: &Services, row: &IntegrationRow) -> Result<Sealed> {
    let again = |sealed: &Option<Vec<u8>>, column: &str| -> Result<Option<(Vec<u8>, Vec<u8>)>> {
        let Some(old) = sealed else { return Ok(None) };
        let place = place(row.id, column);
        let plain = state.sealer.unseal(old, &place)?;
        Ok(Some((old.clone(), state.sealer.seal(plain.expose_secret(), &place)?)))
    };
    let digest = match &row.app_secret {
        Some(sealed) => {
            let plain = state.sealer.unseal(sealed, &place(row.id, "app_secret"))?;
            Some(state.sealer.digest("app_secret", plain.expose_secret()))
        }
        None => None,
    };
    Ok(Sealed {
        access_token: again(&row.access_token, "access_token")?,
        app_secret: again(&row.app_secret, "app_secret")?,
        verify_token: again(&row.verify_token, "verify_token")?,
        app_secret_digest: digest,
    })
}
