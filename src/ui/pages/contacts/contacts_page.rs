//! All contacts of the workspace, newest first, or those whose name or number begins with what is typed. The address holds it.

use leptos::ev::SubmitEvent;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::fields_dialog::FieldsDialog;
use crate::{
    api::contacts::list_contacts,
    domain::{
        contact::record::{Consent, ContactFilter, ContactPage, ContactSummary},
        role::Permission,
    },
    texts::{Words, contacts},
    ui::{
        components::{
            Avatar, Badge, Button, ButtonKind, Each, EmptyState, ErrorPanel, Field, Icon, Moment, Pending, Skeleton,
            Tone,
        },
        prelude::*,
        state::{data::load, guard::guarded, session::use_session, work::Work},
    },
};

/// What is looked for.
type Asked = (String, Option<ContactFilter>);

const FILTERS: [(Option<ContactFilter>, Words); 3] = [
    (None, contacts::everybody),
    (Some(ContactFilter::Blocked), contacts::blocked),
    (Some(ContactFilter::OptedOut), contacts::opted_out),
];

/// A text as a part of an address.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn href((query, filter): &Asked) -> String {
    let mut parts = Vec::new();
    if !query.is_empty() {
        parts.push(format!("q={}", encoded(query)));
    }
    if let Some(filter) = filter {
        parts.push(format!("filter={filter}"));
    }
    if parts.is_empty() { "/contacts".to_owned() } else { format!("/contacts?{}", parts.join("&")) }
}

#[component]
pub(crate) fn ContactsPage() -> impl IntoView {
    let session = use_session();
    let (manages, exports) = (session.may(Permission::ManageContacts), session.may(Permission::ExportContacts));
    let fields = RwSignal::new(false);
    view! {
        <Title text=contacts::title() />
        <div class="page">
            <header class="page__head">
                <h1 class="page__title">{contacts::title()}</h1>
                <Pending>
                    {move || manages.get().then(|| view! {
                        <div class="cluster">
                            {exports.get().then(|| view! {
                                <a class="button" href="/api/v1/contacts/export" download="contacts.csv" title=contacts::export_why() rel="external">
                                    <Icon name="down" /><span>{contacts::export()}</span>
                                </a>
                            })}
                            <Button label=contacts::fields() icon="list" on_press=move || fields.set(true) />
                        </div>
                    })}
                </Pending>
            </header>
            <Listed />
        </div>
        <FieldsDialog open=fields />
    }
}

#[component]
fn Listed() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|q| {
            let text = q.get_str("q").unwrap_or_default().trim().to_owned();
            (text, q.get_str("filter").and_then(ContactFilter::from_word))
        })
    });
    let first = load(
        move || asked.get(),
        |(query, filter): Asked| guarded(list_contacts(Some(query).filter(|q| !q.is_empty()), filter, None)),
    );
    // Of what was asked when they were loaded: they do not go on anything else.
    let older = RwSignal::new(None::<(Asked, ContactPage)>);
    let more = Work::new();
    let further = move || older.get().filter(|(of, _)| *of == asked.get()).map(|(_, page)| page);
    let rows = move || {
        let mut rows = first.get().and_then(Result::ok).map(|page| page.rows).unwrap_or_default();
        for row in further().map(|page| page.rows).unwrap_or_default() {
            if rows.iter().all(|known| known.id != row.id) {
                rows.push(row);
            }
        }
        rows
    };
    let next = move || match further() {
        Some(page) => page.next,
        None => first.get().and_then(Result::ok).and_then(|page| page.next),
    };
    let load_more = move || {
        let (Some(before), of) = (untrack(next), asked.get_untracked()) else { return };
        let query = Some(of.0.clone()).filter(|q| !q.is_empty());
        more.run(list_contacts(query, of.1, Some(before)), move |page| {
            older.update(|older| match older {
                Some((known, pages)) if *known == of => {
                    pages.rows.extend(page.rows);
                    pages.next = page.next;
                }
                _ => *older = Some((of, page)),
            });
        });
    };
    let none = move || first.with(|page| page.is_some_and(Result::is_ok)) && rows().is_empty() && next().is_none();
    view! {
        <SearchForm asked=asked />
        <Pending fallback=|| view! { <Skeleton shape="rows" count=6 /> }>
            {move || first.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || first.refetch() /> })}
            {move || none().then(|| nothing(&asked.get()))}
            <ul class="contacts" aria-label=contacts::title()>
                <Each each=rows key=key_of let:row>
                    <Row contact=row />
                </Each>
            </ul>
            {move || next().map(|_| view! {
                <p class="contacts__more"><Button label=contacts::load_more() busy=more.busy() on_press=load_more /></p>
            })}
            {move || more.error().get().map(|e| view! { <ErrorPanel error=e on_retry=load_more /> })}
        </Pending>
    }
}

