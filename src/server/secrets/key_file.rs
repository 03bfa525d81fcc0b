//! The file of the keys: hex digits, one key a line, the newest first. Readable for its owner only.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use secrecy::{ExposeSecret, SecretString};

use super::random_hex;

pub(super) fn read_or_make(path: &Path, may_make: bool) -> io::Result<SecretString> {
    match fs::read_to_string(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound && may_make => make(path),
        other => other.map(SecretString::from),
    }
}

fn make(path: &Path) -> io::Result<SecretString> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let key = random_hex(32).map_err(io::Error::other)?;
    // `create_new`: of two processes that start at once, one makes the key and the other reads it.
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            file.write_all(key.as_bytes())?;
            file.sync_all()?;
            Ok(key.into())
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => fs::read_to_string(path).map(SecretString::from),
        Err(e) => Err(e),
    }
}

/// Writes a new key before those in `old`. The file is replaced as a whole: a crash leaves the one or the other.
pub(super) fn prepend(path: &Path, old: &SecretString) -> io::Result<()> {
    let key = random_hex(32).map_err(io::Error::other)?;
    let next = path.with_extension("key.new");
    // What an earlier try left behind was never in force.
    match fs::remove_file(&next) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&next)?;
    file.write_all(format!("{key}\n{}\n", old.expose_secret().trim()).as_bytes())?;
    file.sync_all()?;
    fs::rename(&next, path)?;
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        // The rename itself has to reach the disk before anything is sealed with the new key.
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
