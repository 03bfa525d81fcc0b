//! The chat that visitors of a website see. Rendered by the server alone; `public/widget-chat.js` brings it to life.

use leptos::prelude::*;

use crate::{
    domain::text::html,
    texts::{self, widget},
    ui::components::{Avatar, Icon, Icons},
};

/// The page in the frame of a website. It carries no wasm: visitors pay for a few kilobytes only.
#[component]
pub fn WidgetPage(
    /// The website's integration.
    integration_id: String,
    /// The chatbot's name, as the title of the chat.
    name: String,
) -> impl IntoView {
    // A text child of a title would carry a hydration mark, which shows: titles hold no markup.
    let title = html(&name);
    view! {
        <!DOCTYPE html>
        <html lang=texts::current().tag()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
                <meta name="color-scheme" content="light dark" />
                <title inner_html=title></title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href="/pkg/parlance.css" />
                <script src="/keyboard.js" defer></script>
                <script src="/widget-chat.js" defer></script>
            </head>
            <body>
                <main
                    class="widget"
                    data-integration-id=integration_id
                    data-no-connection=widget::no_connection()
                    data-not-sent=widget::not_sent()
                    data-deleted=widget::deleted()
                >
                    <header class="widget__head">
                        <Avatar name=name.clone() />
                        <h1 class="widget__name" dir="auto">{name}</h1>
                        <p class="widget__status" id="chat-status" role="status"></p>
                    </header>
                    <div class="widget__log" role="log" aria-live="polite" aria-label=widget::messages() tabindex="0"><ol class="log" id="chat-log"></ol></div>
                    <form class="widget__form" id="chat-form">
                        <label class="visually-hidden" for="chat-text">{widget::message()}</label>
                        <textarea
                            class="input widget__input"
                            id="chat-text"
                            rows="1"
                            enterkeyhint="send"
                            maxlength="4000"
                            dir="auto"
                            placeholder=widget::placeholder()
                        ></textarea>
                        // The script switches it on: before, a form would only reload the page.
                        <button class="button button--primary button--icon" type="submit" disabled=true>
                            <Icon name="send" />
                            <span class="visually-hidden">{widget::send()}</span>
                        </button>
                    </form>
                    <noscript><p class="widget__note">{widget::no_script()}</p></noscript>
                </main>
                <Icons />
            </body>
        </html>
    }
}
