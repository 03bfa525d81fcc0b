//! The chat of a chatbot on websites: its card with the switch, and what asks before something goes.

use crate::{
    api::chatbots::{erase_website_history, get_chatbot, set_website},
    domain::{
        channel::Channel,
        chatbot::Chatbot,
        ids::{ChatbotId, IntegrationId},
        role::Permission,
    },
    texts::{chatbots, inbox},
    ui::{
        components::{Badge, Button, ButtonKind, ChannelIndicator, ConfirmDialog, CopyButton, ErrorPanel, Icon, Tone},
        live::use_live,
        prelude::*,
        state::{
            data::{Data, derived, load},
            guard::guarded,
            session::use_session,
            toasts::use_toasts,
            work::Work,
        },
    },
};

/// What card and dialogs share. (Dialogs live beside the cards: those change whenever something arrives.)
#[derive(Clone, Copy)]
pub(super) struct WebsiteDesk {
    id: ChatbotId,
    name: Signal<String>,
    chatbot: Data<Chatbot>,
    switch: Work,
    closing: RwSignal<bool>,
    erase: Work,
    erasing: RwSignal<bool>,
}

impl WebsiteDesk {
    pub(super) fn new(id: ChatbotId, name: Signal<String>) -> Self {
        let live = use_live();
        let chatbot = load(move || live.chatbots(), move |_| guarded(get_chatbot(id)));
        let closed = || RwSignal::new(false);
        Self { id, name, chatbot, switch: Work::new(), closing: closed(), erase: Work::new(), erasing: closed() }
    }

    /// Switches it, and says what that means.
    fn set(self, active: bool) -> impl Fn() + Copy {
        let (live, toasts) = (use_live(), use_toasts());
        move || {
            self.switch.run(set_website(self.id, active), move |_| {
                self.closing.set(false);
                live.touch_chatbots();
                toasts.success(if active { chatbots::now_on() } else { chatbots::now_off() });
            });
        }
    }
}

#[component]
pub(super) fn Website(website: WebsiteDesk) -> impl IntoView {
    let known = move || website.chatbot.get().and_then(Result::ok);
    let open = derived(move |_| {
        known().map(|bot| Open {
            on: bot.web_active,
            page: bot.web_integration_id.map(page_of),
            address: bot.web_address,
        })
    });
    let manages = use_session().may(Permission::ManageIntegrations);
    view! {
        <li>
            <article class="card integration" aria-label=chatbots::website()>
                <header class="integration__head">
                    <div class="integration__name">
                        <h3 class="card__title">{chatbots::website()}</h3>
                        <p class="card__small">{move || if is_on(&open.get()) { chatbots::website_on() } else { chatbots::website_off() }}</p>
                    </div>
                    <div class="cluster">
                        <ChannelIndicator channel=Channel::Web />
                        {move || if is_on(&open.get()) {
                            view! { <Badge tone=Tone::Good icon="tick" text=chatbots::on() /> }
                        } else {
                            view! { <Badge icon="power" text=chatbots::off() /> }
                        }}
                    </div>
                </header>
                {move || open.get().filter(|open| open.on).map(|open| view! { <Address address=open.address /> })}
                {move || website.switch.error().get().map(|error| view! { <ErrorPanel error=error /> })}
                <footer class="integration__actions">
                    <Actions website=website open=open manages=manages />
                </footer>
            </article>
        </li>
    }
}

/// Whether the chat is open, and where.
#[derive(Clone, PartialEq)]
struct Open {
    on: bool,
    page: Option<String>,
    address: String,
}

fn page_of(integration_id: IntegrationId) -> String {
    format!("/widget/{integration_id}")
}

fn is_on(open: &Option<Open>) -> bool {
    open.as_ref().is_some_and(|open| open.on)
}

#[component]
fn Address(address: String) -> impl IntoView {
    view! {
        <div class="copy-line">
            <span class="copy-line__label">{chatbots::address()}</span>
            <code class="copy-line__value">{address.clone()}</code>
            <CopyButton value=address label=chatbots::copy_address() copied=chatbots::address_copied() />
        </div>
    }
}

#[component]
fn Actions(website: WebsiteDesk, open: Signal<Option<Open>>, manages: Signal<bool>) -> impl IntoView {
    let switch_on = website.set(true);
    let on = derived(move |_| is_on(&open.get()));
    let ask = move || {
        website.switch.forget_error();
        website.closing.set(true);
    };
    let erases = use_session().may(Permission::Erase);
    let ask_to_erase = move || {
        website.erase.forget_error();
        website.erasing.set(true);
    };
    view! {
        {move || open.get().filter(|open| open.on).and_then(|open| open.page).map(|page| view! {
            <a class="button" href=page target="_blank" rel="external"><Icon name="globe" /><span>{chatbots::open_page()}</span></a>
        })}
        {move || manages.get().then(|| if on.get() {
            view! { <Button label=chatbots::switch_off() icon="power" kind=ButtonKind::Quiet on_press=ask /> }
        } else {
            view! { <Button label=chatbots::switch_on() icon="power" busy=website.switch.busy() on_press=switch_on /> }
        })}
        {move || erases.get().then(|| view! {
            <Button label=chatbots::erase_history() icon="trash" kind=ButtonKind::Quiet on_press=ask_to_erase />
        })}
    }
}

#[component]
pub(super) fn WebsiteDialogs(website: WebsiteDesk) -> impl IntoView {
    let toasts = use_toasts();
    let erase = move || {
        website.erase.run(erase_website_history(website.id), move |erased| {
            website.erasing.set(false);
            toasts.success(if erased.all { chatbots::history_erased() } else { inbox::erasing() });
        });
    };
    view! {
        <ConfirmDialog
            open=website.closing
            title=Signal::derive(move || chatbots::switch_off_title(&website.name.get()))
            consequence=chatbots::switch_off_text()
            verb=chatbots::switch_off()
            work=website.switch
            on_confirm=website.set(false)
        />
        <ConfirmDialog
            open=website.erasing
            title=Signal::derive(move || chatbots::erase_history_title(&website.name.get()))
            consequence=chatbots::erase_history_text()
            verb=inbox::erase()
            work=website.erase
            on_confirm=erase
        />
    }
}
