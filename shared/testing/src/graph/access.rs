//! Who may ask for what.

use axum::http::HeaderMap;

use super::FakeGraph;
use super::refusal::Refusal;
use super::rules::{Number, Token};
use super::state::State;

/// What stands behind `Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let sent = headers.get("authorization").and_then(|value| value.to_str().ok());
    let token =
        sent.ok_or_else(|| Refusal::token("An access token is required to request this resource."))?;
    token.strip_prefix("Bearer ").ok_or_else(|| Refusal::token(format!("Malformed access token {token}")))
}

/// Refuses versions that there are not.
pub(super) fn of_version(version: &str) -> Result<(), Refusal> {
    if version == FakeGraph::VERSION { Ok(()) } else { Err(Refusal::unknown_path()) }
}

impl State {
    /// The token that a call comes with, if it is good and allows this.
    pub(super) fn token(&self, headers: &HeaderMap, scope: &str) -> Result<&Token, Refusal> {
        let text = bearer(headers)?;
        let known = self.rules.tokens.iter().find(|token| token.text == text);
        let token = known.filter(|token| token.is_valid);
        let token = token.ok_or_else(|| Refusal::token(format!("Invalid OAuth access token {text}.")))?;
        if token.expires_at.is_some_and(|end| end <= self.now()) {
            return Err(Refusal::token("Error validating access token: Session has expired."));
        }
        if token.scopes.iter().any(|allowed| allowed == scope) {
            return Ok(token);
        }
        let code = if scope == Token::MESSAGING { 10 } else { 200 };
        Err(Refusal::of(code, format!("The permission {scope} is needed.")))
    }

    /// A number that a token is for.
    pub(super) fn number(&self, id: &str, token: &Token) -> Result<&Number, Refusal> {
        let number = self.rules.numbers.iter().find(|number| number.id == id);
        let is_theirs = |number: &&Number| token.accounts.contains(&number.account);
        number.filter(is_theirs).ok_or_else(|| Refusal::no_object(id))
    }

    /// Refuses accounts that a token is not for.
    pub(super) fn of_account(&self, id: &str, token: &Token) -> Result<(), Refusal> {
        if token.accounts.iter().any(|account| account == id) { Ok(()) } else { Err(Refusal::no_object(id)) }
    }
}
