//! placeholder
crate::trials!();
