//! How much a browser loads: wasm, JS and CSS of the built site, raw and as Brotli.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use crate::{
    options::Options,
    support::Result,
    table::{Row, Table, say, thousands},
};

/// Kilobytes of Brotli that a first visit, to the sign-in and the inbox before a conversation is opened, may have.
const GOAL: f64 = 300.0;

pub(crate) fn measure(options: &Options, table: &mut Table) -> Result<()> {
    let beside = || options.binary.parent().and_then(|folder| folder.parent()).map(|target| target.join("site"));
    let folder = options.site.clone().or_else(beside).unwrap_or_default().join("pkg");
    if !folder.is_dir() {
        say(&format!("{} is not there: no sizes (name the site with --site)", folder.display()));
        return Ok(());
    }
    let files: Vec<PathBuf> =
        std::fs::read_dir(&folder)?.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<_>>()?;
    let (mut first, mut all, mut complete) = (Size::default(), Size::default(), true);
    for kind in ["wasm", "js", "css"] {
        let mut of_kind = Size::default();
        for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == kind)) {
            let compressed = file.with_added_extension("br");
            complete &= compressed.is_file();
            let raw = kilobytes(file)?;
            let size = Size { raw, packed: if compressed.is_file() { kilobytes(&compressed)? } else { raw } };
            of_kind.add(&size);
            if !is_of_a_chunk(file) {
                first.add(&size);
            }
        }
        table.add(Row::new(format!("{kind}, all pages"), of_kind.to_string()));
        all.add(&of_kind);
    }
    let note = if complete { "" } else { " (some not compressed)" };
    let row = Row::new("first visit: wasm, js and css", format!("{first}{note}"));
    table.add(row.goal("≤ 300 kB brotli", first.packed <= GOAL));
    table.add(Row::new("somebody who opens every page", format!("{all}{note}")));
    Ok(())
}

/// Whether a file is only loaded for the pages of a chunk (docs/internals/live.md, “What the browser loads”).
fn is_of_a_chunk(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with("chunk_") || name.starts_with("split_")
}

/// Kilobytes, as they are and as Brotli.
#[derive(Default)]
struct Size {
    raw: f64,
    packed: f64,
}

impl Size {
    fn add(&mut self, other: &Self) {
        self.raw += other.raw;
        self.packed += other.packed;
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} kB, {} kB brotli", thousands(self.raw), thousands(self.packed))
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files fit a double exactly")]
fn kilobytes(file: &Path) -> Result<f64> {
    Ok(file.metadata()?.len() as f64 / 1000.0)
}
