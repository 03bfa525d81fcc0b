//! Which channel a conversation or message belongs to: an icon and the word.

use super::Icon;
use crate::{domain::channel::Channel, texts::words, ui::prelude::*};

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
        <span class="channel" data-channel=channel.as_str() title=words::channel(channel)>
            <Icon name=icon />
            <span class="channel__word" class:visually-hidden=compact>{words::channel(channel)}</span>
        </span>
    }
}
