//! The inbox: every conversation of every channel, live.
//!
//! The address is the state: which conversation is open and which ones are listed.

mod activity;
mod alert_choices;
mod assignee;
mod back_to_list;
mod bubble;
mod composer;
mod conversation_list;
mod conversation_row;
mod details;
mod erase;
mod filter_choices;
mod filter_menu;
mod filters;
mod inbox_page;
mod keys;
mod known;
mod label_menu;
mod lines;
mod listed;
mod messages;
mod note_form;
mod place;
mod shortcuts;
mod snooze;
mod tabs;
mod thread;
mod thread_header;
mod unsent;

pub(crate) use alert_choices::AlertList;
pub(crate) use back_to_list::BackToList;
pub(crate) use filter_choices::{Chosen, FilterChoices, FilterList};
pub(crate) use inbox_page::InboxPage;
pub(crate) use shortcuts::Shortcuts;
pub(crate) use thread::Thread;
