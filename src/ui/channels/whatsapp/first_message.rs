//! The moment for which all this was done: somebody writes to the number, and it arrives.

use crate::{
    api::whatsapp::{get_chat_link, get_integration},
    domain::integration::{ChatLink, Integration, Provider},
    texts::integrations,
    ui::{
        components::{Icon, Pending},
        live::use_live,
        prelude::*,
        state::{data::load, guard::guarded},
    },
};

#[component]
pub(super) fn FirstMessage(integration: Integration) -> impl IntoView {
    let live = use_live();
    let id = integration.id;
    let before = integration.last_inbound_at;
    let simulated = integration.provider == Provider::Sandbox;
    let now = load(move || live.integrations_in_use(), move |_| guarded(get_integration(id)));
    let chat = load(move || live.integrations_in_use(), move |_| guarded(get_chat_link(id)));
    view! {
        <section class="stack first" aria-labelledby="first-title">
            <h3 class="part__title" id="first-title">{integrations::first_title()}</h3>
            {if simulated {
                view! { <p><a class="button" href="/sandbox"><Icon name="phone" /><span>{integrations::open_phone()}</span></a></p> }
            } else {
                view! { <Pending><WriteTo chat=Signal::derive(move || chat.get().and_then(Result::ok).flatten()) /></Pending> }
            }}
            <div class="first__line" role="status">
                <Pending>
                    {move || {
                        let latest = now.with(|n| n.as_ref().and_then(|n| n.as_ref().ok()).and_then(|i| i.last_inbound_at));
                        arrived(latest.is_some() && latest != before)
                    }}
                </Pending>
            </div>
        </section>
    }
}

fn arrived(arrived: bool) -> AnyView {
    if arrived {
        view! {
            <p class="notice" data-tone="good"><Icon name="check-circle" /><strong>{integrations::received()}</strong></p>
        }
    } else {
        view! { <p class="notice first__waiting"><Icon name="clock" /><span>{integrations::awaiting_first()}</span></p> }
    }
}

#[component]
fn WriteTo(chat: Signal<Option<ChatLink>>) -> impl IntoView {
    // Drawn again only when it is another one.
    let chat = Memo::new(move |_| chat.get());
    move || match chat.get() {
        Some(ChatLink { link, qr }) => {
            let square = format!("0 0 {} {}", qr.size, qr.size);
            let href = link.clone();
            view! {
                <div class="first__invite">
                    <svg class="qr" viewBox=square role="img" aria-label=integrations::qr()>
                        <path d=qr.path></path>
                    </svg>
                    <p>{integrations::scan()} " " <a href=href target="_blank" rel="noreferrer">{link}</a> ". " {integrations::then_write()}</p>
                </div>
            }
        }
        None => view! { <p>{integrations::write_anything()}</p> },
    }
}
