//! Token buckets in memory: how fast a number sends, how fast one customer is written to, how often a visitor writes.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::domain::Millis;

/// A burst, and then one each `interval` milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub burst: f64,
    pub interval: f64,
}

impl Rate {
    /// A number per second, at most as many at once.
    #[must_use]
    pub fn per_second(count: u32) -> Self {
        Self { burst: f64::from(count), interval: 1000.0 / f64::from(count.max(1)) }
    }
}

/// The provider's limit for messages to one customer: one each 6 s on average, 45 at once (contract, section 6).
pub const PAIR_RATE: Rate = Rate { burst: 45.0, interval: 6000.0 };

impl Rate {
    /// The share of one node of this number. Nobody gets less than one at once.
    fn shared_by(self, nodes: u32) -> Self {
        let nodes = f64::from(nodes.max(1));
        Self { burst: (self.burst / nodes).max(1.0), interval: self.interval * nodes }
    }

    #[expect(clippy::cast_precision_loss, reason = "spans of a few hours in milliseconds fit a double exactly")]
    fn gained(self, since: Millis, now: Millis) -> f64 {
        (now - since).max(0) as f64 / self.interval
    }

    fn refilled(self, bucket: Bucket, now: Millis) -> Bucket {
        let level = (bucket.level + self.gained(bucket.at, now)).min(self.burst);
        // Callers differ by a moment; more than that, and the clock was set back: then it counts from there.
        let at = if bucket.at - now > CLOCK_JUMP { now } else { now.max(bucket.at) };
        Bucket { level, at, ..bucket }
    }
}

/// Less is no jump of the clock.
const CLOCK_JUMP: Millis = 1000;

/// How many buckets are kept before full ones are looked for.
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
    /// Our part of the rate.
    rate: Rate,
    /// What is in a bucket that nobody has asked for yet.
    fresh: Bucket,
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
        let fresh = Bucket { level: rate.burst, at: 0, reserved: 0 };
        Self { rate, buckets: Mutex::new(Buckets { by_key: HashMap::new(), rate, fresh, many: FEW.min(most), most }) }
    }

    fn lock(&self) -> MutexGuard<'_, Buckets<K>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on this number of nodes share the rate: together they never let more through than one alone would. One that
    /// `joins` others begins with empty buckets, since theirs may be full; when one goes, the rest gets its part as time
    /// passes, since it may have spent it.
    pub fn share(&self, nodes: u32, joins: bool, now: Millis) {
        let mut buckets = self.lock();
        let (old, new) = (buckets.rate, self.rate.shared_by(nodes));
        let fresh = if joins { Bucket { level: 0.0, at: now, reserved: 0 } } else { old.refilled(buckets.fresh, now) };
        buckets.fresh = Bucket { level: fresh.level.min(new.burst), at: now, ..fresh };
        buckets.rate = new;
        for bucket in buckets.by_key.values_mut() {
            let refilled = old.refilled(*bucket, now);
            // A pause stays as long as it is.
            let level =
                if refilled.level < 0.0 { refilled.level * old.interval / new.interval } else { refilled.level };
            *bucket = Bucket { level: level.min(new.burst), ..refilled };
        }
    }

    /// Looks at a bucket as it is now.
    fn with<T>(&self, key: K, now: Millis, look: impl FnOnce(Rate, &mut Bucket) -> T) -> T {
        let mut buckets = self.lock();
        let rate = buckets.rate;
        if buckets.by_key.len() > buckets.many {
            buckets.by_key.retain(|_, b| b.reserved > 0 || rate.refilled(*b, now).level < rate.burst);
            if buckets.by_key.len() > buckets.most / 2 {
                forget_half(rate, &mut buckets.by_key, now);
            }
            buckets.many = FEW.max(buckets.by_key.len() * 2).min(buckets.most);
        }
        let fresh = Bucket { at: now, ..rate.refilled(buckets.fresh, now) };
        let bucket = buckets.by_key.entry(key).or_insert(fresh);
        *bucket = rate.refilled(*bucket, now);
        look(rate, bucket)
    }

    /// How many may be taken now.
    pub fn available(&self, key: &K, now: Millis) -> u32 {
        self.available_beyond(0.0, key, now)
    }

    /// How many may go now if that part of a full bucket is left to others. One always goes in the end, however small a
    /// bucket is.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative here")]
    pub fn available_beyond(&self, part: f64, key: &K, now: Millis) -> u32 {
        let mut buckets = self.lock();
        let (rate, fresh) = (buckets.rate, buckets.fresh);
        let left = (part * rate.burst).min(rate.burst - 1.0);
        let free = match buckets.by_key.get_mut(key) {
            Some(bucket) => {
                *bucket = rate.refilled(*bucket, now);
                bucket.free()
            }
            None => rate.refilled(fresh, now).level,
        };
        (free - left).max(0.0) as u32
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
        self.with(key, now, |rate, bucket| {
            let count = f64::from(count).min(rate.burst);
            if bucket.free() < count {
                return Err((((count - bucket.free()) * rate.interval).ceil() as Millis).max(1));
            }
            bucket.level -= count;
            Ok(())
        })
    }

    /// Puts one back that was taken and not used.
    pub fn give_back(&self, key: K, now: Millis) {
        self.with(key, now, |rate, bucket| bucket.level = (bucket.level + 1.0).min(rate.burst));
    }

    /// Reserves one if more than half of them are free: the other half is for what waits. [`Self::redeem`] or
    /// [`Self::release`] has to follow.
    pub fn reserve(&self, key: K, now: Millis) -> bool {
        self.with(key, now, |rate, bucket| {
            let spare = bucket.free() * 2.0 > rate.burst;
            bucket.reserved += u32::from(spare);
            spare
        })
    }

    /// Takes one that was reserved.
    pub fn redeem(&self, key: K, now: Millis) {
        self.with(key, now, |_, bucket| {
            bucket.reserved = bucket.reserved.saturating_sub(1);
            bucket.level -= 1.0;
        });
    }

    /// Leaves one that was reserved to others.
    pub fn release(&self, key: K, now: Millis) {
        self.with(key, now, |_, bucket| bucket.reserved = bucket.reserved.saturating_sub(1));
    }

    /// Empties a bucket so that nothing is taken for a while.
    #[expect(clippy::cast_precision_loss, reason = "at most a day in milliseconds")]
    pub fn pause(&self, key: K, now: Millis, span: Millis) {
        self.with(key, now, |rate, bucket| bucket.level = (1.0 - span as f64 / rate.interval).min(0.0));
    }
}

