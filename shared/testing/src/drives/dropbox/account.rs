//! Whose account it is, and how much room there is.

use serde_json::json;

use super::FakeDropbox;
use super::calls::{Called, Reply};
use super::refusal::Refusal;
use super::state::State;

pub(super) fn current(_: &mut State, _: &Called) -> Result<Reply, Refusal> {
    Ok(Reply::json(json!({
        "account_id": FakeDropbox::ACCOUNT_ID,
        "name": {
            "given_name": "Jörg", "surname": "Example", "familiar_name": "Jörg",
            "display_name": "Jörg Example", "abbreviated_name": "JE",
        },
        "email": FakeDropbox::EMAIL, "email_verified": true, "disabled": false, "country": "DE", "locale": "de",
        "referral_link": "https://db.tt/example", "is_paired": false, "account_type": { ".tag": "basic" },
        "root_info": { ".tag": "user", "root_namespace_id": "42", "home_namespace_id": "42" },
    })))
}

pub(super) fn space(state: &mut State, _: &Called) -> Result<Reply, Refusal> {
    let allocation = match state.room {
        Some(room) => json!({ ".tag": "individual", "allocated": room }),
        None => json!({ ".tag": "other" }),
    };
    Ok(Reply::json(json!({ "used": state.tree.used_bytes(), "allocation": allocation })))
}
