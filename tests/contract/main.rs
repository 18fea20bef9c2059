//! The generated API description and the template fit the code.

mod openapi;
mod template;
