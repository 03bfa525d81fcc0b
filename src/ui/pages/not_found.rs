//! For addresses that lead nowhere, with a true 404.

use leptos_meta::Title;

use crate::ui::{layouts::PublicLayout, prelude::*, status::set_status};

#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    set_status(404);
    view! {
        <Title text="Not found" />
        <PublicLayout title="There is no such page">
            <p>"The address may be mistyped, or what stood here was deleted."</p>
            <p><a class="button button--primary" href="/inbox">"Go to the inbox"</a></p>
        </PublicLayout>
    }
}
