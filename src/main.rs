//! The `aureole` command.

use std::process::ExitCode;

use aureole::cli;
use clap::Parser;
use tikv_jemallocator::Jemalloc;

/// What a burst of connections took goes back to the system soon after (`.cargo/config.toml` says how
/// soon), which the system's allocator keeps.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    match cli::run(cli::Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("aureole: {problem}");
            ExitCode::FAILURE
        }
    }
}
