//! The frame of the signed-in app: navigation, the offline bar and the page.

use leptos_router::components::Outlet;

use super::navigation::Navigation;
use crate::{
    texts::shell,
    ui::{
        alerts::follow_waiting,
        components::OfflineBar,
        live::provide_live,
        prelude::*,
        state::{outbox::provide_outbox, session::provide_session},
    },
};

#[component]
pub(crate) fn AppLayout() -> impl IntoView {
    provide_session();
    provide_live();
    provide_outbox();
    follow_waiting();
    view! {
        <a class="skip-link" href="#main" rel="external">{shell::skip()}</a>
        <div class="app">
            <Navigation />
            <div class="app__page">
                <OfflineBar />
                <main class="app__main" id="main" tabindex="-1">
                    <Outlet />
                </main>
            </div>
        </div>
    }
}
