//! The command line: one command a file. Only here are files read and written.

pub mod kernel;
