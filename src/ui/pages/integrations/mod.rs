//! Integrations: the connections of chatbots to WhatsApp Business numbers.

mod connect_dialog;
mod connect_form;
mod connected;
mod delete_integration;
mod integration_card;
mod integrations_page;
mod sandbox_dialog;
mod status_badge;
mod target;
mod test_connection;

pub(crate) use integrations_page::IntegrationsPage;
pub(crate) use status_badge::StatusBadge;
