//! Connecting a WhatsApp Business number: first the form, then what to enter at Meta's.

use super::{connect_form::ConnectForm, connected::Connected};
use crate::{
    domain::{chatbot::Chatbot, integration::Integration},
    ui::{components::Dialog, prelude::*},
};

#[component]
pub(super) fn ConnectDialog(open: RwSignal<bool>, chatbots: RwSignal<Vec<Chatbot>>) -> impl IntoView {
    view! {
        <Dialog open=open title="Connect WhatsApp" wide=true>
            <Steps open=open chatbots=chatbots />
        </Dialog>
    }
}

#[component]
fn Steps(open: RwSignal<bool>, chatbots: RwSignal<Vec<Chatbot>>) -> impl IntoView {
    let made = RwSignal::new(None::<Integration>);
    move || match made.get() {
        None => view! { <ConnectForm open=open chatbots=chatbots made=made /> },
        Some(integration) => view! { <Connected integration=integration on_done=move || open.set(false) /> },
    }
}
