//! What could not be stored, why, and how to replay it.

use crate::{
    api::whatsapp::event_log::{list_dead_letters, replay_dead_letters},
    domain::{
        ids::{DeadLetterId, IntegrationId},
        integration::{DeadLetter, DeadLetterPage, Replay},
    },
    texts::{integrations, shell},
    ui::{
        components::{Button, Each, ErrorPanel, Icon, Moment, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{data::load, guard::guarded, toasts::use_toasts, work::Work},
    },
};

#[component]
pub(super) fn DeadLetters(id: IntegrationId) -> impl IntoView {
    let live = use_live();
    let first = load(move || live.integrations_in_use(), move |_| guarded(list_dead_letters(id, None)));
    let older = RwSignal::new(None::<DeadLetterPage>);
    let more = Work::new();
    let replay = replaying(id, older);
    let page = move || first.get().and_then(Result::ok).unwrap_or_default();
    let rows = move || {
        let mut rows = page().rows;
        rows.extend(older.get().map(|older| older.rows).unwrap_or_default());
        rows
    };
    let next = move || older.get().map_or_else(|| page().next, |older| older.next);
    let load_more = move || {
        let Some(before) = untrack(next) else { return };
        more.run(list_dead_letters(id, Some(before)), move |page| {
            older.update(|older| {
                let known = older.get_or_insert_default();
                known.rows.extend(page.rows);
                known.next = page.next;
            });
        });
    };
    // No memos: they would have to be made below what waits for the data.
    let any = move || !rows().is_empty();
    view! {
        <section class="panel" aria-labelledby="letters-title">
            <div class="panel__head">
                <h2 class="panel__title" id="letters-title">{integrations::letters()}</h2>
                <Pending>
                    {move || any().then(|| view! {
                        <Button label=integrations::try_all() icon="refresh" busy=replay.busy() on_press=move || replay.all() />
                    })}
                </Pending>
            </div>
            {move || replay.error().map(|error| view! { <ErrorPanel error=error /> })}
            <Pending fallback=|| view! { <Skeleton shape="rows" count=1 /> }>
                {move || first.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || first.refetch() /> })}
                {move || (!any()).then(|| view! { <p class="panel__note">{integrations::no_letters()}</p> })}
                <ul class="rows" aria-label=integrations::letters()>
                    <Each each=rows key=|l: &DeadLetter| l.id.to_string() let:letter>
                        <Letter letter=letter replay=replay />
                    </Each>
                </ul>
                {move || next().map(|_| view! { <p><Button label=integrations::older_ones() busy=more.busy() on_press=load_more /></p> })}
            </Pending>
        </section>
    }
}

#[component]
fn Letter(letter: DeadLetter, replay: Replaying) -> impl IntoView {
    let id = letter.id;
    view! {
        <li class="row">
            <div class="row__words">
                <p class="row__title">{letter.reason}</p>
                <p class="card__small">
                    <Moment at=letter.created_at />
                    {(!letter.item.is_empty()).then(|| view! { " · " <code>{letter.item}</code> })}
                </p>
            </div>
            {if letter.replayable {
                view! { <Button label=shell::try_again() icon="refresh" busy=replay.busy() on_press=move || replay.one(id) /> }
            } else {
                view! { <span class="card__small cluster"><Icon name="ban" />{integrations::not_kept()}</span> }
            }}
        </li>
    }
}

/// Works dead letters off again.
#[derive(Clone, Copy)]
struct Replaying {
    work: Work,
    run: Callback<Option<DeadLetterId>>,
}

impl Replaying {
    fn one(self, id: DeadLetterId) {
        self.run.run(Some(id));
    }

    fn all(self) {
        self.run.run(None);
    }

    fn busy(self) -> Signal<bool> {
        self.work.busy()
    }

    fn error(self) -> Option<crate::error::ApiError> {
        self.work.error().get()
    }
}

fn replaying(id: IntegrationId, older: RwSignal<Option<DeadLetterPage>>) -> Replaying {
    let (live, toasts) = (use_live(), use_toasts());
    let work = Work::new();
    let run = Callback::new(move |letter: Option<DeadLetterId>| {
        work.run(replay_dead_letters(id, letter), move |Replay { replayed, gone }| {
            let mut words = integrations::tried_again(replayed);
            if gone > 0 {
                words.push(' ');
                words.push_str(&integrations::gone_items(gone));
            }
            toasts.success(words);
            older.set(None);
            live.touch_integrations();
        });
    });
    Replaying { work, run }
}
