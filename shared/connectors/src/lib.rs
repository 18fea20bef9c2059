//! Wire formats of the services outside, their clients, and the rules for trusting what they send.

mod address;
pub mod drives;
pub mod graph;
pub mod oidc;
pub mod whatsapp;
