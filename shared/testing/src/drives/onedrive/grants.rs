//! What the person has agreed to: codes, access tokens and refresh tokens.

use std::collections::HashMap;
use std::time::Duration;

use app_domain::Timestamp;
use axum::http::{HeaderMap, header};
use uuid::Uuid;

use super::refusal::Refusal;
use super::state::State;

const CODE_LIFE: Duration = Duration::from_secs(10 * 60);
/// What a token is good for.
pub(super) const ACCESS_LIFE: Duration = Duration::from_secs(60 * 60);
/// From its last use on.
const REFRESH_LIFE: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// What a token must allow for files,
pub(super) const FILES: &[&str] = &["Files.ReadWrite.AppFolder", "Files.ReadWrite", "Files.ReadWrite.All"];
/// and what for the person's name.
pub(super) const PERSON: &[&str] = &["User.Read"];

#[derive(Default)]
pub(super) struct Grants {
    codes: HashMap<String, Code>,
    access: HashMap<String, Lent>,
    refresh: HashMap<String, Lent>,
}

/// What a code can be exchanged for, and by whom.
#[derive(Clone)]
pub(super) struct Code {
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) scopes: Vec<String>,
    pub(super) is_used: bool,
    pub(super) until: Timestamp,
}

#[derive(Clone)]
struct Lent {
    scopes: Vec<String>,
    until: Timestamp,
}

impl Grants {
    pub(super) fn code(
        &mut self,
        redirect_uri: &str,
        challenge: &str,
        scopes: Vec<String>,
        now: Timestamp,
    ) -> String {
        let text = format!("M.C507_BAY.2.U.{}", Uuid::new_v4());
        let (redirect_uri, challenge) = (redirect_uri.to_owned(), challenge.to_owned());
        let code = Code { redirect_uri, challenge, scopes, is_used: false, until: now.plus(CODE_LIFE) };
        self.codes.insert(text.clone(), code);
        text
    }

    pub(super) fn codes(&mut self) -> &mut HashMap<String, Code> {
        &mut self.codes
    }

    pub(super) fn lend_access(&mut self, scopes: &[String], now: Timestamp) -> String {
        let text = format!("EwB4A8l6BAAU{}", Uuid::new_v4().simple());
        self.access.insert(text.clone(), Lent { scopes: scopes.to_vec(), until: now.plus(ACCESS_LIFE) });
        text
    }

    pub(super) fn lend_refresh(&mut self, scopes: &[String], now: Timestamp) -> String {
        let text = format!("M.C507_BAY.0.U.-{}", Uuid::new_v4().simple());
        self.refresh.insert(text.clone(), Lent { scopes: scopes.to_vec(), until: now.plus(REFRESH_LIFE) });
        text
    }

    /// Takes a refresh token back, for what it was lent for.
    pub(super) fn take_refresh(&mut self, text: &str, now: Timestamp) -> Option<Vec<String>> {
        self.refresh.remove(text).filter(|lent| now < lent.until).map(|lent| lent.scopes)
    }

    pub(super) fn is_granted(&self, now: Timestamp) -> bool {
        self.refresh.values().any(|lent| now < lent.until)
    }

    pub(super) fn expire_access(&mut self, now: Timestamp) {
        self.access.values_mut().for_each(|lent| lent.until = now);
    }

    pub(super) fn withdraw(&mut self) {
        *self = Self::default();
    }
}

impl State {
    /// Refuses a call whose token is missing, unknown, too old, or not for any of these scopes.
    pub(super) fn allows(&self, headers: &HeaderMap, scopes: &[&str]) -> Result<(), Refusal> {
        let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let text = sent.and_then(|sent| sent.strip_prefix("Bearer "));
        let text = text.ok_or_else(|| Refusal::token("Access token is empty."))?;
        let lent = self
            .grants
            .access
            .get(text)
            .ok_or_else(|| Refusal::token("IDX14100: JWT is not well formed, there are no dots (.)."))?;
        if lent.until <= self.now() {
            return Err(Refusal::token("Lifetime validation failed, the token is expired."));
        }
        let is_allowed = lent.scopes.iter().any(|scope| scopes.contains(&scope.as_str()));
        if is_allowed { Ok(()) } else { Err(Refusal::denied()) }
    }
}
