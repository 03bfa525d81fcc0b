//! Contacts: the list with its search, one contact, and the fields that a workspace makes for them.

mod about;
mod block;
mod consent;
mod contact_page;
mod contacts_page;
mod erase;
mod fields_dialog;
mod who;

pub(crate) use contact_page::ContactDetailPage;
pub(crate) use contacts_page::ContactsPage;
