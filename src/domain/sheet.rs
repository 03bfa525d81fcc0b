//! Tables as files: comma-separated values (RFC 4180) in UTF-8.

/// What tells spreadsheet programs that the file is UTF-8.
pub const MARK: &str = "\u{feff}";

/// Signs with which a spreadsheet program takes a cell for a formula, full-width ones of East Asian keyboards included.
const fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

/// Whether a program might take the cell for a formula. A plain number is none.
fn is_formula(cell: &str) -> bool {
    let number = cell.strip_prefix('-').unwrap_or(cell);
    let plain = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    !plain && (cell.starts_with(begins_formula) || cell.trim_start().starts_with(begins_formula))
}

/// A cell as it is written: no formula (an apostrophe goes before it, as people write it themselves), and quoted where it must be.
#[must_use]
pub fn cell(text: &str) -> String {
    let text = text.replace('\0', "");
    // One that begins so by itself keeps its apostrophe when it is read again.
    let guarded = if is_formula(&text) || is_guarded(&text) { format!("'{text}") } else { text };
    let guarded = guard_inside(&guarded);
    if guarded.contains([',', ';', '"', '\n', '\r', '\t']) || guarded.trim() != guarded {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

/// Where another sign parts cells than the one that this file uses, or a line break counts inside of quotes, a cell may begin in the
/// middle of this one.
fn guard_inside(cell: &str) -> String {
    let mut guarded = String::with_capacity(cell.len());
    let mut begins = false;
    for c in cell.chars() {
        if begins && begins_formula(c) && !matches!(c, '\t' | '\r' | '\n') {
            guarded.push('\'');
        }
        begins = matches!(c, ';' | ',' | '\t' | '\r' | '\n') || begins && (c.is_whitespace() || c == '"');
        guarded.push(c);
    }
    guarded
}

fn is_guarded(text: &str) -> bool {
    text.strip_prefix('\'').is_some_and(|rest| is_formula(rest) || is_guarded(rest))
}

/// A cell as it is meant, when [`cell`] has written it.
#[must_use]
pub fn meant(text: &str) -> &str {
    if is_guarded(text) { text.strip_prefix('\'').unwrap_or(text) } else { text }
}

/// A line of cells.
#[must_use]
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    cells.join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::{cell, line, meant};

    #[test]
    fn nothing_becomes_a_formula() {
        for (text, written) in [
            ("Ada", "Ada"),
            ("=1+1", "'=1+1"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+49 151", "'+49 151"),
            ("@sum", "'@sum"),
            ("-x", "'-x"),
            ("-3", "-3"),
            ("＝1", "'＝1"),
            ("  =1", "'  =1"),
            ("\t=1", "\"'\t'=1\""),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("'=1", "''=1"),
            ("'s", "'s"),
            ("x;=1+cmd|' /C calc'!A0;", "\"x;'=1+cmd|' /C calc'!A0;\""),
            ("x; \"+1", "\"x; \"\"'+1\""),
            ("two\n=1", "\"two\n'=1\""),
            ("a; b", "\"a; b\""),
            ("", ""),
        ] {
            assert_eq!(cell(text), written, "{text:?}");
        }
        assert_eq!(line(["a", "=b"]), "a,'=b\r\n");
    }

    #[test]
    fn what_was_written_is_read_as_it_was() {
        for text in ["=1+1", "'=1", "''=1", "'s", "Ada", "-3", "+49"] {
            assert_eq!(meant(&cell(text)), text);
        }
    }
}
