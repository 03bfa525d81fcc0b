//! Where an invitation's link leads: to a new account, or into the workspace with the one that there is.

use leptos::ev::SubmitEvent;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::{
    api::invitations::{accept_invitation, get_invitation},
    domain::{
        people::{InvitationOffer, Joining},
        text::percent,
    },
    error::ApiResult,
    texts::{set_up, settings, sign_in, words},
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

const FIELDS: &[&str] = &["name", "password"];

#[component]
pub(crate) fn JoinPage() -> impl IntoView {
    let params = use_params_map();
    let secret = params.with_untracked(|p| p.get("invitation").unwrap_or_default());
    let offer = load(|| (), {
        let secret = secret.clone();
        move |()| guarded(get_invitation(secret.clone()))
    });
    view! {
        <Title text=settings::join_title() />
        <PublicLayout title=settings::join_title()>
            <Pending fallback=|| view! { <Skeleton shape="rows" /> }>
                <Outcome offer=offer secret=secret.clone() />
            </Pending>
        </PublicLayout>
    }
}

/// The form keeps what is being typed, so it is rebuilt only for another answer than before.
#[component]
fn Outcome(offer: Data<InvitationOffer>, secret: String) -> impl IntoView {
    let known = derived(move |before: Option<&Option<ApiResult<InvitationOffer>>>| {
        offer.get().or_else(|| before.cloned().flatten())
    });
    let outcome = move || {
        known.get().map(|found| match found {
            Ok(offer) => view! { <Offer offer=offer secret=secret.clone() /> },
            Err(error) => view! { <ErrorPanel error=error on_retry=move || offer.refetch() /> },
        })
    };
    view! { {move || outcome()} }
}

#[component]
fn Offer(offer: InvitationOffer, secret: String) -> impl IntoView {
    let lead = settings::join_lead(&offer.invited_by, &offer.workspace_name);
    let next = format!("/sign-in?next={}", percent(&format!("/join/{secret}")));
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
                <p><a class="button button--primary" href=next rel="external">{sign_in::title()}</a></p>
            },
        }}
    }
}

#[component]
fn JoinAsKnown(secret: String) -> impl IntoView {
    let work = Work::new();
    let join = move || {
        let call = accept_invitation(secret.clone(), String::new(), String::new());
        work.run(call, move |()| browser::load("/inbox"));
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
        <noscript><p>{set_up::no_script()}</p></noscript>
    }
}