/// Forgets the fuller half: those who took most are kept.
fn forget_half<K: Eq + Hash>(rate: Rate, by_key: &mut HashMap<K, Bucket>, now: Millis) {
    let mut levels: Vec<f64> = by_key.values().map(|b| rate.refilled(*b, now).level).collect();
    let middle = levels.len() / 2;
    let (_, middle, _) = levels.select_nth_unstable_by(middle, f64::total_cmp);
    let middle = *middle;
    let mut spare = by_key.len() / 2;
    by_key.retain(|_, b| {
        let goes = b.reserved == 0 && spare > 0 && rate.refilled(*b, now).level >= middle;
        spare -= usize::from(goes);
        !goes
    });
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
            // Those at the limit stay at it, however many others come.
            if key % 100 == 0 {
                let _ = limiter.take(u32::MAX, 0);
            }
            assert!(limiter.lock().by_key.len() <= 1001);
        }
        assert!(limiter.take(u32::MAX, 0).is_err());
    }

    #[test]
    fn a_part_is_left_to_others() {
        let limiter = Limiter::new(Rate::per_second(8));
        assert_eq!(limiter.take((), 0), Ok(()));
        assert_eq!([0.0, 0.5, 0.75].map(|part| limiter.available_beyond(part, &(), 0)), [7, 3, 1]);
        assert_eq!(Limiter::new(Rate::per_second(1)).available_beyond(0.75, &(), 0), 1, "nobody waits for ever");
    }

    #[test]
    fn nodes_share_one_rate() {
        let [first, second] = [(); 2].map(|()| Limiter::new(Rate::per_second(8)));
        let sent = |limiter: &Limiter<()>, now| std::iter::from_fn(|| limiter.take((), now).ok()).count();
        assert_eq!(sent(&first, 0), 8, "alone");
        first.share(2, false, 0);
        second.share(2, true, 0);
        assert_eq!((sent(&first, 0), sent(&second, 0)), (0, 0), "who joins has nothing yet");
        assert_eq!((sent(&first, 1000), sent(&second, 1000)), (4, 4));
        assert_eq!((sent(&first, 60_000), sent(&second, 60_000)), (4, 4), "at once, too");
        // The second one goes: what it may have spent comes back as time passes.
        first.share(1, false, 60_000);
        assert_eq!(sent(&first, 60_000), 0);
        assert_eq!(sent(&first, 60_500), 4);
        assert_eq!(sent(&first, 120_000), 8);
    }

    #[test]
    fn a_key_nobody_has_asked_for_has_no_more_than_its_share() {
        let limiter = Limiter::new(Rate::per_second(8));
        limiter.share(2, false, 0);
        assert_eq!(limiter.available(&(), 0), 4);
        limiter.share(1, false, 0);
        assert_eq!((limiter.available(&(), 0), limiter.available(&(), 1000)), (4, 8));
    }

    #[test]
    fn a_pause_lasts_as_long_however_many_nodes_there_are() {
        for (before, after) in [(1, 3), (3, 1)] {
            let limiter = Limiter::new(Rate::per_second(10));
            limiter.share(before, false, 0);
            limiter.pause((), 0, 60_000);
            limiter.share(after, false, 1000);
            let wait = limiter.take((), 1000).unwrap_err();
            assert!((58_000..=60_000).contains(&wait), "{before} to {after}: {wait}");
        }
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
        // A caller that only asks must see it refill, too.
        assert_eq!(limiter.take((), 9000), Ok(()));
        assert_eq!((limiter.available(&(), 0), limiter.available(&(), 1000)), (0, 1));
    }
}
