//! `/sync/whatsapp/contacts`: who writes to a person's own number, and what becomes of it.

mod body;
pub(crate) mod list;
pub(crate) mod patch;
