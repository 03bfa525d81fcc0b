//! Whether a contact agreed to be written to, where that comes from and what shows it.

use leptos::ev::SubmitEvent;

use crate::{
    api::contacts::set_contact_consent,
    domain::contact::record::{Consent, Contact},
    texts::{contacts, shell},
    ui::{
        components::{Button, ButtonKind, ErrorPanel, Field, Moment, Select},
        prelude::*,
        state::{toasts::use_toasts, unsaved::hold, work::Work},
    },
};

#[component]
pub(super) fn ConsentPanel(contact: Contact) -> impl IntoView {
    let id = contact.id;
    let options: Vec<(String, String)> = [
        (Consent::Unknown, contacts::consent_unknown()),
        (Consent::OptedIn, contacts::consent_in()),
        (Consent::OptedOut, contacts::consent_out()),
    ]
    .map(|(consent, label)| (consent.as_str().to_owned(), label.to_owned()))
    .into();
    let fields = [contact.consent.as_str().to_owned(), contact.consent_source, contact.consent_proof];
    let stored = StoredValue::new(fields.clone());
    let fields = fields.map(RwSignal::new);
    let [state, source, proof] = fields;
    let at = RwSignal::new(contact.consent_at);
    hold(move || stored.with_value(|stored| stored.iter().zip(fields).any(|(s, now)| now.with(|n| n != s))));
    let (work, toasts) = (Work::new(), use_toasts());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(consent) = state.with_untracked(|word| Consent::from_word(word)) else { return };
        let call = set_contact_consent(id, consent, Some(source.get_untracked()), Some(proof.get_untracked()));
        work.run(call, move |saved| {
            let now = [saved.consent.as_str().to_owned(), saved.consent_source, saved.consent_proof];
            for (field, now) in fields.into_iter().zip(&now) {
                field.set(now.clone());
            }
            stored.set_value(now);
            at.set(saved.consent_at);
            toasts.success(contacts::consent_saved());
        });
    };
    view! {
        <section class="panel" aria-labelledby="contact-consent">
            <h2 class="panel__title" id="contact-consent">{contacts::consent()}</h2>
            <form class="form" on:submit=submit>
                <Select id="consent" label=contacts::consent_state() value=state options=options />
                <Field
                    id="consent-source"
                    label=contacts::consent_source()
                    value=source
                    hint=contacts::consent_source_hint()
                    error=work.field_error("source")
                />
                <Field
                    id="consent-proof"
                    label=contacts::consent_proof()
                    value=proof
                    hint=contacts::consent_proof_hint()
                    error=work.field_error("proof")
                />
                {move || work.error_beside(&["source", "proof"]).get().map(|error| view! { <ErrorPanel error=error /> })}
                <div class="cluster">
                    <Button label=shell::save() kind=ButtonKind::Primary submit=true busy=work.busy() />
                    {move || at.get().map(|at| view! { <span class="card__small">{contacts::consent_at()} " " <Moment at=at /></span> })}
                </div>
            </form>
        </section>
    }
}
