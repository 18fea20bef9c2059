//! Queries, and the time spans that are read in them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod english;
mod germanic;
mod properties;
mod romance;
mod spans;
mod support;
mod unsure;
mod zones;
