//! Reads settings as people and tools leave them: trimmed as a form trims what is pasted, empty meaning not set, secrets
//! also from files. Gathers what is wrong with them.

use std::{path::PathBuf, str::FromStr};

use secrecy::{ExposeSecret, SecretString};

use super::{DeploymentApp, Duration};
use crate::domain::{Millis, integration::clean_pasted};

#[derive(Default)]
pub(super) struct Entries {
    pub(super) problems: Vec<String>,
    /// The files that secrets come from.
    pub(super) secret_files: Vec<PathBuf>,
}

/// What the machine calls itself.
pub(super) fn machine_name() -> String {
    let known = ["/proc/sys/kernel/hostname", "/etc/hostname"].into_iter().find_map(|path| {
        let name = std::fs::read_to_string(path).ok()?.trim().to_owned();
        (!name.is_empty()).then_some(name)
    });
    known.unwrap_or_else(|| "node".to_owned())
}

impl Entries {
    /// What was entered, if anything was.
    pub(super) fn text(&self, entry: Option<String>) -> Option<String> {
        entry.map(|text| clean_pasted(&text)).filter(|text| !text.is_empty())
    }

    /// What was entered as a value, which must be `what`; the default when nothing was.
    pub(super) fn read<T: FromStr>(&mut self, name: &str, entry: &str, default: T, what: &str) -> T {
        let text = clean_pasted(entry);
        if text.is_empty() {
            return default;
        }
        text.parse().unwrap_or_else(|_| {
            self.problems.push(format!("{name} {text:?} is not {what}"));
            default
        })
    }

    /// A span of time; the default is in milliseconds, too.
    pub(super) fn span(&mut self, name: &str, entry: &str, default: Millis) -> Millis {
        self.read(name, entry, Duration(default), "a span of time like 1s, 500ms or 0, of at most one hour").0
    }

    /// A secret that was entered, or stands in a file.
    pub(super) fn secret(
        &mut self,
        name: &str,
        entry: Option<SecretString>,
        file: Option<String>,
    ) -> Option<SecretString> {
        let entered = entry.map(|secret| clean_pasted(secret.expose_secret())).filter(|secret| !secret.is_empty());
        let Some(path) = self.text(file).map(PathBuf::from) else { return entered.map(SecretString::from) };
        if entered.is_some() {
            self.problems.push(format!("{name} and {name}_FILE are both set: keep one of them"));
            return None;
        }
        let found = match std::fs::read_to_string(&path) {
            Ok(text) => Some(clean_pasted(&text)).filter(|secret| !secret.is_empty()),
            Err(error) => {
                self.problems.push(format!("{name}_FILE {} cannot be read: {error}", path.display()));
                return None;
            }
        };
        if found.is_none() {
            self.problems.push(format!("{name}_FILE {} is empty", path.display()));
        }
        self.secret_files.push(path);
        found.map(SecretString::from)
    }

    /// Where the keys stand. They are read from there again and again, because they may change.
    pub(super) fn key_file(&mut self, has_key: bool, entry: Option<String>) -> Option<PathBuf> {
        let path = PathBuf::from(self.text(entry)?);
        if has_key {
            self.problems
                .push("PARLANCE_SECRET_KEY and PARLANCE_SECRET_KEY_FILE are both set: keep one of them".to_owned());
        }
        self.secret_files.push(path.clone());
        Some(path)
    }

    /// The app of the whole deployment; a secret is what was entered, or the file that it stands in.
    pub(super) fn deployment_app(
        &mut self,
        app_id: Option<String>,
        app_secret: (Option<SecretString>, Option<String>),
        verify_token: (Option<SecretString>, Option<String>),
    ) -> Option<DeploymentApp> {
        let app_id = self.text(app_id);
        let app_secret = self.secret("PARLANCE_WHATSAPP_APP_SECRET", app_secret.0, app_secret.1);
        let verify_token = self.secret("PARLANCE_WHATSAPP_VERIFY_TOKEN", verify_token.0, verify_token.1);
        match (app_id, app_secret, verify_token) {
            (None, None, None) => None,
            (Some(app_id), Some(app_secret), Some(verify_token)) => {
                Some(DeploymentApp { app_id, app_secret, verify_token })
            }
            _ => {
                self.problems.push(
                    "PARLANCE_WHATSAPP_APP_ID, _APP_SECRET and _VERIFY_TOKEN belong together: set all or none"
                        .to_owned(),
                );
                None
            }
        }
    }
}
