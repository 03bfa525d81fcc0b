//! The fields that a workspace has made for its contacts: made here, and deleted.

use leptos::ev::SubmitEvent;

use crate::{
    api::contacts::{delete_contact_field, list_contact_fields, save_contact_field},
    domain::contact::record::{ContactField, FieldKind, NewContactField},
    texts::contacts,
    ui::{
        components::{
            Button, ButtonKind, ConfirmDialog, Dialog, Each, ErrorPanel, Field, Pending, Select, Skeleton, TextArea,
        },
        prelude::*,
        state::{
            data::{Data, load},
            guard::guarded,
            toasts::use_toasts,
            unsaved::hold,
            work::Work,
        },
    },
};

fn kind_label(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => contacts::kind_text(),
        FieldKind::Number => contacts::kind_number(),
        FieldKind::Date => contacts::kind_date(),
        FieldKind::Choice => contacts::kind_choice(),
        FieldKind::Newer => contacts::kind_other(),
    }
}

#[component]
pub(super) fn FieldsDialog(open: RwSignal<bool>) -> impl IntoView {
    let deleting = RwSignal::new(None::<ContactField>);
    let changes = RwSignal::new(0_u32);
    view! {
        <Dialog open=open title=contacts::fields_title()>
            <Inside deleting=deleting changes=changes />
        </Dialog>
        <DeleteField deleting=deleting changes=changes />
    }
}

#[component]
fn Inside(deleting: RwSignal<Option<ContactField>>, changes: RwSignal<u32>) -> impl IntoView {
    let fields: Data<Vec<ContactField>> = load(move || changes.get(), |_| guarded(list_contact_fields()));
    let rows = move || fields.get().and_then(Result::ok).unwrap_or_default();
    let none = move || fields.with(|f| f.is_some_and(|f| f.as_ref().is_ok_and(Vec::is_empty)));
    view! {
        <div class="stack">
            <Pending fallback=|| view! { <Skeleton shape="rows" count=2 /> }>
                {move || fields.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || fields.refetch() /> })}
                {move || none().then(|| view! { <p class="panel__note">{contacts::no_fields()}</p> })}
                <ul class="rows" aria-label=contacts::fields()>
                    <Each each=rows key=|f: &ContactField| f.id.to_string() let:field>
                        <FieldRow field=field deleting=deleting />
                    </Each>
                </ul>
            </Pending>
            <AddField changes=changes />
        </div>
    }
}

#[component]
fn FieldRow(field: ContactField, deleting: RwSignal<Option<ContactField>>) -> impl IntoView {
    let stored = StoredValue::new(field.clone());
    view! {
        <li class="row">
            <div class="row__words">
                <p class="row__title" dir="auto">{field.label.clone()}</p>
                <p class="card__small">{kind_label(field.kind)} " · " <code>{field.key}</code></p>
            </div>
            <Button
                label=contacts::delete_field(&field.label)
                icon="trash"
                icon_only=true
                kind=ButtonKind::Quiet
                on_press=move || deleting.set(Some(stored.get_value()))
            />
        </li>
    }
}

#[component]
fn AddField(changes: RwSignal<u32>) -> impl IntoView {
    let (label, choices) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let kind = RwSignal::new(FieldKind::Text.as_str().to_owned());
    hold(move || label.with(|l| !l.trim().is_empty()) || choices.with(|c| !c.trim().is_empty()));
    let kinds: Vec<(String, String)> = [FieldKind::Text, FieldKind::Number, FieldKind::Date, FieldKind::Choice]
        .map(|kind| (kind.as_str().to_owned(), kind_label(kind).to_owned()))
        .into();
    let is_choice = move || kind.with(|kind| kind == FieldKind::Choice.as_str());
    let (work, toasts) = (Work::new(), use_toasts());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let field = NewContactField {
            label: label.get_untracked(),
            kind: kind.with_untracked(|kind| FieldKind::from_word(kind)),
            choices: choices.with_untracked(|lines| lines.lines().map(ToOwned::to_owned).collect()),
            ..NewContactField::default()
        };
        work.run(save_contact_field(field), move |saved| {
            label.set(String::new());
            choices.set(String::new());
            changes.update(|n| *n = n.wrapping_add(1));
            toasts.success(contacts::field_added(&saved.label));
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <Field id="field-label" label=contacts::field_label() value=label required=true error=work.field_error("label") />
            <Select id="field-kind" label=contacts::field_kind() value=kind options=kinds />
            {move || is_choice().then(|| view! {
                <TextArea
                    id="field-choices"
                    label=contacts::choices()
                    value=choices
                    hint=contacts::choices_hint()
                    error=work.field_error("choices")
                />
            })}
            {move || work.error_beside(&["label", "choices"]).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div><Button label=contacts::add_field() icon="plus" kind=ButtonKind::Primary submit=true busy=work.busy() /></div>
        </form>
    }
}

#[component]
fn DeleteField(deleting: RwSignal<Option<ContactField>>, changes: RwSignal<u32>) -> impl IntoView {
    let (open, work, toasts) = (RwSignal::new(false), Work::new(), use_toasts());
    // The title stays while the dialog closes.
    let label = Memo::new(move |before: Option<&String>| {
        deleting.with(|field| field.as_ref().map(|f| f.label.clone())).or_else(|| before.cloned()).unwrap_or_default()
    });
    effect(move || {
        if deleting.with(Option::is_some) {
            work.forget_error();
            open.set(true);
        }
    });
    effect(move || {
        if !open.get() {
            deleting.set(None);
        }
    });
    let confirm = move || {
        let Some(id) = deleting.with_untracked(|field| field.as_ref().map(|f| f.id)) else { return };
        work.run(delete_contact_field(id), move |()| {
            open.set(false);
            changes.update(|n| *n = n.wrapping_add(1));
            toasts.success(contacts::field_deleted());
        });
    };
    view! {
        <ConfirmDialog
            open=open
            title=Signal::derive(move || contacts::delete_field_title(&label.get()))
            consequence=Signal::derive(|| contacts::delete_field_text().to_owned())
            verb=contacts::delete_verb()
            work=work
            on_confirm=confirm
        />
    }
}
