//! What belongs to whoever is signed in.

use super::{
    frame::Frame, password::Password, profile::Profile, second_factor::SecondFactorPanel, sign_ins::SignIns,
    workspace::WorkspacePanel, workspaces::Workspaces,
};
use crate::{
    texts::settings,
    ui::{
        components::{LanguageSwitch, ThemeSwitch},
        prelude::*,
    },
};

#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    view! {
        <Frame title=settings::account() lead=settings::account_lead()>
            <div class="stack">
                <Profile />
                <Workspaces />
                <WorkspacePanel />
                <section class="panel" aria-labelledby="appearance-title">
                    <h2 class="panel__title" id="appearance-title">{settings::appearance()}</h2>
                    <div class="stack stack--tight">
                        <p class="panel__note">{settings::appearance_text()}</p>
                        <ThemeSwitch />
                        <LanguageSwitch />
                    </div>
                </section>
                <Password />
                <SecondFactorPanel />
                <SignIns />
            </div>
        </Frame>
    }
}
