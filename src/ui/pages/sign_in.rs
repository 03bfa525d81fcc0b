//! Signing in: a plain form, so that it works before (and without) the app's script.

use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::ui::{components::Icon, layouts::PublicLayout, prelude::*};

/// What a refused attempt means, and what to do.
fn explain(error: &str) -> (&'static str, &'static str) {
    match error {
        "credentials" => {
            ("Email or password is wrong.", "Check both and try again. An owner can set a new password for you.")
        }
        "throttled" => ("Too many attempts.", "Wait a few minutes, then try again."),
        _ => ("The server cannot check that just now.", "Try again in a few seconds."),
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
        <Title text="Sign in" />
        <PublicLayout title="Sign in">
            {refused
                .map(|(what, action)| {
                    view! {
                        <div class="error-panel" id="sign-in-error" role="alert">
                            <Icon name="alert" />
                            <div class="error-panel__words">
                                <p class="error-panel__message">{what}</p>
                                <p>{action}</p>
                            </div>
                        </div>
                    }
                })}
            <form class="form" method="post" action="/sign-in">
                <input type="hidden" name="next" value=next />
                <div class="field">
                    <label class="field__label" for="email">"Email"</label>
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
                    <label class="field__label" for="password">"Password"</label>
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
                <button class="button button--primary button--wide" type="submit">"Sign in"</button>
            </form>
        </PublicLayout>
    }
}
