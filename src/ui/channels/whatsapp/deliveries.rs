//! The last webhooks of an integration: when, how large, what they held, and what of it was dropped.

use super::delivery_body::DeliveryBodyDialog;
use crate::{
    api::whatsapp::event_log::list_deliveries,
    domain::{
        ids::{DeliveryId, IntegrationId},
        integration::{Delivery, DeliveryPage, DeliveryState, Holding},
        role::Permission,
    },
    texts::{integrations, size},
    ui::{
        components::{Badge, Button, ButtonKind, Each, ErrorPanel, Moment, Pending, Skeleton, Tone},
        live::use_live,
        prelude::*,
        state::{data::load, guard::guarded, session::use_session, work::Work},
    },
};

#[component]
pub(super) fn Deliveries(id: IntegrationId) -> impl IntoView {
    let live = use_live();
    let owner = use_session().may(Permission::ReadRawDeliveries);
    let first = load(move || live.integrations_in_use(), move |_| guarded(list_deliveries(id, None)));
    let older = RwSignal::new(DeliveryPage::default());
    let begun = RwSignal::new(false);
    let more = Work::new();
    let shown = RwSignal::new(None::<DeliveryId>);
    let page = move || first.get().and_then(Result::ok).unwrap_or_default();
    let rows = move || {
        let mut rows = page().rows;
        older.with(|older| {
            for row in &older.rows {
                // News push older ones from the first page over to these.
                if rows.iter().all(|known| known.id != row.id) {
                    rows.push(row.clone());
                }
            }
        });
        rows
    };
    let next = move || if begun.get() { older.with(|older| older.next) } else { page().next };
    let load_more = move || {
        let Some(before) = untrack(next) else { return };
        let keep = untrack(rows);
        more.run(list_deliveries(id, Some(before)), move |page| {
            begun.set(true);
            older.update(|older| {
                older.rows = keep;
                older.rows.extend(page.rows);
                older.next = page.next;
            });
        });
    };
    // No memo: it would have to be made below what waits for the data.
    let any = move || !rows().is_empty();
    view! {
        <section class="panel" aria-labelledby="deliveries-title">
            <div class="panel__head">
                <h2 class="panel__title" id="deliveries-title">{integrations::webhooks()}</h2>
                <Button label=integrations::look_again() icon="refresh" kind=ButtonKind::Quiet on_press=move || first.refetch() />
            </div>
            <Pending fallback=|| view! { <Skeleton shape="rows" /> }>
                {move || first.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || first.refetch() /> })}
                {move || page().backlog.then(|| view! {
                    <p class="panel__note">
                        {integrations::backlog()}
                    </p>
                })}
                {move || (!any() && !page().backlog && first.with(|f| f.is_some_and(Result::is_ok))).then(|| view! {
                    <p class="panel__note">
                        {integrations::no_webhooks()}
                    </p>
                })}
                <ul class="rows" aria-label=integrations::webhooks()>
                    <Each each=rows key=|d: &Delivery| format!("{} {} {} {}", d.id, d.state, d.items, d.drops.len()) let:delivery>
                        <Row delivery=delivery owner=owner shown=shown />
                    </Each>
                </ul>
                {move || next().map(|_| view! { <p><Button label=integrations::older_ones() busy=more.busy() on_press=load_more /></p> })}
                {move || ignored(page().ignored)}
            </Pending>
        </section>
        <DeliveryBodyDialog id=id shown=shown />
    }
}

#[component]
fn Row(delivery: Delivery, owner: Signal<bool>, shown: RwSignal<Option<DeliveryId>>) -> impl IntoView {
    let id = delivery.id;
    // A webhook that cannot be read at all has no items that could be counted.
    let dropped = delivery.dropped.max(i64::try_from(delivery.drops.len()).unwrap_or_default());
    let badge = match delivery.state {
        DeliveryState::Done if dropped > 0 => {
            view! { <Badge tone=Tone::Waiting icon="alert" text=integrations::count_dropped(dropped) /> }
        }
        DeliveryState::Done => view! { <Badge tone=Tone::Good icon="tick" text=integrations::stored() /> },
        DeliveryState::Working | DeliveryState::Waiting | DeliveryState::Newer => {
            view! { <Badge icon="clock" text=integrations::in_work() /> }
        }
    };
    let held = match &delivery.holds {
        Some(holds) if holds.is_empty() => integrations::nothing_held().to_owned(),
        Some(holds) => holds.iter().map(words).collect::<Vec<_>>().join(", "),
        None => integrations::too_large(&integrations::count_items(delivery.items)),
    };
    let drop = |drop: crate::domain::integration::Drop| {
        let item = Some(drop.item).filter(|item| !item.is_empty());
        view! { <li>{drop.reason} {item.map(|item| view! { " (" <code>{item}</code> ")" })}</li> }
    };
    view! {
        <li class="row delivery">
            <div class="row__words">
                <p class="row__title">{held}</p>
                <p class="card__small numeric"><Moment at=delivery.received_at /> " · " {size(delivery.size)}</p>
                {(!delivery.drops.is_empty()).then(|| view! {
                    <ul class="bullets delivery__drops" aria-label=integrations::dropped_label()>{delivery.drops.into_iter().map(drop).collect_view()}</ul>
                })}
            </div>
            <div class="cluster">
                {badge}
                {move || owner.get().then(|| view! {
                    <Button label=integrations::as_received() kind=ButtonKind::Quiet on_press=move || shown.set(Some(id)) />
                })}
            </div>
        </li>
    }
}

/// `message:text` as people read it.
fn words(held: &Holding) -> String {
    match held.what.split_once(':') {
        Some(("message", kind)) => integrations::held(&integrations::count_messages(held.count), &kind),
        Some(("status", state)) => integrations::held(&integrations::count_reports(held.count), &state),
        Some((_, field)) => integrations::held(&integrations::count_events(held.count), &field),
        None => integrations::held(&integrations::count_items(held.count), &held.what),
    }
}

/// What is acknowledged without meaning anything to this version.
fn ignored(all: Vec<Holding>) -> Option<AnyView> {
    (!all.is_empty()).then(|| {
        let list = all.iter().map(words).collect::<Vec<_>>().join(", ");
        view! { <p class="card__small">{integrations::not_understood(&list)}</p> }
    })
}

#[cfg(test)]
mod tests {
    use super::words;
    use crate::domain::integration::Holding;

    #[test]
    fn says_what_a_webhook_held() {
        let said = |what: &str, count| words(&Holding { what: what.to_owned(), count });
        assert_eq!(said("message:text", 2), "2 messages (text)");
        assert_eq!(said("status:delivered", 1), "1 status report (delivered)");
        assert_eq!(said("field:account_update", 1), "1 event (account_update)");
        assert_eq!(said("unreadable", 1), "1 item (unreadable)");
    }
}
