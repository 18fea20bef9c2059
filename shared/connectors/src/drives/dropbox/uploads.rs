//! Files by chunks: a session takes their bytes in order, and its end puts the file in its place.

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::{Digest, DigestKind, DriveError, DriveErrorClass, DriveFile, DriveUpload, When};
use super::Dropbox;
use super::arguments::commit;
use super::call::read;
use super::files::file;
use super::metadata::Begun;
use super::refusal::Refusal;

const START: &str = "files/upload_session/start";
const APPEND: &str = "files/upload_session/append_v2";
const FINISH: &str = "files/upload_session/finish";

impl Dropbox {
    pub(super) async fn begin_upload(
        &self,
        path: &str,
        size_bytes: u64,
        when: When,
    ) -> Result<DriveUpload, DriveError> {
        let told = self.bring(START, &json!({ "close": false }), &Bytes::new()).await?;
        let begun: Begun = read(&told.map_err(|refusal| refusal.error())?)?;
        Ok(DriveUpload::begun(path, size_bytes, when, DigestKind::ContentHash, begun.session_id))
    }

    pub(super) async fn send_chunk(
        &self,
        upload: &mut DriveUpload,
        chunk: Bytes,
    ) -> Result<Option<DriveFile>, DriveError> {
        upload.digest(&chunk);
        if upload.offset + (chunk.len() as u64) < upload.size_bytes {
            self.append(upload, &chunk).await
        } else {
            self.finish(upload, chunk).await
        }
    }

    /// Adds nothing: that is refused if the offset is another than ours.
    pub(super) async fn ask_how_far(
        &self,
        upload: &mut DriveUpload,
    ) -> Result<Option<DriveFile>, DriveError> {
        self.append(upload, &Bytes::new()).await
    }

    async fn append(&self, upload: &mut DriveUpload, chunk: &Bytes) -> Result<Option<DriveFile>, DriveError> {
        let mut arg = argument(upload, chunk);
        arg["close"] = json!(false);
        match self.bring(APPEND, &arg, chunk).await? {
            Ok(_) => upload.offset += chunk.len() as u64,
            Err(refusal) if refusal.is_upload_gone() => return self.there(upload, &refusal).await.map(Some),
            Err(refusal) => go_on_from(upload, &refusal)?,
        }
        Ok(None)
    }

    /// Sends the last chunk and puts the file in its place. If only a part of the chunk was taken, the rest is to be sent.
    async fn finish(&self, upload: &mut DriveUpload, chunk: Bytes) -> Result<Option<DriveFile>, DriveError> {
        let mut rest = chunk;
        loop {
            let mut arg = argument(upload, &rest);
            arg["commit"] = commit(&upload.path, &upload.when);
            let refusal = match self.bring(FINISH, &arg, &rest).await? {
                Ok(answer) => {
                    let file = self.hashed(file(read(&answer)?)?).await?;
                    upload.offset = upload.size_bytes;
                    return self.checked(upload.check(&file), file).await.map(Some);
                }
                Err(refusal) => refusal,
            };
            if refusal.is_upload_gone() || refusal.is_conflict() {
                return self.there(upload, &refusal).await.map(Some);
            }
            let before = upload.offset;
            go_on_from(upload, &refusal)?;
            // Dropbox has all of it, and was not heard.
            if upload.offset < upload.size_bytes || upload.offset == before {
                return Ok(None);
            }
            rest = Bytes::new();
        }
    }

    /// The file that was sent, if it is there already: from a call that nobody heard the answer of. Only one that is known by all its bytes is
    /// taken for it.
    async fn there(&self, upload: &mut DriveUpload, refusal: &Refusal) -> Result<DriveFile, DriveError> {
        let Some(file) = self.found(&upload.path).await? else { return Err(refusal.error()) };
        let file = self.hashed(file).await?;
        let is_known = file.hash.is_some() && upload.digested == upload.size_bytes;
        if !is_known || upload.check(&file).is_err() {
            return Err(refusal.error());
        }
        upload.offset = upload.size_bytes;
        Ok(file)
    }
}

/// Where a chunk goes, and its own hash, by which Dropbox sees that it is whole.
fn argument(upload: &DriveUpload, chunk: &Bytes) -> Value {
    json!({
        "cursor": { "session_id": upload.session, "offset": upload.offset },
        "content_hash": Digest::of(DigestKind::ContentHash, chunk),
    })
}

/// Takes over the offset that Dropbox names. One behind the end is no upload of ours.
fn go_on_from(upload: &mut DriveUpload, refusal: &Refusal) -> Result<(), DriveError> {
    match refusal.correct_offset {
        Some(offset) if offset <= upload.size_bytes => {
            upload.offset = offset;
            Ok(())
        }
        Some(_) => Err(DriveError { class: DriveErrorClass::UploadGone, ..refusal.error() }),
        None => Err(refusal.error()),
    }
}
