//! Why a call to a drive did not succeed, by what is to be done about it.

use std::fmt;
use std::time::Duration;

/// A call that did not succeed. Holds nothing of what was sent or answered but the provider's code and the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveError {
    /// What is to be done about it.
    pub class: DriveErrorClass,
    /// How long the provider wants to be left alone, if it says so.
    pub retry_after: Option<Duration>,
    /// The status of the answer, if there is one.
    pub status: Option<u16>,
    /// The provider's code, if there is one: of letters, digits, `_`, `.`, `/` and `-` alone.
    pub code: Option<String>,
}

/// What is to be done about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DriveErrorClass {
    /// The person has to connect the drive again: the grant is gone, or is not for this.
    NeedsConsent,
    /// The access token is too old. Whoever holds the refresh token gets another one.
    TokenExpired,
    /// Too much is asked: wait.
    Throttled,
    /// There is no room on the drive: the person has to make some.
    Full,
    /// There is no such file.
    NotFound,
    /// There is another file than was expected.
    Conflict,
    /// The upload is no more: begin anew.
    UploadGone,
    /// The page or cursor is too old: begin without.
    Reset,
    /// What arrived is not what was sent.
    Mismatch,
    /// The provider, or the way to it, fails. Every call may be made again later.
    Transient,
    /// What was asked for is wrong, or not allowed, and would be again.
    Refused,
}

impl DriveError {
    /// An error of a class that no answer has told.
    pub const fn of(class: DriveErrorClass) -> Self {
        Self { class, retry_after: None, status: None, code: None }
    }

    /// An error that an answer has told. What is not a code is left out.
    pub fn told(class: DriveErrorClass, status: u16, code: Option<&str>) -> Self {
        let is_code = |code: &&str| {
            (1..=100).contains(&code.len())
                && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./-".contains(&b))
        };
        Self { class, retry_after: None, status: Some(status), code: code.filter(is_code).map(str::to_owned) }
    }

    /// The same, after which the provider wants to be left alone for a while.
    #[must_use]
    pub fn after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_passing(&self) -> bool {
        matches!(self.class, DriveErrorClass::Throttled | DriveErrorClass::Transient)
    }
}

impl fmt::Display for DriveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.class {
            DriveErrorClass::NeedsConsent => "the drive has to be connected again",
            DriveErrorClass::TokenExpired => "the access token is too old",
            DriveErrorClass::Throttled => "the drive asks to wait",
            DriveErrorClass::Full => "there is no room on the drive",
            DriveErrorClass::NotFound => "there is no such file on the drive",
            DriveErrorClass::Conflict => "there is another file on the drive",
            DriveErrorClass::UploadGone => "the upload is no more",
            DriveErrorClass::Reset => "the cursor is too old",
            DriveErrorClass::Mismatch => "what arrived on the drive is not what was sent",
            DriveErrorClass::Transient => "the drive fails",
            DriveErrorClass::Refused => "the drive refuses",
        })?;
        match (&self.code, self.status) {
            (Some(code), Some(status)) => write!(f, " ({status} {code})"),
            (None, Some(status)) => write!(f, " ({status})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for DriveError {}
