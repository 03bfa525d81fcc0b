//! The workspace itself, for its owners: its name, and whether it demands a second factor.

use leptos::ev::SubmitEvent;

use crate::{
    api::{account::get_second_factor, workspaces::update_workspace},
    domain::role::Permission,
    error::ApiResult,
    texts::{set_up, settings, shell},
    ui::{
        components::{Button, ButtonKind, ErrorPanel, Field, Pending},
        prelude::*,
        state::{
            data::{Data, derived, load},
            guard::guarded,
            session::use_session,
            toasts::use_toasts,
            unsaved::hold,
            work::Work,
        },
    },
};

/// Name, and whether a second factor is needed.
type Known = (String, bool);

#[component]
pub(super) fn WorkspacePanel() -> impl IntoView {
    let needed = load(|| (), |()| async { guarded(get_second_factor()).await.map(|factor| factor.needed) });
    view! { <Pending><Owned needed=needed /></Pending> }
}

/// The form keeps what is being typed, so it is built once.
#[component]
fn Owned(needed: Data<bool>) -> impl IntoView {
    let session = use_session();
    let owns = session.may(Permission::ManageWorkspace);
    let known = derived(move |before: Option<&Option<Known>>| {
        before.cloned().flatten().or_else(|| {
            let name = session.get().and_then(ApiResult::ok)?.workspace_name;
            Some((name, needed.get().and_then(ApiResult::ok)?))
        })
    });
    view! {
        {move || known.get().filter(|_| owns.get()).map(|(name, needed)| view! {
            <section class="panel" aria-labelledby="workspace-title">
                <h2 class="panel__title" id="workspace-title">{settings::workspace()}</h2>
                <WorkspaceForm name=name needed=needed />
            </section>
        })}
    }
}

#[component]
fn WorkspaceForm(name: String, needed: bool) -> impl IntoView {
    let saved = StoredValue::new((name.clone(), needed));
    let (name, needed) = (RwSignal::new(name), RwSignal::new(needed));
    hold(move || saved.with_value(|(n, f)| name.with(|name| name != n) || needed.get() != *f));
    let (work, toasts, session) = (Work::new(), use_toasts(), use_session());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (name, needed) = (name.get_untracked(), needed.get_untracked());
        // Only what is another than before: who has no second factor may still change the name.
        let demand = saved.with_value(|(_, before)| (*before != needed).then_some(needed));
        work.run(update_workspace(Some(name.clone()), demand), move |()| {
            saved.set_value((name, needed));
            session.refetch();
            toasts.success(settings::workspace_saved());
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <Field
                id="workspace-name"
                label=set_up::workspace()
                value=name
                autocomplete="organization"
                required=true
                error=work.field_error("name")
            />
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || needed.get()
                    on:change=move |event| needed.set(event_target_checked(&event))
                />
                <span>{settings::demand_factor()}</span>
            </label>
            <p class="field__hint">{settings::demand_factor_text()}</p>
            {move || work.error_beside(&["name"]).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div><Button label=shell::save() kind=ButtonKind::Primary submit=true busy=work.busy() /></div>
        </form>
    }
}
