//! What a policy repository says about how it is checked: `writ.toml`, suppressions in comments, and
//! a baseline of findings that are known.
//!
//! ```text
//!                 suppressions   writ.toml    baseline
//!                      ↓             ↓           ↓
//!  findings ──────→ suppress ──→ set levels ─→ hide ──→ findings that are shown
//! ```
//!
//! Suppressions come first: an error that stops a compilation cannot be suppressed, and whether a
//! finding is one shows in the severity with which it was found.

pub mod baseline;
pub mod config;
pub mod date;
pub mod level;
pub mod pattern;
pub mod suppression;

pub use baseline::Baseline;
pub use config::Config;
pub use date::Date;
pub use level::{Level, Levels, set_levels};
pub use suppression::{Suppression, suppress};
