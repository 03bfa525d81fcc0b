//! Blocks a contact, after asking, and lets them in again.

use crate::{
    api::contacts::set_contact_blocked,
    domain::{Millis, ids::ContactId},
    texts::contacts,
    ui::{
        components::{Button, ConfirmDialog, ErrorPanel, Moment},
        prelude::*,
        state::{toasts::use_toasts, work::Work},
    },
};

#[component]
pub(super) fn Block(id: ContactId, name: RwSignal<String>, blocked_at: RwSignal<Option<Millis>>) -> impl IntoView {
    let (open, work, lift, toasts) = (RwSignal::new(false), Work::new(), Work::new(), use_toasts());
    let title = Signal::derive(move || contacts::block_title(&name.get()));
    let confirm = move || {
        work.run(set_contact_blocked(id, true), move |saved| {
            open.set(false);
            blocked_at.set(saved.blocked_at);
            toasts.success(contacts::block_done());
        });
    };
    let unblock = move || {
        lift.run(set_contact_blocked(id, false), move |saved| {
            blocked_at.set(saved.blocked_at);
            toasts.success(contacts::unblock_done());
        });
    };
    view! {
        {move || match blocked_at.get() {
            Some(at) => view! {
                <p class="card__small">{contacts::blocked_since()} " " <Moment at=at /></p>
                <Button label=contacts::unblock() icon="check-circle" busy=lift.busy() on_press=unblock />
            },
            None => view! {
                <Button label=contacts::block() icon="ban" on_press=move || { work.forget_error(); open.set(true); } />
            },
        }}
        {move || lift.error().get().map(|error| view! { <ErrorPanel error=error /> })}
        <ConfirmDialog
            open=open
            title=title
            consequence=Signal::derive(|| contacts::block_text().to_owned())
            verb=contacts::block()
            work=work
            on_confirm=confirm
        />
    }
}
