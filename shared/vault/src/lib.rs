//! Encryption of single fields under a key of their owner.
