//! Attaches bundles, enforces them and reports events.
