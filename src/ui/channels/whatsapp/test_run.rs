//! A connection test as a person follows it: its steps as they are done, then the report.

use uuid::Uuid;

use crate::{
    domain::integration::{Check, Remedy, StepStatus, TestReport, TestStep},
    error::ApiResult,
    ui::{
        browser,
        live::{Live, use_live},
        prelude::*,
        state::work::Work,
    },
};

#[derive(Clone, Copy)]
pub(super) struct TestRun {
    pub(super) work: Work,
    live: Live,
    run_id: RwSignal<Option<Uuid>>,
    report: RwSignal<Option<TestReport>>,
    begun: RwSignal<bool>,
}

impl TestRun {
    pub(super) fn new() -> Self {
        Self {
            work: Work::new(),
            live: use_live(),
            run_id: RwSignal::new(None),
            report: RwSignal::new(None),
            begun: RwSignal::new(false),
        }
    }

    /// Starts over; gives the id under which the server tells the steps.
    pub(super) fn begin(self) -> Option<Uuid> {
        let run_id = browser::new_id();
        self.live.follow_test(run_id);
        self.run_id.set(run_id);
        self.report.set(None);
        self.begun.set(true);
        run_id
    }

    /// Runs a test; `call` gets the id of the run.
    pub(super) fn run<F>(self, call: impl FnOnce(Option<Uuid>) -> F)
    where
        F: Future<Output = ApiResult<TestReport>> + Send + 'static,
    {
        if self.work.busy().get_untracked() {
            return;
        }
        let live = self.live;
        self.work.run(call(self.begin()), move |report| {
            self.report.try_set(Some(report));
            // It may have changed what the card says.
            live.touch_integrations();
        });
    }

    pub(super) fn has_begun(self) -> bool {
        self.begun.get()
    }

    /// What is known: the report, as long as there is none what was told live.
    pub(super) fn steps(self) -> Vec<TestStep> {
        self.report.with(|r| r.as_ref().map(|r| r.steps.clone())).unwrap_or_else(|| {
            let run_id = self.run_id.get();
            TestReport::of(self.live.test_steps(run_id)).steps
        })
    }

    pub(super) fn step(self, check: Check) -> Option<TestStep> {
        // What was told last counts: the step of the network is corrected at the end.
        self.steps().into_iter().rev().find(|step| step.key == check)
    }

    /// The verdict, once it is all known.
    pub(super) fn verdict(self) -> Option<StepStatus> {
        self.report.with(|r| r.as_ref().map(|r| r.status))
    }

    /// Whether nothing is wrong but the app's subscription, which this app can make itself.
    pub(super) fn lacks_subscription_only(self) -> bool {
        let steps = self.steps();
        let mut failed = steps.iter().filter(|step| step.status == StepStatus::Failed).peekable();
        failed.peek().is_some()
            && failed.all(|step| step.key == Check::Subscription && step.remedy == Some(Remedy::Subscribe))
    }
}
