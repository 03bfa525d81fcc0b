//! The table of figures, and the machine it was measured on.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use crate::{options::Options, support::Result};

/// A figure of both sides, with what it should be.
pub(crate) struct Row {
    figure: String,
    product: String,
    floor: String,
    ratio: String,
    goal: String,
}

impl Row {
    pub(crate) fn new(figure: impl Into<String>, product: impl Into<String>) -> Self {
        let empty = String::new;
        Self { figure: figure.into(), product: product.into(), floor: empty(), ratio: empty(), goal: empty() }
    }

    pub(crate) fn floor(mut self, floor: impl Into<String>) -> Self {
        self.floor = floor.into();
        self
    }

    pub(crate) fn ratio(mut self, product: f64, floor: f64) -> Self {
        if floor > 0.0 {
            self.ratio = format!("{:.2}", product / floor);
        }
        self
    }

    /// What is to be reached, and whether it is.
    pub(crate) fn goal(mut self, goal: &str, reached: bool) -> Self {
        self.goal = format!("{goal} {}", if reached { "✓" } else { "✗" });
        self
    }

    fn cells(&self) -> [&str; 5] {
        [&self.figure, &self.product, &self.floor, &self.ratio, &self.goal]
    }
}

/// Rows as they come; printed whole at the end.
pub(crate) struct Table {
    machine: String,
    sections: Vec<(String, Vec<Row>)>,
}

impl Table {
    pub(crate) fn new(options: &Options) -> Result<Self> {
        let cores = std::thread::available_parallelism()?;
        let fsync = time_fsync(&options.dir)?;
        let machine = format!(
            "{cores} cores shared by server, generator and double; an fsync takes {}; {} rounds of {} s, medians",
            millis(micros_of(fsync)),
            options.rounds,
            options.seconds(),
        );
        say(&machine);
        Ok(Self { machine, sections: vec![("What browsers load".to_owned(), Vec::new())] })
    }

    /// Begins a section.
    pub(crate) fn begin(&mut self, title: &str) {
        self.sections.push((title.to_owned(), Vec::new()));
    }

    /// Adds a figure, and says it at once: a run takes long.
    pub(crate) fn add(&mut self, row: Row) {
        let line: Vec<&str> = row.cells().into_iter().filter(|cell| !cell.is_empty()).collect();
        say(&format!("  {}", line.join(" | ")));
        if let Some((_, rows)) = self.sections.last_mut() {
            rows.push(row);
        }
    }

    #[expect(clippy::print_stdout, reason = "the table is what was asked for")]
    pub(crate) fn print(&self) {
        println!("\n{}", self.machine);
        for (title, rows) in self.sections.iter().filter(|(_, rows)| !rows.is_empty()) {
            let header = Row {
                figure: title.clone(),
                product: "product".to_owned(),
                floor: "floor".to_owned(),
                ratio: "ratio".to_owned(),
                goal: "to reach".to_owned(),
            };
            let mut widths = [0; 5];
            for row in std::iter::once(&header).chain(rows) {
                for (width, cell) in widths.iter_mut().zip(row.cells()) {
                    *width = (*width).max(cell.chars().count());
                }
            }
            println!("\n{}", line(&header, &widths));
            println!("|{}|", widths.map(|width| "-".repeat(width + 2)).join("|"));
            for row in rows {
                println!("{}", line(row, &widths));
            }
        }
    }
}

fn line(row: &Row, widths: &[usize; 5]) -> String {
    let cells = row.cells().into_iter().zip(widths);
    let padded: Vec<String> = cells.map(|(cell, width)| format!(" {cell:<width$} ")).collect();
    format!("|{}|", padded.join("|"))
}

/// Progress, beside the table.
#[expect(clippy::print_stderr, reason = "somebody is waiting")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// The middle of several; of an even number the lower one.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}

/// `12,345/s`
pub(crate) fn per_second(rate: f64) -> String {
    format!("{}/s", thousands(rate))
}

pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Microseconds as milliseconds.
pub(crate) fn millis(micros: f64) -> String {
    if micros < 100_000.0 { format!("{:.2} ms", micros / 1000.0) } else { format!("{:.0} ms", micros / 1000.0) }
}

#[expect(clippy::cast_precision_loss, reason = "memory in megabytes needs no last digit")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench fit a double exactly")]
pub(crate) fn as_float(count: u64) -> f64 {
    count as f64
}

pub(crate) fn micros_of(span: Duration) -> f64 {
    span.as_secs_f64() * 1e6
}

/// The median time to append a page and have it on the disk.
fn time_fsync(dir: &Path) -> Result<Duration> {
    let path = dir.join("fsync");
    let mut file = File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..50 {
        file.write_all(&[7; 4096])?;
        let begin = Instant::now();
        file.sync_data()?;
        times.push(begin.elapsed());
    }
    std::fs::remove_file(path)?;
    times.sort();
    Ok(times.get(25).copied().unwrap_or_default())
}
