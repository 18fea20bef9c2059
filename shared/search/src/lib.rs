//! Finding a person's entities: by their words and by their meaning. No AWS, no HTTP, no clock: bytes come in and go out.

mod entity;
mod error;
mod fuse;
pub mod text;
pub mod vectors;

pub use entity::EntityId;
pub use error::SegmentError;
pub use fuse::{FusedHit, Fusion, ScoreParts};
