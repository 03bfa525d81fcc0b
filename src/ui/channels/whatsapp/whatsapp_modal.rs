//! Connecting a WhatsApp Business number, and changing its connection later: the entries, their test, saving, and then what
//! to enter at Meta's.

use leptos::ev::SubmitEvent;
use uuid::Uuid;

use super::{
    connected::Connected,
    desk::{Desk, field_of},
    entries::{Entries, FIELDS},
    entry_form::EntryForm,
    test_run::TestRun,
    test_steps::TestSteps,
    unreached::Unreached,
};
use crate::{
    api::whatsapp::{create_integration, subscribe_integration, test_integration, update_integration},
    domain::{
        ids::IntegrationId,
        integration::{Check, Integration, OnFailedTest, Remedy},
    },
    error::ErrorCode,
    texts::{integrations, shell},
    ui::{
        browser,
        components::{Button, ButtonKind, Dialog, ErrorPanel},
        live::use_live,
        prelude::*,
        state::{
            toasts::use_toasts,
            unsaved::{hold, use_leave},
            work::Work,
        },
    },
};

#[component]
pub(super) fn WhatsAppIntegrationModal(desk: Desk) -> impl IntoView {
    let open = desk.form;
    let title = Signal::derive(move || {
        let saved = desk.subject.with(Option::is_some);
        if saved { integrations::manage_title(&desk.name()) } else { integrations::connect().to_owned() }
    });
    view! {
        <Dialog open=open title=title wide=true>
            <Stages desk=desk />
        </Dialog>
    }
}

/// First the entries; for a new number then what to do at Meta's.
#[component]
fn Stages(desk: Desk) -> impl IntoView {
    let made = RwSignal::new(None::<(Integration, bool)>);
    move || match made.get() {
        None => view! { <Form desk=desk made=made /> },
        Some((integration, subscribe)) => {
            view! { <Connected desk=desk integration=integration subscribe=subscribe on_done=move || desk.form.set(false) /> }
        }
    }
}

/// The form and what its buttons do.
#[derive(Clone, Copy)]
struct Desktop {
    entries: Entries,
    id: Option<IntegrationId>,
    run: TestRun,
    save: Work,
}

impl Desktop {
    /// Judges the entries; leads to the first that cannot be used.
    fn is_fine(self) -> bool {
        let fine = self.entries.check();
        if !fine {
            request_animation_frame(|| browser::focus("dialog[open] [aria-invalid]"));
        }
        fine
    }

    fn is_busy(self) -> bool {
        self.save.busy().get() || self.run.work.busy().get()
    }

    fn test(self) {
        if self.is_fine() && !untrack(move || self.is_busy()) {
            self.save.forget_error();
            self.run.run(|run_id| test_integration(self.id, self.entries.changes(), run_id));
            browser::reveal("dialog[open] .test");
        }
    }

    /// The server tests before it saves; this shows the steps of that test.
    fn begin_saving(self) -> Option<Uuid> {
        let run_id = self.run.begin();
        browser::reveal("dialog[open] .test");
        run_id
    }
}

