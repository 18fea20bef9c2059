//! Google and Apple played on 127.0.0.1, as strict as they are: what they would refuse is refused, with their own errors.
//!
//! Each runs on a thread of its own until it is dropped, so that any number of runtimes and processes can call it. A test
//! is the browser: it opens an authorization URL with `visit` and gets what the browser would bring to the redirect
//! address. What both have in common, faults and keys among it, is [`Idp`], to which both dereference.

mod apple;
mod client_secret;
mod fault;
pub(crate) mod form;
mod google;
mod idp;
mod person;
mod visit;

pub use apple::FakeApple;
pub use fault::{Endpoint, Fault};
pub use google::FakeGoogle;
pub use idp::Idp;
pub use person::Person;
pub use visit::Callback;
