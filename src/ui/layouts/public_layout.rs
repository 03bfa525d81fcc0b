//! The frame of the pages before signing in: one card in the middle.

use crate::ui::{components::Icon, prelude::*};

#[component]
pub(crate) fn PublicLayout(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <main class="public" id="main">
            <div class="public__card">
                <p class="public__brand"><Icon name="logo" /><span>"Parlance"</span></p>
                <h1 class="public__title">{title}</h1>
                {children()}
            </div>
        </main>
    }
}
