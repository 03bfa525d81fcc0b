//! The steps of a connection test: each with its sign, its word, what was found, and what mends it.

use super::{console, entry_form::ConsoleLink, test_run::TestRun};
use crate::{
    domain::integration::{Check, NumberChoice, Remedy, StepStatus, TestStep},
    texts::{integrations, shell, words},
    ui::{
        components::{Button, Each, ErrorPanel, Icon},
        prelude::*,
    },
};

#[component]
pub(super) fn TestSteps(
    run: TestRun,
    /// Whether further steps are awaited.
    #[prop(into)]
    running: Signal<bool>,
    /// Mends what a step found.
    on_remedy: Callback<(Remedy, Check)>,
    /// Takes another number of the account.
    on_choose: Callback<String>,
) -> impl IntoView {
    let row = move |check: Check| (check, run.step(check));
    let rows = move || {
        let steps: Vec<_> = Check::ALL.iter().copied().map(row).collect();
        steps.into_iter().filter(|(_, step)| running.get() || step.is_some()).collect::<Vec<_>>()
    };
    let key = |(check, step): &(Check, Option<TestStep>)| match step {
        Some(step) => format!("{check} {} {}", step.status, step.message),
        None => check.to_string(),
    };
    let said = move || match (running.get(), run.verdict()) {
        (true, _) => integrations::testing(),
        (false, Some(status)) => verdict(status),
        (false, None) => "",
    };
    view! {
        <section class="test" aria-label=integrations::test_label() aria-busy=move || running.get().then_some("true")>
            <p class="test__verdict" role="status">{said}</p>
            {move || run.work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
            <ol class="steps">
                <Each each=rows key=key let:row>
                    {match row {
                        (_, Some(step)) => view! { <Step step=step on_remedy=on_remedy on_choose=on_choose /> },
                        (check, None) => view! { <Awaited check=check /> },
                    }}
                </Each>
            </ol>
        </section>
    }
}

fn verdict(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Ok => integrations::all_in_order(),
        StepStatus::Warning => integrations::works_with_warning(),
        StepStatus::Failed => integrations::to_be_fixed(),
        StepStatus::Skipped => integrations::not_tested(),
    }
}

#[component]
fn Awaited(check: Check) -> impl IntoView {
    view! {
        <li class="step" data-state="awaited">
            <Icon name="clock" />
            <p class="step__head"><span class="step__name">{words::check(check)}</span><span class="step__word">{integrations::checking()}</span></p>
        </li>
    }
}

#[component]
fn Step(step: TestStep, on_remedy: Callback<(Remedy, Check)>, on_choose: Callback<String>) -> impl IntoView {
    let (icon, word) = match step.status {
        StepStatus::Ok => ("tick", integrations::in_order()),
        StepStatus::Warning => ("alert", integrations::warning()),
        StepStatus::Failed => ("x", integrations::step_failed()),
        StepStatus::Skipped => ("ban", integrations::skipped()),
    };
    let check = step.key;
    // A step that was skipped for another one's fault is mended there.
    let is_wrong = matches!(step.status, StepStatus::Failed | StepStatus::Warning);
    let meta = step.meta.map(|meta| match meta.trace_id {
        Some(trace) => shell::meta_trace(&meta.code, &trace),
        None => shell::meta_code(&meta.code),
    });
    let choose = move |choice: NumberChoice| {
        let name = choice.verified_name.unwrap_or_else(|| integrations::number().to_owned());
        let label = integrations::use_number(&name, &choice.display_phone_number.unwrap_or_default());
        let id = choice.phone_number_id;
        view! { <li><Button label=label on_press=move || on_choose.run(id.clone()) /></li> }
    };
    view! {
        <li class="step" data-state=step.status.as_str()>
            <Icon name=icon />
            <p class="step__head"><span class="step__name">{words::check(check)}</span><span class="step__word">{word}</span></p>
            <div class="step__body">
                <p>{step.message}</p>
                {step.action.map(|action| view! { <p class="step__action">{action}</p> })}
                {step.remedy.filter(|_| is_wrong).and_then(|remedy| mend(remedy, check, on_remedy))}
                {(!step.choices.is_empty()).then(|| view! {
                    <ul class="step__choices" aria-label=integrations::numbers_of_account()>
                        {step.choices.into_iter().map(choose).collect_view()}
                    </ul>
                })}
                {meta.map(|meta| view! { <p class="step__meta">{meta}</p> })}
            </div>
        </li>
    }
}

/// The button that mends it, or the way to where it is mended.
fn mend(remedy: Remedy, check: Check, on_remedy: Callback<(Remedy, Check)>) -> Option<AnyView> {
    match remedy {
        Remedy::Wait => None,
        Remedy::OpenMeta => Some(
            view! { <p><ConsoleLink href=console::WHATSAPP_MANAGER.to_owned() label=integrations::open_manager() /></p> },
        ),
        _ => Some(
            view! { <p><Button label=words::remedy(remedy) on_press=move || on_remedy.run((remedy, check)) /></p> },
        ),
    }
}
