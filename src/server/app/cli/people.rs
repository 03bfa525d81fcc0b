//! `parlance user …` and `parlance token …`: who is let in, and as what.

use clap::{Args, Subcommand};
use secrecy::SecretString;

use crate::{
    domain::{Millis, ids::TokenId, role::Role},
    error::ApiError,
    server::{
        app::state::AppState,
        error::Error,
        service::{
            account::{self, NewUser},
            people::{self, Change, Which},
            tokens,
        },
    },
};

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// Add a person, and the workspace too if there is none.
    Add(AddUser),
    /// Set a new password. Signs the person out everywhere and ends their API tokens.
    SetPassword {
        #[arg(long)]
        email: String,
        /// Read the password from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Show who there is, with roles.
    List {
        /// Only the members of this workspace.
        #[arg(long)]
        workspace: Option<String>,
    },
    /// Change what a person may do, at once.
    SetRole {
        #[arg(long)]
        email: String,
        /// owner, admin or agent.
        #[arg(long)]
        role: Role,
    },
    /// Let a person in no more: ends sessions, open pages and API tokens at once. What they wrote stays.
    Disable {
        #[arg(long)]
        email: String,
    },
    /// Let a disabled person sign in again. Their API tokens stay ended.
    Enable {
        #[arg(long)]
        email: String,
    },
    /// Switch somebody's second factor off, when app and recovery codes are lost.
    ResetSecondFactor {
        #[arg(long)]
        email: String,
    },
    /// Take a person out for good, as disable does. What they wrote stays, with their name; their address is forgotten.
    Remove {
        #[arg(long)]
        email: String,
    },
}

#[derive(Args)]
pub(crate) struct AddUser {
    #[arg(long)]
    email: String,
    #[arg(long)]
    name: String,
    /// owner, admin or agent.
    #[arg(long)]
    role: Role,
    /// By name; needed when there are several.
    #[arg(long)]
    workspace: Option<String>,
    /// Read the password from standard input.
    #[arg(long, required = true)]
    password_stdin: bool,
}

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Make an API token for a person and print it, once, as the last word.
    Add {
        #[arg(long)]
        email: String,
        /// What the token is for.
        #[arg(long)]
        name: String,
    },
    /// Show the tokens that are valid: whose they are and how they end, never the tokens themselves.
    List {
        /// Only this person's.
        #[arg(long)]
        email: Option<String>,
    },
    /// End a token at once: by its id in the list, or by owner and name.
    Revoke(Revoke),
}

#[derive(Args)]
pub(crate) struct Revoke {
    /// As it stands in the list.
    #[arg(long, required_unless_present = "email", conflicts_with_all = ["email", "name", "all"])]
    id: Option<TokenId>,
    /// Whose token it is.
    #[arg(long)]
    email: Option<String>,
    /// The name of the token.
    #[arg(long, requires = "email", required_unless_present_any = ["id", "all"])]
    name: Option<String>,
    /// All tokens of this person.
    #[arg(long, requires = "email", conflicts_with = "name")]
    all: bool,
}

impl UserCommand {
    /// Whether a password has to be read first.
    pub(crate) const fn needs_password(&self) -> bool {
        matches!(self, Self::Add(_) | Self::SetPassword { .. })
    }
}

/// Does what was asked for; what to say then.
pub(crate) async fn run_user(state: &AppState, command: UserCommand, password: SecretString) -> Result<String, Error> {
    let (email, change, words) = match command {
        UserCommand::Add(add) => {
            let AddUser { email, name, role, workspace, .. } = add;
            account::add_user(state, NewUser { email, name, role, workspace, password }).await?;
            return Ok("The user was added.".to_owned());
        }
        UserCommand::SetPassword { email, .. } => {
            let let_in = account::set_password(state, &email, password).await?;
            let words = "The password was set. The user is signed out everywhere, and their API tokens have ended.";
            let more = " They are disabled: parlance user enable lets them in.";
            return Ok(format!("{words}{}", if let_in { "" } else { more }));
        }
        UserCommand::List { workspace } => return list(state, workspace.as_deref()).await,
        UserCommand::ResetSecondFactor { email } => {
            let had_one = people::reset_second_factor(state, &email).await?;
            let words =
                if had_one { "Signing in asks for the password only." } else { "The user has no second factor." };
            return Ok(words.to_owned());
        }
        UserCommand::SetRole { email, role } => (email, Change::Role(role), format!("The user is {role} now.")),
        UserCommand::Disable { email } => {
            (email, Change::Disable, "The user is let in no more, and signed out everywhere.".to_owned())
        }
        UserCommand::Enable { email } => (email, Change::Enable, "The user can sign in again.".to_owned()),
        UserCommand::Remove { email } => (email, Change::Remove, "The user was removed.".to_owned()),
    };
    people::change(state, &email, change).await?;
    Ok(words)
}

async fn list(state: &AppState, workspace: Option<&str>) -> Result<String, Error> {
    let people = people::list(state, workspace).await?;
    if people.is_empty() {
        return Ok("There is nobody.".to_owned());
    }
    let rows = people.into_iter().map(|p| {
        let let_in = if p.disabled_at.is_none() { "active" } else { "disabled" };
        [p.email, p.name, p.role.to_string(), p.workspace_name, let_in.to_owned()]
    });
    Ok(table(["EMAIL", "NAME", "ROLE", "WORKSPACE", "STATE"], rows))
}

/// Does what was asked for; what to say then.
pub(crate) async fn run_token(state: &AppState, command: TokenCommand) -> Result<String, Error> {
    match command {
        TokenCommand::Add { email, name } => {
            let token = tokens::add(state, &email, &name).await?;
            Ok(format!("This token is shown only now: {token}"))
        }
        TokenCommand::List { email } => {
            let tokens = people::list_tokens(state, email.as_deref()).await?;
            if tokens.is_empty() {
                return Ok("There is no token that is valid.".to_owned());
            }
            let rows = tokens.into_iter().map(|t| {
                let end = t.last4.map_or_else(|| "?".to_owned(), |end| format!("…{end}"));
                let (ends, used) = (t.expires_at.map_or_else(|| "never".to_owned(), day), t.last_used_at.map(day));
                let used = used.unwrap_or_else(|| "never".to_owned());
                [t.id.to_string(), t.name, t.email, end, day(t.created_at), ends, used]
            });
            Ok(table(["ID", "NAME", "OWNER", "TOKEN", "CREATED", "ENDS", "LAST USED"], rows))
        }
        TokenCommand::Revoke(revoke) => {
            let which = match revoke {
                Revoke { id: Some(id), .. } => Which::Id(id),
                Revoke { email: Some(email), name: Some(name), .. } => Which::Named(email, name),
                Revoke { email: Some(email), all: true, .. } => Which::Of(email),
                _ => return Err(ApiError::invalid("id", "Which token? Name its id, or its owner and its name.").into()),
            };
            let count = people::revoke_tokens(state, which).await?;
            Ok(if count == 1 { "The token has ended.".to_owned() } else { format!("{count} tokens have ended.") })
        }
    }
}

/// The day of a moment in UTC, such as 2026-11-28.
fn day(at: Millis) -> String {
    time::OffsetDateTime::from_unix_timestamp(at / 1000).map_or_else(|_| "?".to_owned(), |at| at.date().to_string())
}

/// Columns below their names. What people typed cannot steer the terminal.
fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let plain = |text: String| text.replace(|c: char| c.is_control(), "\u{fffd}");
    let rows: Vec<[String; N]> =
        std::iter::once(head.map(str::to_owned)).chain(rows.map(|row| row.map(plain))).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
