//! Where a server keeps its data: fresh on either database, or a copy of a prepared one.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

use super::Result;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// A PostgreSQL server that databases may be made on.
pub(crate) fn postgres_url() -> Result<String> {
    std::env::var("PARLANCE_TEST_POSTGRES_URL")
        .ok()
        .filter(|url| !url.is_empty())
        .ok_or_else(|| "PARLANCE_TEST_POSTGRES_URL names no server: run this under scripts/with-postgres.sh".into())
}

/// A folder for data, and with PostgreSQL a database beside it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) url: String,
    /// The database's name on the PostgreSQL server.
    name: Option<String>,
}

impl Place {
    /// A new one below this folder: empty, or a copy of a template that nobody is using.
    pub(crate) async fn create(dialect: Dialect, dir: &Path, template: Option<&Self>) -> Result<Self> {
        // Unlike any that an earlier run may have left behind.
        let label = format!("run_{}", Uuid::new_v4().simple());
        let folder = dir.join(&label);
        fs::create_dir_all(&folder)?;
        if let Some(template) = template {
            copy_files(&template.folder, &folder)?;
        }
        if dialect == Dialect::Sqlite {
            let url = format!("sqlite://{}", folder.join("parlance.db").display());
            return Ok(Self { folder, url, name: None });
        }
        let server = postgres_url()?;
        let from = template.and_then(|t| t.name.as_deref()).map(|name| format!(" template {name}")).unwrap_or_default();
        execute(&server, format!("create database {label}{from}")).await?;
        let (base, query) = server.split_once('?').unwrap_or((&server, ""));
        let (base, _) = base.rsplit_once('/').ok_or("the PostgreSQL address has no database")?;
        Ok(Self { folder, url: format!("{base}/{label}?{query}"), name: Some(label) })
    }

    /// Removes it, even if clients are still connected.
    pub(crate) async fn remove(self) -> Result<()> {
        fs::remove_dir_all(&self.folder)?;
        match self.name {
            Some(name) => execute(&postgres_url()?, format!("drop database if exists {name} with (force)")).await,
            None => Ok(()),
        }
    }
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

async fn execute(server: &str, sql: String) -> Result<()> {
    let mut admin = PgConnection::connect(server).await?;
    admin.execute(AssertSqlSafe(sql)).await?;
    Ok(admin.close().await?)
}
