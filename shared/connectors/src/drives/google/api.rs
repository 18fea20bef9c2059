//! Single calls.

use reqwest::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, StatusCode};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::GoogleDrive;
use super::error::error_of;
use super::wire::{FILE_FIELDS, FOLDER, File, FileList, GeneratedIds};
use crate::drives::http::{Answer, authorized, client, once, with_token};
use crate::drives::{DriveError, DriveErrorClass};

/// How many ids are fetched at a time.
const IDS: &str = "20";

impl GoogleDrive {
    /// Makes a call with a token until it succeeds, or fails for good. `is_meant` says which answers are none of failure.
    pub(super) async fn answer(
        &self,
        request: RequestBuilder,
        is_meant: fn(StatusCode) -> bool,
    ) -> Result<Answer, DriveError> {
        let call = |token: SecretString| {
            let request = request.try_clone();
            async move {
                let request = request.ok_or(DriveError::of(DriveErrorClass::Refused))?;
                let answer = once(authorized(request, &token)?).await?;
                if is_meant(answer.status) { Ok(answer) } else { Err(error_of(&answer)) }
            }
        };
        with_token(&*self.bearer, call).await
    }

    /// The same, whose answer is JSON.
    pub(super) async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, DriveError> {
        parsed(&self.answer(request, |status| status.is_success()).await?)
    }

    pub(super) fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<RequestBuilder, DriveError> {
        Ok(client()?.get(with_query(&format!("{}{path}", self.config.api), query)?))
    }

    /// An id that nothing has yet.
    pub(super) async fn new_id(&self) -> Result<String, DriveError> {
        if let Some(id) = self.spare_ids().pop() {
            return Ok(id);
        }
        let request = self.get("/files/generateIds", &[("count", IDS), ("space", "drive")])?;
        let mut ids = self.json::<GeneratedIds>(request).await?.ids;
        let id = ids.pop().filter(|id| is_id(id)).ok_or(DriveError::of(DriveErrorClass::Transient))?;
        self.spare_ids().extend(ids);
        Ok(id)
    }

    /// A page of a search.
    pub(super) async fn search(&self, query: &str, page: Option<&str>) -> Result<FileList, DriveError> {
        let fields = format!("nextPageToken,files({FILE_FIELDS})");
        let mut asked =
            vec![("q", query), ("pageSize", "1000"), ("spaces", "drive"), ("fields", fields.as_str())];
        asked.extend(page.map(|page| ("pageToken", page)));
        self.json(self.get("/files", &asked)?).await
    }

    /// All pages of a search.
    pub(super) async fn search_all(&self, query: &str) -> Result<Vec<File>, DriveError> {
        let mut found = Vec::new();
        let mut page = None;
        loop {
            let answer = self.search(query, page.as_deref()).await?;
            found.extend(answer.files);
            page = answer.next_page_token;
            if page.is_none() {
                return Ok(found);
            }
        }
    }

    /// What is known of a file.
    pub(super) async fn look(&self, id: &str) -> Result<File, DriveError> {
        self.json(self.get(&format!("/files/{}", checked(id)?), &[("fields", FILE_FIELDS)])?).await
    }

    /// Makes a folder. One that has the id is the one, made by a call whose answer nobody heard.
    pub(super) async fn make_folder(&self, id: &str, more: Value) -> Result<(), DriveError> {
        let mut folder = json!({ "id": id, "mimeType": FOLDER });
        if let (Some(folder), Value::Object(more)) = (folder.as_object_mut(), more) {
            folder.extend(more);
        }
        let address = with_query(&format!("{}/files", self.config.api), &[("fields", "id")])?;
        let request = client()?.post(address).header(CONTENT_TYPE, "application/json; charset=UTF-8");
        let is_made = |status: StatusCode| status.is_success() || status == StatusCode::CONFLICT;
        self.answer(request.body(folder.to_string()), is_made).await.map(drop)
    }

    /// Removes a file or a folder for good. One that is gone is removed.
    pub(super) async fn delete(&self, id: &str) -> Result<(), DriveError> {
        let request = client()?.delete(format!("{}/files/{}", self.config.api, checked(id)?));
        match self.answer(request, |status| status.is_success()).await {
            Err(error) if error.class == DriveErrorClass::NotFound => Ok(()),
            done => done.map(drop),
        }
    }
}

/// An address with a query.
pub(super) fn with_query(address: &str, query: &[(&str, &str)]) -> Result<url::Url, DriveError> {
    let mut url = url::Url::parse(address).map_err(|_| DriveError::of(DriveErrorClass::Refused))?;
    url.query_pairs_mut().extend_pairs(query);
    Ok(url)
}

/// What an answer says. One that cannot be read is no answer.
pub(super) fn parsed<T: DeserializeOwned>(answer: &Answer) -> Result<T, DriveError> {
    let unread = |_| DriveError::told(DriveErrorClass::Transient, answer.status.as_u16(), None);
    serde_json::from_slice(&answer.body).map_err(unread)
}

/// Text in a search.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// An id that can stand in an address.
pub(super) fn checked(id: &str) -> Result<&str, DriveError> {
    if is_id(id) { Ok(id) } else { Err(DriveError::of(DriveErrorClass::Refused)) }
}

fn is_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(quoted("it's"), r"'it\'s'");
        assert_eq!(quoted(r"\' or name != '"), r"'\\\' or name != \''");
    }

    #[test]
    fn ids_cannot_leave_their_place_in_an_address() {
        for bad in ["", "..", "a/b", "a?b", "a#b", "a%2fb"] {
            assert!(checked(bad).is_err(), "{bad}");
        }
        assert!(checked("1A-b_9").is_ok());
    }
}
