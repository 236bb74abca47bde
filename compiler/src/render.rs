//! Diagnostics as text, one file a form. Rendering formats; it decides nothing.

pub mod difference;
pub mod human;
pub mod json;
pub mod short;
