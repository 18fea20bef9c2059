//! The mail queue: writes and sends mail.
