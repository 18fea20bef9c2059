//! How far something that we sent has come.

use app_connectors::whatsapp::StatusUpdate;
use app_domain::DeliveryState;
use app_store::StatusNews;

use crate::App;
use crate::outcome::{Failure, Outcome};

/// Notes how far a message has come, and tells its owner if it was one of theirs. News come in any order, and only go forward.
pub(crate) async fn receive(app: &App, update: &StatusUpdate) -> Result<Outcome, Failure> {
    let Some(state) = update.state else { return Ok(Outcome::Ignored) };
    let (wamid, key, at) = (update.wamid.as_str(), update.key.as_ref(), update.at);
    let code = update.error.as_ref().map(|error| error.code);
    let Some(about) = app.sent.status(&StatusNews { wamid, key, state, at, error: code }).await? else {
        return Ok(Outcome::Ignored);
    };
    if let (Some(owner), Some((memory, message))) = (about.owner, about.post) {
        let reason = (state == DeliveryState::Failed).then(|| in_words(code).to_owned());
        app.messages.delivered(owner, memory, message, state, reason, at).await?;
    }
    Ok(Outcome::Noted)
}

/// Why a message did not arrive, for whoever wanted it sent.
fn in_words(code: Option<i64>) -> &'static str {
    match code {
        Some(131_026) => "WhatsApp cannot reach this phone.",
        Some(131_047) => {
            "More than a day has passed since your last message: write to Memo, then send it again."
        }
        Some(131_049) => "WhatsApp holds it back for now; try again later.",
        Some(131_050) => "This phone takes no such messages any more.",
        Some(131_021) => "It was sent to the number that it came from.",
        Some(130_472) => "WhatsApp does not deliver such messages to this phone at present.",
        Some(130_497) => "WhatsApp does not deliver to this country.",
        Some(131_042 | 131_031 | 368) => "WhatsApp has restricted the number that it was sent from.",
        Some(131_052 | 131_053) => "WhatsApp could not take what was to be sent.",
        Some(130_429 | 131_048 | 131_056) => "Too many messages were sent at once; try again later.",
        _ => "WhatsApp did not deliver it.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_a_sentence() {
        for code in [None, Some(1), Some(131_026), Some(131_047)] {
            assert!(in_words(code).ends_with('.'), "{code:?}");
        }
        assert_ne!(in_words(Some(131_026)), in_words(Some(131_047)));
    }
}
