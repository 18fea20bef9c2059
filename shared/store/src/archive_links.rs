//! Links by which a browser reads or uploads one archive, for a while.

use app_domain::{StoreError, Timestamp};

use crate::archive_bucket::ArchiveBucket;
use crate::file_bucket::failed;
use crate::file_links::{FileLink, READS_FOR, UPLOADS_FOR, link, validity};

impl ArchiveBucket {
    /// A link to upload an object of exactly this size. S3 is not called.
    ///
    /// # Errors
    /// If it cannot be signed.
    pub async fn upload_link(
        &self,
        key: &str,
        size_bytes: u64,
        now: Timestamp,
    ) -> Result<FileLink, StoreError> {
        let put =
            self.client().put_object().bucket(&*self.name).key(key).content_length(size_bytes.cast_signed());
        let (valid, expires_at) = validity(now, UPLOADS_FOR)?;
        Ok(link(&put.presigned(valid).await.map_err(failed)?, expires_at))
    }

    /// A link to read an object as this type, saved under this name, which holds no quotes. S3 is not called.
    ///
    /// # Errors
    /// If it cannot be signed.
    pub async fn download_link(
        &self,
        key: &str,
        content_type: &str,
        save_as: &str,
        now: Timestamp,
    ) -> Result<FileLink, StoreError> {
        let get = self.client().get_object().bucket(&*self.name).key(key).response_content_type(content_type);
        let get = get.response_content_disposition(format!("attachment; filename=\"{save_as}\""));
        let (valid, expires_at) = validity(now, READS_FOR)?;
        Ok(link(&get.presigned(valid).await.map_err(failed)?, expires_at))
    }
}
