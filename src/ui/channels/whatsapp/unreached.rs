//! Says, before anything is entered or pasted, that Meta cannot reach this server, and how to give it an address.

use crate::{
    texts::{integrations, words},
    ui::{
        components::{Icon, Pending},
        prelude::*,
        state::session::use_session,
    },
};

#[component]
pub(super) fn Unreached() -> impl IntoView {
    let session = use_session();
    view! {
        <Pending>
            {move || session.unreached().map(|(address, why)| view! {
                <div class="notice" data-tone="waiting" role="note">
                    <Icon name="alert" />
                    <div class="notice__words">
                        <p><strong>{integrations::no_message_yet()}</strong> " " {integrations::this_address()} " " <code>{address}</code> ", " {words::cannot_reach(why)}</p>
                        <ol class="numbered">
                            <li>
                                {integrations::proxy_step()}
                            </li>
                            <li>
                                {integrations::address_step()} " "
                                <code>"PARLANCE_PUBLIC_URL=https://chat.example.com PARLANCE_TRUSTED_PROXIES=127.0.0.1"</code>
                            </li>
                            <li>{integrations::open_step()}</li>
                        </ol>
                        <p>{integrations::before_that()}</p>
                    </div>
                </div>
            })}
        </Pending>
    }
}
