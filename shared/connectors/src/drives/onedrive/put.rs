//! Small files, in one call.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, IF_MATCH};

use super::item::Item;
use super::verdict::{Sent, Verdict};
use super::{OneDrive, names};
use crate::drives::{Digest, DigestKind, DriveError, DriveErrorClass, DriveFile, When};

/// What becomes of a file whose name is taken.
pub(super) const CONFLICT_BEHAVIOR: &str = "@microsoft.graph.conflictBehavior";

/// What Microsoft is to do with a file that is there.
pub(super) const fn behavior(when: &When) -> &'static str {
    match when {
        When::Absent => "fail",
        When::Any | When::Revision(_) => "replace",
    }
}

impl OneDrive {
    pub(super) async fn put_small(
        &self,
        path: &str,
        bytes: Bytes,
        when: When,
    ) -> Result<DriveFile, DriveError> {
        let hash = Digest::of(DigestKind::QuickXor, &bytes);
        let sent = Sent { path, size_bytes: bytes.len() as u64, hash: &hash };
        let tag = match when {
            When::Revision(_) => match self.judge(&sent, &when).await? {
                Verdict::Done(file) => return Ok(file),
                Verdict::Go(tag) => tag,
                Verdict::Conflict => return Err(DriveError::of(DriveErrorClass::Conflict)),
            },
            When::Absent | When::Any => None,
        };
        let mut url = self.config.place(&names::names(path)?, Some("content"))?;
        url.query_pairs_mut().append_pair(CONFLICT_BEHAVIOR, behavior(&when));
        let put = |request: reqwest::RequestBuilder| {
            let request = request.header(CONTENT_TYPE, "application/octet-stream").body(bytes.clone());
            match &tag {
                Some(tag) => request.header(IF_MATCH, tag),
                None => request,
            }
        };
        match self.inside(|| self.call(Method::PUT, &url, put)).await {
            Ok(answer) => self.verified(Item::read(&answer)?, &sent).await,
            // Ours may be there already, of a call that was not heard of.
            Err(error) if error.class == DriveErrorClass::Conflict => match self.judge(&sent, &when).await? {
                Verdict::Done(file) => Ok(file),
                Verdict::Go(_) | Verdict::Conflict => Err(error),
            },
            Err(error) => Err(error),
        }
    }
}
