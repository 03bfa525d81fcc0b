//! What a process has used, as `/proc` tells; only Linux has it.

use std::{fs, path::Path, time::Duration};

use crate::support::Result;

/// What a process has used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Processor time in user code and in the kernel.
    pub(crate) user: Duration,
    pub(crate) system: Duration,
    /// Resident memory now and at its highest, in bytes.
    pub(crate) resident: u64,
    pub(crate) peak: u64,
}

impl Usage {
    /// So far, by a process that runs.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let folder = Path::new("/proc").join(pid.to_string());
        let status = fs::read_to_string(folder.join("status"))?;
        let memory = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes =
                line.and_then(|rest| rest.trim_start_matches(':').split_whitespace().next()?.parse::<u64>().ok());
            kilobytes.map_or(0, |kilobytes| kilobytes * 1024)
        };
        let stat = fs::read_to_string(folder.join("stat"))?;
        // The name in parentheses may hold anything; after it come plain fields, of which 12 and 13 are times in 1/100 s.
        let (_, fields) = stat.rsplit_once(')').ok_or("/proc/PID/stat has no name")?;
        let ticks =
            |place: usize| fields.split_whitespace().nth(place).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
        Ok(Self {
            user: Duration::from_millis(ticks(11) * 10),
            system: Duration::from_millis(ticks(12) * 10),
            resident: memory("VmRSS"),
            peak: memory("VmHWM"),
        })
    }
}
