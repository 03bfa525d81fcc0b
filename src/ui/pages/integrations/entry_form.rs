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
        <a href=move || href.get() target="_blank" rel="noreferrer">{label}<span class="visually-hidden">" (opens in a new tab)"</span></a>
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
        <Select id="chatbot" label="Chatbot" value=entries.chatbot options=options hint="It answers what comes in by this number." />
        <Field
            id="integration-name"
            label="Name"
            value=entries.name.value
            hint="For your team: “Online shop”."
            error=entries.name.error(work, "name")
            on_leave=leave(entries.name)
        />
        {if simulated {
            view! { <p class="notice">"This is a number of the simulator: its ids and secrets are the simulator’s own."</p> }
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
            <summary>"Verify token"</summary>
            <Field
                id="verify-token"
                label="Verify token"
                value=entries.verify.value
                hint="Any words of your own. Leave it empty and one is made for you."
                error=entries.verify.error(work, "verify_token")
                on_leave=leave(entries.verify)
            />
        </details>
    }
}

/// What stands in the place of a secret that is kept.
fn kept(last4: &str, set_at: Millis) -> String {
    let date = untrack(|| use_clock().date(set_at));
    let date = if date.starts_with(|c: char| c.is_ascii_digit()) { format!("on {date}") } else { date.to_lowercase() };
    format!("••••{last4}, set {date}")
}

#[component]
fn AppPart(entries: Entries, work: Work, set_at: Option<Millis>) -> impl IntoView {
    let link = Signal::derive(move || entries.app_id.value.with(|id| console::basic_settings(id)));
    let hint = if set_at.is_some() {
        "Leave it empty to keep it. "
    } else {
        "32 letters and digits; press “Show” there. "
    };
    view! {
        <fieldset class="part">
            <legend class="part__title">"1. Your app at Meta"</legend>
            <Field
                id="app-id"
                label="App ID"
                value=entries.app_id.value
                hint="At the top of the app’s page, 15 or 16 digits. You can leave it out, but with it more can be tested. "
                error=entries.app_id.error(work, "app_id")
                on_leave=leave(entries.app_id)
            >
                <ConsoleLink href="https://developers.facebook.com/apps/" label="My apps" />
            </Field>
            <Field
                id="app-secret"
                label="App secret"
                kind="password"
                value=entries.secret.value
                placeholder=set_at.map(|at| kept("", at)).unwrap_or_default()
                hint=hint
                error=entries.secret.error(work, "app_secret")
                on_leave=leave(entries.secret)
            >
                <ConsoleLink href=link label="App settings → Basic" />
                ". It proves that deliveries come from Meta."
            </Field>
        </fieldset>
    }
}

#[component]
fn NumberPart(entries: Entries, work: Work) -> impl IntoView {
    let link = Signal::derive(move || entries.app_id.value.with(|id| console::api_setup(id)));
    view! {
        <fieldset class="part">
            <legend class="part__title">"2. Your number"</legend>
            <Field
                id="phone-number-id"
                label="Phone number ID"
                value=entries.number_id.value
                hint="Right below the number, about 15 digits; not the phone number itself. "
                error=entries.number_id.error(work, "phone_number_id")
                on_leave=leave(entries.number_id)
            >
                <ConsoleLink href=link label="WhatsApp → API Setup" />
            </Field>
            <Field
                id="business-account-id"
                label="WhatsApp Business Account ID"
                value=entries.account_id.value
                hint="Right beside the phone number ID. "
                error=entries.account_id.error(work, "business_account_id")
                on_leave=move || {
                    entries.check_account();
                }
            >
                <ConsoleLink href=link label="WhatsApp → API Setup" />
            </Field>
        </fieldset>
    }
}

#[component]
fn TokenPart(entries: Entries, work: Work, kept: Option<(String, Millis)>) -> impl IntoView {
    let hint = if kept.is_some() {
        "Leave it empty to keep it. "
    } else {
        "It begins with EAA. It is stored encrypted and never shown again. "
    };
    view! {
        <fieldset class="part">
            <legend class="part__title">"3. The key to it"</legend>
            <Field
                id="access-token"
                label="Access token"
                kind="password"
                value=entries.token.value
                placeholder=kept.map(|(last4, at)| self::kept(&last4, at)).unwrap_or_default()
                hint=hint
                error=entries.token.error(work, "access_token")
                on_leave=leave(entries.token)
            >
                <ConsoleLink href=console::SYSTEM_USERS.to_owned() label="Business settings → System users" />
                " → Generate token, with whatsapp_business_messaging and whatsapp_business_management ticked, and the expiry “Never”."
            </Field>
        </fieldset>
    }
}
