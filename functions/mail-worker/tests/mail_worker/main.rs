//! The worker on a real table, with SES played strictly: who gets which mail, once each, and what nobody gets to see.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod again;
mod kinds;
mod reminders;
mod ses;
mod stage;
mod unsent;
