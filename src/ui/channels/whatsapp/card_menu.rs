//! What can be done with an integration. The menu is a native popover: Escape and a press beside it close it.

use super::desk::Errand;
use crate::{
    domain::{
        ids::IntegrationId,
        integration::{Integration, Provider},
    },
    texts::{integrations, shell},
    ui::{
        browser,
        components::{Button, Icon},
        prelude::*,
    },
};

#[component]
pub(super) fn CardMenu(
    id: IntegrationId,
    integration: Memo<Option<Integration>>,
    on_manage: Callback<Errand>,
) -> impl IntoView {
    let menu = format!("menu-{id}");
    let (button, target) = (format!("more-{id}"), menu.clone());
    let active = Memo::new(move |_| integration.with(|i| i.as_ref().is_none_or(|i| i.active)));
    let simulated =
        Memo::new(move |_| integration.with(|i| i.as_ref().is_some_and(|i| i.provider == Provider::Sandbox)));
    let opener = StoredValue::new(format!("#{button}"));
    let run = move |errand: Errand| {
        // The menu goes: its button takes the focus, and gets it back when the dialog is closed.
        opener.with_value(|opener| browser::focus(opener));
        on_manage.run(errand);
    };
    view! {
        <footer class="integration__actions">
            <Button label=integrations::manage() icon="edit" on_press=move || on_manage.run(Errand::Edit) />
            <Button label=integrations::test() icon="refresh" on_press=move || on_manage.run(Errand::Test) />
            <button class="button button--quiet menu__opener" type="button" id=button popovertarget=target>
                <Icon name="more" />
                {integrations::more()}
            </button>
            <div class="menu" id=menu popover="auto" role="group" aria-label=integrations::more()>
                <MenuItem
                    icon="power"
                    label=Signal::derive(move || if active.get() { integrations::deactivate() } else { integrations::activate() })
                    on_press=move || run(Errand::Switch)
                />
                {move || (!simulated.get()).then(|| view! {
                    <MenuItem icon="plug" label=integrations::callback_settings() on_press=move || run(Errand::Callback) />
                })}
                <a class="menu__item" href=format!("/integrations/{id}/events")><Icon name="list" /><span>{integrations::event_log()}</span></a>
                <MenuItem icon="trash" label=shell::delete() on_press=move || run(Errand::Delete) />
            </div>
        </footer>
    }
}

#[component]
fn MenuItem(
    icon: &'static str,
    #[prop(into)] label: Signal<&'static str>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button class="menu__item" type="button" on:click=move |_| on_press.run(())>
            <Icon name=icon />
            <span>{move || label.get()}</span>
        </button>
    }
}
