//! Where one is signed in, and the way out of each.

use crate::{
    api::account::{end_sign_in, list_sign_ins, sign_out_elsewhere},
    domain::people::SignIn,
    texts::settings,
    ui::{
        components::{Badge, Button, Each, ErrorPanel, Icon, Moment, Pending, Skeleton, Tone},
        prelude::*,
        state::{data::load, guard::guarded, toasts::use_toasts, work::Work},
    },
};

#[component]
pub(super) fn SignIns() -> impl IntoView {
    let sign_ins = load(|| (), |()| guarded(list_sign_ins()));
    let (work, toasts) = (Work::new(), use_toasts());
    let rows = move || sign_ins.get().and_then(Result::ok).unwrap_or_default();
    let elsewhere = move || {
        work.run(sign_out_elsewhere(), move |()| {
            sign_ins.refetch();
            toasts.success(settings::signed_out_elsewhere());
        });
    };
    let end = Callback::new(move |sign_in: SignIn| {
        work.run(end_sign_in(sign_in.id), move |()| {
            sign_ins.refetch();
            toasts.success(settings::ended_sign_in());
        });
    });
    view! {
        <section class="panel" aria-labelledby="sign-ins-title">
            <div class="panel__head">
                <h2 class="panel__title" id="sign-ins-title">{settings::sign_ins()}</h2>
                <Pending>
                    {move || (rows().len() > 1).then(|| view! {
                        <Button label=settings::sign_out_elsewhere() icon="sign-out" busy=work.busy() on_press=elsewhere />
                    })}
                </Pending>
            </div>
            {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
            <Pending fallback=|| view! { <Skeleton shape="rows" count=1 /> }>
                {move || sign_ins.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || sign_ins.refetch() /> })}
                <ul class="rows" aria-labelledby="sign-ins-title">
                    <Each each=rows key=|s: &SignIn| s.id.to_string() let:sign_in>
                        <SignInRow sign_in=sign_in busy=work.busy() on_end=end />
                    </Each>
                </ul>
            </Pending>
        </section>
    }
}

#[component]
fn SignInRow(sign_in: SignIn, busy: Signal<bool>, on_end: Callback<SignIn>) -> impl IntoView {
    let subject = sign_in.clone();
    let device = if sign_in.device.is_empty() { settings::unknown_device().to_owned() } else { sign_in.device };
    view! {
        <li class="row">
            <Icon name="monitor" />
            <div class="row__words">
                <p class="row__title cluster">
                    <span>{device}</span>
                    {sign_in.current.then(|| view! { <Badge tone=Tone::Accent text=settings::this_browser() /> })}
                </p>
                <p class="card__small">
                    {sign_in.address.map(|address| view! { {address} " · " })}
                    {sign_in.began_at.map(|at| view! { {settings::began()} " " <Moment at=at /> })}
                    {sign_in.seen_at.map(|at| view! { " · " {settings::used()} " " <Moment at=at /> })}
                </p>
            </div>
            {(!sign_in.current).then(|| view! {
                <Button label=settings::end_sign_in() busy=busy on_press=move || on_end.run(subject.clone()) />
            })}
        </li>
    }
}
