//! Tests a connection and lists each check with a tick or the fix.

use super::target::Target;
use crate::{
    api::integrations::test_integration,
    domain::integration::{IntegrationFields, StepStatus, TestReport, TestStep},
    ui::{
        components::{Button, Dialog, ErrorPanel, Icon, Skeleton},
        live::use_live,
        prelude::*,
        state::work::Work,
    },
};

#[component]
pub(super) fn TestConnection(target: Target) -> impl IntoView {
    let open = target.open;
    let report = RwSignal::new(None::<TestReport>);
    let work = Work::new();
    let live = use_live();
    let busy = work.busy();
    let test = move || {
        let Some(id) = target.id() else { return };
        report.set(None);
        work.run(test_integration(Some(id), IntegrationFields::default(), None), move |found| {
            report.set(Some(found));
            // The test may have changed the status on the card.
            live.touch_integrations();
        });
    };
    effect(move || {
        if open.get() {
            test();
        }
    });
    view! {
        <Dialog open=open title=Signal::derive(move || format!("Connection test of “{}”", target.name()))>
            {move || busy.get().then(|| view! { <Skeleton shape="rows" count=3 /> })}
            {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
            <div aria-live="polite">
                {move || report.get().map(|report| view! {
                    <p>{verdict(report.status)}</p>
                    <ol class="steps">{report.steps.into_iter().map(|step| view! { <Step step=step /> }).collect_view()}</ol>
                })}
            </div>
            <div class="dialog__actions">
                <Button label="Test again" busy=busy on_press=test />
            </div>
        </Dialog>
    }
}

const fn verdict(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Ok => "Everything is in order.",
        StepStatus::Warning => "It works, with something to look at.",
        StepStatus::Failed => "Something has to be fixed.",
        StepStatus::Skipped => "Nothing could be tested.",
    }
}

#[component]
fn Step(step: TestStep) -> impl IntoView {
    let (icon, word) = match step.status {
        StepStatus::Ok => ("tick", "In order"),
        StepStatus::Warning => ("alert", "Warning"),
        StepStatus::Failed => ("x", "Failed"),
        StepStatus::Skipped => ("ban", "Skipped"),
    };
    view! {
        <li class="step" data-state=step.status.as_str()>
            <Icon name=icon />
            <div>
                <p><span class="visually-hidden">{word} ": "</span>{step.message}</p>
                {step.action.map(|action| view! { <p class="step__action">{action}</p> })}
                {step.meta.map(|meta| view! {
                    <p class="step__meta">"Meta’s code " {meta.code} {meta.trace_id.map(|t| format!(", trace {t}"))}</p>
                })}
            </div>
        </li>
    }
}
