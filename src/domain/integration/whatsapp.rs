//! What is entered for a WhatsApp number, how it is judged, and how its connection is tested.

mod graph;
mod invitation;
mod paste;
mod test;

pub use self::{
    graph::{GRAPH_VERSION, ProviderError},
    invitation::Invitation,
    paste::{PasteFault, check_app_id, check_meta_id, check_secret, clean_pasted},
    test::{Check, NumberChoice, StepStatus, TestReport, TestStep},
};
