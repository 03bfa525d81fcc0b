//! What is worth a warning at the start and stops nothing: who else can read what is secret.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use rustix::process::geteuid;
use secrecy::ExposeSecret;

use crate::server::{
    base::{config::Config, files::OTHERS},
    store::postgres::{self, Travel},
};

/// What the operator should hear of, each in a sentence with the next step.
#[must_use]
pub fn concerns(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(folder_of_another(&config.data_dir));
    found.extend(open_folder(&config.data_dir));
    let own_key = config.data_dir.join("secret.key");
    let own_key = (config.secret_key.is_none() && config.secret_key_file.is_none()).then_some(&own_key);
    found.extend(config.secret_files.iter().chain(own_key).filter_map(|path| open_secret(path)));
    if let Some(Travel { host, mode }) = postgres::in_the_clear(config.database_url.expose_secret()) {
        found.push(format!(
            "Nothing makes sure that the way to PostgreSQL on {host} is encrypted (sslmode={mode}): messages and \
             passwords may travel in the clear. Add ?sslmode=verify-full to PARLANCE_DATABASE_URL"
        ));
    }
    found
}

fn folder_of_another(folder: &Path) -> Option<String> {
    let (owner, own) = (fs::metadata(folder).ok()?.uid(), geteuid().as_raw());
    (owner != own).then(|| {
        format!(
            "The data folder {} belongs to user {owner}, and Parlance runs as user {own}: run it, and its commands, as the \
             owner of the folder, or what one makes the other cannot open",
            folder.display()
        )
    })
}

fn open_folder(folder: &Path) -> Option<String> {
    let mode = fs::metadata(folder).ok()?.mode();
    (mode & OTHERS != 0).then(|| {
        let path = folder.display();
        format!("Others can look into the data folder {path} (mode {:o}): chmod 700 {path}", mode & 0o7777)
    })
}

/// Secrets that a container mounts are often readable for others, and nobody there can change it.
fn open_secret(path: &Path) -> Option<String> {
    let mode = fs::metadata(path).ok()?.mode();
    (mode & OTHERS != 0).then(|| {
        let path = path.display();
        format!(
            "Others than its owner can read the secret in {path} (mode {:o}). Unless a container mounts it that way: \
             chmod 600 {path}",
            mode & 0o7777
        )
    })
}
