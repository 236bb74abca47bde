//! Writ compiles runtime-security policies to eBPF, for a kernel that need not be there.
//!
//! # Words
//!
//! A **policy** is what an author wrote. It has **hooks** (points in the kernel), a hook has
//! **selectors** (the first that matches wins), a selector has **conditions** and **actions**, and
//! what a policy decides for one event is its **verdict**. A **profile** is all that is known about
//! one kernel. A **bundle** is the compiled artefact.
//!
//! # Phases
//!
//! ```text
//!  text ─parse→ policy ─resolve→ resolved ─lower→ ir ─generate→ machine ─pack→ bundle
//!                          ↑          │ check       │ interpret
//!                       profile       ↓ findings    ↓ verdicts
//! ```
//!
//! Modules named by a noun hold data and what it means; modules named by a verb hold one phase.
//! A verb imports its input, its output, facts and diagnostics, never another verb. Only
//! [`driver`] names every phase.

// Nouns.
pub mod diagnostic;
pub mod difference;
pub mod engine;
pub mod ids;
pub mod ir;
pub mod kernel;
pub mod machine;
pub mod plain;
pub mod policy;
pub mod project;
pub mod resolved;
pub mod set;
pub mod source;

// Verbs, in the order in which they run.
pub mod check;
pub mod compare;
pub mod convert;
pub mod generate;
pub mod lower;
pub mod pack;
pub mod parse;
pub mod render;
pub mod resolve;

pub mod cli;
pub mod driver;
pub mod editor;
