//! The subtleties of TracingPolicy that are easily missed: what a policy means for one event, from
//! its text through `resolve` and `lower` to what the interpreter says.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod actions;
mod conditions;
mod meaning;
mod processes;
