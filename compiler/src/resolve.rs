//! The second phase: binds a policy to a kernel. To be written.
