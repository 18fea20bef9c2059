//! Wire formats of the services outside, and the rules for trusting what they send.

mod address;
pub mod graph;
pub mod oidc;
pub mod whatsapp;
