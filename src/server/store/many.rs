//! Statements for many rows at once.
//!
//! `(values …) as v` names its columns `column1`, `column2`, … in both dialects, so an update or a join from a list of
//! values is one text for both.

/// The most rows of one statement.
const ROWS: usize = 64;

/// Cuts rows into portions for one statement each.
///
/// Every number of rows is a statement of its own to be prepared and kept, so a portion has a power of two of them.
pub(super) fn portions<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        if rows.is_empty() {
            return None;
        }
        let count = if rows.len() >= ROWS { ROWS } else { 1 << rows.len().ilog2() };
        let (portion, rest) = rows.split_at(count);
        rows = rest;
        Some(portion)
    })
}

#[cfg(test)]
mod tests {
    use super::portions;

    #[test]
    fn portions_are_powers_of_two_and_miss_nothing() {
        for count in 0..300 {
            let rows: Vec<usize> = (0..count).collect();
            let cut: Vec<&[usize]> = portions(&rows).collect();
            assert!(cut.iter().all(|portion| portion.len().is_power_of_two() && portion.len() <= 64));
            assert_eq!(cut.concat(), rows);
        }
    }
}
