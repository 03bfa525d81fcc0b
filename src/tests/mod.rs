//! The integration suite: the whole server over real HTTP, on both databases, with a Graph API double.
//!
//! The stages of the pipeline are driven step by step under a clock that stands still: nothing here sleeps.

mod accounts;
mod acting;
mod answering;
mod api_contract;
mod app;
mod architecture;
mod assigning;
mod audit;
mod batches;
mod brake;
mod browser;
mod callback;
mod chatbots;
mod classes;
mod connection_test;
mod contacts;
mod database;
mod deployment;
mod direct;
#[path = "../../tests/double/mod.rs"]
#[expect(dead_code, reason = "time and steering are for the programs outside")]
mod double;
mod drills;
mod episodes;
mod erasure;
mod event_log;
mod faults;
mod files;
mod hang_ups;
mod headers;
mod health;
mod hostile_names;
mod html;
mod idle;
mod integration_life;
mod invitations;
mod isolation;
mod labels;
mod live;
mod local;
mod location;
mod manners;
mod names;
mod newer;
mod notes;
mod notices;
mod others;
mod overtaking;
mod own_account;
mod pages;
mod people;
mod pg_line;
mod pipeline;
mod plans;
mod proof;
mod races;
mod recipient;
mod refusals;
mod rights;
mod second_factor;
mod secrets;
mod settings;
mod shared_path;
mod sign_in_log;
mod simulator;
mod smoke;
mod snooze;
mod source;
mod spoiled;
mod store_contract;
mod team;
mod texts;
mod throttle;
mod tokens;
mod told;
mod trial;
mod unread;
mod visitor;
mod waiting;
mod webhook;
mod workspaces;

/// Makes each test run on SQLite and on PostgreSQL. A missing PostgreSQL is a failure, never a skip.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::tests::app::Database::Sqlite).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::tests::app::Database::Postgres).await; })+
        }
    };
}
pub(crate) use on_both_databases;
