//! The values that connect a number, where each is found, and what is wrong with it as soon as that can be seen.

use leptos::ev::SubmitEvent;
use uuid::Uuid;

use crate::{
    api::integrations::create_integration,
    domain::{
        chatbot::Chatbot,
        integration::{Integration, NewIntegration, OnFailedTest, check_meta_id, clean_pasted},
    },
    ui::{
        browser,
        components::{Button, ButtonKind, ErrorPanel, Field, Select},
        live::use_live,
        prelude::*,
        state::{toasts::use_toasts, work::Work},
    },
};

const FIELDS: &[&str] = &[
    "chatbot_id",
    "name",
    "phone_number_id",
    "business_account_id",
    "access_token",
    "app_id",
    "app_secret",
    "verify_token",
];

/// A value with the fault that was found on leaving its field.
#[derive(Clone, Copy)]
struct Input {
    value: RwSignal<String>,
    fault: RwSignal<Option<String>>,
}

impl Input {
    fn new() -> Self {
        Self { value: RwSignal::new(String::new()), fault: RwSignal::new(None) }
    }

    /// The value without what came along when it was copied; `None` when nothing is left.
    fn clean(self) -> Option<String> {
        let value = self.value.with_untracked(|v| clean_pasted(v));
        (!value.is_empty()).then_some(value)
    }

    /// Cleans and judges the value; true when it can be used.
    fn check(self, judge: fn(&str) -> Result<(), &'static str>) -> bool {
        let value = self.clean().unwrap_or_default();
        let verdict = judge(&value);
        self.value.set(value);
        self.fault.set(verdict.err().map(ToOwned::to_owned));
        verdict.is_ok()
    }

    /// What is wrong with it: what was found here, else what the server says.
    fn error(self, work: Work, field: &'static str) -> Signal<Option<String>> {
        let refused = work.field_error(field);
        Signal::derive(move || self.fault.get().or_else(|| refused.get()))
    }
}

fn needed(value: &str) -> Result<(), &'static str> {
    if value.is_empty() { Err("This is needed.") } else { Ok(()) }
}

fn id_or_nothing(value: &str) -> Result<(), &'static str> {
    if value.is_empty() { Ok(()) } else { check_meta_id(value) }
}

#[component]
pub(super) fn ConnectForm(
    open: RwSignal<bool>,
    chatbots: RwSignal<Vec<Chatbot>>,
    /// Gets the new integration.
    made: RwSignal<Option<Integration>>,
) -> impl IntoView {
    let first = chatbots.with_untracked(|c| c.first().map(|c| c.id.to_string()).unwrap_or_default());
    let chatbot = RwSignal::new(first);
    let options =
        Signal::derive(move || chatbots.with(|c| c.iter().map(|c| (c.id.to_string(), c.name.clone())).collect()));
    let (name, number_id, account_id) = (Input::new(), Input::new(), Input::new());
    let (token, app_id, secret, verify) = (Input::new(), Input::new(), Input::new(), Input::new());
    let work = Work::new();
    let (live, toasts) = (use_live(), use_toasts());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let checks = [
            name.check(needed),
            number_id.check(check_meta_id),
            account_id.check(check_meta_id),
            token.check(needed),
            app_id.check(id_or_nothing),
            secret.check(needed),
        ];
        let Ok(chatbot_id) = chatbot.get_untracked().parse::<Uuid>() else { return };
        if checks.contains(&false) {
            request_animation_frame(|| browser::focus("dialog[open] [aria-invalid]"));
            return;
        }
        let integration = NewIntegration {
            chatbot_id,
            name: name.clean().unwrap_or_default(),
            phone_number_id: number_id.clean().unwrap_or_default(),
            business_account_id: account_id.clean().unwrap_or_default(),
            access_token: token.clean().unwrap_or_default(),
            app_id: app_id.clean(),
            app_secret: secret.clean().unwrap_or_default(),
            verify_token: verify.clean(),
        };
        work.run(create_integration(integration, Some(OnFailedTest::Save), None), move |integration| {
            toasts.success(format!("“{}” is saved.", integration.name));
            live.touch_integrations();
            made.set(Some(integration));
        });
    };
    view! {
        <form class="form" on:submit=submit novalidate=true>
            <p>
                "You need an app with WhatsApp in Meta’s console. Keep "
                <a href="https://developers.facebook.com/apps" target="_blank" rel="noreferrer">"developers.facebook.com/apps"</a>
                " open beside this page."
            </p>
            <Select id="chatbot" label="Chatbot" value=chatbot options=options />
            <Field
                id="integration-name"
                label="Name"
                value=name.value
                hint="For your team: “Online shop”."
                error=name.error(work, "name")
                on_leave=move || {
                    name.check(needed);
                }
            />
            <Field
                id="phone-number-id"
                label="Phone number ID"
                value=number_id.value
                hint="WhatsApp → API Setup, right below the number. About 15 digits; not the phone number."
                error=number_id.error(work, "phone_number_id")
                on_leave=move || {
                    number_id.check(check_meta_id);
                }
            />
            <Field
                id="business-account-id"
                label="WhatsApp Business Account ID"
                value=account_id.value
                hint="WhatsApp → API Setup, beside the phone number ID."
                error=account_id.error(work, "business_account_id")
                on_leave=move || {
                    account_id.check(check_meta_id);
                }
            />
            <Field
                id="access-token"
                label="Access token"
                kind="password"
                value=token.value
                hint="Business settings → System users → Generate token, with whatsapp_business_messaging and whatsapp_business_management. It begins with EAA. It is stored encrypted and never shown again."
                error=token.error(work, "access_token")
                on_leave=move || {
                    token.check(needed);
                }
            />
            <Field
                id="app-secret"
                label="App secret"
                kind="password"
                value=secret.value
                hint="App settings → Basic → App secret. It proves that deliveries come from Meta."
                error=secret.error(work, "app_secret")
                on_leave=move || {
                    secret.check(needed);
                }
            />
            <details class="disclosure">
                <summary>"More, if you need it"</summary>
                <div class="form__fields">
                    <Field
                        id="app-id"
                        label="App ID"
                        value=app_id.value
                        hint="App settings → Basic. With it, the test can tell whether the token belongs to the app."
                        error=app_id.error(work, "app_id")
                        on_leave=move || {
                    app_id.check(id_or_nothing);
                }
                    />
                    <Field
                        id="verify-token"
                        label="Verify token"
                        value=verify.value
                        hint="Leave it empty and one is made for you."
                        error=verify.error(work, "verify_token")
                    />
                </div>
            </details>
            {move || work.error_beside(FIELDS).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label="Cancel" on_press=move || open.set(false) />
                <Button label="Connect" kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
    }
}
