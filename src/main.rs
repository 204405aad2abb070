//! The `aureole` command.

use std::process::ExitCode;

use aureole::cli;
use clap::Parser;

fn main() -> ExitCode {
    match cli::run(cli::Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("aureole: {problem}");
            ExitCode::FAILURE
        }
    }
}
