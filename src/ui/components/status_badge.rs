//! The status of an integration in words, with an icon.

use super::{Badge, Tone};
use crate::{domain::integration::IntegrationStatus, texts::words, ui::prelude::*};

#[component]
pub(crate) fn StatusBadge(status: IntegrationStatus) -> impl IntoView {
    let (tone, icon) = match status {
        IntegrationStatus::Connected => (Tone::Good, "tick"),
        IntegrationStatus::Waiting => (Tone::Waiting, "clock"),
        IntegrationStatus::Error => (Tone::Bad, "alert"),
        IntegrationStatus::NotConnected | IntegrationStatus::Inactive => (Tone::Neutral, "ban"),
    };
    view! { <Badge tone=tone icon=icon text=words::integration_status(status) /> }
}
