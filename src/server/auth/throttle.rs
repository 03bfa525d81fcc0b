//! Slows guessing down: per account and address, and per address. Counted in the database, so a restart helps nobody.
//!
//! An account alone is never locked: a stranger elsewhere must not be able to keep its owner out.

use std::net::IpAddr;

use uuid::Uuid;

use super::address::throttle_key;
use crate::{
    domain::Millis,
    server::{
        error::Result,
        pipeline::writer::Priority,
        secrets::sha256,
        state::AppState,
        store::{Conn, StoreResult, throttle},
    },
};

/// Failures that cost nothing, for an account from one address and for an address.
const FREE_PAIR: i64 = 5;
const FREE_ADDRESS: i64 = 30;
/// The longest wait.
const LONGEST: Millis = 15 * 60 * 1000;

struct Keys {
    pair: Vec<u8>,
    address: Vec<u8>,
}

fn keys(email: &str, address: Option<IpAddr>) -> Keys {
    let address = address.map(throttle_key).map_or_else(String::new, |a| a.to_string());
    Keys { pair: sha256(&format!("pair:{email}:{address}")), address: sha256(&format!("address:{address}")) }
}

/// Counts a try before it is made. `Err` holds how many milliseconds to wait instead.
///
/// Counting comes first so that many tries at once do not all slip through.
pub async fn begin_try(
    state: &AppState,
    email: &str,
    address: Option<IpAddr>,
) -> Result<std::result::Result<(), Millis>> {
    let input = (keys(email, address), state.now());
    let outcome = state
        .writer
        .write(Priority::Interactive, Uuid::nil(), input, |conn, (keys, now)| {
            Box::pin(async move {
                let wait = wait_for(conn, &keys.pair, FREE_PAIR, *now)
                    .await?
                    .max(wait_for(conn, &keys.address, FREE_ADDRESS, *now).await?);
                if wait > 0 {
                    return Ok(Err(wait));
                }
                throttle::count(conn, &keys.pair, *now, *now - LONGEST).await?;
                throttle::count(conn, &keys.address, *now, *now - LONGEST).await?;
                Ok(Ok(()))
            })
        })
        .await?;
    Ok(outcome)
}

/// Forgets the failures of an account at this address, after it was the right password. Those of the address stay: who
/// has one account must not be able to guess at others without end.
pub async fn succeed(state: &AppState, email: &str, address: Option<IpAddr>) -> Result<()> {
    let input = keys(email, address);
    state
        .writer
        .write(Priority::Interactive, Uuid::nil(), input, |conn, keys| Box::pin(throttle::clear(conn, &keys.pair)))
        .await?;
    Ok(())
}

async fn wait_for(conn: &mut Conn, key: &[u8], free: i64, now: Millis) -> StoreResult<Millis> {
    let Some((failures, last_at)) = throttle::find(conn, key).await? else { return Ok(0) };
    Ok((last_at + pause(failures, free) - now).max(0))
}

/// Doubles with every failure beyond the free ones: 1 s, 2 s, 4 s …
fn pause(failures: i64, free: i64) -> Millis {
    if failures < free {
        return 0;
    }
    let doublings = u32::try_from(failures - free).unwrap_or(u32::MAX).min(20);
    (1000_i64 << doublings).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, pause};

    #[test]
    fn grows_only_after_the_free_tries() {
        assert_eq!(pause(4, 5), 0);
        assert_eq!(pause(5, 5), 1000);
        assert_eq!(pause(8, 5), 8000);
        assert_eq!(pause(1000, 5), LONGEST);
    }
}
