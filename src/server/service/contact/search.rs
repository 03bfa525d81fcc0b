//! Lists of contacts: all, some, and those whose name, user name or number begins with a text.

use std::collections::HashSet;

use super::view;
use crate::{
    domain::{
        contact::IdentityKind,
        contact::record::{Consent, ContactFilter, ContactPage, ContactSummary},
        digits::digit,
        ids::{ContactId, WorkspaceId},
        role::Permission,
    },
    error::ApiError,
    server::{
        error::Result,
        service::{Services, actor::Actor, validate},
        store::{
            Conn, StoreResult,
            contact::record::{self, Key, RecordRow},
        },
    },
};

const PAGE: usize = 50;
const QUERY_MAX: usize = 100;
/// Whoever may not see numbers finds one by the whole of it only, or they could feel their way along it.
const WHOLE_NUMBER: usize = 7;

/// What is gone through, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// All of them, newest first.
    All,
    Name,
    Username,
    Number,
}

impl Way {
    const fn word(self) -> &'static str {
        match self {
            Self::All => "a",
            Self::Name => "n",
            Self::Username => "u",
            Self::Number => "p",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::All, Self::Name, Self::Username, Self::Number].into_iter().find(|way| way.word() == word)
    }
}

/// A page of contacts.
///
/// # Errors
/// `invalid` for a place that is none (any more), and for a text that is too long.
pub async fn list(
    state: &Services,
    actor: &Actor,
    query: Option<&str>,
    filter: Option<ContactFilter>,
    before: Option<&str>,
) -> Result<ContactPage> {
    let query = validate::text("query", query.unwrap_or_default(), QUERY_MAX)?;
    let reveals = actor.require(Permission::RevealNumbers).is_ok();
    let asked = Asked { workspace_id: actor.workspace_id, filter, number: number(&query, reveals), query, reveals };
    let mut conn = state.store.read().await?;
    let (mut way, mut after) = start(&asked, before)?;
    let mut rows: Vec<(Way, RecordRow)> = Vec::new();
    loop {
        let missing = i64::try_from(PAGE + 1 - rows.len()).unwrap_or_default();
        rows.extend(step(&mut conn, &asked, way, after, missing).await?.into_iter().map(|row| (way, row)));
        if rows.len() > PAGE || way != Way::Name {
            break;
        }
        (way, after) = (Way::Username, ContactId::nil());
    }
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|(way, row)| format!("{}.{}", way.word(), row.id));
    let mut shown = summaries(&mut conn, asked.workspace_id, rows.into_iter().map(|(_, row)| row).collect()).await?;
    if !reveals && asked.number.is_none() && !asked.query.is_empty() {
        // What is hidden in a name cannot be looked for either.
        shown.retain(|contact| begins_as_shown(contact, &asked.query));
    }
    match asked.filter.filter(|_| !asked.query.is_empty()) {
        None => {}
        Some(ContactFilter::Blocked) => shown.retain(|contact| contact.blocked),
        Some(ContactFilter::OptedOut) => shown.retain(|contact| contact.consent == Consent::OptedOut),
    }
    Ok(ContactPage { rows: shown, next })
}

/// What is looked for.
struct Asked {
    workspace_id: WorkspaceId,
    filter: Option<ContactFilter>,
    query: String,
    /// The numbers that are meant, when it is no name: from the first up to the second.
    number: Option<(String, String)>,
    /// Whether whoever looks may see whole numbers.
    reveals: bool,
}

/// The numbers that a text means which is written like one; `whole` ones only for those who may not see them.
fn number(query: &str, reveals: bool) -> Option<(String, String)> {
    let is_of_number = |c: char| digit(c).is_some() || c.is_whitespace() || "+-()./".contains(c);
    if !query.chars().all(is_of_number) {
        return None;
    }
    let digits: String = query.chars().filter_map(digit).map(|d| char::from(b'0' + d)).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits).to_owned();
    if digits.is_empty() {
        return None;
    }
    // Letters come behind all digits, in every order of signs.
    let end = if reveals { 'a' } else { '0' };
    let low = if reveals || digits.len() >= WHOLE_NUMBER { digits } else { "-".to_owned() };
    Some((low.clone(), format!("{low}{end}")))
}

fn start(asked: &Asked, before: Option<&str>) -> Result<(Way, ContactId)> {
    let first = match (&asked.number, asked.query.is_empty()) {
        (_, true) => Way::All,
        (Some(_), false) => Way::Number,
        (None, false) => Way::Name,
    };
    let Some(before) = before else {
        return Ok((first, if first == Way::All { ContactId::max() } else { ContactId::nil() }));
    };
    let no_place = || ApiError::invalid("before", "This is not a `next` of a page.");
    let (word, id) = before.split_once('.').ok_or_else(no_place)?;
    let way = Way::from_word(word).filter(|way| *way == first || (*way, first) == (Way::Username, Way::Name));
    let (way, id) = (way.ok_or_else(no_place)?, id.parse::<ContactId>().map_err(|_| no_place())?);
    Ok((way, id))
}

