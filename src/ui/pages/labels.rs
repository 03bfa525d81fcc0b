//! The labels of the workspace: made, renamed, coloured and deleted by those who may.

use leptos::ev::SubmitEvent;
use leptos_meta::Title;

use crate::{
    api::labels::{create_label, delete_label, list_labels, update_label},
    domain::{
        ids::LabelId,
        label::{Colour, Label},
        role::Permission,
    },
    texts::{Words, labels, shell},
    ui::{
        components::{
            Button, ButtonKind, ConfirmDialog, Dialog, EmptyState, ErrorPanel, Field, LabelTag, Pending, Select,
            Skeleton,
        },
        live::use_live,
        prelude::*,
        state::{
            data::load,
            guard::guarded,
            session::use_session,
            toasts::use_toasts,
            unsaved::{hold, use_leave},
            work::Work,
        },
    },
};

const COLOURS: [(Colour, Words); 9] = [
    (Colour::Grey, labels::grey),
    (Colour::Red, labels::red),
    (Colour::Orange, labels::orange),
    (Colour::Yellow, labels::yellow),
    (Colour::Green, labels::green),
    (Colour::Teal, labels::teal),
    (Colour::Blue, labels::blue),
    (Colour::Purple, labels::purple),
    (Colour::Pink, labels::pink),
];

#[component]
pub(crate) fn LabelsPage() -> impl IntoView {
    let live = use_live();
    let all = load(move || live.everything(), |_| guarded(list_labels()));
    let may = use_session().may(Permission::ManageLabels);
    let (open, edited) = (RwSignal::new(false), RwSignal::new(None::<Label>));
    let edit = move |label: Option<Label>| {
        edited.set(label);
        open.set(true);
    };
    let title = Signal::derive(move || {
        edited.with(|e| if e.is_some() { labels::edit_title() } else { labels::create() }.to_owned())
    });
    view! {
        <Title text=labels::title() />
        <div class="page">
            <header class="page__head">
                <h1 class="page__title">{labels::title()}</h1>
                <Pending>
                    {move || may.get().then(|| view! {
                        <Button label=labels::create() icon="plus" kind=ButtonKind::Primary on_press=move || edit(None) />
                    })}
                </Pending>
            </header>
            <Pending fallback=|| view! { <Skeleton shape="cards" count=2 /> }>
                {move || all.get().map(|found| match found {
                    Err(error) => view! { <ErrorPanel error=error on_retry=move || all.refetch() /> },
                    Ok(list) if list.is_empty() => view! { <EmptyState icon="tag" title=labels::none_yet() text=labels::none_yet_text() /> },
                    Ok(list) => view! {
                        <ul class="label-list" aria-label=labels::title()>
                            {list.into_iter().map(|label| view! { <Row label=label may=may on_edit=Callback::new(edit) /> }).collect_view()}
                        </ul>
                    },
                })}
            </Pending>
        </div>
        <Dialog open=open title=title>
            <Form open=open label=edited.get_untracked() />
        </Dialog>
    }
}

#[component]
fn Row(label: Label, may: Signal<bool>, on_edit: Callback<Option<Label>>) -> impl IntoView {
    let (live, toasts) = (use_live(), use_toasts());
    let (asks, work) = (RwSignal::new(false), Work::new());
    let (id, name) = (label.id, label.name.clone());
    let of = StoredValue::new(label.clone());
    let title = labels::delete_title(&name);
    let confirm = move || {
        let name = name.clone();
        work.run(delete_label(id), move |()| {
            asks.set(false);
            live.miss_everything();
            toasts.success(labels::deleted(&name));
        });
    };
    view! {
        <li class="label-list__row">
            <LabelTag label=label />
            {move || may.get().then(|| view! {
                <span class="cluster">
                    <Button label=labels::edit() icon="edit" icon_only=true kind=ButtonKind::Quiet on_press=move || on_edit.run(of.try_get_value()) />
                    <Button label=labels::delete() icon="trash" icon_only=true kind=ButtonKind::Quiet on_press=move || asks.set(true) />
                </span>
            })}
            <ConfirmDialog open=asks title=title consequence=labels::delete_text() verb=labels::delete() work=work on_confirm=confirm />
        </li>
    }
}

#[component]
fn Form(open: RwSignal<bool>, label: Option<Label>) -> impl IntoView {
    let (live, toasts, work, leave) = (use_live(), use_toasts(), Work::new(), use_leave());
    let id: Option<LabelId> = label.as_ref().map(|l| l.id);
    let before = label.as_ref().map(|l| l.name.clone()).unwrap_or_default();
    let name = RwSignal::new(before.clone());
    let colour = RwSignal::new(label.map_or(Colour::Blue, |l| l.colour).as_str().to_owned());
    hold(move || name.with(|name| *name != before));
    let options =
        COLOURS.iter().map(|(colour, word)| (colour.as_str().to_owned(), word().to_owned())).collect::<Vec<_>>();
    let done = move |label: Label| {
        open.set(false);
        live.miss_everything();
        toasts.success(labels::saved(&label.name));
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let colour = colour.with_untracked(|c| Colour::from_word(c)).unwrap_or(Colour::Grey);
        match id {
            Some(id) => work.run(update_label(id, name.get_untracked(), colour), done),
            None => work.run(create_label(name.get_untracked(), colour), done),
        }
    };
    view! {
        <form class="form" on:submit=submit>
            <Field id="label-name" label=labels::name() value=name required=true autofocus=true error=work.field_error("name") />
            <Select id="label-colour" label=labels::colour() value=colour options=options />
            {move || work.error_beside(&["name"]).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label=shell::cancel() on_press=leave />
                <Button label=labels::save() kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
    }
}
