//! Attaches bundles, enforces them and reports events.
//!
//! A **bundle** is what `writ compile` wrote. It is attached as a whole or not at all. Its programs
//! send **records**, and an observer of records knows enough of the **processes** on the node to
//! print each as an **event** in Tetragon's form.

pub mod clock;
pub mod container;
pub mod events;
pub mod process_cache;
