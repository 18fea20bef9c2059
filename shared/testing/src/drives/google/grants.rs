//! What the person has agreed to: codes, refresh tokens, access tokens, and what they are good for.

use std::collections::HashMap;
use std::time::Duration;

use app_domain::Timestamp;
use axum::http::{HeaderMap, header};
use uuid::Uuid;

use super::refusal::Refusal;

/// What the app may do with files that it has made.
pub(super) const DRIVE_FILE: &str = "https://www.googleapis.com/auth/drive.file";
/// Scopes that there are.
pub(super) const SCOPES: [&str; 6] = [
    DRIVE_FILE,
    "https://www.googleapis.com/auth/drive",
    "https://www.googleapis.com/auth/drive.appdata",
    "openid",
    "email",
    "profile",
];
/// How long access tokens are good.
pub(super) const ACCESS_LIFETIME: Duration = Duration::from_secs(3599);
/// How long refresh tokens are good that nobody uses.
const UNUSED_LIFETIME: Duration = Duration::from_secs(182 * 24 * 60 * 60);
/// How many refresh tokens there can be; the oldest is dropped without a word.
const MAX_REFRESH_TOKENS: usize = 100;

/// All that was given away.
#[derive(Default)]
pub(super) struct Grants {
    pub(super) codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    /// By age.
    refresh: Vec<Refresh>,
    /// Where browsers may be sent; anywhere that can be registered if nothing is said.
    pub(super) redirect_uris: Option<Vec<String>>,
    /// What the person ticks; all that is asked for if nothing is said.
    pub(super) ticked: Option<Vec<String>>,
    /// Whether there was a grant before, of which there is no refresh token again unless it is asked for.
    pub(super) has_agreed: bool,
}

/// What a code has to be exchanged with, and what comes of it.
pub(super) struct Code {
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) scope: String,
    pub(super) gives_refresh_token: bool,
    pub(super) until: Timestamp,
}

struct Access {
    scope: String,
    until: Timestamp,
}

struct Refresh {
    token: String,
    scope: String,
    used_at: Timestamp,
}

impl Grants {
    /// Whether the app may do what it asks for. Whoever has the address of a session needs no token, but what they bring has to be good.
    pub(super) fn allows(
        &self,
        headers: &HeaderMap,
        is_session: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return if is_session && self.is_granted(now) { Ok(()) } else { Err(Refusal::no_token()) };
        };
        let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
        let access = token.and_then(|token| self.access.get(token)).filter(|access| now < access.until);
        let access = access.ok_or_else(Refusal::token)?;
        let is_enough = access.scope.split(' ').any(|scope| SCOPES[..2].contains(&scope));
        if is_enough { Ok(()) } else { Err(Refusal::scope()) }
    }

    /// An access token for these scopes.
    pub(super) fn give_access(&mut self, scope: &str, now: Timestamp) -> String {
        let token = format!("ya29.{}", Uuid::new_v4().simple());
        let until = now.plus(ACCESS_LIFETIME);
        self.access.insert(token.clone(), Access { scope: scope.to_owned(), until });
        token
    }

    /// A refresh token for these scopes.
    pub(super) fn give_refresh(&mut self, scope: &str, now: Timestamp) -> String {
        let token = format!("1//0{}", Uuid::new_v4().simple());
        if self.refresh.len() == MAX_REFRESH_TOKENS {
            self.refresh.remove(0);
        }
        self.refresh.push(Refresh { token: token.clone(), scope: scope.to_owned(), used_at: now });
        self.has_agreed = true;
        token
    }

    /// The scopes of a refresh token that is good.
    pub(super) fn refresh(&mut self, token: &str, now: Timestamp) -> Option<String> {
        let mut known = self.refresh.iter_mut();
        let refresh =
            known.find(|known| known.token == token && now.since(known.used_at) < UNUSED_LIFETIME)?;
        refresh.used_at = now;
        Some(refresh.scope.clone())
    }

    /// Withdraws the whole grant by one of its tokens. `false` if that is not good any more.
    pub(super) fn revoke(&mut self, token: &str) -> bool {
        let is_known =
            self.access.contains_key(token) || self.refresh.iter().any(|known| known.token == token);
        if is_known {
            self.withdraw();
        }
        is_known
    }

    /// No token is good any more.
    pub(super) fn withdraw(&mut self) {
        self.access.clear();
        self.refresh.clear();
        self.codes.clear();
        self.has_agreed = false;
    }

    /// No access token is good any more.
    pub(super) fn expire(&mut self) {
        self.access.clear();
    }

    /// Whether a refresh token is good.
    pub(super) fn has_refresh_token(&self, now: Timestamp) -> bool {
        self.refresh.iter().any(|known| now.since(known.used_at) < UNUSED_LIFETIME)
    }

    fn is_granted(&self, now: Timestamp) -> bool {
        self.has_refresh_token(now) || self.access.values().any(|access| now < access.until)
    }
}
