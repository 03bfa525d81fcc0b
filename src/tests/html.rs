//! HTML as a browser takes it apart: tags with their attributes, and the text between them (WHATWG, 13.2.5). As much of it
//! as tells whether a text became markup.

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) name: String,
    /// Names in lower case, values decoded.
    pub(crate) attributes: Vec<(String, String)>,
    /// What stands right behind it, up to the next tag; decoded, unless it is a script or style.
    pub(crate) text: String,
}

impl Tag {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

/// Elements whose content is text, with whether character references are read in it.
const TEXT_ONLY: [(&str, bool); 5] =
    [("title", true), ("textarea", true), ("script", false), ("style", false), ("noscript", false)];

pub(crate) fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let after = &rest[at + 1..];
        let first = after.chars().next();
        if first.is_some_and(|c| c.is_ascii_alphabetic()) {
            let (mut tag, behind) = start_tag(after);
            let known = TEXT_ONLY.iter().find(|(name, _)| *name == tag.name);
            let end = match known {
                Some((name, _)) => end_of_text(behind, name),
                None => behind.find('<').unwrap_or(behind.len()),
            };
            let text = &behind[..end];
            tag.text = if known.is_some_and(|(_, decoded)| !decoded) { text.to_owned() } else { decode(text) };
            found.push(tag);
            rest = &behind[end..];
        } else if let Some(comment) = after.strip_prefix("!--") {
            // `<!-->` and `<!--->` are whole comments.
            let end = if comment.starts_with('>') { Some(1) } else { comment.find("-->").map(|at| at + 3) };
            rest = &comment[end.unwrap_or(comment.len())..];
        } else if matches!(first, Some('/' | '!' | '?')) {
            rest = &after[after.find('>').map_or(after.len(), |at| at + 1)..];
        } else {
            rest = after;
        }
    }
    found
}

/// Where the end tag of that element begins.
fn end_of_text(text: &str, name: &str) -> usize {
    let lower = text.to_ascii_lowercase();
    let end = format!("</{name}");
    let closes = |at: &usize| lower[at + end.len()..].starts_with([' ', '\t', '\n', '\r', '\u{c}', '/', '>']);
    lower.match_indices(&end).map(|(at, _)| at).find(closes).unwrap_or(text.len())
}

/// Reads a start tag from behind its `<`; and what is left behind it.
fn start_tag(text: &str) -> (Tag, &str) {
    let space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
    let end = text.find(|c| space(c) || c == '/' || c == '>').unwrap_or(text.len());
    let mut tag = Tag { name: text[..end].to_ascii_lowercase(), attributes: Vec::new(), text: String::new() };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|c| space(c) || c == '/');
        if rest.is_empty() {
            return (tag, rest);
        }
        if let Some(behind) = rest.strip_prefix('>') {
            return (tag, behind);
        }
        // An equals sign at its beginning belongs to the name.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest[first..].find(|c| space(c) || matches!(c, '/' | '>' | '=')).map_or(rest.len(), |at| at + first);
        let name = rest[..end].to_ascii_lowercase();
        rest = &rest[end..];
        let mut value = "";
        if let Some(given) = rest.trim_start_matches(space).strip_prefix('=') {
            let given = given.trim_start_matches(space);
            let quote = given.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (start, end, skip) = match quote {
                Some(quote) => (1, given[1..].find(quote).map_or(given.len(), |at| at + 1), 1),
                None => (0, given.find(|c| space(c) || c == '>').unwrap_or(given.len()), 0),
            };
            value = &given[start..end];
            rest = &given[(end + skip).min(given.len())..];
        }
        tag.attributes.push((name, decode(value)));
    }
}

fn decode(text: &str) -> String {
    let mut out = text.to_owned();
    for (reference, c) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ] {
        out = out.replace(reference, c);
    }
    out
}

#[test]
fn markup_is_found_where_a_browser_finds_it() {
    let names = |html: &str| tags(html).into_iter().map(|tag| tag.name).collect::<Vec<_>>();
    assert_eq!(names("<title>a<b>c</title><i>"), ["title", "i"]);
    assert_eq!(names("<title>a</title ><b>"), ["title", "b"]);
    assert_eq!(names("<title>a</titles><b></title>"), ["title"]);
    assert_eq!(names("<!-- <b> --><i><!--><u>--><script>'<b>'</script>"), ["i", "u", "script"]);
    assert_eq!(names("a < b <3 </b><?x><!x><p>"), ["p"]);
    let found = tags("<a B=\"1 > &quot;2\" c='\"' d=e/f g =h i><p x=\"\"y>t &lt;</p>");
    let attributes: Vec<(&str, &str)> = found[0].attributes.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(attributes, [("b", "1 > \"2"), ("c", "\""), ("d", "e/f"), ("g", "h"), ("i", "")]);
    assert_eq!((found[1].attributes.len(), found[1].text.as_str()), (2, "t <"));
}
