//! The phone of one simulated customer: the chat with a business number, as the customer sees it.

use leptos::{ev::SubmitEvent, html};

use crate::{
    api::sandbox::{get_sandbox_thread, send_as_customer},
    domain::{
        content::{Content, Kind, Location},
        ids::CustomerId,
        sandbox::{SandboxMessage, SandboxNumber, SandboxTick},
    },
    texts::{inbox, sandbox},
    ui::{
        components::{
            Avatar, Button, ButtonKind, EachLive, ErrorPanel, Icon, Moment, MomentStyle, Pending, Skeleton,
            content_view,
        },
        prelude::*,
        state::{at_end::AtEnd, data::load, guard::guarded, work::Work},
    },
};

#[component]
pub(super) fn Phone(
    customer_id: CustomerId,
    /// The number that the customer writes to.
    business: Memo<Option<SandboxNumber>>,
    /// Grows whenever something happened on a phone.
    version: RwSignal<u32>,
) -> impl IntoView {
    let thread = load(move || version.get(), move |_| guarded(get_sandbox_thread(customer_id)));
    let log = NodeRef::<html::Div>::new();
    let name = move || business.get().map(|b| b.verified_name).unwrap_or_default();
    let owner = move || thread.with(|t| t.as_ref().and_then(|t| t.as_ref().ok()).map(|t| t.customer.name.clone()));
    let typing = move || thread.with(|t| t.as_ref().is_some_and(|t| t.as_ref().is_ok_and(|t| t.typing)));
    // A phone shows what is newest.
    let at_end = AtEnd::follow(log, None);
    effect(move || {
        thread.track();
        at_end.go();
    });
    view! {
        <section class="phone" aria-label=sandbox::phone()>
            <header class="phone__head">
                {move || view! { <Avatar name=name() /> }}
                <div>
                    <h2 class="phone__name" dir="auto">{move || name()}</h2>
                    <p class="phone__small" dir="auto">
                        <Pending>{move || owner().map(|owner| sandbox::phone_of(&owner))}</Pending>
                    </p>
                </div>
            </header>
            <Pending fallback=|| view! { <Skeleton shape="bubbles" /> }>
                {move || {
                    thread.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || thread.refetch() /> })
                }}
                <div
                    class="phone__log"
                    node_ref=log
                    role="log"
                    aria-label=inbox::messages()
                    aria-relevant="additions"
                    tabindex="0"
                    on:scroll=move |_| { at_end.look(); }
                ><ol class="log">
                    <EachLive
                        each=move || thread.get().and_then(Result::ok).map(|t| t.messages).unwrap_or_default()
                        key=|m: &SandboxMessage| m.id.clone()
                        let:message
                    >
                        {move || bubble(message.get())}
                    </EachLive>
                    {move || typing().then(|| view! {
                        <li class="bubble bubble--in bubble--typing">
                            <span class="visually-hidden">{sandbox::typing()}</span>
                            <span class="dot"></span><span class="dot"></span><span class="dot"></span>
                        </li>
                    })}
                </ol></div>
            </Pending>
            <Compose customer_id=customer_id on_sent=move || thread.refetch() />
        </section>
    }
}

/// Built into the elements that are there already: a new tick changes the tick.
fn bubble(message: SandboxMessage) -> AnyView {
    let (icon, word) = match message.tick {
        SandboxTick::Clock => ("clock", sandbox::on_its_way()),
        SandboxTick::Delivered => ("ticks", inbox::state_delivered()),
        SandboxTick::Read => ("ticks", inbox::state_read()),
        SandboxTick::Failed => ("alert", sandbox::refused()),
    };
    let tick = message.mine.then(|| {
        view! {
            <span class="ticks" data-state=message.tick.as_str() title=word>
                <Icon name=icon />
                <span class="visually-hidden">{word}</span>
            </span>
        }
    });
    view! {
        <li class="bubble" class:bubble--out=message.mine class:bubble--in=!message.mine>
            {content_view(&message.content, None)}
            <span class="bubble__meta"><Moment at=message.at style=MomentStyle::Time />{tick}</span>
        </li>
    }
}

/// Where simulated customers are.
fn here() -> Location {
    let (name, address) = ("Central Station".to_owned(), "Station Square 1".to_owned());
    Location { latitude: 52.525, longitude: 13.3695, name: Some(name), address: Some(address) }
}

#[component]
fn Compose(customer_id: CustomerId, #[prop(into)] on_sent: Callback<()>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let work = Work::new();
    // One goes after the other, so that they arrive in order. What cannot be sent goes back to where it was written.
    let waiting = RwSignal::new(Vec::<Content>::new());
    effect(move || {
        if work.busy().get() {
            return;
        }
        let Some(next) = waiting.with(|w| w.first().cloned()) else { return };
        if work.error().with(Option::is_some) {
            let back = waiting.try_update(std::mem::take).unwrap_or_default();
            let texts = back.into_iter().filter(|content| content.kind == Kind::Text).map(|content| content.text);
            let back = texts.collect::<Vec<_>>().join(" ");
            text.update(|t| *t = if t.is_empty() { back } else { format!("{back} {t}") });
            return;
        }
        work.run(send_as_customer(customer_id, next.text, Some(next.kind)), move |_| {
            waiting.update(|w| drop(w.remove(0)));
            on_sent.run(());
        });
    });
    let send = move |content: Content| {
        work.forget_error();
        waiting.update(|w| w.push(content));
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let message = text.get_untracked().trim().to_owned();
        if message.is_empty() {
            return;
        }
        text.set(String::new());
        send(Content::text(message));
    };
    view! {
        {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
        <form class="phone__form" on:submit=submit>
            <label class="visually-hidden" for="phone-text">{inbox::message()}</label>
            <input
                class="input"
                id="phone-text"
                dir="auto"
                autocomplete="off"
                placeholder=inbox::message()
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            />
            <Button
                label=sandbox::send_location()
                icon="globe"
                icon_only=true
                kind=ButtonKind::Quiet
                on_press=move || send(Content::location(here()))
            />
            <Button label=inbox::send() icon="send" icon_only=true kind=ButtonKind::Primary submit=true />
        </form>
    }
}
