//! Whose the open conversation is: a button that says it, and a menu of the team to choose from.

use leptos::task::spawn_local;

use crate::{
    api::conversations::{assign_conversation, list_colleagues},
    domain::{conversation::Conversation, ids::ConversationId, listing::Colleague},
    error::ApiResult,
    texts::inbox,
    ui::{
        components::{ErrorPanel, Icon, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{
            data::{Data, derived},
            guard::guarded,
            session::use_session,
            toasts::use_toasts,
            work::Work,
        },
    },
};

const MENU: &str = "assign-menu";

/// A native popover: Escape and a click beside it close it. Button and menu stay the same elements whatever changes.
#[component]
pub(super) fn Assignee(id: ConversationId, conversation: Data<Conversation>) -> impl IntoView {
    let (live, toasts, session, work) = (use_live(), use_toasts(), use_session(), Work::new());
    let asked = RwSignal::new(false);
    let found = RwSignal::new(None::<ApiResult<Vec<Colleague>>>);
    // Asked again each time: who is on the team may have changed.
    let ask = move |_| {
        asked.set(true);
        spawn_local(async move {
            let answer = guarded(list_colleagues()).await;
            found.try_set(Some(answer));
        });
    };
    let me = move || session.get().and_then(Result::ok).map(|s| s.user_id);
    let assignee = derived(move |_| conversation.get().and_then(Result::ok).and_then(|c| c.assignee));
    let label = move || match assignee.get() {
        None => inbox::unassigned().to_owned(),
        Some(Colleague { id, .. }) if Some(id) == me() => inbox::assigned_to_you().to_owned(),
        Some(Colleague { name, .. }) => inbox::assigned_to(&name),
    };
    let assign = move |to: Option<Colleague>| {
        work.run(assign_conversation(id, to.as_ref().map(|c| c.id)), move |now| {
            live.touch_conversation(id);
            toasts
                .success(now.assignee.map_or_else(|| inbox::queued_now().to_owned(), |c| inbox::assigned_now(&c.name)));
        });
    };
    effect(move || {
        if let Some(error) = work.error().get() {
            toasts.error(&error);
        }
    });
    let item = move |label: String, icon: &'static str, to: Option<Colleague>| {
        let chosen = assignee.get().map(|c| c.id) == to.as_ref().map(|c| c.id);
        let current = chosen.then_some("true");
        view! {
            <button
                class="menu__item"
                type="button"
                popovertarget=MENU
                popovertargetaction="hide"
                aria-current=current
                on:click=move |_| assign(to.clone())
            >
                <Icon name=if chosen { "tick" } else { icon } />
                <span dir="auto">{label}</span>
            </button>
        }
    };
    let items = move |team: Vec<Colleague>| {
        let mine = me();
        let own = team.iter().find(|c| Some(c.id) == mine).cloned();
        let others = team.into_iter().filter(|c| Some(c.id) != mine);
        view! {
            {own.map(|own| item(inbox::assign_to_me().to_owned(), "user", Some(own)))}
            {others.map(|c| item(c.name.clone(), "user", Some(c))).collect_view()}
            {item(inbox::to_queue().to_owned(), "inbox", None)}
        }
    };
    view! {
        <Pending>
            <button
                class="channel-button assignee"
                id="assign"
                type="button"
                popovertarget=MENU
                title=inbox::assign()
                on:click=ask
            >
                <Icon name="user" />
                <span dir="auto">{move || label()}</span>
            </button>
            <div class="menu" id=MENU popover="auto" role="group" aria-label=inbox::assign()>
                {move || match found.get() {
                    None => view! { {asked.get().then(|| view! { <Skeleton shape="rows" count=2 /> })} },
                    Some(Err(error)) => view! { <ErrorPanel error=error /> },
                    Some(Ok(team)) => items(team),
                }}
            </div>
        </Pending>
    }
}
