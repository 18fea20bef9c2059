//! A walk through everything that a person has, as records: what exports and backups are made of.

mod below;
mod memories;
mod others;
mod pack;
mod place;
mod source;
mod walk;

pub use pack::Packed;
pub use place::{Below, Part, Place, Section};
pub use source::Source;
pub use walk::{Step, Walk, Wanted};
