//! How long things took: every single one of them, in microseconds.
//!
//! A run has some hundred thousand. Kept whole they need a few hundred kilobytes and give exact quantiles, where a
//! histogram crate would change the features of a crate below sqlx, so that sqlx would be built twice.

use std::time::Duration;

#[derive(Default)]
pub(crate) struct Times(Vec<u32>);

impl Times {
    /// Adds one.
    pub(crate) fn record(&mut self, span: Duration) {
        self.0.push(u32::try_from(span.as_micros()).unwrap_or(u32::MAX));
    }

    /// Adds all of somebody else's.
    pub(crate) fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The least time that such a part of all (0 to 1) did not exceed, in microseconds.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a place in a list that fits memory"
    )]
    pub(crate) fn quantile(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (part * sorted.len() as f64).ceil() as usize;
        sorted.get(place.saturating_sub(1)).copied().map_or(0.0, f64::from)
    }
}
