//! Items of a drive as Microsoft Graph describes them.

use app_domain::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::drives::http::Answer;
use crate::drives::{DriveError, DriveErrorClass, DriveFile};

/// The fields that are read.
pub(super) const FIELDS: &str =
    "id,name,size,cTag,eTag,file,folder,deleted,parentReference,lastModifiedDateTime";

/// A file, a folder, or the mark of one that is gone. Nothing but its id has to be there.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    size: u64,
    c_tag: Option<String>,
    e_tag: Option<String>,
    last_modified_date_time: Option<String>,
    file: Option<FileFacet>,
    folder: Option<Value>,
    deleted: Option<Value>,
    parent_reference: Option<Parent>,
}

#[derive(Debug, Clone, Deserialize)]
struct FileFacet {
    hashes: Option<Hashes>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hashes {
    quick_xor_hash: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parent {
    id: Option<String>,
    drive_id: Option<String>,
}

impl Item {
    /// The item that an answer holds.
    pub(super) fn read(answer: &Answer) -> Result<Self, DriveError> {
        serde_json::from_slice(&answer.body).map_err(|_| unread(answer))
    }

    pub(super) fn is_file(&self) -> bool {
        self.file.is_some() && !self.is_gone()
    }

    pub(super) fn is_folder(&self) -> bool {
        self.folder.is_some() && !self.is_gone()
    }

    pub(super) fn is_gone(&self) -> bool {
        self.deleted.is_some()
    }

    pub(super) fn parent(&self) -> Option<&str> {
        self.parent_reference.as_ref()?.id.as_deref()
    }

    pub(super) fn drive(&self) -> Option<&str> {
        self.parent_reference.as_ref()?.drive_id.as_deref()
    }

    /// What changes with anything of it.
    pub(super) fn etag(&self) -> Option<&str> {
        self.e_tag.as_deref()
    }

    /// The file as the port knows it, at a path.
    pub(super) fn file(&self, path: String) -> DriveFile {
        let hashes = self.file.as_ref().and_then(|file| file.hashes.as_ref());
        let modified = self.last_modified_date_time.as_deref();
        let modified_at = modified.and_then(|at| at.parse().ok()).unwrap_or(Timestamp::MIN);
        let tag = self.c_tag.as_ref().or(self.e_tag.as_ref());
        DriveFile {
            id: self.id.clone(),
            path,
            size_bytes: self.size,
            hash: hashes.and_then(|hashes| hashes.quick_xor_hash.clone()).filter(|hash| !hash.is_empty()),
            revision: tag.cloned().unwrap_or_else(|| format!("{}@{modified_at}", self.size)),
            modified_at,
        }
    }
}

/// A page of items.
#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    value: Vec<Value>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta: Option<String>,
}

/// A page of items, with the address where they go on or from which to ask next time.
pub(super) struct Page {
    pub(super) items: Vec<Item>,
    pub(super) next: Option<String>,
    pub(super) delta: Option<String>,
}

impl Page {
    /// The page that an answer holds. What is no item is left out.
    pub(super) fn read(answer: &Answer) -> Result<Self, DriveError> {
        let Wire { value, next, delta } = serde_json::from_slice(&answer.body).map_err(|_| unread(answer))?;
        let items = value.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect();
        Ok(Self { items, next, delta })
    }
}

/// An answer with success that is not what was asked for: something on the way answers in the provider's place.
pub(super) fn unread(answer: &Answer) -> DriveError {
    DriveError::told(DriveErrorClass::Transient, answer.status.as_u16(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(json: &str) -> Item {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_item_may_be_no_more_than_its_id() {
        let gone = item(r#"{"id":"1","deleted":{"state":"deleted"}}"#);
        assert!(gone.is_gone() && !gone.is_file() && !gone.is_folder());
        let bare = item(r#"{"id":"1","file":{},"size":3,"surprise":[1]}"#);
        let file = bare.file("a".to_owned());
        assert_eq!((file.size_bytes, file.hash, bare.is_file()), (3, None, true));
        assert!(!item(r#"{"id":"1","package":{"type":"oneNote"}}"#).is_file());
    }

    #[test]
    fn a_revision_goes_by_the_content() {
        let file = item(r#"{"id":"1","cTag":"c1","eTag":"e7","file":{"hashes":{"quickXorHash":"aA=="}}}"#);
        let told = file.file("a".to_owned());
        assert_eq!(
            (told.revision.as_str(), told.hash.as_deref(), file.etag()),
            ("c1", Some("aA=="), Some("e7"))
        );
    }
}
