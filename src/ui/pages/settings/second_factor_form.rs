//! The steps of setting a second factor up, and of giving it up: each begins with the password.

use leptos::ev::SubmitEvent;

use crate::{
    api::account::{begin_second_factor, confirm_second_factor, end_second_factor, renew_recovery_codes},
    domain::people::{RecoveryCodes, SecondFactorDraft},
    error::ApiResult,
    texts::{settings, shell},
    ui::{
        components::{Button, ButtonKind, CopyButton, ErrorPanel, Field, next_step},
        prelude::*,
        state::{toasts::use_toasts, unsaved::use_leave, work::Work},
    },
};

/// Password, then app, then recovery codes.
#[component]
pub(super) fn SetUp(open: RwSignal<bool>, on_changed: Callback<()>) -> impl IntoView {
    let (draft, codes) = (RwSignal::new(None::<SecondFactorDraft>), RwSignal::new(None::<RecoveryCodes>));
    move || match (codes.get(), draft.get()) {
        (Some(codes), _) => view! { <Codes codes=codes open=open /> },
        (None, Some(made)) => view! { <AppForm draft=made codes=codes on_changed=on_changed /> },
        (None, None) => view! {
            <PasswordForm
                verb=settings::go_on()
                call=|password| Box::pin(begin_second_factor(password))
                on_done=move |made| draft.set(Some(made))
            />
        },
    }
}

#[component]
pub(super) fn RenewForm(open: RwSignal<bool>, on_changed: Callback<()>) -> impl IntoView {
    let codes = RwSignal::new(None::<RecoveryCodes>);
    move || match codes.get() {
        Some(codes) => view! { <Codes codes=codes open=open /> },
        None => view! {
            <p>{settings::renew_codes_text()}</p>
            <PasswordForm
                verb=settings::renew_codes()
                call=|password| Box::pin(renew_recovery_codes(password))
                on_done=move |made| {
                    on_changed.run(());
                    codes.set(Some(made));
                }
            />
        },
    }
}

#[component]
pub(super) fn EndForm(open: RwSignal<bool>, on_changed: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <p>{settings::switch_off_text()}</p>
        <PasswordForm
            verb=settings::switch_off()
            call=|password| Box::pin(end_second_factor(password))
            on_done=move |()| {
                open.set(false);
                on_changed.run(());
                toasts.success(settings::factor_switched_off());
            }
        />
    }
}

type Call<T> = std::pin::Pin<Box<dyn Future<Output = ApiResult<T>> + Send>>;

/// Asks for the password before anything else.
#[component]
fn PasswordForm<T: 'static>(
    verb: &'static str,
    call: fn(String) -> Call<T>,
    on_done: impl Fn(T) + Copy + 'static,
) -> impl IntoView {
    let password = RwSignal::new(String::new());
    let (work, leave) = (Work::new(), use_leave());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        work.run(call(password.get_untracked()), on_done);
    };
    view! {
        <form class="form" method="post" on:submit=submit>
            <Field
                id="factor-password"
                label=settings::your_password()
                kind="password"
                value=password
                autocomplete="current-password"
                required=true
                autofocus=true
                error=work.field_error("password")
            />
            {move || work.error_beside(&["password"]).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label=shell::cancel() on_press=leave />
                <Button label=verb kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
    }
}

#[component]
fn AppForm(
    draft: SecondFactorDraft,
    codes: RwSignal<Option<RecoveryCodes>>,
    on_changed: Callback<()>,
) -> impl IntoView {
    next_step();
    let code = RwSignal::new(String::new());
    let (work, leave) = (Work::new(), use_leave());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        work.run(confirm_second_factor(code.get_untracked()), move |made| {
            on_changed.run(());
            codes.set(Some(made));
        });
    };
    let square = format!("0 0 {} {}", draft.qr.size, draft.qr.size);
    view! {
        <form class="form" on:submit=submit>
            <p>{settings::scan()}</p>
            <svg class="qr" viewBox=square role="img" aria-label=settings::qr()><path d=draft.qr.path></path></svg>
            <p class="factor__key">{settings::key()} " " <code>{draft.secret}</code></p>
            <Field
                id="factor-code"
                label=settings::code()
                value=code
                autocomplete="one-time-code"
                required=true
                autofocus=true
                error=work.field_error("code")
            />
            {move || work.error_beside(&["code"]).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label=shell::cancel() on_press=leave />
                <Button label=settings::confirm_code() kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
    }
}

/// The recovery codes, the only time that they are shown.
#[component]
fn Codes(codes: RecoveryCodes, open: RwSignal<bool>) -> impl IntoView {
    next_step();
    let all = codes.codes.join("\n");
    view! {
        <div class="form">
            <p>{settings::recovery_text()}</p>
            <ul class="factor__codes" aria-label=settings::recovery_title()>
                {codes.codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}
            </ul>
            <div class="dialog__actions">
                <CopyButton value=all label=settings::copy_codes() copied=settings::codes_copied() />
                <Button label=shell::done() kind=ButtonKind::Primary on_press=move || open.set(false) />
            </div>
        </div>
    }
}
