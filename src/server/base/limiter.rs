//! Token buckets in memory: how fast a number sends, how fast one customer is written to, how often a visitor writes.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
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

/// So many buckets are kept without a look for full ones.
const FEW: usize = 10_000;

#[derive(Clone, Copy)]
struct Bucket {
    level: f64,
    at: Millis,
    /// How many of the level are promised to somebody.
    reserved: u32,
}

impl Bucket {
    fn free(&self) -> f64 {
        self.level - f64::from(self.reserved)
    }
}

struct Buckets<K> {
    by_key: HashMap<K, Bucket>,
    /// With more than these it is time to forget the full ones.
    many: usize,
    /// More than these are never kept.
    most: usize,
}

/// Buckets by key. A full bucket is forgotten, so memory is bounded by what is in use.
pub struct Limiter<K> {
    rate: Rate,
    buckets: Mutex<Buckets<K>>,
}

impl<K: Eq + Hash> Limiter<K> {
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self::bounded(rate, usize::MAX)
    }

    /// One whose keys strangers choose: never more than about `most` buckets are kept. Beyond, those that are nearest to
    /// full are forgotten too.
    #[must_use]
    pub fn bounded(rate: Rate, most: usize) -> Self {
        Self { rate, buckets: Mutex::new(Buckets { by_key: HashMap::new(), many: FEW.min(most), most }) }
    }

    fn lock(&self) -> MutexGuard<'_, Buckets<K>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(clippy::cast_precision_loss, reason = "spans of a few hours in milliseconds fit a double exactly")]
    fn refilled(&self, bucket: Bucket, now: Millis) -> Bucket {
        let gained = (now - bucket.at).max(0) as f64 / self.rate.interval;
        // Callers differ by a moment; more than that, and the clock was set back: then it counts from there.
        let at = if bucket.at - now > CLOCK_JUMP { now } else { now.max(bucket.at) };
        Bucket { level: (bucket.level + gained).min(self.rate.burst), at, ..bucket }
    }

    /// Looks at a bucket as it is now.
    fn with<T>(&self, key: K, now: Millis, look: impl FnOnce(&mut Bucket) -> T) -> T {
        let mut buckets = self.lock();
        if buckets.by_key.len() > buckets.many {
            buckets.by_key.retain(|_, b| b.reserved > 0 || self.refilled(*b, now).level < self.rate.burst);
            if buckets.by_key.len() > buckets.most / 2 {
                self.forget_half(&mut buckets.by_key, now);
            }
            buckets.many = FEW.max(buckets.by_key.len() * 2).min(buckets.most);
        }
        let full = Bucket { level: self.rate.burst, at: now, reserved: 0 };
        let bucket = buckets.by_key.entry(key).or_insert(full);
        *bucket = self.refilled(*bucket, now);
        look(bucket)
    }

    /// Forgets the fuller half: whoever took most stays known.
    fn forget_half(&self, by_key: &mut HashMap<K, Bucket>, now: Millis) {
        let mut levels: Vec<f64> = by_key.values().map(|b| self.refilled(*b, now).level).collect();
        let middle = levels.len() / 2;
        let (_, middle, _) = levels.select_nth_unstable_by(middle, f64::total_cmp);
        let middle = *middle;
        let mut spare = by_key.len() / 2;
        by_key.retain(|_, b| {
            let goes = b.reserved == 0 && spare > 0 && self.refilled(*b, now).level >= middle;
            spare -= usize::from(goes);
            !goes
        });
    }

    /// How many may go now.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative here")]
    pub fn available(&self, key: &K, now: Millis) -> u32 {
        let mut buckets = self.lock();
        let Some(bucket) = buckets.by_key.get_mut(key) else { return self.rate.burst as u32 };
        *bucket = self.refilled(*bucket, now);
        bucket.free().max(0.0) as u32
    }

    /// Takes one; `Err` says in how many milliseconds there will be one again.
    ///
    /// # Errors
    /// When nothing is free in the bucket.
    pub fn take(&self, key: K, now: Millis) -> Result<(), Millis> {
        self.take_many(key, 1, now)
    }

    /// Takes several (no more than a bucket ever holds); `Err` says in how many milliseconds there will be as many.
    ///
    /// # Errors
    /// When fewer are free in the bucket.
    #[expect(clippy::cast_possible_truncation, reason = "at most the interval for each, a day at most")]
    pub fn take_many(&self, key: K, count: u32, now: Millis) -> Result<(), Millis> {
        let count = f64::from(count).min(self.rate.burst);
        self.with(key, now, |bucket| {
            if bucket.free() < count {
                return Err((((count - bucket.free()) * self.rate.interval).ceil() as Millis).max(1));
            }
            bucket.level -= count;
            Ok(())
        })
    }

    /// Puts one back that was taken and not used.
    pub fn give_back(&self, key: K, now: Millis) {
        let burst = self.rate.burst;
        self.with(key, now, |bucket| bucket.level = (bucket.level + 1.0).min(burst));
    }

    /// Reserves one if more than half of them are free: the other half is for what waits. [`Self::redeem`] or
    /// [`Self::release`] has to follow.
    pub fn reserve(&self, key: K, now: Millis) -> bool {
        self.with(key, now, |bucket| {
            let spare = bucket.free() * 2.0 > self.rate.burst;
            bucket.reserved += u32::from(spare);
            spare
        })
    }

    /// Takes one that was reserved.
    pub fn redeem(&self, key: K, now: Millis) {
        self.with(key, now, |bucket| {
            bucket.reserved = bucket.reserved.saturating_sub(1);
            bucket.level -= 1.0;
        });
    }

    /// Leaves one that was reserved to others.
    pub fn release(&self, key: K, now: Millis) {
        self.with(key, now, |bucket| bucket.reserved = bucket.reserved.saturating_sub(1));
    }

    /// Empties a bucket so that nothing goes for a while.
    #[expect(clippy::cast_precision_loss, reason = "at most a day in milliseconds")]
    pub fn pause(&self, key: K, now: Millis, span: Millis) {
        let level = 1.0 - span as f64 / self.rate.interval;
        self.with(key, now, |bucket| bucket.level = level.min(0.0));
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
    fn what_is_reserved_is_nobody_elses() {
        let limiter = Limiter::new(Rate::per_second(4));
        assert!(limiter.reserve((), 0));
        assert!(limiter.reserve((), 0));
        assert!(!limiter.reserve((), 0), "half is for what waits");
        assert_eq!(limiter.available(&(), 0), 2);
        limiter.release((), 0);
        limiter.redeem((), 0);
        assert_eq!(limiter.available(&(), 0), 3);
        for _ in 0..3 {
            assert_eq!(limiter.take((), 0), Ok(()));
        }
        assert_eq!(limiter.take((), 0), Err(250));
    }

    #[test]
    fn what_is_reserved_while_a_bucket_is_full_does_not_refill() {
        let limiter = Limiter::new(Rate::per_second(4));
        assert!(limiter.reserve((), 0));
        assert!(limiter.reserve((), 60_000));
        assert!(!limiter.reserve((), 120_000), "however long they wait");
    }

    #[test]
    fn full_buckets_are_forgotten_and_reserved_ones_kept() {
        let limiter = Limiter::new(Rate::per_second(4));
        assert!(limiter.reserve(0, 0));
        for key in 1..=super::FEW {
            assert_eq!(limiter.take(key, 0), Ok(()));
        }
        assert_eq!(limiter.take(1, 10_000), Ok(()));
        assert_eq!(limiter.lock().by_key.len(), 2);
        assert_eq!(limiter.available(&0, 10_000), 3);
    }

    #[test]
    fn keys_that_strangers_choose_take_no_more_than_so_much_memory() {
        let limiter = Limiter::bounded(Rate { burst: 3.0, interval: 1e9 }, 1000);
        for key in 0..5000_u32 {
            assert_eq!(limiter.take(key, 0), Ok(()));
            // Whoever is at the limit stays at it, however many others come.
            if key % 100 == 0 {
                let _ = limiter.take(u32::MAX, 0);
            }
            assert!(limiter.lock().by_key.len() <= 1001);
        }
        assert!(limiter.take(u32::MAX, 0).is_err());
    }

    #[test]
    fn what_costs_more_takes_more() {
        let limiter = Limiter::new(Rate { burst: 10.0, interval: 1000.0 });
        assert_eq!(limiter.take_many((), 8, 0), Ok(()));
        assert_eq!(limiter.take_many((), 3, 0), Err(1000));
        assert_eq!(limiter.take_many((), 3, 1000), Ok(()));
        assert_eq!(limiter.take_many((), 99, 11_000), Ok(()), "never more than it holds");
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
