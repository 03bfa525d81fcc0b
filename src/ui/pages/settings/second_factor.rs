//! One's own second factor: whether it is on, and what can be done about it.

use super::second_factor_form::{EndForm, RenewForm, SetUp};
use crate::{
    api::account::get_second_factor,
    domain::people::SecondFactor,
    texts::settings,
    ui::{
        components::{Badge, Button, ButtonKind, Dialog, ErrorPanel, Icon, Pending, Skeleton, Tone},
        prelude::*,
        state::{data::load, guard::guarded},
    },
};

#[component]
pub(super) fn SecondFactorPanel() -> impl IntoView {
    let factor = load(|| (), |()| guarded(get_second_factor()));
    let closed = || RwSignal::new(false);
    let (setting_up, ending, renewing) = (closed(), closed(), closed());
    let changed = Callback::new(move |()| factor.refetch());
    let known = move |SecondFactor { on, recovery_codes, needed }: SecondFactor| {
        let button = if on {
            view! {
                <Button label=settings::renew_codes() icon="refresh" on_press=move || renewing.set(true) />
                <Button label=settings::switch_off() on_press=move || ending.set(true) />
            }
        } else {
            view! {
                <Button label=settings::set_up_factor() icon="key" kind=ButtonKind::Primary on_press=move || setting_up.set(true) />
            }
        };
        view! {
            {(needed && !on).then(|| view! {
                <p class="cluster"><Badge tone=Tone::Bad icon="alert" text=settings::factor_needed() /></p>
            })}
            <p class="cluster">
                <Icon name=if on { "check-circle" } else { "info" } />
                <span>{if on { settings::factor_on() } else { settings::factor_off() }}</span>
                {on.then(|| settings::codes_left(recovery_codes))}
            </p>
            <div class="cluster">{button}</div>
        }
    };
    view! {
        <section class="panel" aria-labelledby="factor-title">
            <h2 class="panel__title" id="factor-title">{settings::second_factor()}</h2>
            <Pending fallback=|| view! { <Skeleton shape="rows" count=1 /> }>
                {move || factor.get().map(|found| match found {
                    Err(error) => view! { <ErrorPanel error=error on_retry=move || factor.refetch() /> },
                    Ok(factor) => view! { <div class="stack">{known(factor)}</div> },
                })}
            </Pending>
        </section>
        <Dialog open=setting_up title=settings::second_factor()><SetUp open=setting_up on_changed=changed /></Dialog>
        <Dialog open=ending title=settings::switch_off()><EndForm open=ending on_changed=changed /></Dialog>
        <Dialog open=renewing title=settings::renew_codes()><RenewForm open=renewing on_changed=changed /></Dialog>
    }
}
