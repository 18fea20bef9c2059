//! The kinds of calls, and how one is answered.

use axum::response::Response;

use super::fault::{Answer, Fault};
use super::refusal::Refusal;
use super::state::{Site, State};

/// What can be asked of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GraphCall {
    /// Sending a message.
    Send,
    /// Marking one as read, with or without a sign of typing.
    MarkRead,
    /// Where media are.
    Media,
    /// The media themselves.
    Download,
    /// What a token is good for.
    Inspect,
    /// What there is to know of a number.
    Number,
    /// The numbers of an account.
    Numbers,
    /// Subscribing an app to an account, and the opposite.
    Subscription,
}

impl GraphCall {
    /// The call of this name, as the program's control has it.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "send" => Self::Send,
            "markRead" => Self::MarkRead,
            "media" => Self::Media,
            "download" => Self::Download,
            "inspect" => Self::Inspect,
            "number" => Self::Number,
            "numbers" => Self::Numbers,
            "subscription" => Self::Subscription,
            _ => return None,
        })
    }
}

impl Site {
    /// Answers a call: `check` refuses what is wrong with it, then it may fail, and only then `act` does what it is for.
    pub(super) async fn answer<T>(
        &self,
        call: GraphCall,
        check: impl FnOnce(&State) -> Result<T, Refusal>,
        act: impl FnOnce(&mut State, T) -> Result<Answer, Refusal>,
    ) -> Response {
        let fault = {
            let mut state = self.state();
            *state.calls.entry(call).or_default() += 1;
            let checked = check(&state);
            let next = |state: &mut State| state.faults.get_mut(&call).and_then(|faults| faults.pop_front());
            checked.map(|checked| (next(&mut state).unwrap_or(Fault::Nothing), checked))
        };
        let (fault, checked) = match fault {
            Ok(both) => both,
            Err(refusal) => return refusal.answer(),
        };
        let fault = match fault.instead().await {
            Ok(response) => return response,
            Err(fault) => fault,
        };
        let acted = act(&mut self.state(), checked);
        match acted {
            Ok(answer) => fault.after(answer).await,
            Err(refusal) => refusal.answer(),
        }
    }
}
