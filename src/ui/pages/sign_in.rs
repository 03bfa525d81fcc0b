//! Signing in: a plain form, so that it works before (and without) the app's script.

use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    texts::sign_in,
    ui::{
        components::{Icon, LanguageSwitch},
        layouts::PublicLayout,
        prelude::*,
    },
};

/// What a refused attempt means, and what to do.
fn explain(error: &str) -> (&'static str, &'static str) {
    match error {
        "credentials" => (sign_in::wrong(), sign_in::wrong_action()),
        "expired" => (sign_in::expired(), sign_in::expired_action()),
        "code" => (sign_in::wrong_code(), sign_in::wrong_code_action()),
        "throttled" => (sign_in::throttled(), sign_in::throttled_action()),
        _ => (sign_in::unavailable(), sign_in::unavailable_action()),
    }
}

fn refusal((what, action): (&'static str, &'static str)) -> AnyView {
    view! {
        <div class="error-panel" id="sign-in-error" role="alert">
            <Icon name="alert" />
            <div class="error-panel__words">
                <p class="error-panel__message">{what}</p>
                <p>{action}</p>
            </div>
        </div>
    }
}

/// The second step, for those who have a second factor.
#[component]
pub(crate) fn CodePage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let next = query.get("next").unwrap_or_else(|| "/inbox".to_owned());
    let refused = query.get("error").map(|error| explain(&error));
    let invalid = refused.map(|_| "true");
    view! {
        <Title text=sign_in::code_title() />
        <PublicLayout title=sign_in::code_title()>
            {refused.map(refusal)}
            <form class="form" method="post" action="/sign-in/code">
                <input type="hidden" name="next" value=next />
                <div class="field">
                    <label class="field__label" for="code">{sign_in::code()}</label>
                    <input
                        class="input"
                        id="code"
                        name="code"
                        autocomplete="one-time-code"
                        autocapitalize="off"
                        spellcheck="false"
                        maxlength="40"
                        required=true
                        autofocus=true
                        aria-invalid=invalid
                        aria-describedby=if refused.is_some() { "sign-in-error code-hint" } else { "code-hint" }
                    />
                    <p class="field__hint" id="code-hint">{sign_in::code_lead()}</p>
                </div>
                <button class="button button--primary button--wide" type="submit">{sign_in::submit()}</button>
            </form>
            <p class="public__small"><a href="/sign-in" rel="external">{sign_in::start_over()}</a></p>
        </PublicLayout>
    }
}

#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let email = query.get("email").unwrap_or_default();
    let next = query.get("next").unwrap_or_else(|| "/inbox".to_owned());
    let refused = query.get("error").map(|error| explain(&error));
    let invalid = refused.map(|_| "true");
    let described = refused.map(|_| "sign-in-error");
    view! {
        <Title text=sign_in::title() />
        <PublicLayout title=sign_in::title()>
            {refused.map(refusal)}
            <form class="form" method="post" action="/sign-in">
                <input type="hidden" name="next" value=next />
                <div class="field">
                    <label class="field__label" for="email">{sign_in::email()}</label>
                    <input
                        class="input"
                        id="email"
                        name="email"
                        type="email"
                        autocomplete="username"
                        required=true
                        value=email
                        aria-invalid=invalid
                        aria-describedby=described
                    />
                </div>
                <div class="field">
                    <label class="field__label" for="password">{sign_in::password()}</label>
                    <input
                        class="input"
                        id="password"
                        name="password"
                        type="password"
                        autocomplete="current-password"
                        required=true
                        aria-invalid=invalid
                        aria-describedby=described
                    />
                </div>
                <button class="button button--primary button--wide" type="submit">{sign_in::submit()}</button>
            </form>
            <LanguageSwitch />
        </PublicLayout>
    }
}
