//! The generated API description and the template fit the code.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod openapi;
mod template;
