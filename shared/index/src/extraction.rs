//! Reading the text of files, once.

use app_domain::{File, StoreError};
use app_extract::Limits;
use app_store::{FileBucket, SearchBucket};

/// Larger files are found by their names alone: reading them takes more memory than the indexer has.
const MAX_BYTES: u64 = 32 << 20;

/// Reads the text of files.
#[derive(Clone)]
pub(crate) struct Extraction {
    pub(crate) files: FileBucket,
    pub(crate) texts: SearchBucket,
}

impl Extraction {
    /// The text of a file, which is kept from then on. An empty one for a file that has none, or whose text cannot be read.
    pub(crate) async fn text(&self, file: &File) -> Result<Option<String>, StoreError> {
        let content_type = file.content_type.to_string();
        if !app_extract::supports(&content_type) || file.size_bytes > MAX_BYTES {
            return Ok(None);
        }
        let count = usize::try_from(file.size_bytes).unwrap_or(usize::MAX);
        let Some(bytes) = self.files.first(file.owner, file.id, count).await? else { return Ok(None) };
        let text = match app_extract::extract(&content_type, &bytes, Limits::default()) {
            Ok(extracted) => extracted.text,
            Err(error) => {
                let user = file.owner.hashed();
                tracing::info!(userId = user, fileId = %file.id, error = %error, "a file has no text");
                String::new()
            }
        };
        self.texts.put_text(file.owner, file.id, &text).await?;
        Ok(Some(text))
    }
}
