//! The `parlance` program.

fn main() -> std::process::ExitCode {
    parlance::server::cli::main()
}
