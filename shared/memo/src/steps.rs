//! What is told of an answer while it is made.

use app_domain::{Cited, TurnAction};
use tokio::sync::mpsc;

use crate::stop::Stop;

/// A step of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// More words.
    Words(String),
    /// The words so far rest on this. Its number, from 1, stands in the words in brackets, if the model puts numbers there.
    Cited(usize, Cited),
    /// Something is looked up with the tool of this name.
    LookUp(String),
    /// Something was changed, or is proposed.
    Action(TurnAction),
}

/// Where steps are told. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Steps(mpsc::Sender<Step>);

impl Steps {
    /// As many steps wait to be heard before the answer does.
    const AHEAD: usize = 64;

    /// Where steps are told, and where they are heard. An answer that nobody hears any more ends.
    pub fn channel() -> (Self, mpsc::Receiver<Step>) {
        let (steps, heard) = mpsc::channel(Self::AHEAD);
        (Self(steps), heard)
    }

    pub(crate) async fn tell(&self, step: Step) -> Result<(), Stop> {
        self.0.send(step).await.map_err(|_| Stop::Gone)
    }

    /// Comes back when nobody hears any more.
    pub(crate) async fn unheard(&self) {
        self.0.closed().await;
    }
}