async fn step(conn: &mut Conn, asked: &Asked, way: Way, after: ContactId, limit: i64) -> Result<Vec<RecordRow>> {
    let ws = asked.workspace_id;
    let query = asked.query.as_str();
    if matches!(way, Way::Name | Way::Username) && !asked.reveals && after != ContactId::nil() {
        // Nor does a place in the list tell what is hidden in the name of who stands there.
        let row = record::find(conn, ws, after).await?.ok_or_else(changed)?;
        if !summaries(conn, ws, vec![row]).await?.iter().any(|contact| begins_as_shown(contact, query)) {
            return Err(changed().into());
        }
    }
    let rows = match (way, &asked.number) {
        (Way::All, _) => record::list(conn, ws, asked.filter, after, limit).await?,
        (Way::Name, _) => {
            let place = place(conn, ws, after, (Key::Name, query)).await?;
            record::list_by_name(conn, ws, query, (&place, after), limit).await?
        }
        (Way::Username, _) => {
            let text = query.strip_prefix('@').unwrap_or(query);
            let place = place(conn, ws, after, (Key::Username, text)).await?;
            record::list_by_username(conn, ws, (text, query), (&place, after), limit).await?
        }
        (Way::Number, Some((low, high))) => {
            // The number of theirs that the page before ended with.
            let theirs = record::list_identities(conn, ws, after).await?;
            let numbers = theirs.into_iter().filter(|(kind, ..)| kind == IdentityKind::WaId.as_str());
            let within = numbers.map(|(_, value, _)| value).filter(|value| value >= low && value < high).max();
            let behind = if after == ContactId::nil() { String::new() } else { within.ok_or_else(changed)? };
            // Both bounds below are as near as they can be: a database begins at either.
            let from = low.max(&behind);
            record::list_by_number(conn, ws, (from, high), &behind, limit).await?
        }
        (Way::Number, None) => Vec::new(),
    };
    Ok(rows)
}

/// Where the page before ended; the beginning where there was none.
async fn place(conn: &mut Conn, ws: WorkspaceId, after: ContactId, (key, text): (Key, &str)) -> Result<String> {
    if after == ContactId::nil() {
        return Ok(text.to_owned());
    }
    Ok(record::place(conn, ws, after, (key, text)).await?.ok_or_else(changed)?)
}

/// Who stood last on the page before has left the list.
fn changed() -> ApiError {
    ApiError::conflict("The list has changed meanwhile.").action("Search again.")
}

/// Rows as they may be seen. Those of whom nothing is known are told apart by what their channel calls them.
async fn summaries(conn: &mut Conn, ws: WorkspaceId, rows: Vec<RecordRow>) -> StoreResult<Vec<ContactSummary>> {
    let ids: Vec<ContactId> = rows.iter().map(|row| row.id).collect();
    let identities = record::list_identities_of(conn, ws, &ids).await?;
    let mut seen = HashSet::new();
    Ok(rows
        .iter()
        // One with two numbers is found by both.
        .filter(|row| seen.insert(row.id))
        .map(|row| {
            let theirs = identities.iter().filter(|(id, ..)| *id == row.id);
            let theirs: Vec<(&str, &str)> = theirs.map(|(_, kind, value)| (kind.as_str(), value.as_str())).collect();
            view::summary(row, &theirs)
        })
        .collect())
}

fn begins_as_shown(contact: &ContactSummary, query: &str) -> bool {
    let begins = |text: &str, with: &str| text.to_lowercase().starts_with(&with.to_lowercase());
    let username = contact.username.as_deref().unwrap_or_default();
    begins(&contact.name, query) || begins(username, query.strip_prefix('@').unwrap_or(query))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_number_is_found_however_it_is_written() {
        let low = |query: &str, reveals| number(query, reveals).map(|(low, _)| low);
        for query in ["+49 151 234", "0049151234", "49-151/234", "٤٩١٥١٢٣٤"] {
            assert_eq!(low(query, true).as_deref(), Some("49151234"), "{query}");
        }
        for query in ["Ada 49", "100%", "49_"] {
            assert_eq!(low(query, true), None, "{query}");
        }
        assert_eq!(low("+", true), None);
        // Whoever may not see numbers cannot feel their way along one.
        assert_eq!(low("49151", false).as_deref(), Some("-"));
        assert_eq!(number("49151234567", false), Some(("49151234567".to_owned(), "491512345670".to_owned())));
    }
}
