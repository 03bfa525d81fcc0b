//! Shows toasts, and reads them out.

use super::{Button, ButtonKind, Each, Icon};
use crate::{
    texts::shell,
    ui::{
        prelude::*,
        state::toasts::{Toast, use_toasts},
    },
};

#[component]
pub(crate) fn ToastList() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-label=shell::notices()>
            <Each each=move || toasts.list() key=|t: &Toast| t.id.to_string() let:toast>
                <div class="toast" data-tone=if toast.is_error { "bad" } else { "good" }>
                    <Icon name=if toast.is_error { "alert" } else { "tick" } />
                    <p class="toast__text">{toast.text}</p>
                    <Button
                        label=shell::dismiss()
                        icon="x"
                        icon_only=true
                        kind=ButtonKind::Quiet
                        on_press=move || toasts.dismiss(toast.id)
                    />
                </div>
            </Each>
        </div>
    }
}
