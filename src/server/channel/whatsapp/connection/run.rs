//! A test in progress: its finished steps, what was learnt, and whether Meta could be heard at all.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Facts, Subject, Tell, TestOutcome, token::Proof};
use crate::{
    domain::integration::{Check, Remedy, StepStatus, TestReport, TestStep, Trouble},
    server::channel::whatsapp::graph::{AppAsker, AppProof, Asker, Graph, GraphError, Network},
};

pub(super) struct Run<'a> {
    pub(super) graph: &'a Graph,
    pub(super) subject: &'a Subject,
    /// Made with the app secret that was entered.
    pub(super) proof: AppProof,
    tell: Tell<'a>,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    steps: Vec<TestStep>,
    facts: Facts,
    /// Meta itself has answered something.
    heard: bool,
    /// The first trouble on the way to it.
    trouble: Option<Network>,
    /// Token or number could be judged.
    judged: bool,
}

/// What is wrong: a stable name, a sentence, the next step.
pub(super) struct Fault {
    pub(super) problem: &'static str,
    pub(super) message: String,
    pub(super) action: String,
    pub(super) remedy: Option<Remedy>,
}

impl Fault {
    pub(super) fn new(
        problem: &'static str,
        message: impl Into<String>,
        action: impl Into<String>,
        remedy: Remedy,
    ) -> Self {
        Self { problem, message: message.into(), action: action.into(), remedy: Some(remedy) }
    }
}

impl<'a> Run<'a> {
    pub(super) fn new(graph: &'a Graph, subject: &'a Subject, tell: Tell<'a>) -> Self {
        let proof = AppProof::new(&subject.app_secret, &subject.access_token);
        Self { graph, subject, proof, tell, notes: Mutex::default() }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        // Nothing in here is left half changed, so a poisoned lock is still good.
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn learn(&self, note: impl FnOnce(&mut Facts)) {
        note(&mut self.notes().facts);
    }

    /// Token or number were judged by Meta.
    pub(super) fn judged(&self) {
        self.notes().judged = true;
    }

    /// Nothing can be sent because of this; the first reason counts.
    pub(super) fn stop(&self, trouble: Trouble) {
        let mut notes = self.notes();
        notes.judged = true;
        notes.facts.trouble.get_or_insert(trouble);
    }

    pub(super) fn push(&self, step: TestStep) {
        (self.tell)(&step);
        self.notes().steps.push(step);
    }

    pub(super) fn ok(&self, key: Check, message: impl Into<String>) {
        self.push(plain(key, StepStatus::Ok, message));
    }

    pub(super) fn skip(&self, key: Check, reason: impl Into<String>) {
        self.push(plain(key, StepStatus::Skipped, reason));
    }

    pub(super) fn skip_all(&self, keys: &[Check], reason: &str) {
        for key in keys {
            self.skip(*key, reason);
        }
    }

    pub(super) fn warn(&self, key: Check, fault: Fault) {
        self.push(faulty(key, StepStatus::Warning, fault));
    }

    pub(super) fn fail(&self, key: Check, fault: Fault) {
        self.push(faulty(key, StepStatus::Failed, fault));
    }

    /// Notes whether Meta itself was heard in an answer.
    pub(super) fn hear<T>(&self, answer: &Result<T, GraphError>) {
        let first = {
            let mut notes = self.notes();
            match answer {
                Err(GraphError { network: Some(network), .. }) => {
                    notes.trouble.get_or_insert(*network);
                    false
                }
                _ => !std::mem::replace(&mut notes.heard, true),
            }
        };
        if first {
            self.ok(Check::Network, "Meta can be reached from this server.");
        }
    }

    /// The step of a call that brought no answer to judge: trouble on the way is not the fault of what is checked.
    pub(super) fn refused(&self, key: Check, error: &GraphError) {
        let step = faulty(key, StepStatus::Failed, fault_of(error));
        if error.is_inconclusive() {
            let message = match error.network {
                Some(_) => format!("Meta could not be asked. {}", step.message),
                None => step.message,
            };
            self.push(TestStep { status: StepStatus::Skipped, message, meta: error.meta(), ..step });
        } else {
            self.push(TestStep { meta: error.meta(), ..step });
        }
    }

    /// Who asks, with the proof made with the app secret unless it is known to be wrong.
    pub(super) fn asker(&self, proof: Proof) -> Asker<'_> {
        let s = self.subject;
        let proof = (crate::server::channel::whatsapp::connection::carries_proof(proof) && proof != Proof::None)
            .then_some(&self.proof);
        Asker { provider: s.provider, token: &s.access_token, proof, patience: s.patience }
    }

    /// The app, when its id was entered.
    pub(super) fn app(&self) -> Option<AppAsker<'a>> {
        let s = self.subject;
        let app_id = s.app_id.as_deref()?;
        Some(AppAsker { provider: s.provider, app_id, app_secret: &s.app_secret, patience: s.patience })
    }

    pub(super) fn finish(self) -> TestOutcome {
        let (heard, trouble) = {
            let notes = self.notes();
            (notes.heard, notes.trouble)
        };
        if let Some(network) = trouble {
            let (problem, message, action) = network.explain();
            let fault = Fault::new(problem, message, action, Remedy::CheckNetwork);
            if heard {
                let key = Check::Network;
                let some = format!("Some questions got no answer from Meta. {}", fault.message);
                self.notes().steps.retain(|step| step.key != key);
                self.warn(key, Fault { message: some, ..fault });
            } else {
                self.fail(Check::Network, fault);
            }
        } else if !heard {
            self.skip(Check::Network, "Meta was not asked.");
        }
        let mut notes = self.notes.into_inner().unwrap_or_else(PoisonError::into_inner);
        notes.facts.inconclusive = !notes.judged;
        notes.facts.reached = match trouble {
            _ if heard => Some(true),
            Some(Network::Name | Network::Refused | Network::Tls) => Some(false),
            _ => None,
        };
        TestOutcome { report: TestReport::of(notes.steps), facts: notes.facts }
    }
}

fn plain(key: Check, status: StepStatus, message: impl Into<String>) -> TestStep {
    TestStep {
        key,
        status,
        message: message.into(),
        action: None,
        remedy: None,
        problem: None,
        meta: None,
        choices: Vec::new(),
    }
}

pub(super) fn faulty(key: Check, status: StepStatus, fault: Fault) -> TestStep {
    TestStep {
        action: Some(fault.action),
        remedy: fault.remedy,
        problem: Some(fault.problem.to_owned()),
        ..plain(key, status, fault.message)
    }
}

/// What Meta's no, or its silence, means.
pub(super) fn fault_of(error: &GraphError) -> Fault {
    match error.network {
        Some(network) => {
            let (problem, message, action) = network.explain();
            Fault::new(problem, message, action, Remedy::CheckNetwork)
        }
        None => Fault {
            problem: error.problem(),
            message: error.message(),
            action: error.action().to_owned(),
            remedy: error.remedy(),
        },
    }
}
