//! The sandbox: phones of simulated customers, to try everything without Meta.

mod add_customer;
mod customers;
mod phone;
mod sandbox_page;

pub(crate) use sandbox_page::SandboxPage;
