//! `contacts/…`: the customers behind conversations.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{
        contact::record::{Consent, Contact, ContactField, ContactFilter, ContactPage, CustomValue, NewContactField},
        conversation::Erased,
        ids::{ContactFieldId, ContactId},
    },
    error::ApiError,
};

/// Erases a contact with every conversation on every channel for good, and what is kept of them in event logs.
#[server(prefix = "/api/v1", endpoint = "contacts/erase", protocol = Wire)]
pub async fn erase_contact(id: ContactId) -> Result<Erased, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::Erase)?;
    Ok(service::erasure::erase_contact(&state, &actor, id).await?)
}

/// Contacts, newest first; or those whose name, user name or number begins with `query`, in its order. A number is found by its
/// beginning by those who may see numbers, by the whole of it by everybody. `before` is the `next` of the page before.
#[server(prefix = "/api/v1", endpoint = "contacts/list", protocol = Wire)]
pub async fn list_contacts(
    #[server(default)] query: Option<String>,
    #[server(default)] filter: Option<ContactFilter>,
    #[server(default)] before: Option<String>,
) -> Result<ContactPage, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadConversations)?;
    Ok(service::contact::list(&state, &actor, query.as_deref(), filter, before.as_deref()).await?)
}

/// A contact with their identities, custom fields and conversations. Numbers are masked.
#[server(prefix = "/api/v1", endpoint = "contacts/get", protocol = Wire)]
pub async fn get_contact(id: ContactId) -> Result<Contact, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadConversations)?;
    Ok(service::contact::get(&state, &actor, id).await?)
}

/// Changes the name (an empty one goes back to what the channel says) and values of custom fields (an empty one takes it away).
/// What is not given stays, and so does what is given with its digits still hidden.
#[server(prefix = "/api/v1", endpoint = "contacts/update", protocol = Wire)]
pub async fn update_contact(
    id: ContactId,
    #[server(default)] name: Option<String>,
    #[server(default)] custom: Option<Vec<CustomValue>>,
) -> Result<Contact, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::EditContacts)?;
    Ok(service::contact::update(&state, &actor, id, name, custom.unwrap_or_default()).await?)
}

/// Notes whether the contact agreed to be written to, from now on; for a yes also where that comes from.
#[server(prefix = "/api/v1", endpoint = "contacts/set_consent", protocol = Wire)]
pub async fn set_contact_consent(
    id: ContactId,
    consent: Consent,
    #[server(default)] source: Option<String>,
    #[server(default)] proof: Option<String>,
) -> Result<Contact, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::EditContacts)?;
    let (source, proof) = (source.unwrap_or_default(), proof.unwrap_or_default());
    Ok(service::contact::set_consent(&state, &actor, id, consent, (&source, &proof)).await?)
}

/// Blocks a contact or lets them in again. What a blocked one writes is kept; the bot does not answer it, and nobody is called.
#[server(prefix = "/api/v1", endpoint = "contacts/set_blocked", protocol = Wire)]
pub async fn set_contact_blocked(id: ContactId, blocked: bool) -> Result<Contact, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::EditContacts)?;
    Ok(service::contact::set_blocked(&state, &actor, id, blocked).await?)
}

/// The whole phone numbers of a contact. The audit log keeps who asked.
#[server(prefix = "/api/v1", endpoint = "contacts/reveal", protocol = Wire)]
pub async fn reveal_contact(id: ContactId) -> Result<Vec<String>, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::RevealNumbers)?;
    Ok(service::contact::reveal(&state, &actor, id).await?)
}

/// The custom fields of contacts.
#[server(prefix = "/api/v1", endpoint = "contact_fields/list", protocol = Wire)]
pub async fn list_contact_fields() -> Result<Vec<ContactField>, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadConversations)?;
    Ok(service::contact::list_fields(&state, &actor).await?)
}

/// Makes a custom field, or with `id` changes the label and choices of one.
#[server(prefix = "/api/v1", endpoint = "contact_fields/save", protocol = Wire)]
pub async fn save_contact_field(#[server(flatten)] field: NewContactField) -> Result<ContactField, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageContacts)?;
    Ok(service::contact::save_field(&state, &actor, field).await?)
}

/// Removes a custom field with the values that contacts have in it.
#[server(prefix = "/api/v1", endpoint = "contact_fields/delete", protocol = Wire)]
pub async fn delete_contact_field(id: ContactFieldId) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageContacts)?;
    Ok(service::contact::delete_field(&state, &actor, id).await?)
}
