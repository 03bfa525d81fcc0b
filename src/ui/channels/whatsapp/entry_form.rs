//! The fields of a connection: what each value looks like, and where in Meta's console it stands.

use super::{
    console,
    entries::{Entries, Input},
};
use crate::{
    domain::{
        Millis,
        chatbot::Chatbot,
        integration::{Integration, Provider},
    },
    texts::integrations,
    ui::{
        components::{Field, Select},
        prelude::*,
        state::{clock::use_clock, work::Work},
    },
};

/// A link into Meta's console.
#[component]
pub(super) fn ConsoleLink(#[prop(into)] href: Signal<String>, label: &'static str) -> impl IntoView {
    view! {
        <a href=move || href.get() target="_blank" rel="noreferrer">{label}<span class="visually-hidden">" " {integrations::new_tab()}</span></a>
    }
}

#[component]
pub(super) fn EntryForm(
    entries: Entries,
    /// What is saved already.
    saved: Option<Integration>,
    chatbots: RwSignal<Vec<Chatbot>>,
    work: Work,
) -> impl IntoView {
    let simulated = saved.as_ref().is_some_and(|s| s.provider == Provider::Sandbox);
    let own = saved.as_ref().map(|s| (s.chatbot_id.to_string(), s.chatbot_name.clone()));
    let options = Signal::derive(move || {
        let all: Vec<_> = chatbots.with(|c| c.iter().map(|c| (c.id.to_string(), c.name.clone())).collect());
        if all.is_empty() { own.iter().cloned().collect() } else { all }
    });
    view! {
        <Select id="chatbot" label=integrations::chatbot() value=entries.chatbot options=options hint=integrations::chatbot_hint() />
        <Field
            id="integration-name"
            label=integrations::name()
            value=entries.name.value
            hint=integrations::name_hint()
            error=entries.name.error(work, "name")
            on_leave=leave(entries.name)
        />
        {if simulated {
            view! { <p class="notice">{integrations::simulated()}</p> }
        } else {
            view! { <Credentials entries=entries saved=saved work=work /> }
        }}
    }
}

fn leave(input: Input) -> impl Fn() + Send + Sync + 'static {
    move || {
        input.check();
    }
}

#[component]
fn Credentials(entries: Entries, saved: Option<Integration>, work: Work) -> impl IntoView {
    let secret_set_at = saved.as_ref().map(|s| s.app_secret.set_at);
    let token = saved.as_ref().map(|s| (s.access_token.last4.clone(), s.access_token.set_at));
    view! {
        <AppPart entries=entries work=work set_at=secret_set_at />
        <NumberPart entries=entries work=work />
        <TokenPart entries=entries work=work kept=token />
        <details class="disclosure">
            <summary>{integrations::verify_token()}</summary>
            <Field
                id="verify-token"
                label=integrations::verify_token()
                value=entries.verify.value
                hint=integrations::verify_token_hint()
                error=entries.verify.error(work, "verify_token")
                on_leave=leave(entries.verify)
            />
        </details>
    }
}

/// What stands in the place of a secret that is kept.
fn kept(last4: &str, set_at: Millis) -> String {
    let date = untrack(|| use_clock().date(set_at));
    let date =
        if date.starts_with(|c: char| c.is_ascii_digit()) { integrations::on_date(&date) } else { date.to_lowercase() };
    integrations::kept(&last4, &date)
}

#[component]
fn AppPart(entries: Entries, work: Work, set_at: Option<Millis>) -> impl IntoView {
    let link = Signal::derive(move || entries.app_id.value.with(|id| console::basic_settings(id)));
    let hint = if set_at.is_some() { integrations::keep_hint() } else { integrations::app_secret_hint() };
    view! {
        <fieldset class="part">
            <legend class="part__title">{integrations::app_part()}</legend>
            <Field
                id="app-id"
                label=integrations::app_id()
                value=entries.app_id.value
                hint=integrations::app_id_hint()
                error=entries.app_id.error(work, "app_id")
                on_leave=leave(entries.app_id)
            >
                <ConsoleLink href="https://developers.facebook.com/apps/" label=integrations::my_apps() />
            </Field>
            <Field
                id="app-secret"
                label=integrations::app_secret()
                kind="password"
                value=entries.secret.value
                placeholder=set_at.map(|at| kept("", at)).unwrap_or_default()
                hint=hint
                error=entries.secret.error(work, "app_secret")
                on_leave=leave(entries.secret)
            >
                <ConsoleLink href=link label=integrations::basic_settings() />
                ". " {integrations::app_secret_proves()}
            </Field>
        </fieldset>
    }
}

#[component]
fn NumberPart(entries: Entries, work: Work) -> impl IntoView {
    let link = Signal::derive(move || entries.app_id.value.with(|id| console::api_setup(id)));
    view! {
        <fieldset class="part">
            <legend class="part__title">{integrations::number_part()}</legend>
            <Field
                id="phone-number-id"
                label=integrations::number_id()
                value=entries.number_id.value
                hint=integrations::number_id_hint()
                error=entries.number_id.error(work, "phone_number_id")
                on_leave=leave(entries.number_id)
            >
                <ConsoleLink href=link label=integrations::api_setup() />
            </Field>
            <Field
                id="business-account-id"
                label=integrations::account_id()
                value=entries.account_id.value
                hint=integrations::account_id_hint()
                error=entries.account_id.error(work, "business_account_id")
                on_leave=move || {
                    entries.check_account();
                }
            >
                <ConsoleLink href=link label=integrations::api_setup() />
            </Field>
        </fieldset>
    }
}

#[component]
fn TokenPart(entries: Entries, work: Work, kept: Option<(String, Millis)>) -> impl IntoView {
    let hint = if kept.is_some() { integrations::keep_hint() } else { integrations::token_hint() };
    view! {
        <fieldset class="part">
            <legend class="part__title">{integrations::token_part()}</legend>
            <Field
                id="access-token"
                label=integrations::token()
                kind="password"
                value=entries.token.value
                placeholder=kept.map(|(last4, at)| self::kept(&last4, at)).unwrap_or_default()
                hint=hint
                error=entries.token.error(work, "access_token")
                on_leave=leave(entries.token)
            >
                <ConsoleLink href=console::SYSTEM_USERS.to_owned() label=integrations::system_users() />
                " " {integrations::generate_token()}
            </Field>
        </fieldset>
    }
}
