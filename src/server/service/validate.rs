//! Judging what people type, in one way everywhere.

use crate::{
    domain::visible::{has_visible, is_stray},
    error::ApiError,
};

/// Trims a text and checks its length; `field` is the wire's name of it.
pub fn text(field: &str, value: &str, max: usize) -> Result<String, ApiError> {
    let value = value.trim().replace('\0', "");
    if value.chars().count() > max {
        return Err(ApiError::invalid(field, format!("This is longer than {max} characters."))
            .action("Shorten it and save again."));
    }
    Ok(value)
}

/// The same for a text that must not be empty: something of it has to be seen.
pub fn required(field: &str, value: &str, max: usize) -> Result<String, ApiError> {
    let value = text(field, value, max)?;
    if !has_visible(&value) {
        return Err(ApiError::invalid(field, "This must not be empty.").action("Fill it in and save again."));
    }
    Ok(value)
}

/// An e-mail address, roughly: only a mail to it could tell for sure.
pub fn email(field: &str, value: &str) -> Result<String, ApiError> {
    // Invisible marks come along when an address is copied.
    let value: String = value.chars().filter(|c| !is_stray(*c)).collect();
    let value = required(field, &value, 254)?.to_lowercase();
    let good = value.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.') || host == "localhost"
    });
    if good && !value.chars().any(|c| c.is_whitespace() || c.is_control()) && value.matches('@').count() == 1 {
        Ok(value)
    } else {
        Err(ApiError::invalid(field, "This is not an e-mail address.").action("Write it like name@example.com."))
    }
}
