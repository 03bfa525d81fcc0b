//! How much a browser loads: wasm, JS and CSS of the built site, raw and as Brotli.

use std::path::PathBuf;

use crate::{
    options::Options,
    support::Result,
    table::{Row, Table, say, thousands},
};

/// Kilobytes of Brotli that all three together may have.
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
    let (mut raw_all, mut packed_all, mut complete) = (0.0, 0.0, true);
    for kind in ["wasm", "js", "css"] {
        let of_kind = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == kind));
        let (mut raw, mut packed) = (0.0, 0.0);
        for file in of_kind {
            raw += kilobytes(file)?;
            let compressed = file.with_added_extension("br");
            complete &= compressed.is_file();
            packed += if compressed.is_file() { kilobytes(&compressed)? } else { kilobytes(file)? };
        }
        table.add(Row::new(kind, sizes(raw, packed)));
        raw_all += raw;
        packed_all += packed;
    }
    let note = if complete { "" } else { " (some not compressed)" };
    let together = format!("{}{note}", sizes(raw_all, packed_all));
    table.add(Row::new("together", together).goal("≤ 300 kB brotli", packed_all <= GOAL));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files fit a double exactly")]
fn kilobytes(file: &std::path::Path) -> Result<f64> {
    Ok(file.metadata()?.len() as f64 / 1000.0)
}

fn sizes(raw: f64, packed: f64) -> String {
    format!("{} kB, {} kB brotli", thousands(raw), thousands(packed))
}
