//! How customers are reached: a folder for each channel's provider, the only rooms that know its words.

pub mod whatsapp;
