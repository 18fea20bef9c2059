//! Links to finished files.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use app_domain::{ExportJob, Timestamp};
use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;

/// How long a link works: anybody who has it can read the file.
const WORKS_FOR: Duration = Duration::from_secs(15 * 60);

/// Makes links to files in the exports bucket. Cloning shares the client.
#[derive(Clone)]
pub struct Downloads {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    bucket: Arc<str>,
}

/// A link that works without a token, for a while.
pub(crate) struct Link {
    pub(crate) url: String,
    pub(crate) expires_at: Timestamp,
}

impl Downloads {
    /// Files of `bucket`; `client` is asked for when a link is made.
    pub fn new(bucket: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { client: Arc::new(client), bucket: bucket.into() }
    }

    /// A link to the job's file, made `now`. It is signed here: S3 is not called.
    pub(crate) async fn link(
        &self,
        job: &ExportJob,
        now: Timestamp,
    ) -> Result<Link, Box<dyn Error + Send + Sync>> {
        // Signatures count in whole seconds.
        let signed_at = Duration::from_secs(u64::try_from(now.as_seconds())?);
        let valid =
            PresigningConfig::builder().start_time(SystemTime::UNIX_EPOCH + signed_at).expires_in(WORKS_FOR);
        let get = (self.client)().get_object().bucket(&*self.bucket).key(job.object_key());
        let get = get
            .response_content_type("application/json")
            .response_content_disposition(format!("attachment; filename=\"{}\"", file_name(job)));
        let request = get.presigned(valid.build()?).await?;
        let expires_at = Timestamp::from_millis(now.as_seconds() * 1000).unwrap_or(now).plus(WORKS_FOR);
        Ok(Link { url: request.uri().to_owned(), expires_at })
    }
}

/// The name under which a browser saves the file: the day the export was asked for.
fn file_name(job: &ExportJob) -> String {
    let created_at = job.created_at.to_string();
    let day = created_at.split('T').next().unwrap_or_default();
    format!("memories-{day}.json")
}
