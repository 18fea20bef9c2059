//! Texts that try to make Memo do what nobody asked for: whatever a model makes of them, it can do no more than the person may, show
//! nothing of anybody else, and send nothing away.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod behaviour;
mod case;
mod checks;
mod fence;
mod scene;
#[path = "../ai_api/stage.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod stage;
