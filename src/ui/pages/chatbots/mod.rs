//! Chatbots: the list, and one chatbot with what it knows.

mod channels;
mod chatbot_page;
mod chatbots_page;
mod create_chatbot;
mod delete_chatbot;
mod knowledge;
mod knowledge_editor;
mod knowledge_row;
mod settings;
mod try_it;
mod website;

pub(crate) use chatbot_page::ChatbotPage;
pub(crate) use chatbots_page::ChatbotsPage;
