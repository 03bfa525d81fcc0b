//! The order in which a thread is read. Deliveries overtake each other by seconds (several connections, several nodes), so
//! the order of arrival is not always that of writing. Places (`seq`) follow arrival and never change; what was overtaken is
//! only shown, and read by the bot, where it belongs. What comes much later (providers retry for days) keeps the place of its
//! arrival: nobody would look for it further up.

use super::Millis;

/// How far behind something may be and still be put where it belongs: in the channel's time, and in its arrival.
pub const SLACK: Millis = 30_000;

/// Puts what was overtaken before what overtook it. `times` gives the channel's time and that of the arrival, for what has
/// one: what we send ourselves is not compared, for clocks differ.
#[must_use]
pub fn in_order<T>(arrived: Vec<T>, times: impl Fn(&T) -> Option<(Millis, Millis)>) -> Vec<T> {
    let mut ordered: Vec<T> = Vec::with_capacity(arrived.len());
    for item in arrived {
        let place = times(&item).and_then(|(at, arrived_at)| {
            let before = |known: &T| {
                times(known).map(|(known_at, known_arrived_at)| {
                    known_at > at && known_at - at <= SLACK && arrived_at - known_arrived_at <= SLACK
                })
            };
            let comparable =
                ordered.iter().enumerate().rev().filter_map(|(place, known)| Some((place, before(known)?)));
            comparable.take_while(|(_, is_before)| *is_before).last().map(|(place, _)| place)
        });
        match place {
            Some(place) => ordered.insert(place, item),
            None => ordered.push(item),
        }
    }
    ordered
}

/// Where the last `count` of ordered items, or a few more, can be cut off so that all before have smaller places than all
/// behind: pages by place then neither miss nor repeat anything. If possible the first behind has the smallest of them, for
/// those who continue from there.
#[must_use]
pub fn cut<T>(ordered: &[T], count: usize, place: impl Fn(&T) -> i64) -> usize {
    let latest = ordered.len().saturating_sub(count);
    let mut highest = i64::MIN;
    let mut lowest_behind: Vec<i64> = ordered.iter().map(&place).collect();
    for at in (1..lowest_behind.len()).rev() {
        if let [.., before, behind] = lowest_behind.get_mut(..=at).unwrap_or_default() {
            *before = (*before).min(*behind);
        }
    }
    let (mut found, mut found_well) = (0, None);
    for (at, (item, lowest)) in ordered.iter().zip(lowest_behind).enumerate().take(latest + 1) {
        if highest < lowest {
            found = at;
            if place(item) == lowest {
                found_well = Some(at);
            }
        }
        highest = highest.max(place(item));
    }
    found_well.unwrap_or(found)
}

#[cfg(test)]
mod tests {
    use super::{cut, in_order};

    /// Name, the channel's time (none: ours), arrival; times in seconds.
    type Said = (&'static str, Option<i64>, i64);

    fn order(said: &[Said]) -> String {
        let ordered = in_order(said.to_vec(), |(_, at, arrived)| at.map(|at| (at * 1000, arrived * 1000)));
        ordered.iter().map(|(name, ..)| *name).collect()
    }

    #[test]
    fn puts_what_was_overtaken_where_it_belongs() {
        assert_eq!(order(&[("b", Some(12), 20), ("a", Some(10), 21)]), "ab");
        assert_eq!(order(&[("c", Some(14), 20), ("b", Some(12), 21), ("a", Some(10), 22)]), "abc");
        assert_eq!(order(&[("a", Some(10), 20), ("b", Some(10), 20)]), "ab", "the same second");
        // The bot had answered what came first.
        assert_eq!(order(&[("b", Some(12), 20), ("!", None, 20), ("a", Some(10), 22)]), "ab!");
        // A quick reply to the bot within the same second stays behind its answer.
        assert_eq!(order(&[("a", Some(10), 10), ("!", None, 10), ("b", Some(10), 10)]), "a!b");
    }

    #[test]
    fn leaves_what_is_much_later_where_it_came() {
        assert_eq!(order(&[("b", Some(1000), 1000), ("a", Some(10), 1001)]), "ba", "days old");
        assert_eq!(order(&[("b", Some(12), 12), ("?", None, 200), ("a", Some(10), 300)]), "b?a", "minutes behind");
        assert_eq!(
            order(&[("x", Some(900), 900), ("o", Some(1), 901), ("y", Some(902), 902), ("z", Some(901), 903)]),
            "xozy"
        );
    }

    #[test]
    fn cuts_between_places_only() {
        let at = |places: &[i64], count| cut(places, count, |place| *place);
        assert_eq!(at(&[1, 2, 3, 4], 2), 2);
        assert_eq!(at(&[1, 2, 4, 3, 5], 2), 1, "not between 4 and 3");
        assert_eq!(at(&[1, 2, 4, 3], 1), 1, "4 is not the smallest");
        assert_eq!(at(&[2, 1, 4, 3], 1), 2, "as none is");
        assert_eq!(at(&[3, 2, 1], 1), 0);
        assert_eq!(at(&[1, 2], 5), 0);
        assert_eq!(at(&[], 5), 0);
    }
}
