//! The `parlance` program.

/// In a profile of the message path the system's allocator took about an eighth of the time outside of SQLite.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    parlance::server::app::cli::main()
}
