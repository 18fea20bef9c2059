//! The inbound queue: turns WhatsApp messages into memories.
