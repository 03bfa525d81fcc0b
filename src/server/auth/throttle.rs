//! Slows password guessing: per account and address, and per address. Counted in the database, so a restart helps nobody.
//!
//! An account alone is never locked: a stranger elsewhere must not be able to keep its owner out. An IPv6 address counts
//! with its /64, which is one customer, and with the /56 and /48 around it, since one customer may have many of the former.
//!
//! Only failures count, so that an office may sign in as often as it likes: see [`succeed`].

use std::net::IpAddr;

use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use crate::{
    domain::{Millis, ids::UserId},
    server::{
        base::{
            address::{network_of, throttle_key},
            secrets::sha256,
        },
        error::Result,
        service::Services,
        store::{
            Conn, StoreResult,
            throttle::{self, Counted},
        },
        writer::Priority,
    },
};

/// Failures that cost nothing, for an account from one address.
const FREE_PAIR: i64 = 5;
/// The same for all accounts, by the prefix of an IPv6 network. An IPv4 address has the first only.
const FREE_NETWORK: [(u8, i64); 3] = [(64, 30), (56, 100), (48, 300)];
/// The longest wait.
const LONGEST: Millis = 15 * 60 * 1000;

/// A sign-in attempt that was counted as a failure and waits for its outcome. When dropped, it stays one.
pub struct SignInAttempt {
    pair: Counted,
    /// Whether all failures of the pair came from these networks.
    from_here: bool,
    networks: Vec<Counted>,
    _turn: OwnedSemaphorePermit,
}

struct Keys {
    pair: Vec<u8>,
    networks: Vec<(Vec<u8>, i64)>,
}

fn named(address: Option<IpAddr>) -> String {
    address.map_or_else(String::new, |a| a.to_string())
}

fn keys(pair: &str, address: Option<IpAddr>) -> Keys {
    let levels = if address.is_some_and(|a| a.is_ipv6()) { FREE_NETWORK.len() } else { 1 };
    let networks = FREE_NETWORK.iter().take(levels).map(|(prefix, free)| {
        let network = named(address.map(|a| network_of(a, *prefix)));
        // A wider network may begin with the same address as the narrower one.
        let level = if *prefix == 64 { String::new() } else { format!("/{prefix}") };
        (sha256(&format!("address:{network}{level}")), *free)
    });
    Keys { pair: sha256(pair), networks: networks.collect() }
}

/// Counts an attempt before it is made. `Err` holds how many milliseconds to wait instead.
///
/// Counting comes first so that many concurrent attempts do not all slip through.
pub async fn begin_attempt(
    state: &Services,
    email: &str,
    address: Option<IpAddr>,
) -> Result<std::result::Result<SignInAttempt, Millis>> {
    begin(state, &format!("pair:{email}:{}", named(address.map(throttle_key))), address, true).await
}

/// The same for the code after the password. Wherever they come from, wrong ones count for the account: who gets there knows its
/// password, and six digits are guessed by many addresses together.
pub async fn begin_code(
    state: &Services,
    user_id: UserId,
    address: Option<IpAddr>,
) -> Result<std::result::Result<SignInAttempt, Millis>> {
    begin(state, &format!("code:{user_id}"), address, false).await
}

/// The same for a recovery code, which is too long to be guessed: so it counts for the account from one address only, and lets its
/// owner in while somebody else guesses at codes.
pub async fn begin_recovery(
    state: &Services,
    user_id: UserId,
    address: Option<IpAddr>,
) -> Result<std::result::Result<SignInAttempt, Millis>> {
    begin(state, &format!("recovery:{user_id}:{}", named(address.map(throttle_key))), address, true).await
}

async fn begin(
    state: &Services,
    pair: &str,
    address: Option<IpAddr>,
    from_here: bool,
) -> Result<std::result::Result<SignInAttempt, Millis>> {
    let Some(turn) = state.sign_in_turns.take(address.map(throttle_key)).await else { return Ok(Err(1000)) };
    let input = (keys(pair, address), state.now());
    let outcome = state
        .writer
        .write(Priority::Interactive, Uuid::nil(), input, |conn, (keys, now)| {
            Box::pin(async move {
                let (mut wait, pair_before) = wait_for(conn, &keys.pair, FREE_PAIR, *now).await?;
                let mut before = Vec::with_capacity(keys.networks.len());
                for (key, free) in &keys.networks {
                    let (longer, last_at) = wait_for(conn, key, *free, *now).await?;
                    wait = wait.max(longer);
                    before.push(last_at);
                }
                if wait > 0 {
                    return Ok(Err(wait));
                }
                let pair = count(conn, &keys.pair, *now, pair_before).await?;
                let mut networks = Vec::with_capacity(before.len());
                for ((key, _), before) in keys.networks.iter().zip(before) {
                    networks.push(count(conn, key, *now, before).await?);
                }
                Ok(Ok((pair, networks)))
            })
        })
        .await?;
    Ok(outcome.map(|(pair, networks)| SignInAttempt { pair, from_here, networks, _turn: turn }))
}

/// It was the right password: forgets the failures of the account at this address, and takes them and this attempt back from
/// the networks. Those were its owner's mistakes. What failed for other accounts stays: who has one must not be able to guess
/// at others without end.
pub async fn succeed(state: &Services, tried: SignInAttempt) -> Result<()> {
    let input = (tried.pair, tried.networks, tried.from_here);
    state
        .writer
        .write(Priority::Interactive, Uuid::nil(), input, |conn, (pair, networks, from_here)| {
            Box::pin(async move {
                // None are left when the same account got in on another node meanwhile, which took this one back, too.
                let slips = throttle::find(conn, &pair.key_hash).await?.map_or(0, |(failures, _)| failures);
                throttle::clear(conn, &pair.key_hash).await?;
                for network in networks.iter() {
                    throttle::take_back(conn, network, if *from_here { slips } else { slips.min(1) }).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// How long to wait, and when it failed last.
async fn wait_for(conn: &mut Conn, key: &[u8], free: i64, now: Millis) -> StoreResult<(Millis, Millis)> {
    let Some((failures, last_at)) = throttle::find(conn, key).await? else { return Ok((0, now)) };
    Ok(((last_at + pause(failures, free) - now).max(0), last_at))
}

async fn count(conn: &mut Conn, key: &[u8], now: Millis, before: Millis) -> StoreResult<Counted> {
    let failures = throttle::count(conn, key, now, now - LONGEST).await?;
    Ok(Counted { key_hash: key.to_vec(), failures, at: now, before })
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
