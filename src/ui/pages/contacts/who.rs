//! How a contact is known: the number, hidden until somebody who may asks for it, and what channels call them.

use crate::{
    api::contacts::reveal_contact,
    domain::{
        contact::{
            IdentityKind,
            record::{Contact, IdentityView},
        },
        role::Permission,
    },
    texts::contacts,
    ui::{
        components::{Avatar, Button, ButtonKind, ErrorPanel, Moment},
        prelude::*,
        state::{session::use_session, work::Work},
    },
};

#[component]
pub(super) fn Who(contact: Contact) -> impl IntoView {
    let may = use_session().may(Permission::RevealNumbers);
    let (id, work) = (contact.id, Work::new());
    let whole = RwSignal::new(None::<Vec<String>>);
    let hidden = contact.phone.clone();
    let has_number = hidden.is_some();
    let number = move || whole.get().map_or_else(|| hidden.clone().unwrap_or_default(), |all| all.join(", "));
    view! {
        <section class="panel contact__who" aria-label=contacts::known_by()>
            <div class="cluster">
                <Avatar name=contact.name />
                {contact.username.map(|name| view! { <span dir="auto">"@" {name}</span> })}
            </div>
            <dl class="facts facts--tall">
                {has_number.then(|| view! {
                    <div>
                        <dt>{contacts::phone()}</dt>
                        <dd class="numeric" dir="ltr" aria-live="polite">{move || number()}</dd>
                    </div>
                })}
                {contact.identities.into_iter().map(identity).collect_view()}
                <div><dt>{contacts::since()}</dt><dd><Moment at=contact.created_at /></dd></div>
            </dl>
            {move || (has_number && may.get() && whole.with(Option::is_none)).then(|| view! {
                <div>
                    <Button
                        label=contacts::reveal()
                        icon="phone"
                        kind=ButtonKind::Secondary
                        busy=work.busy()
                        on_press=move || work.run(reveal_contact(id), move |numbers| whole.set(Some(numbers)))
                    />
                    <p class="field__hint">{contacts::reveal_why()}</p>
                </div>
            })}
            {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
        </section>
    }
}

/// A number stands above already.
fn identity(known: IdentityView) -> Option<AnyView> {
    let kind = match known.kind {
        Some(IdentityKind::WaId) => return None,
        Some(IdentityKind::UserId) => contacts::user_id(),
        Some(IdentityKind::ParentUserId) => contacts::parent_user_id(),
        Some(IdentityKind::VisitorId) => contacts::visitor_id(),
        None => contacts::other_id(),
    };
    Some(view! { <div><dt>{kind}</dt><dd class="numeric" dir="ltr">{known.shown}</dd></div> })
}
