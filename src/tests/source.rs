//! Our own source code as text, for the rules that the compiler does not know.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One file of the crate.
pub(crate) struct Source {
    /// As in `src/server/store/event.rs`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A path that is used in a file, from the crate's root: `server::store::event::Cursor`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) target: String,
    /// Whether it stands inside of something, so that only that sees it.
    pub(crate) inside: bool,
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `src`, in the order of their paths.
pub(crate) fn all() -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join("src"), &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 100, "only {} files", found.len());
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            found.push(Source { path: name, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

impl Source {
    pub(crate) fn is_test(&self) -> bool {
        self.path.starts_with("src/tests/") || self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// The module that it is: `server::store::event`; empty for `lib.rs`.
    pub(crate) fn module(&self) -> String {
        let name = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let name = name.trim_end_matches("/mod").replace('/', "::");
        if name == "lib" { String::new() } else { name }
    }

    /// The text without its comments and without its tests, which stand last.
    pub(crate) fn code(&self) -> String {
        let body = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = body.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.map(|line| line.split(" // ").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
    }

    /// Everything of ours that it names by `crate::`, `super::` or `self::`.
    pub(crate) fn imports(&self) -> Vec<Import> {
        let code = self.code();
        let mut found = Vec::new();
        let mut others = String::new();
        let mut rest = code.as_str();
        while let Some(at) = next_use(rest) {
            others.push_str(&rest[..at]);
            let line = rest[..at].rsplit('\n').next().unwrap_or_default();
            let (tree, after) = rest[at + 4..].split_once(';').unwrap();
            let mut paths = Vec::new();
            expand(tree, "", &mut paths);
            found.extend(paths.iter().filter_map(|p| self.import(p, line.starts_with(' '))));
            rest = after;
        }
        others.push_str(rest);
        for line in others.lines() {
            for start in ["crate::", "super::"] {
                for (at, _) in line.match_indices(start) {
                    let path: String =
                        line[at..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, ':' | '_')).collect();
                    let seen = line[..at].ends_with("::");
                    found.extend(self.import(&path, line.starts_with(' ')).filter(|_| !seen));
                }
            }
        }
        found
    }

    fn import(&self, path: &str, inside: bool) -> Option<Import> {
        let mut base: Vec<String> = self.module().split("::").map(str::to_owned).collect();
        let mut parts = path.split("::").map(str::trim).peekable();
        match *parts.peek()? {
            "crate" => {
                base.clear();
                parts.next();
            }
            "self" => drop(parts.next()),
            "super" => {
                while parts.next_if_eq(&"super").is_some() {
                    base.pop();
                }
            }
            _ => return None,
        }
        base.extend(parts.filter(|p| !p.is_empty()).map(str::to_owned));
        Some(Import { target: base.join("::"), inside })
    }
}

/// Where the next `use` begins that begins a statement.
fn next_use(text: &str) -> Option<usize> {
    text.match_indices("use ").map(|(at, _)| at).find(|at| {
        let line = text[..*at].rsplit('\n').next().unwrap_or_default();
        matches!(line.trim(), "" | "pub" | "pub(crate)" | "pub(super)" | "pub(in crate::server)")
    })
}

/// Takes `a::{b, c::{self, d}}` apart.
fn expand(tree: &str, prefix: &str, found: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((head, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        found.push(format!("{prefix}{}", path.trim_end_matches("::self")));
        return;
    };
    let (inner, _) = inner.rsplit_once('}').unwrap();
    let prefix = format!("{prefix}{}", head.trim());
    let (mut depth, mut start) = (0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&inner[start..at], &prefix, found);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inner[start..].trim().is_empty() {
        expand(&inner[start..], &prefix, found);
    }
}

/// Every string literal of a Rust text, with what stands right before and after it. Enough for files without raw strings.
pub(crate) fn literals(code: &str) -> Vec<(&str, &str, &str)> {
    let mut found = Vec::new();
    let bytes = code.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if code[at..].starts_with("'\"'") {
            at += 3;
        } else if bytes[at] == b'"' {
            let start = at + 1;
            at = start;
            while bytes[at] != b'"' {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
            found.push((&code[..start - 1], &code[start..at], &code[at + 1..]));
            at += 1;
        } else {
            at += code[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

#[test]
fn imports_are_found_in_every_spelling() {
    let source = Source {
        path: "src/server/store/event.rs".to_owned(),
        text: "//! x\nuse super::{Conn, on};\nuse crate::{\n    domain::{Millis, live::LiveEvent},\n    server::http as h,\n};\n\
               pub use self::inner::X;\nfn f() {\n    use crate::ui::App;\n    crate::api::call(super::super::state::get())\n}\n"
            .to_owned(),
    };
    let found: Vec<String> =
        source.imports().iter().map(|i| format!("{}{}", if i.inside { "inside " } else { "" }, i.target)).collect();
    assert_eq!(
        found,
        [
            "server::store::Conn",
            "server::store::on",
            "domain::Millis",
            "domain::live::LiveEvent",
            "server::http",
            "server::store::event::inner::X",
            "inside ui::App",
            "inside api::call",
            "inside server::state::get",
        ]
    );
    let texts: Vec<&str> = literals("a(\"x\", '\"', \"y\\\"z\")").into_iter().map(|l| l.1).collect();
    assert_eq!(texts, ["x", "y\\\"z"]);
}
