//! What all pages of the settings share: their head, and the way from one to another.

use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::{
    domain::role::Permission,
    texts::{audit, settings},
    ui::{components::Pending, prelude::*, state::session::use_session},
};

#[component]
pub(super) fn Frame(
    title: &'static str,
    lead: &'static str,
    /// What stands beside the title.
    #[prop(optional, into)]
    action: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let session = use_session();
    let manages = session.may(Permission::ManagePeople);
    let audits = session.may(Permission::ReadAuditLog);
    view! {
        <Title text=title />
        <div class="page">
            <nav class="tabs" aria-label=settings::title()>
                <Tab href="/settings" label=settings::account() />
                <Tab href="/settings/tokens" label=settings::tokens() />
                <Pending>
                    {move || manages.get().then(|| view! { <Tab href="/settings/people" label=settings::people() /> })}
                    {move || audits.get().then(|| view! { <Tab href="/settings/audit" label=audit::title() /> })}
                </Pending>
            </nav>
            <header class="page__head">
                <div>
                    <h1 class="page__title">{title}</h1>
                    <p class="page__lead">{lead}</p>
                </div>
                {action.map(|action| view! { <div class="cluster">{move || action.run()}</div> })}
            </header>
            {children()}
        </div>
    }
}

#[component]
fn Tab(href: &'static str, label: &'static str) -> impl IntoView {
    let path = use_location().pathname;
    let current = Memo::new(move |_| path.with(|p| p == href));
    view! { <a class="tab" href=href aria-current=move || current.get().then_some("page")>{label}</a> }
}
