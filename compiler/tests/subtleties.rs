//! The subtleties of TracingPolicy that are easily missed: what a policy means for one event, from
//! its text through `resolve` and `lower` to what the interpreter says.

mod actions;
mod conditions;
mod meaning;
mod processes;
