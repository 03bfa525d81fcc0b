//! What went wrong, what to do about it, and a retry where one helps.

use super::{Button, Icon};
use crate::{
    error::{ApiError, ErrorCode},
    texts::shell,
    ui::{prelude::*, status::set_status},
};

#[component]
pub(crate) fn ErrorPanel(
    error: ApiError,
    /// Tries again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    set_status(error.code.status());
    // What is not there or not allowed stays so.
    let on_retry = on_retry
        .filter(|_| matches!(error.code, ErrorCode::Unavailable | ErrorCode::Internal | ErrorCode::RateLimited));
    let meta = error.meta.map(|meta| match meta.trace_id {
        Some(trace) => shell::meta_trace(&meta.code, &trace),
        None => shell::meta_code(&meta.code),
    });
    view! {
        <div class="error-panel" role="alert">
            <Icon name="alert" />
            <div class="error-panel__words">
                <p class="error-panel__message">{error.message}</p>
                {error.action.map(|action| view! { <p>{action}</p> })}
                {meta.map(|meta| view! { <p class="error-panel__small">{meta}</p> })}
                {error.request_id.map(|id| view! { <p class="error-panel__small">{shell::request()} " " <code>{id}</code></p> })}
            </div>
            {on_retry.map(|retry| view! { <Button label=shell::try_again() icon="refresh" on_press=retry /> })}
        </div>
    }
}