#[component]
fn Form(desk: Desk, made: RwSignal<Option<(Integration, bool)>>) -> impl IntoView {
    let saved = desk.subject.get_untracked();
    let entries = begin(desk, saved.as_ref());
    let form = Desktop { entries, id: saved.as_ref().map(|s| s.id), run: TestRun::new(), save: Work::new() };
    hold(move || entries.is_dirty());
    effect(move || {
        let first = desk.chatbots.with(|c| c.first().map(|c| c.id.to_string()));
        if let Some(first) = first.filter(|_| entries.chatbot.with_untracked(String::is_empty)) {
            entries.chatbot.set(first);
        }
    });
    if let Some(field) = desk.begin.get_untracked() {
        request_animation_frame(move || browser::focus(&format!("#{field}")));
    }
    let save = saving(desk, form, made);
    let mend = Callback::new(move |(remedy, check): (Remedy, Check)| match (remedy, form.id) {
        (Remedy::Subscribe, Some(id)) => form.run.run(|run_id| subscribe_integration(id, run_id)),
        (Remedy::Subscribe, None) => save(false),
        (Remedy::CheckNetwork, _) => form.test(),
        (Remedy::SetCallback, Some(_)) => desk.callback.set(true),
        _ => {
            if let Some(field) = field_of(remedy, Some(check)) {
                browser::focus(&format!("#{field}"));
            }
        }
    });
    let choose = Callback::new(move |number: String| {
        entries.number_id.value.set(number);
        form.test();
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        save(false);
    };
    let simulated = saved.as_ref().is_some_and(|s| s.provider == crate::domain::integration::Provider::Sandbox);
    view! {
        <form class="form connect" on:submit=submit novalidate=true>
            {form.id.is_none().then(|| view! { <Intro /> })}
            <EntryForm entries=entries saved=saved chatbots=desk.chatbots work=form.save />
            {move || form.run.has_begun().then(|| view! {
                <TestSteps
                    run=form.run
                    running=Signal::derive(move || form.is_busy())
                    on_remedy=mend
                    on_choose=choose
                />
            })}
            {move || form.save.error_beside(FIELDS).get().map(|error| view! { <ErrorPanel error=error /> })}
            <Actions form=form simulated=simulated on_insist=move || save(true) />
        </form>
    }
}

/// The entries to begin with.
fn begin(desk: Desk, saved: Option<&Integration>) -> Entries {
    let entries = match saved {
        Some(saved) => Entries::of(saved),
        None => {
            let first = || desk.chatbots.with_untracked(|c| c.first().map(|c| c.id));
            let chatbot = desk.chatbot.get_untracked().or_else(first);
            Entries::empty(chatbot.map(|id| id.to_string()).unwrap_or_default())
        }
    };
    if let Some(number) = desk.number.get_untracked() {
        entries.number_id.value.set(number);
    }
    entries
}

/// What saves: `true` insists although the test failed.
fn saving(
    desk: Desk,
    form: Desktop,
    made: RwSignal<Option<(Integration, bool)>>,
) -> impl Fn(bool) + Copy + Send + Sync {
    let (live, toasts) = (use_live(), use_toasts());
    move |insists| {
        if !form.is_fine() || untrack(move || form.is_busy()) {
            return;
        }
        let Some(id) = form.id else {
            let Some(new) = form.entries.to_new() else { return };
            // Subscribing needs a saved integration: it is made with the subscription as the one thing left to do.
            let subscribe = untrack(move || form.run.lacks_subscription_only());
            let on_failed_test = if insists || subscribe { OnFailedTest::Save } else { OnFailedTest::Refuse };
            let call = create_integration(new, Some(on_failed_test), form.begin_saving());
            form.save.run(call, move |integration| {
                toasts.success(integrations::saved(&integration.name));
                live.touch_integrations();
                made.set(Some((integration, subscribe)));
            });
            return;
        };
        let run_id = if form.entries.touch_connection() { form.begin_saving() } else { None };
        let call = update_integration(id, form.entries.changes(), Some(insists), None, run_id);
        form.save.run(call, move |integration| {
            toasts.success(integrations::saved(&integration.name));
            live.touch_integrations();
            desk.form.set(false);
        });
    }
}

#[component]
fn Intro() -> impl IntoView {
    view! {
        <Unreached />
        <p>
            {integrations::intro()}
        </p>
    }
}

#[component]
fn Actions(form: Desktop, simulated: bool, #[prop(into)] on_insist: Callback<()>) -> impl IntoView {
    let is_new = form.id.is_none();
    let leave = use_leave();
    let label = Signal::derive(move || {
        let lacks = is_new && form.run.lacks_subscription_only();
        match (is_new, lacks) {
            (true, true) => integrations::connect_and_subscribe(),
            (true, false) => integrations::connect_verb(),
            (false, _) => shell::save(),
        }
        .to_owned()
    });
    // Only what Meta or the network said no to can be insisted on.
    let refused = move || {
        let code = form.save.error().with(|e| e.as_ref().map(|e| e.code));
        matches!(code, Some(ErrorCode::RefusedByMeta | ErrorCode::Unavailable))
    };
    view! {
        <div class="dialog__actions dialog__actions--stay">
            <Button label=shell::cancel() kind=ButtonKind::Quiet on_press=leave />
            {(!simulated).then(|| view! { <Button label=integrations::test() icon="refresh" busy=form.run.work.busy() on_press=move || form.test() /> })}
            {move || refused().then(|| view! { <Button label=integrations::save_anyway() busy=form.save.busy() on_press=on_insist /> })}
            <Button label=label kind=ButtonKind::Primary submit=true busy=form.save.busy() />
        </div>
    }
}
