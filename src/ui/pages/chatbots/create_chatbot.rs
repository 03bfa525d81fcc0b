//! The dialog that makes a chatbot. It asks for a name only; the rest has good defaults.

use leptos::ev::SubmitEvent;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    api::chatbots::create_chatbot,
    texts::{chatbots, shell},
    ui::{
        components::{Button, ButtonKind, Dialog, ErrorPanel, Field},
        live::use_live,
        prelude::*,
        state::{
            toasts::use_toasts,
            unsaved::{hold, use_leave},
            work::Work,
        },
    },
};

#[component]
pub(super) fn CreateChatbot(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open=open title=chatbots::create_title()>
            <CreateForm open=open />
        </Dialog>
    }
}

#[component]
fn CreateForm(open: RwSignal<bool>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    hold(move || name.with(|name| !name.trim().is_empty()));
    let leave = use_leave();
    let work = Work::new();
    let live = use_live();
    let toasts = use_toasts();
    let navigate = StoredValue::new(use_navigate());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        work.run(create_chatbot(name.get_untracked()), move |chatbot| {
            open.set(false);
            live.touch_chatbots();
            toasts.success(chatbots::created(&chatbot.name));
            let path = format!("/chatbots/{}", chatbot.id);
            navigate.try_with_value(|navigate| navigate(&path, NavigateOptions::default()));
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <Field
                id="chatbot-name"
                label=chatbots::name()
                value=name
                hint=chatbots::name_hint()
                required=true
                autofocus=true
                error=work.field_error("name")
            />
            {move || work.error_beside(&["name"]).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label=shell::cancel() on_press=leave />
                <Button label=chatbots::create_verb() kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
    }
}
