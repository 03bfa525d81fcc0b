//! One's own name.

use leptos::ev::SubmitEvent;

use crate::{
    api::account::update_account,
    texts::{set_up, settings, shell},
    ui::{
        components::{Button, ButtonKind, ErrorPanel, Field, Pending},
        live::use_live,
        prelude::*,
        state::{data::derived, session::use_session, toasts::use_toasts, unsaved::hold, work::Work},
    },
};

#[component]
pub(super) fn Profile() -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="profile-title">
            <h2 class="panel__title" id="profile-title">{settings::profile()}</h2>
            <Pending><Known /></Pending>
        </section>
    }
}

/// The form keeps what is being typed, so it is built once.
#[component]
fn Known() -> impl IntoView {
    let session = use_session();
    let known = derived(move |before: Option<&Option<String>>| {
        before.cloned().flatten().or_else(|| session.get().and_then(Result::ok).map(|s| s.name))
    });
    view! { {move || known.get().map(|name| view! { <NameForm name=name /> })} }
}

#[component]
fn NameForm(name: String) -> impl IntoView {
    let (typed, saved) = (RwSignal::new(name.clone()), StoredValue::new(name));
    hold(move || saved.with_value(|s| typed.with(|t| t != s)));
    let (work, live, toasts, session) = (Work::new(), use_live(), use_toasts(), use_session());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        work.run(update_account(typed.get_untracked()), move |changed| {
            typed.set(changed.name.clone());
            saved.set_value(changed.name);
            session.refetch();
            live.touch_people();
            toasts.success(settings::saved_name());
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <Field
                id="name"
                label=set_up::name()
                value=typed
                hint=set_up::name_hint()
                autocomplete="name"
                required=true
                error=work.field_error("name")
            />
            {move || work.error_beside(&["name"]).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div><Button label=shell::save() kind=ButtonKind::Primary submit=true busy=work.busy() /></div>
        </form>
    }
}
