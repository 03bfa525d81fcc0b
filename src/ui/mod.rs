//! What people see: the document, the routes, pages and the components they are made of.
//!
//! Nothing here knows how the server works: data comes from [`crate::api`], types from [`crate::domain`].

#![expect(unreachable_pub, reason = "the component macro declares props and their fields as pub")]

mod alerts;
mod browser;
mod channels;
pub(crate) mod chunks;
mod components;
mod layouts;
mod live;
pub mod pages;
mod prelude;
mod reactive;
pub mod shell;
mod state;
mod status;

use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};

use alerts::{Alerts, provide_alerts, shown_count};
use components::{Leaving, ToastList};
use layouts::AppLayout;
use pages::{inbox::InboxPage, not_found::NotFoundPage, sign_in::SignInPage};
use prelude::*;
use state::{clock::provide_clock, hydrated::provide_hydrated, toasts::provide_toasts, unsaved::provide_unsaved};

/// The app: what every page shares, and which page belongs to which address.
///
/// What addresses name differs in name: on the way from one page to another the first one sees what the second is about.
///
/// All pages are rendered whole before they are sent (`SsrMode::Async`), so that their status codes are true.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_hydrated();
    provide_clock();
    provide_toasts();
    provide_unsaved();
    effect(browser::keep_focus);
    let alerts = provide_alerts();
    view! {
        <Title formatter=move |text| page_title(text, alerts) />
        <Router>
            <Routes fallback=|| view! { <NotFoundPage /> }>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/code") view=chunks::set_up::code ssr=SsrMode::Async />
                <Route path=path!("/set-up") view=chunks::set_up::set_up ssr=SsrMode::Async />
                <Route path=path!("/join") view=chunks::set_up::join ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=AppLayout ssr=SsrMode::Async>
                    <Route path=path!("") view=Home ssr=SsrMode::Async />
                    <Route path=path!("/inbox/:conversation?") view=InboxPage ssr=SsrMode::Async />
                    <Route path=path!("/contacts") view=chunks::manage::contacts ssr=SsrMode::Async />
                    <Route path=path!("/contacts/:contact") view=chunks::manage::contact ssr=SsrMode::Async />
                    <Route path=path!("/chatbots") view=chunks::manage::chatbots ssr=SsrMode::Async />
                    <Route path=path!("/chatbots/:chatbot") view=chunks::manage::chatbot ssr=SsrMode::Async />
                    <Route path=path!("/integrations") view=chunks::manage::integrations ssr=SsrMode::Async />
                    <Route path=path!("/integrations/:integration/events") view=chunks::manage::event_log ssr=SsrMode::Async />
                    <Route path=path!("/settings") view=chunks::settings::account ssr=SsrMode::Async />
                    <Route path=path!("/settings/tokens") view=chunks::settings::tokens ssr=SsrMode::Async />
                    <Route path=path!("/settings/audit") view=chunks::settings::audit ssr=SsrMode::Async />
                    <Route path=path!("/settings/people") view=chunks::settings::people ssr=SsrMode::Async />
                    <Route path=path!("/labels") view=chunks::manage::labels ssr=SsrMode::Async />
                    <Route path=path!("/sandbox") view=chunks::sandbox::sandbox ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
        <ToastList />
        <Leaving />
    }
}

/// The whole title of a page. Every title comes by here, and some name what people have named.
///
/// On the server leptos_meta writes it into the document as it is (leptos_meta 0.8, `inject_meta_context`), so it is escaped
/// here. In the browser it becomes `document.title`, which is text.
fn page_title(text: String, alerts: Alerts) -> String {
    let title = if text.is_empty() { "Parlance".to_owned() } else { format!("{text} · Parlance") };
    if cfg!(feature = "ssr") {
        return crate::domain::text::html(&title);
    }
    // How many wait is known once the page is alive.
    match alerts.count() {
        0 => title,
        count => format!("({}) {title}", shown_count(count)),
    }
}

/// Takes over the page that the server rendered, as soon as its code is there.
#[cfg(feature = "hydrate")]
pub(crate) async fn take_over() -> Result<(), leptos::wasm_split::SplitLoaderError> {
    chunks::fetch(&browser::path()).await?;
    leptos::mount::hydrate_body(App);
    Ok(())
}

/// The front door leads to the inbox.
#[component]
fn Home() -> impl IntoView {
    view! { <Redirect path="/inbox" /> }
}
