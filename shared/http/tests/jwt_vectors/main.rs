//! The known attacks on JWTs. Where it makes sense the forged token is signed with the real key, so that nothing but the rule it breaks
//! can refuse it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod algorithms;
mod claims;
mod encoding;
mod forge;
mod headers;
mod keys;
