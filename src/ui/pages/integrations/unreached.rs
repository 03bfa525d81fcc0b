//! Says, before anything is entered or pasted, that Meta cannot reach this server, and how to give it an address.

use crate::ui::{
    components::{Icon, Pending},
    prelude::*,
    state::session::use_session,
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
                        <p><strong>"No message will arrive yet."</strong> " This server’s address, " <code>{address}</code> ", " {why.reason()}</p>
                        <ol class="numbered">
                            <li>
                                "Put a reverse proxy with a certificate before this server, or a tunnel such as cloudflared, ngrok or Tailscale Funnel. Either gives it a public https address."
                            </li>
                            <li>
                                "Start Parlance again with that address: "
                                <code>"PARLANCE_PUBLIC_URL=https://chat.example.com PARLANCE_TRUSTED_PROXIES=127.0.0.1"</code>
                            </li>
                            <li>"Open Parlance by that address. The callback URL for Meta is then the right one."</li>
                        </ol>
                        <p>"You can enter and test everything else before. What you save stays."</p>
                    </div>
                </div>
            })}
        </Pending>
    }
}
