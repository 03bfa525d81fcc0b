//! Makes an API token: what it is for, what it may do, how long; then the token itself, once.

use leptos::ev::SubmitEvent;

use crate::{
    api::tokens::create_token,
    domain::{
        role::Scope,
        session::{NewApiToken, TOKEN_DAYS},
    },
    texts::{settings, shell, words},
    ui::{
        components::{Button, ButtonKind, CopyButton, Dialog, ErrorPanel, Field, Select, next_step},
        prelude::*,
        state::{
            unsaved::{hold, use_leave},
            work::Work,
        },
    },
};

const LIVES: [i64; 4] = [7, 30, 90, TOKEN_DAYS];

#[component]
pub(super) fn CreateToken(open: RwSignal<bool>, #[prop(into)] on_made: Callback<()>) -> impl IntoView {
    view! {
        <Dialog open=open title=settings::make_token()>
            {
                let made = RwSignal::new(None::<NewApiToken>);
                move || match made.get() {
                    Some(token) => view! { <Secret token=token open=open /> },
                    None => view! { <TokenForm made=made on_made=on_made /> },
                }
            }
        </Dialog>
    }
}

#[component]
fn TokenForm(made: RwSignal<Option<NewApiToken>>, on_made: Callback<()>) -> impl IntoView {
    let (name, days) = (RwSignal::new(String::new()), RwSignal::new(90.to_string()));
    let chosen = RwSignal::new(vec![Scope::Read]);
    hold(move || name.with(|n| !n.trim().is_empty()));
    let (work, leave) = (Work::new(), use_leave());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let call = create_token(name.get_untracked(), chosen.get_untracked(), days.get_untracked().parse().ok());
        work.run(call, move |token| {
            name.set(String::new());
            on_made.run(());
            made.set(Some(token));
        });
    };
    let lives: Vec<_> = LIVES.into_iter().map(|days| (days.to_string(), settings::token_days(days))).collect();
    let scopes = Scope::ALL.iter().copied().map(|scope| view! { <ScopeChoice scope=scope chosen=chosen /> });
    view! {
        <form class="form" on:submit=submit>
            <Field
                id="token-name"
                label=settings::token_name()
                value=name
                required=true
                autofocus=true
                error=work.field_error("name")
            />
            <fieldset class="field">
                <legend class="field__label">{settings::token_scopes()}</legend>
                {scopes.collect_view()}
            </fieldset>
            <Select id="token-days" label=settings::token_life() value=days options=lives />
            {move || work.error_beside(&["name"]).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label=shell::cancel() on_press=leave />
                <Button label=settings::make_token() kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
    }
}

#[component]
fn ScopeChoice(scope: Scope, chosen: RwSignal<Vec<Scope>>) -> impl IntoView {
    let toggle = move |event| {
        let on = event_target_checked(&event);
        chosen.update(|chosen| {
            chosen.retain(|known| *known != scope);
            if on {
                chosen.push(scope);
            }
        });
    };
    view! {
        <label class="choice">
            <input type="checkbox" prop:checked=move || chosen.with(|c| c.contains(&scope)) on:change=toggle />
            <span>{words::scope(scope)}</span>
        </label>
    }
}

#[component]
fn Secret(token: NewApiToken, open: RwSignal<bool>) -> impl IntoView {
    next_step();
    view! {
        <div class="form">
            <p>{settings::token_made()}</p>
            <div class="field">
                <label class="field__label" for="token-secret">{settings::token_secret()}</label>
                <input class="input" id="token-secret" readonly=true value=token.secret.clone() />
            </div>
            <div class="dialog__actions">
                <CopyButton value=token.secret label=settings::copy_token() copied=settings::token_copied() />
                <Button label=shell::done() kind=ButtonKind::Primary on_press=move || open.set(false) />
            </div>
        </div>
    }
}
