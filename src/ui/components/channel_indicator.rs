//! Which channel a conversation or message belongs to: an icon and the word.

use super::Icon;
use crate::{domain::channel::Channel, ui::prelude::*};

#[component]
pub(crate) fn ChannelIndicator(
    channel: Channel,
    /// Shows the icon alone; the word is still read out.
    #[prop(optional)]
    compact: bool,
) -> impl IntoView {
    // WhatsApp's logo is a trademark: a neutral bubble stands for it.
    let icon = match channel {
        Channel::Web => "globe",
        Channel::Whatsapp | Channel::Newer => "bubble",
    };
    view! {
        <span class="channel" data-channel=channel.as_str() title=channel.label()>
            <Icon name=icon />
            <span class="channel__word" class:visually-hidden=compact>{channel.label()}</span>
        </span>
    }
}
