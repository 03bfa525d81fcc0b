//! The labels of the open conversation, and a menu of all to put on and take off.

use leptos::{task::spawn_local, web_sys::HtmlInputElement};

use crate::{
    api::{conversations::label_conversation, labels::list_labels},
    domain::{
        conversation::Conversation,
        ids::{ConversationId, LabelId},
        label::Label,
        role::Permission,
    },
    error::ApiResult,
    texts::inbox,
    ui::{
        components::{ErrorPanel, Icon, LabelTag, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{
            data::{Data, derived},
            guard::guarded,
            session::use_session,
            toasts::use_toasts,
        },
    },
};

const MENU: &str = "label-menu";

/// A native popover, which stays open: several labels may be chosen. Button and menu stay the same elements whatever changes.
#[component]
pub(super) fn LabelMenu(id: ConversationId, conversation: Data<Conversation>) -> impl IntoView {
    let (live, toasts) = (use_live(), use_toasts());
    let manages = use_session().may(Permission::ManageLabels);
    let asked = RwSignal::new(false);
    let found = RwSignal::new(None::<ApiResult<Vec<Label>>>);
    let ask = move |_| {
        asked.set(true);
        spawn_local(async move {
            let answer = guarded(list_labels()).await;
            found.try_set(Some(answer));
        });
    };
    let labels = derived(move |_| conversation.get().and_then(Result::ok).map(|c| c.labels).unwrap_or_default());
    // No label waits for another. What is pressed again meanwhile is asked for afterwards: two requests could overtake each other.
    let switch = move |label: LabelId, tick: HtmlInputElement, busy: StoredValue<bool>| {
        if busy.get_value() {
            return;
        }
        busy.set_value(true);
        spawn_local(async move {
            loop {
                let on = tick.checked();
                let (add, remove) = if on { (vec![label], Vec::new()) } else { (Vec::new(), vec![label]) };
                match guarded(label_conversation(id, add, remove)).await {
                    Ok(_) if tick.checked() != on => {}
                    Ok(_) => break,
                    Err(error) => {
                        toasts.error(&error);
                        tick.set_checked(!on);
                        break;
                    }
                }
            }
            busy.try_set_value(false);
            live.touch_conversation(id);
        });
    };
    let item = move |label: Label| {
        let input = format!("label-{}", label.id);
        let own = label.id;
        let busy = StoredValue::new(false);
        let is_on = move || labels.with(|l| l.iter().any(|l| l.id == own));
        view! {
            <div class="choice">
                <input
                    id=input.clone()
                    type="checkbox"
                    prop:checked=is_on
                    on:change=move |event| switch(own, event_target(&event), busy)
                />
                <label for=input><LabelTag label=label /></label>
            </div>
        }
    };
    let items = move |all: Vec<Label>| {
        view! {
            {all.is_empty().then(|| view! { <p class="alerts__hint">{inbox::no_labels()}</p> })}
            {all.into_iter().map(item).collect_view()}
        }
    };
    view! {
        <Pending>
            <button class="channel-button assignee" type="button" popovertarget=MENU title=inbox::label_conversation() on:click=ask>
                {move || if labels.with(Vec::is_empty) {
                    view! { <Icon name="tag" /><span>{inbox::labels()}</span> }
                } else {
                    view! { <span class="labels">{labels.get().into_iter().map(|l| view! { <LabelTag label=l /> }).collect_view()}</span> }
                }}
            </button>
            <div class="menu labels-menu" id=MENU popover="auto" role="group" aria-label=inbox::label_conversation()>
                {move || match found.get() {
                    None => view! { {asked.get().then(|| view! { <Skeleton shape="rows" count=2 /> })} },
                    Some(Err(error)) => view! { <ErrorPanel error=error /> },
                    Some(Ok(all)) => items(all),
                }}
                {move || manages.get().then(|| view! { <a class="menu__item" href="/labels">{inbox::manage_labels()}</a> })}
            </div>
        </Pending>
    }
}
