//! For addresses that lead nowhere, with a true 404.

use leptos_meta::Title;

use crate::{
    texts::shell,
    ui::{layouts::PublicLayout, prelude::*, status::set_status},
};

#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    set_status(404);
    view! {
        <Title text=shell::not_found() />
        <PublicLayout title=shell::no_such_page()>
            <p>{shell::no_such_page_text()}</p>
            <p><a class="button button--primary" href="/inbox">{shell::to_inbox()}</a></p>
        </PublicLayout>
    }
}
