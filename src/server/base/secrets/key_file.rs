//! The file of the keys: hex digits, one key a line, the newest first. Readable for its owner only.

use std::{
    fs::{self, Permissions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown},
    path::Path,
};

use secrecy::{ExposeSecret, SecretString};

use super::random_hex;
use crate::server::base::files;

pub(super) fn read_or_make(path: &Path, may_make: bool) -> io::Result<SecretString> {
    match fs::read_to_string(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound && may_make => make(path),
        other => other.map(SecretString::from),
    }
}

fn make(path: &Path) -> io::Result<SecretString> {
    if let Some(folder) = path.parent() {
        files::make_private_folder(folder)?;
    }
    let key = random_hex(32).map_err(io::Error::other)?;
    // `create_new`: of two processes that start at once, one makes the key and the other reads it.
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            file.write_all(key.as_bytes())?;
            file.sync_all()?;
            files::give_to_owner_of_folder(path);
            Ok(key.into())
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => fs::read_to_string(path).map(SecretString::from),
        Err(e) => Err(e),
    }
}

/// Writes a new key before those in `old`. The file is replaced as a whole: a crash leaves the one or the other. Its owner,
/// group and mode stay: those who could read the old one, above all the service, can read the new one.
pub(super) fn prepend(path: &Path, old: &SecretString) -> io::Result<()> {
    let key = random_hex(32).map_err(io::Error::other)?;
    // A link stays: what it leads to is replaced.
    let path = &fs::canonicalize(path)?;
    let next = path.with_extension("key.new");
    // What an earlier try left behind was never in force.
    match fs::remove_file(&next) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&next)?;
    let written = keep_owner(&file, path).and_then(|()| {
        file.write_all(format!("{key}\n{}\n", old.expose_secret().trim()).as_bytes())?;
        file.sync_all()?;
        fs::rename(&next, path)
    });
    if let Err(error) = written {
        drop(fs::remove_file(&next));
        return Err(error);
    }
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        // The rename itself has to reach the disk before anything is sealed with the new key.
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Gives a new file the owner, group and mode of the one that it replaces.
fn keep_owner(new: &fs::File, path: &Path) -> io::Result<()> {
    let (kept, made) = (fs::metadata(path)?, new.metadata()?);
    if (kept.uid(), kept.gid()) != (made.uid(), made.gid()) {
        fchown(new, Some(kept.uid()), Some(kept.gid())).map_err(|error| {
            let words = format!(
                "it belongs to user {} and group {}, which a new one could not be given ({error}). Run this as that user, or as root",
                kept.uid(),
                kept.gid()
            );
            io::Error::new(error.kind(), words)
        })?;
    }
    new.set_permissions(Permissions::from_mode(kept.mode() & 0o7777))
}
