//! Token buckets in memory: how fast a number sends, how fast one customer is written to, how often a visitor writes.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

use crate::domain::Millis;

/// So many at once, and then one each `interval` milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub burst: f64,
    pub interval: f64,
}

impl Rate {
    /// So many per second, at most as many at once.
    #[must_use]
    pub fn per_second(count: u32) -> Self {
        Self { burst: f64::from(count), interval: 1000.0 / f64::from(count.max(1)) }
    }
}

/// Meta's limit for messages to one customer: one each 6 s on average, 45 at once (contract, section 6).
pub const PAIR_RATE: Rate = Rate { burst: 45.0, interval: 6000.0 };

/// Less is no jump of the clock.
const CLOCK_JUMP: Millis = 1000;

#[derive(Clone, Copy)]
struct Bucket {
    level: f64,
    at: Millis,
}

/// Buckets by key. A full bucket is forgotten, so memory is bounded by what is in use.
pub struct Limiter<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

impl<K: Eq + Hash> Limiter<K> {
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { rate, buckets: Mutex::new(HashMap::new()) }
    }

    #[expect(clippy::cast_precision_loss, reason = "spans of a few hours in milliseconds fit a double exactly")]
    fn refilled(&self, bucket: Bucket, now: Millis) -> Bucket {
        let gained = (now - bucket.at).max(0) as f64 / self.rate.interval;
        // Callers differ by a moment; more than that, and the clock was set back: then it counts from there.
        let at = if bucket.at - now > CLOCK_JUMP { now } else { now.max(bucket.at) };
        Bucket { level: (bucket.level + gained).min(self.rate.burst), at }
    }

    /// How many may go now.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a level is never negative here")]
    pub fn available(&self, key: &K, now: Millis) -> u32 {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bucket) = buckets.get_mut(key) else { return self.rate.burst as u32 };
        *bucket = self.refilled(*bucket, now);
        bucket.level.max(0.0) as u32
    }

    /// Takes one; `Err` says in how many milliseconds there will be one again.
    ///
    /// # Errors
    /// When the bucket is empty.
    #[expect(clippy::cast_possible_truncation, reason = "at most the interval, a few seconds")]
    pub fn take(&self, key: K, now: Millis) -> Result<(), Millis> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > 10_000 {
            buckets.retain(|_, b| self.refilled(*b, now).level < self.rate.burst);
        }
        let entry = buckets.entry(key).or_insert(Bucket { level: self.rate.burst, at: now });
        let mut bucket = self.refilled(*entry, now);
        let outcome = if bucket.level >= 1.0 {
            bucket.level -= 1.0;
            Ok(())
        } else {
            Err((((1.0 - bucket.level) * self.rate.interval).ceil() as Millis).max(1))
        };
        *entry = bucket;
        outcome
    }

    /// Takes one if more than half of them are there: what waits keeps the other half.
    pub fn take_spare(&self, key: K, now: Millis) -> bool {
        f64::from(self.available(&key, now)) * 2.0 > self.rate.burst && self.take(key, now).is_ok()
    }

    /// Empties a bucket so that nothing goes for a while.
    #[expect(clippy::cast_precision_loss, reason = "at most a day in milliseconds")]
    pub fn pause(&self, key: K, now: Millis, span: Millis) {
        let level = 1.0 - span as f64 / self.rate.interval;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.insert(key, Bucket { level: level.min(0.0), at: now });
    }
}

#[cfg(test)]
mod tests {
    use super::{Limiter, PAIR_RATE, Rate};

    #[test]
    fn lets_a_burst_through_and_then_one_at_a_time() {
        let limiter = Limiter::new(PAIR_RATE);
        for _ in 0..45 {
            assert_eq!(limiter.take("a", 0), Ok(()));
        }
        assert_eq!(limiter.take("a", 0), Err(6000));
        assert_eq!(limiter.take("b", 0), Ok(()));
        assert_eq!(limiter.take("a", 5999), Err(1));
        assert_eq!(limiter.take("a", 6000), Ok(()));
    }

    #[test]
    fn a_clock_that_jumps_back_does_no_harm() {
        let limiter = Limiter::new(Rate::per_second(1));
        assert_eq!(limiter.take((), 10_000), Ok(()));
        assert!(limiter.take((), 0).is_err());
        assert_eq!(limiter.take((), 500), Err(500));
        assert_eq!(limiter.available(&(), 1000), 1);
        // Whoever only asks must see it refill, too.
        assert_eq!(limiter.take((), 9000), Ok(()));
        assert_eq!((limiter.available(&(), 0), limiter.available(&(), 1000)), (0, 1));
    }
}
