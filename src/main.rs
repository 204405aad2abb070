//! The `aureole` command.
fn main() {}
