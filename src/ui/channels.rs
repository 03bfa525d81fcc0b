//! What one channel needs of its own: how its integrations are made, shown and mended. A folder for each.

pub(crate) mod whatsapp;
