//! What the person has agreed to: codes, tokens, and what they are good for.

use std::collections::HashMap;
use std::time::Duration;

use app_domain::Timestamp;
use axum::http::HeaderMap;
use uuid::Uuid;

use super::refusal::Refusal;

/// How long an access token is good.
pub(super) const TOKEN_LIFE: Duration = Duration::from_secs(14_400);
/// How long a code can be exchanged.
const CODE_LIFE: Duration = Duration::from_secs(600);

/// A code, and what it has to be exchanged with.
pub(super) struct Code {
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) scopes: Vec<String>,
    pub(super) is_offline: bool,
    expires_at: Timestamp,
}

struct Access {
    grant: u64,
    scopes: Vec<String>,
    expires_at: Timestamp,
}

/// What a refresh token stands for.
pub(super) struct Refresh {
    grant: u64,
    pub(super) scopes: Vec<String>,
}

#[derive(Default)]
pub(super) struct Grants {
    grants: u64,
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
}

impl Grants {
    /// A code for what the person has just agreed to.
    pub(super) fn code(&mut self, code: Code) -> String {
        let text = secret("");
        self.codes.insert(text.clone(), code);
        text
    }

    /// Takes a code back, once and in time.
    pub(super) fn redeem(&mut self, code: &str, now: Timestamp) -> Option<Code> {
        self.codes.remove(code).filter(|code| now < code.expires_at)
    }

    /// Tokens of a new grant: one to call with, and one to get others.
    pub(super) fn grant(
        &mut self,
        scopes: &[String],
        is_offline: bool,
        now: Timestamp,
    ) -> (String, Option<String>) {
        self.grants += 1;
        let grant = self.grants;
        let refresh = is_offline.then(|| {
            let text = secret("rt-");
            self.refresh.insert(text.clone(), Refresh { grant, scopes: scopes.to_vec() });
            text
        });
        (self.give(grant, scopes, now), refresh)
    }

    pub(super) fn refresh(&self, token: &str) -> Option<&Refresh> {
        self.refresh.get(token)
    }

    /// Another access token of the grant of a refresh token, for all of its scopes or some.
    pub(super) fn another(&mut self, token: &str, scopes: &[String], now: Timestamp) -> Option<String> {
        let grant = self.refresh.get(token)?.grant;
        Some(self.give(grant, scopes, now))
    }

    fn give(&mut self, grant: u64, scopes: &[String], now: Timestamp) -> String {
        let text = secret("sl.u.");
        let access = Access { grant, scopes: scopes.to_vec(), expires_at: now.plus(TOKEN_LIFE) };
        self.access.insert(text.clone(), access);
        text
    }

    /// The token that a call comes with, if it is good and allows this.
    pub(super) fn check<'a>(
        &self,
        route: &str,
        headers: &'a HeaderMap,
        scope: Option<&str>,
        now: Timestamp,
    ) -> Result<&'a str, Refusal> {
        let sent = headers.get("authorization").map(|value| value.to_str().unwrap_or_default());
        let missing = "Must provide HTTP header \"Authorization\" or URL parameter \"authorization\".";
        let sent = sent.ok_or_else(|| Refusal::text(route, missing))?;
        let token = sent.strip_prefix("Bearer ").filter(|token| !token.is_empty() && !token.contains(' '));
        let token = token.ok_or_else(|| {
            let wrong =
                "Invalid authorization value in HTTP header \"Authorization\": expecting \"Bearer <token>\".";
            Refusal::text(route, wrong)
        })?;
        let access = self.access.get(token).ok_or_else(|| Refusal::token("invalid_access_token"))?;
        if access.expires_at <= now {
            return Err(Refusal::token("expired_access_token"));
        }
        match scope {
            Some(scope) if !access.scopes.iter().any(|allowed| allowed == scope) => {
                Err(Refusal::scope(scope))
            }
            _ => Ok(token),
        }
    }

    /// Ends the grant that a token is of.
    pub(super) fn revoke(&mut self, token: &str) {
        if let Some(Access { grant, .. }) = self.access.remove(token) {
            self.access.retain(|_, access| access.grant != grant);
            self.refresh.retain(|_, refresh| refresh.grant != grant);
        }
    }

    /// Ends every grant.
    pub(super) fn withdraw(&mut self) {
        self.codes.clear();
        self.access.clear();
        self.refresh.clear();
    }

    pub(super) fn expire(&mut self, now: Timestamp) {
        for access in self.access.values_mut() {
            access.expires_at = access.expires_at.min(now);
        }
    }

    pub(super) fn is_granted(&self) -> bool {
        !self.refresh.is_empty()
    }
}

impl Code {
    pub(super) fn new(
        redirect_uri: &str,
        challenge: &str,
        scopes: Vec<String>,
        is_offline: bool,
        now: Timestamp,
    ) -> Self {
        let (redirect_uri, challenge) = (redirect_uri.to_owned(), challenge.to_owned());
        Self { redirect_uri, challenge, scopes, is_offline, expires_at: now.plus(CODE_LIFE) }
    }
}

fn secret(prefix: &str) -> String {
    format!("{prefix}{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
