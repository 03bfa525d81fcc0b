//! What is entered for a WhatsApp number, how it is judged, and how its connection is tested.

mod chat_link;
mod graph;
mod paste;
mod test;

pub use self::{
    chat_link::ChatLink,
    graph::{GRAPH_VERSION, ProviderError},
    paste::{PasteFault, check_app_id, check_meta_id, check_secret, clean_pasted},
    test::{Check, NumberChoice, StepStatus, TestReport, TestStep},
};