fn key_of(row: &ContactSummary) -> String {
    format!("{} {} {} {}", row.id, row.name, row.blocked, row.consent)
}

#[component]
fn SearchForm(asked: Memo<Asked>) -> impl IntoView {
    let typed = RwSignal::new(asked.get_untracked().0);
    let navigate = StoredValue::new(use_navigate());
    // The browser's back button changes what was asked.
    effect(move || {
        let text = asked.with(|(text, _)| text.clone());
        if typed.with_untracked(|typed| typed.trim() != text) {
            typed.set(text);
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let filter = asked.with_untracked(|(_, filter)| *filter);
        let to = href(&(typed.with_untracked(|typed| typed.trim().to_owned()), filter));
        let instead = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate.try_with_value(|navigate| navigate(&to, instead));
    };
    let filters = FILTERS
        .into_iter()
        .map(|(filter, label)| {
            let to = move || href(&(asked.with(|(text, _)| text.clone()), filter));
            let current = move || asked.with(|(_, now)| *now == filter).then_some("true");
            view! { <a class="chip" href=to aria-current=current>{label()}</a> }
        })
        .collect_view();
    view! {
        <form class="contacts__search" role="search" on:submit=submit>
            <Field id="contact-search" label=contacts::search() kind="search" value=typed hint=contacts::search_hint() />
            <Button label=contacts::search_verb() submit=true kind=ButtonKind::Primary />
        </form>
        <nav class="contacts__filters" aria-label=contacts::filter()>{filters}</nav>
    }
}

fn nothing(asked: &Asked) -> AnyView {
    if asked.0.is_empty() && asked.1.is_none() {
        view! { <EmptyState icon="user" title=contacts::none_yet() text=contacts::none_yet_text() /> }
    } else {
        view! {
            <EmptyState icon="user" title=contacts::none_found() text=contacts::none_found_text()>
                <a class="button" href="/contacts">{contacts::show_all()}</a>
            </EmptyState>
        }
    }
}

#[component]
fn Row(contact: ContactSummary) -> impl IntoView {
    let href = format!("/contacts/{}", contact.id);
    view! {
        <li>
            <a class="contacts__row" href=href>
                <Avatar name=contact.name.clone() />
                <span class="contacts__words">
                    <span class="contacts__name" dir="auto">{contact.name}</span>
                    <span class="contacts__small">
                        {contact.username.map(|name| view! { <span dir="auto">"@" {name}</span> })}
                        {contact.phone.map(|phone| view! { <span class="numeric" dir="ltr">{phone}</span> })}
                    </span>
                </span>
                <span class="contacts__marks">
                    {contact.blocked.then(|| view! { <Badge tone=Tone::Bad icon="ban" text=contacts::is_blocked() /> })}
                    {consent_badge(contact.consent)}
                </span>
                <span class="contacts__small contacts__since"><Moment at=contact.created_at /></span>
            </a>
        </li>
    }
}

/// Nothing where they have not said.
fn consent_badge(consent: Consent) -> Option<AnyView> {
    match consent {
        Consent::OptedIn => Some(view! { <Badge tone=Tone::Good icon="tick" text=contacts::is_opted_in() /> }),
        Consent::OptedOut => Some(view! { <Badge tone=Tone::Waiting icon="x" text=contacts::is_opted_out() /> }),
        Consent::Unknown | Consent::Newer => None,
    }
}
