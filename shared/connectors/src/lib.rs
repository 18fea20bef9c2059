//! Wire formats of the services outside, and the rules for trusting what they send.

pub mod oidc;
pub mod whatsapp;
