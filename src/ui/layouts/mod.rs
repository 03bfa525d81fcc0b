//! The frames around pages: one for those who are signed in, one for those who are not.

mod app_layout;
mod navigation;
mod public_layout;
mod user_menu;

pub(crate) use app_layout::AppLayout;
pub(crate) use public_layout::PublicLayout;
