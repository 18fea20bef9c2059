//! What Dropbox's errors mean: tags within tags, of which the summary in words is not read.

use reqwest::StatusCode;
use serde_json::Value;
use std::time::Duration;

use super::super::http::{Answer, now};
use super::super::{DriveError, DriveErrorClass};

/// An error that belongs to a route (status 409).
#[derive(Debug)]
pub(super) struct Refusal {
    /// From the outermost on.
    tags: Vec<String>,
    /// How many bytes an upload has, if that was the error.
    pub(super) correct_offset: Option<u64>,
}

impl Refusal {
    fn read(error: &Value) -> Self {
        let (mut tags, mut at) = (Vec::new(), error);
        while let Some(tag) = at.as_str().or_else(|| at[".tag"].as_str()) {
            tags.push(tag.to_owned());
            let inner = &at[tag];
            if inner.is_null() && at["reason"].is_null() {
                break;
            }
            at = if inner.is_null() { &at["reason"] } else { inner };
        }
        Self { tags, correct_offset: at["correct_offset"].as_u64() }
    }

    fn is(&self, tag: &str) -> bool {
        self.tags.iter().any(|known| known == tag)
    }

    fn is_of_a_path(&self) -> bool {
        self.is("path") || self.is("path_lookup")
    }

    /// Whether there is nothing at the path, or no folder.
    pub(super) fn is_nothing_there(&self) -> bool {
        self.is_of_a_path() && (self.is("not_found") || self.is("not_folder"))
    }

    pub(super) fn is_conflict(&self) -> bool {
        self.is("conflict")
    }

    /// Whether an upload is not known, or has ended.
    pub(super) fn is_upload_gone(&self) -> bool {
        !self.is_of_a_path() && (self.is("not_found") || self.is("closed"))
    }

    fn class(&self) -> DriveErrorClass {
        let classes = [
            (self.is_nothing_there(), DriveErrorClass::NotFound),
            (self.is_upload_gone(), DriveErrorClass::UploadGone),
            (self.is_conflict(), DriveErrorClass::Conflict),
            (self.tags.iter().any(|tag| tag.ends_with("insufficient_space")), DriveErrorClass::Full),
            (self.is("too_many_write_operations"), DriveErrorClass::Throttled),
            // What was damaged on its way can be sent again.
            (self.is("content_hash_mismatch") || self.is("internal_error"), DriveErrorClass::Transient),
            (self.is("reset"), DriveErrorClass::Reset),
        ];
        classes.into_iter().find(|(is, _)| *is).map_or(DriveErrorClass::Refused, |(_, class)| class)
    }

    pub(super) fn error(&self) -> DriveError {
        DriveError::told(self.class(), StatusCode::CONFLICT.as_u16(), Some(&self.tags.join("/")))
    }
}

/// What an answer means: it is good, or refused by the route, or the call failed before that.
pub(super) fn judged(answer: Answer) -> Result<Result<Answer, Refusal>, DriveError> {
    if answer.status.is_success() {
        return Ok(Ok(answer));
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let error = &body["error"];
    let refusal = Refusal::read(error);
    if answer.status == StatusCode::CONFLICT {
        let error = refusal.error();
        return if error.is_passing() {
            Err(error.after(answer.retry_after(now())))
        } else {
            Ok(Err(refusal))
        };
    }
    let class = match answer.status {
        // Without a word of Dropbox's own, a new token shows what is wrong.
        StatusCode::UNAUTHORIZED if refusal.tags.is_empty() || refusal.is("expired_access_token") => {
            DriveErrorClass::TokenExpired
        }
        StatusCode::UNAUTHORIZED => DriveErrorClass::NeedsConsent,
        StatusCode::TOO_MANY_REQUESTS => DriveErrorClass::Throttled,
        StatusCode::REQUEST_TIMEOUT => DriveErrorClass::Transient,
        status if status.is_server_error() => DriveErrorClass::Transient,
        _ => DriveErrorClass::Refused,
    };
    let code = refusal.tags.join("/");
    let wait = answer.retry_after(now()).or_else(|| error["retry_after"].as_u64().map(Duration::from_secs));
    let code = if code.is_empty() { error["reason"][".tag"].as_str() } else { Some(code.as_str()) };
    Err(DriveError::told(class, answer.status.as_u16(), code).after(wait))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_are_known_by_their_tags() {
        let nested = |tags: &[&str]| {
            tags.iter().rev().fold(Value::Null, |inner, tag| match inner {
                Value::Null => json!({ ".tag": tag }),
                inner => json!({ ".tag": tag, *tag: inner }),
            })
        };
        for (tags, class) in [
            (&["path", "not_found"][..], DriveErrorClass::NotFound),
            (&["path_lookup", "not_found"], DriveErrorClass::NotFound),
            (&["path", "restricted_content"], DriveErrorClass::Refused),
            (&["path", "conflict", "file_ancestor"], DriveErrorClass::Conflict),
            (&["path", "insufficient_space"], DriveErrorClass::Full),
            (&["path", "member_folder_insufficient_space"], DriveErrorClass::Full),
            (&["path", "too_many_write_operations"], DriveErrorClass::Throttled),
            (&["lookup_failed", "not_found"], DriveErrorClass::UploadGone),
            (&["lookup_failed", "closed"], DriveErrorClass::UploadGone),
            (&["not_found"], DriveErrorClass::UploadGone),
            (&["content_hash_mismatch"], DriveErrorClass::Transient),
            (&["reset"], DriveErrorClass::Reset),
            (&["one_that_is_new"], DriveErrorClass::Refused),
            (&[], DriveErrorClass::Refused),
        ] {
            let error = Refusal::read(&nested(tags)).error();
            assert_eq!(error.class, class, "{tags:?}");
            assert_eq!(error.code.unwrap_or_default(), tags.join("/"));
        }
        let reason =
            json!({ ".tag": "path", "reason": nested(&["conflict", "file"]), "upload_session_id": "1" });
        assert_eq!(Refusal::read(&reason).error().code.unwrap(), "path/conflict/file");
        assert_eq!(Refusal::read(&json!("other")).error().code.unwrap(), "other");
        let offset = json!({ ".tag": "lookup_failed",
            "lookup_failed": { ".tag": "incorrect_offset", "correct_offset": 7 } });
        assert_eq!(Refusal::read(&offset).correct_offset, Some(7));
        assert_eq!(Refusal::read(&offset["lookup_failed"]).correct_offset, Some(7));
    }
}
