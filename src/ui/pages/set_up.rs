//! The first account: makes the workspace and its owner, once.

use leptos::ev::SubmitEvent;
use leptos_meta::Title;

use crate::{
    api::setup::{create_owner, get_setup_status},
    domain::session::{PASSWORD_MIN, SetupStatus},
    error::ApiResult,
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
        <Title text="Set up" />
        <PublicLayout title="Set up Parlance">
            <Pending fallback=|| view! { <Skeleton shape="rows" /> }><Outcome status=status /></Pending>
        </PublicLayout>
    }
}

/// The form keeps what is being typed, so it is built anew only for another answer than before.
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
        <p>"This installation is set up already. Ask its owner for an account, or sign in with yours."</p>
        <p><a class="button button--primary" href="/sign-in">"Sign in"</a></p>
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
                .then(|| format!("{} more characters are needed.", PASSWORD_MIN - count)),
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
        <p class="public__lead">"This makes the workspace and your account as its owner. It takes a minute, and happens once."</p>
        // A post, so that no password ever comes into an address, whatever sends this form.
        <form class="form" method="post" on:submit=submit>
            <div class="form__fields">
                <Field
                    id="workspace"
                    label="Workspace name"
                    value=workspace
                    hint="Your company or team."
                    autocomplete="organization"
                    required=true
                    error=work.field_error("workspace")
                />
                <Field
                    id="name"
                    label="Your name"
                    value=name
                    hint="Colleagues see it beside your answers."
                    autocomplete="name"
                    required=true
                    error=work.field_error("name")
                />
                <Field
                    id="email"
                    label="Email"
                    kind="email"
                    value=email
                    autocomplete="username"
                    required=true
                    error=work.field_error("email")
                />
                <Field
                    id="password"
                    label="Password"
                    kind="password"
                    value=password
                    hint="10 characters or more. A few words in a row are easy to remember."
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
                                label="Set-up code"
                                value=code
                                hint="It stands in the server's log: only who runs the server can finish this."
                                required=true
                                error=work.field_error("code")
                            />
                        }
                    })}
                {move || work.error_beside(FIELDS).get().map(|error| view! { <ErrorPanel error=error /> })}
                <Button label="Create account" kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
        <noscript><p>"Setting up needs JavaScript. Please switch it on and load the page again."</p></noscript>
        <p class="public__small">"Is there an account already? " <a href="/sign-in">"Sign in"</a></p>
    }
}
