//! Integrations: the connections of chatbots to WhatsApp Business numbers, from the first key to the last message.

mod callback_dialog;
mod card_facts;
mod card_menu;
mod card_notices;
mod connected;
mod console;
mod copy_line;
mod dead_letters;
mod delete_dialog;
mod deliveries;
mod delivery_body;
mod desk;
mod dialogs;
mod entries;
mod entry_form;
mod event_log_page;
mod first_message;
mod integration_card;
mod integrations_page;
mod sandbox_dialog;
mod switch_dialog;
mod test_dialog;
mod test_run;
mod test_steps;
mod unreached;
mod whatsapp_modal;

pub(crate) use desk::{Desk, Errand};
pub(crate) use dialogs::Dialogs;
pub(crate) use event_log_page::EventLogPage;
pub(crate) use integration_card::IntegrationCard;
pub(crate) use integrations_page::IntegrationsPage;
