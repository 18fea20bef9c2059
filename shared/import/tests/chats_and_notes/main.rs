//! Chats of WhatsApp and notes in Markdown, brought in as people have them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod hostile;
mod markdown;
mod reading;
mod whatsapp;
