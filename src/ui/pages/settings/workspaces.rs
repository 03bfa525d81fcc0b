//! The workspaces that one belongs to, and the way from one to another. Nothing is shown to whoever has only one.

use crate::{
    api::workspaces::{enter_workspace, list_workspaces},
    domain::session::Workspace,
    texts::{settings, words},
    ui::{
        browser,
        components::{Badge, Button, Each, ErrorPanel, Pending, Tone},
        prelude::*,
        state::{data::load, guard::guarded, work::Work},
    },
};

#[component]
pub(super) fn Workspaces() -> impl IntoView {
    let workspaces = load(|| (), |()| guarded(list_workspaces()));
    let work = Work::new();
    let rows = move || workspaces.get().and_then(Result::ok).unwrap_or_default();
    // What is open shows the other workspace: the page begins afresh there.
    let enter = Callback::new(move |workspace: Workspace| {
        work.run(enter_workspace(workspace.id), move |()| browser::load("/inbox"));
    });
    view! {
        <Pending>
            {move || (rows().len() > 1).then(|| view! {
                <section class="panel" aria-labelledby="workspaces-title">
                    <h2 class="panel__title" id="workspaces-title">{settings::workspaces()}</h2>
                    {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
                    <ul class="rows" aria-labelledby="workspaces-title">
                        <Each each=rows key=|w: &Workspace| w.id.to_string() let:workspace>
                            <WorkspaceRow workspace=workspace busy=work.busy() on_enter=enter />
                        </Each>
                    </ul>
                </section>
            })}
        </Pending>
    }
}

#[component]
fn WorkspaceRow(workspace: Workspace, busy: Signal<bool>, on_enter: Callback<Workspace>) -> impl IntoView {
    let subject = workspace.clone();
    view! {
        <li class="row">
            <div class="row__words">
                <p class="row__title cluster">
                    <span dir="auto">{workspace.name}</span>
                    {workspace.current.then(|| view! { <Badge tone=Tone::Accent text=settings::current_workspace() /> })}
                </p>
                <p class="card__small">{words::role(workspace.role)}</p>
            </div>
            {(!workspace.current).then(|| view! {
                <Button label=settings::enter() busy=busy on_press=move || on_enter.run(subject.clone()) />
            })}
        </li>
    }
}
