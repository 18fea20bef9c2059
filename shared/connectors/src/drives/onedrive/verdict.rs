//! Whether a file may be put where another one is, and whether the one that is there is that file already.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::IF_MATCH;

use super::item::Item;
use super::{OneDrive, names};
use crate::drives::{DriveError, DriveErrorClass, DriveFile, When, same};

/// How long is waited for a hash that is not there yet: on business drives it comes some seconds after the file.
const WAITS: [Duration; 4] =
    [Duration::from_millis(250), Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// What is to be put.
pub(super) struct Sent<'a> {
    pub(super) path: &'a str,
    pub(super) size_bytes: u64,
    pub(super) hash: &'a str,
}

/// What is to be done where something is to be put.
pub(super) enum Verdict {
    /// Nothing: it is there.
    Done(DriveFile),
    /// It may be put, if the tag, where there is one, is still the one of what is there.
    Go(Option<String>),
    /// There is another file than is wanted.
    Conflict,
}

impl OneDrive {
    /// Looks at what is where something is to be put.
    pub(super) async fn judge(&self, sent: &Sent<'_>, when: &When) -> Result<Verdict, DriveError> {
        let names = names::names(sent.path)?;
        let Some(item) = self.at(&names).await? else {
            let is_wanted = matches!(when, When::Revision(_));
            return Ok(if is_wanted { Verdict::Conflict } else { Verdict::Go(None) });
        };
        let tag = item.etag().map(str::to_owned);
        let file = self.settled(item, names.join("/"), sent.size_bytes).await?.1;
        if file.size_bytes == sent.size_bytes && file.hash.as_deref() == Some(sent.hash) {
            return Ok(Verdict::Done(file));
        }
        Ok(match when {
            When::Any => Verdict::Go(None),
            When::Revision(revision) if *revision == file.revision => Verdict::Go(tag),
            When::Absent | When::Revision(_) => Verdict::Conflict,
        })
    }

    /// A file that has just arrived, if it is what was sent. Another one is removed, unless somebody has changed it since.
    pub(super) async fn verified(&self, item: Item, sent: &Sent<'_>) -> Result<DriveFile, DriveError> {
        let path = names::names(sent.path)?.join("/");
        let (item, file) = self.settled(item, path, sent.size_bytes).await?;
        if let Err(mismatch) = same(&file, sent.size_bytes, sent.hash) {
            match self.removed(&file.id, item.etag()).await {
                Err(error) if error.class != DriveErrorClass::Conflict => return Err(error),
                _ => return Err(mismatch),
            }
        }
        Ok(file)
    }

    /// An item with its hash, which is asked for again if the size says that it matters; without, if it does not come.
    async fn settled(
        &self,
        mut item: Item,
        path: String,
        size_bytes: u64,
    ) -> Result<(Item, DriveFile), DriveError> {
        let mut file = item.file(path);
        for wait in WAITS {
            if file.hash.is_some() || file.size_bytes != size_bytes {
                break;
            }
            tokio::time::sleep(wait).await;
            let again = self.look(self.config.item(&file.id, None)?).await?;
            item = again.ok_or(DriveError::of(DriveErrorClass::Transient))?;
            file = item.file(file.path);
        }
        Ok((item, file))
    }

    /// Removes an item; with a tag, if that is still its own. One that is gone is removed.
    pub(super) async fn removed(&self, id: &str, tag: Option<&str>) -> Result<(), DriveError> {
        let url = self.config.item(id, None)?;
        let removed = self.call(Method::DELETE, &url, |request| match tag {
            Some(tag) => request.header(IF_MATCH, tag),
            None => request,
        });
        match removed.await {
            Err(error) if error.class != DriveErrorClass::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
