//! One's own API tokens.

use super::{create_token::CreateToken, frame::Frame};
use crate::{
    api::tokens::{list_tokens, revoke_token},
    domain::session::ApiToken,
    texts::{settings, words},
    ui::{
        components::{
            Button, ButtonKind, ConfirmDialog, Each, EmptyState, ErrorPanel, Icon, Moment, Pending, Skeleton,
        },
        prelude::*,
        state::{data::load, guard::guarded, toasts::use_toasts, work::Work},
    },
};

#[component]
pub(crate) fn TokensPage() -> impl IntoView {
    let tokens = load(|| (), |()| guarded(list_tokens()));
    let (making, asking) = (RwSignal::new(false), RwSignal::new(false));
    let subject = RwSignal::new(None::<ApiToken>);
    let (work, toasts) = (Work::new(), use_toasts());
    let rows = move || tokens.get().and_then(Result::ok).unwrap_or_default();
    let make = move || {
        view! { <Button label=settings::make_token() icon="plus" kind=ButtonKind::Primary on_press=move || making.set(true) /> }
    };
    let ask = Callback::new(move |token: ApiToken| {
        work.forget_error();
        subject.set(Some(token));
        asking.set(true);
    });
    let revoke = move || {
        let Some(token) = subject.get_untracked() else { return };
        work.run(revoke_token(token.id), move |()| {
            asking.set(false);
            tokens.refetch();
            toasts.success(settings::revoked(&token.name));
        });
    };
    let name = move || subject.with(|s| s.as_ref().map(|t| t.name.clone()).unwrap_or_default());
    view! {
        <Frame title=settings::tokens() lead=settings::tokens_lead() action=make>
            <Pending fallback=|| view! { <Skeleton shape="rows" count=2 /> }>
                {move || tokens.get().map(|found| match found {
                    Err(error) => view! { <ErrorPanel error=error on_retry=move || tokens.refetch() /> },
                    Ok(list) if list.is_empty() => view! {
                        <EmptyState icon="key" title=settings::no_tokens() text=settings::no_tokens_text() />
                    },
                    Ok(_) => view! {
                        <section class="panel">
                            <ul class="rows" aria-label=settings::tokens()>
                                <Each each=rows key=|t: &ApiToken| t.id.to_string() let:token>
                                    <TokenRow token=token on_revoke=ask />
                                </Each>
                            </ul>
                        </section>
                    },
                })}
            </Pending>
        </Frame>
        <CreateToken open=making on_made=move || tokens.refetch() />
        <ConfirmDialog
            open=asking
            title=Signal::derive(move || settings::revoke_title(&name()))
            consequence=settings::revoke_text()
            verb=settings::revoke()
            work=work
            on_confirm=revoke
        />
    }
}

#[component]
fn TokenRow(token: ApiToken, on_revoke: Callback<ApiToken>) -> impl IntoView {
    let subject = token.clone();
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| words::scope(*scope)).collect();
    view! {
        <li class="row">
            <Icon name="key" />
            <div class="row__words">
                <p class="row__title" dir="auto">{token.name}</p>
                <p class="card__small">{scopes.join(" · ")}</p>
                <p class="card__small">
                    {token.last4.map(|end| view! { <code>"…" {end}</code> " · " })}
                    {token.expires_at.map(|at| view! { {settings::token_ends()} " " <Moment at=at /> " · " })}
                    {match token.last_used_at {
                        Some(at) => view! { {settings::token_used()} " " <Moment at=at /> },
                        None => view! { {settings::token_unused()} },
                    }}
                </p>
            </div>
            <Button label=settings::revoke() on_press=move || on_revoke.run(subject.clone()) />
        </li>
    }
}
