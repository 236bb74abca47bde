//! The `writ-loader` command.
fn main() {}
