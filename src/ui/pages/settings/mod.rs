//! Settings: what belongs to oneself, and who works here.

mod account_page;
mod audit_page;
mod audit_row;
mod create_token;
mod frame;
mod invitations;
mod invite;
mod member;
mod member_dialogs;
mod password;
mod people_page;
mod profile;
mod second_factor;
mod second_factor_form;
mod sign_ins;
mod tokens_page;
mod workspace;
mod workspaces;

pub(crate) use account_page::AccountPage;
pub(crate) use audit_page::AuditPage;
pub(crate) use people_page::PeoplePage;
pub(crate) use tokens_page::TokensPage;
