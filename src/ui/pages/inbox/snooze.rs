//! Snoozing: until a time that is often meant, until one that somebody types, or until the customer writes. Times are the
//! browser's own.

use crate::{
    api::conversations::set_status,
    domain::{
        Millis,
        conversation::{Conversation, ConversationStatus},
        ids::ConversationId,
    },
    texts::inbox,
    ui::{
        browser,
        components::{Button, Icon, Pending},
        live::use_live,
        prelude::*,
        state::{
            clock::use_clock,
            data::{Data, derived},
            toasts::use_toasts,
            work::Work,
        },
    },
};

const MENU: &str = "snooze-menu";
const HOUR: Millis = 60 * 60 * 1000;
/// When the day begins that something is put off to.
const MORNING: u32 = 9;

#[component]
pub(super) fn Snooze(id: ConversationId, conversation: Data<Conversation>) -> impl IntoView {
    let (live, toasts, work, clock) = (use_live(), use_toasts(), Work::new(), use_clock());
    // The times of when the menu was opened.
    let times = RwSignal::new(None::<[Millis; 3]>);
    let look = move |_| {
        let now = browser::now();
        times.set(Some([now + HOUR, browser::morning(1, MORNING), browser::next_monday(MORNING)]));
    };
    let own = RwSignal::new(String::new());
    let snooze = move |until: Option<Millis>| {
        work.run(set_status(id, ConversationStatus::Snoozed, until), move |_| {
            live.touch_conversation(id);
            toasts.success(match until {
                Some(until) => inbox::snoozed_until(&untrack(|| clock.full(until))),
                None => inbox::snoozed_now().to_owned(),
            });
        });
    };
    effect(move || {
        if let Some(error) = work.error().get() {
            toasts.error(&error);
        }
    });
    let item = move |label: &'static str, until: Option<Millis>| {
        view! {
            <button class="menu__item" type="button" popovertarget=MENU popovertargetaction="hide" on:click=move |_| snooze(until)>
                <Icon name="clock" />
                <span>{label}</span>
                {until.map(|until| view! { <span class="menu__side numeric">{move || clock.full(until)}</span> })}
            </button>
        }
    };
    let choose = move || {
        if let Some(until) = browser::local_time(&own.get_untracked()) {
            snooze(Some(until));
            own.set(String::new());
        } else {
            browser::focus("#snooze-own");
        }
    };
    let is_resolved = derived(move |_| {
        conversation.get().and_then(Result::ok).is_none_or(|c| c.status == ConversationStatus::Resolved)
    });
    view! {
        <Pending>
            <span hidden=move || is_resolved.get()>
                <button class="button button--quiet" id="snooze" type="button" popovertarget=MENU on:click=look>
                    <Icon name="clock" />
                    <span>{inbox::snooze()}</span>
                </button>
            </span>
            <div class="menu" id=MENU popover="auto" role="group" aria-label=inbox::snooze()>
                {move || times.get().map(|[hour, tomorrow, week]| view! {
                    {item(inbox::in_an_hour(), Some(hour))}
                    {item(inbox::tomorrow(), Some(tomorrow))}
                    // On a Sunday that is tomorrow.
                    {(week != tomorrow).then(|| item(inbox::next_week(), Some(week)))}
                    {item(inbox::until_they_write(), None)}
                })}
                <div class="snooze__own">
                    <label for="snooze-own">{inbox::until_time()}</label>
                    <input
                        class="input"
                        id="snooze-own"
                        type="datetime-local"
                        prop:value=move || own.get()
                        on:input=move |event| own.set(event_target_value(&event))
                    />
                    <Button label=inbox::snooze() busy=work.busy() on_press=choose />
                </div>
            </div>
        </Pending>
    }
}
