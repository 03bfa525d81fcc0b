//! The first account: makes the workspace and its owner, once.

use leptos::ev::SubmitEvent;
use leptos_meta::Title;

use crate::{
    api::setup::{create_owner, get_setup_status},
    domain::session::{PASSWORD_MIN, SetupStatus},
    error::ApiResult,
    texts::{set_up, sign_in},
    ui::{
        browser,
        components::{Button, ButtonKind, ErrorPanel, Field, Pending, Skeleton},
        layouts::PublicLayout,
        prelude::*,
        state::{
            data::{Data, derived, load},
            guard::guarded,
            unsaved::hold,
            work::Work,
        },
    },
};

const FIELDS: &[&str] = &["workspace", "name", "email", "password", "code"];

#[component]
pub(crate) fn SetUpPage() -> impl IntoView {
    let status = load(|| (), |()| guarded(get_setup_status()));
    view! {
        <Title text=set_up::title() />
        <PublicLayout title=set_up::heading()>
            <Pending fallback=|| view! { <Skeleton shape="rows" /> }><Outcome status=status /></Pending>
        </PublicLayout>
    }
}

/// The form keeps what is being typed, so it is rebuilt only for another answer than before.
#[component]
fn Outcome(status: Data<SetupStatus>) -> impl IntoView {
    let known = derived(move |before: Option<&Option<ApiResult<SetupStatus>>>| {
        status.get().or_else(|| before.cloned().flatten())
    });
    let outcome = move || {
        known.get().map(|found| match found {
            Ok(SetupStatus { open: true, code_needed }) => view! { <SetUpForm code_needed=code_needed /> },
            Ok(_) => view! { <Closed /> },
            Err(error) => view! { <ErrorPanel error=error on_retry=move || status.refetch() /> },
        })
    };
    view! { {move || outcome()} }
}

#[component]
fn Closed() -> impl IntoView {
    view! {
        <p>{set_up::closed()}</p>
        <p><a class="button button--primary" href="/sign-in">{sign_in::title()}</a></p>
    }
}

#[component]
fn SetUpForm(code_needed: bool) -> impl IntoView {
    let workspace = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let code = RwSignal::new(String::new());
    let work = Work::new();
    let done = StoredValue::new(false);
    hold(move || {
        !done.get_value() && [workspace, name, email, password, code].iter().any(|field| field.with(|f| !f.is_empty()))
    });
    let short = RwSignal::new(None::<String>);
    let password_error = Signal::derive({
        let refused = work.field_error("password");
        move || refused.get().or_else(|| short.get())
    });
    let check_password = move || {
        let count = password.with_untracked(|p| p.chars().count());
        short.set(
            (count > 0 && count < PASSWORD_MIN)
                .then(|| set_up::more_characters(i64::try_from(PASSWORD_MIN - count).unwrap_or_default())),
        );
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let code = code.get_untracked();
        let code = (!code.trim().is_empty()).then_some(code);
        let call = create_owner(
            workspace.get_untracked(),
            name.get_untracked(),
            email.get_untracked(),
            password.get_untracked(),
            code,
        );
        work.run(call, move |()| {
            done.set_value(true);
            browser::load("/chatbots");
        });
    };
    view! {
        <p class="public__lead">{set_up::lead()}</p>
        // A post, so that no password ever comes into an address, whatever sends this form.
        <form class="form" method="post" on:submit=submit>
            <div class="form__fields">
                <Field
                    id="workspace"
                    label=set_up::workspace()
                    value=workspace
                    hint=set_up::workspace_hint()
                    autocomplete="organization"
                    required=true
                    error=work.field_error("workspace")
                />
                <Field
                    id="name"
                    label=set_up::name()
                    value=name
                    hint=set_up::name_hint()
                    autocomplete="name"
                    required=true
                    error=work.field_error("name")
                />
                <Field
                    id="email"
                    label=sign_in::email()
                    kind="email"
                    value=email
                    autocomplete="username"
                    required=true
                    error=work.field_error("email")
                />
                <Field
                    id="password"
                    label=sign_in::password()
                    kind="password"
                    value=password
                    hint=set_up::password_hint()
                    autocomplete="new-password"
                    required=true
                    error=password_error
                    on_leave=check_password
                />
                {code_needed
                    .then(|| {
                        view! {
                            <Field
                                id="code"
                                label=set_up::code()
                                value=code
                                hint=set_up::code_hint()
                                required=true
                                error=work.field_error("code")
                            />
                        }
                    })}
                {move || work.error_beside(FIELDS).get().map(|error| view! { <ErrorPanel error=error /> })}
                <Button label=set_up::submit() kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
        <noscript><p>{set_up::no_script()}</p></noscript>
        <p class="public__small">{set_up::has_account()} " " <a href="/sign-in">{sign_in::title()}</a></p>
    }
}
