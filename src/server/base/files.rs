//! Files and folders that are for their owner only, whatever the umask is, even if somebody else created them before.
//!
//! What root makes in somebody's folder belongs to them: a command that was run by root must not lock the service out.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder, OpenOptions, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown},
    path::Path,
};

use rustix::process::geteuid;

/// What others than the owner may do.
pub const OTHERS: u32 = 0o077;
const FOLDER: u32 = 0o700;
const FILE: u32 = 0o600;
/// Anybody may put things into such a folder.
const STICKY: u32 = 0o1000;
/// How the names of what lies in a data folder begin.
const OURS: [&str; 5] = ["parlance.db", "sandbox.db", "secret.key", "media", "lost+found"];

/// Makes a folder for its owner only; takes the rights of others away from one that is there, if it holds nothing but what is
/// ours. From others it does not: a person who named their home as the data folder would be locked out of it.
///
/// # Errors
/// When it cannot be made.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
        fs::create_dir_all(above)?;
    }
    match DirBuilder::new().mode(FOLDER).create(path) {
        Ok(()) => {
            give_to_owner_of_folder(path);
            fs::set_permissions(path, Permissions::from_mode(FOLDER))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {
            let found = fs::metadata(path)?;
            if found.mode() & OTHERS != 0 && found.mode() & STICKY == 0 && holds_only_ours(path)? {
                tighten(path, FOLDER);
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn holds_only_ours(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !OURS.iter().any(|ours| name.as_encoded_bytes().starts_with(ours.as_bytes())) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes a file for its owner only, if there is none, or takes the rights of others away.
///
/// # Errors
/// When it can be neither made nor opened.
pub fn make_private_file(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(FILE).open(path) {
        Ok(_) => {
            give_to_owner_of_folder(path);
            tighten(path, FILE);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            tighten_file(path);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The same for a database of SQLite and what lies beside it. New files beside it get its mode from SQLite.
///
/// # Errors
/// When the database can be neither made nor opened.
pub fn make_private_database(path: &Path) -> io::Result<()> {
    make_private_file(path)?;
    for end in ["-wal", "-shm", "-journal"] {
        let mut beside = OsString::from(path);
        beside.push(end);
        tighten_file(Path::new(&beside));
    }
    Ok(())
}

fn tighten_file(path: &Path) {
    if fs::metadata(path).is_ok_and(|found| found.is_file() && found.mode() & OTHERS != 0) {
        tighten(path, FILE);
    }
}

/// Of somebody else's file the mode cannot be changed. That stops nothing.
fn tighten(path: &Path, mode: u32) {
    if let Err(error) = fs::set_permissions(path, Permissions::from_mode(mode)) {
        let path = path.display();
        tracing::warn!(%path, %error, "The rights of others could not be taken away. Do so yourself: chmod {mode:o}");
    }
}

/// Gives what root has just made to the owner of the folder that it lies in.
pub fn give_to_owner_of_folder(path: &Path) {
    if !geteuid().is_root() {
        return;
    }
    let above = path.parent().map(|above| if above.as_os_str().is_empty() { Path::new(".") } else { above });
    let Some(owner) = above.and_then(|above| fs::metadata(above).ok()).filter(|owner| owner.uid() != 0) else { return };
    // Within a container root may not be allowed to; then it is the service that is root.
    if let Err(error) = chown(path, Some(owner.uid()), Some(owner.gid())) {
        tracing::debug!(path = %path.display(), %error, "It stays root's own");
    }
}
