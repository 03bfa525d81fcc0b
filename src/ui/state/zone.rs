//! The reader's time zone, as the browser tells it to the server in a cookie: how far the clocks there are ahead of UTC, and
//! when that changes. So neither side needs the rules of all zones.

use crate::domain::Millis;

const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;
/// How far before and after the present changes are looked for.
const BEFORE: Millis = 800 * DAY;
const AFTER: Millis = 200 * DAY;
/// No zone changes twice within that.
const STEP: Millis = 20 * DAY;
/// The most changes that a cookie may name.
const MOST: usize = 16;
/// The furthest that clocks are from UTC, in minutes.
const FURTHEST: Millis = 24 * 60;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Zone {
    /// Minutes ahead of UTC, before the first change.
    first: Millis,
    /// Since when it is how many.
    changes: Vec<(Millis, Millis)>,
}

impl Zone {
    /// Minutes ahead of UTC at that moment.
    pub(crate) fn minutes(&self, at: Millis) -> Millis {
        self.changes.iter().rev().find(|(since, _)| *since <= at).map_or(self.first, |(_, minutes)| *minutes)
    }

    /// Finds the changes around `now` by asking `minutes` for many moments.
    pub(crate) fn find(now: Millis, minutes: impl Fn(Millis) -> Millis) -> Self {
        let mut at = (now - BEFORE).div_euclid(MINUTE) * MINUTE;
        let mut zone = Self { first: minutes(at), changes: Vec::new() };
        while at < now + AFTER {
            let (mut before, mut after) = (at, at + STEP);
            let (was, is) = (minutes(before), minutes(after));
            if was != is {
                while after - before > MINUTE {
                    let middle = (before + (after - before) / 2).div_euclid(MINUTE) * MINUTE;
                    if minutes(middle) == was { before = middle } else { after = middle }
                }
                zone.changes.push((after, is));
            }
            at += STEP;
        }
        zone
    }

    /// `"60_1743296400_120"`: minutes, then the second of each change with the minutes from then on.
    pub(crate) fn write(&self) -> String {
        let mut text = self.first.to_string();
        for (since, minutes) in &self.changes {
            text.push('_');
            text.push_str(&(since / 1000).to_string());
            text.push('_');
            text.push_str(&minutes.to_string());
        }
        text
    }

    /// What [`Self::write`] wrote; none when it is anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let sane = |minutes: Millis| (-FURTHEST..=FURTHEST).contains(&minutes).then_some(minutes);
        let mut parts = text.split('_').map(|part| part.parse::<Millis>().ok());
        let mut zone = Self { first: sane(parts.next()??)?, changes: Vec::new() };
        while let Some(since) = parts.next() {
            if zone.changes.len() == MOST {
                return None;
            }
            zone.changes.push((since?.checked_mul(1000)?, sane(parts.next()??)?));
        }
        Some(zone)
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, MINUTE, Zone};
    use crate::domain::Millis;

    /// In Berlin the clocks went forward on 2026-03-29 and back on 2026-10-25, at 01:00 UTC.
    const FORWARD: Millis = 1_774_746_000_000;
    const BACK: Millis = 1_792_890_000_000;

    fn berlin(at: Millis) -> Millis {
        if (FORWARD..BACK).contains(&at) { 120 } else { 60 }
    }

    #[test]
    fn finds_the_changes_of_a_zone_to_the_minute() {
        let zone = Zone::find(FORWARD + 100 * DAY + 7, berlin);
        for at in [FORWARD - 1, FORWARD, FORWARD + DAY, BACK - MINUTE, BACK, BACK + DAY, 0] {
            assert_eq!(zone.minutes(at), berlin(at), "{at}");
        }
        assert_eq!(zone.write(), "60_1774746000_120_1792890000_60");
        assert_eq!(Zone::parse(&zone.write()), Some(zone));
        let india = Zone::find(FORWARD, |_| 330);
        assert_eq!((india.write().as_str(), india.minutes(BACK)), ("330", 330));
    }

    #[test]
    fn takes_nothing_else_for_a_zone() {
        for text in ["", "x", "60_", "60_1", "99999", "60_1_9999", "60_9223372036854775807_60", "Europe/Berlin", "6 0"]
        {
            assert_eq!(Zone::parse(text), None, "{text}");
        }
        let long = format!("0{}", "_1_0".repeat(17));
        assert_eq!(Zone::parse(&long), None);
        assert_eq!(Zone::parse("-210").map(|z| z.minutes(0)), Some(-210));
    }
}
