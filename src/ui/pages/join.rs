//! Where an invitation's link leads: to a new account, or into the workspace with the one that there is.

use leptos::ev::SubmitEvent;
use leptos_meta::Title;

use crate::{
    api::invitations::{accept_invitation, get_invitation},
    domain::people::{InvitationOffer, Joining},
    texts::{set_up, settings, sign_in, words},
    ui::{
        browser,
        components::{Button, ButtonKind, ErrorPanel, Field, Skeleton},
        layouts::PublicLayout,
        prelude::*,
        state::{unsaved::hold, work::Work},
    },
};

const FIELDS: &[&str] = &["name", "password"];

/// Under what the link's secret is kept in this tab, while somebody signs in.
const KEPT: &str = "invitation";

/// The secret stands behind the `#` of the address, so that no log of any server has it. So only the browser can ask what it is
/// worth.
#[component]
pub(crate) fn JoinPage() -> impl IntoView {
    let secret = RwSignal::new(String::new());
    let offer = RwSignal::new(None::<InvitationOffer>);
    let work = Work::new();
    let ask = move || work.run(get_invitation(secret.get_untracked()), move |found| offer.set(Some(found)));
    effect(move || {
        let given = browser::fragment();
        let given = if given.is_empty() { browser::recall(KEPT).unwrap_or_default() } else { given };
        secret.set(given);
        ask();
    });
    let outcome = move || match (offer.get(), work.error().get()) {
        (Some(offer), _) => view! { <Offer offer=offer secret=secret.get_untracked() /> },
        (None, Some(error)) => view! { <ErrorPanel error=error on_retry=ask /> },
        (None, None) => view! { <Skeleton shape="rows" /> },
    };
    view! {
        <Title text=settings::join_title() />
        <PublicLayout title=settings::join_title()>
            {outcome}
            <noscript><p>{set_up::no_script()}</p></noscript>
        </PublicLayout>
    }
}

#[component]
fn Offer(offer: InvitationOffer, secret: String) -> impl IntoView {
    let lead = settings::join_lead(&offer.invited_by, &offer.workspace_name);
    // The way by the sign-in page leads over the server, which is not told the secret: it waits here.
    let kept = secret.clone();
    let sign_in = move |_| browser::keep(KEPT, &kept);
    view! {
        <p class="public__lead" dir="auto">{lead}</p>
        <p class="public__lead">
            {settings::join_as()} " " <strong>{offer.email.clone()}</strong> " · " {words::role(offer.role)}
        </p>
        {match offer.way {
            Joining::NewAccount => view! { <NewAccount email=offer.email secret=secret /> },
            Joining::SignedIn => view! { <JoinAsKnown secret=secret /> },
            Joining::SignInFirst => view! {
                <p>{settings::join_sign_in()}</p>
                <p><a class="button button--primary" href="/sign-in?next=/join" rel="external" on:click=sign_in>{sign_in::title()}</a></p>
            },
        }}
    }
}

#[component]
fn JoinAsKnown(secret: String) -> impl IntoView {
    let work = Work::new();
    let join = move || {
        let call = accept_invitation(secret.clone(), String::new(), String::new());
        work.run(call, move |()| {
            browser::keep(KEPT, "");
            browser::load("/inbox");
        });
    };
    view! {
        <p>{settings::join_known()}</p>
        {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
        <Button label=settings::join() kind=ButtonKind::Primary busy=work.busy() on_press=join />
    }
}

#[component]
fn NewAccount(email: String, secret: String) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let work = Work::new();
    let done = StoredValue::new(false);
    hold(move || !done.get_value() && [name, password].iter().any(|field| field.with(|f| !f.is_empty())));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let call = accept_invitation(secret.clone(), name.get_untracked(), password.get_untracked());
        work.run(call, move |()| {
            done.set_value(true);
            browser::load("/inbox");
        });
    };
    view! {
        // A post, so that no password ever comes into an address, whatever sends this form.
        <form class="form" method="post" on:submit=submit>
            <div class="form__fields">
                // For password managers: under what they keep it.
                <input type="hidden" name="email" autocomplete="username" value=email />
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
                    id="password"
                    label=sign_in::password()
                    kind="password"
                    value=password
                    hint=set_up::password_hint()
                    autocomplete="new-password"
                    required=true
                    error=work.field_error("password")
                />
                {move || work.error_beside(FIELDS).get().map(|error| view! { <ErrorPanel error=error /> })}
                <Button label=settings::join() kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
    }
}
