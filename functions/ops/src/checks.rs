//! What the product depends on, and how to see whether it answers. Every check reads, and reads nothing of anybody's.

use std::error::Error;
use std::sync::Arc;

use app_store::Table;
use aws_sdk_sqs::types::QueueAttributeName;
use futures_util::future::{BoxFuture, try_join_all};

/// Whether it answered, and if not, why: for the log.
pub(crate) type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// One dependency's check.
#[derive(Clone)]
pub struct Check(Arc<dyn Fn() -> BoxFuture<'static, Outcome> + Send + Sync>);

/// A check of every dependency.
#[derive(Clone)]
pub struct Checks {
    /// The table.
    pub database: Check,
    /// The buckets of exports, imports, files, indexes, backups and what Meta delivers.
    pub storage: Check,
    /// The queues of messages, both ways, their media, jobs, imports, drives, mail, chores and indexes.
    pub queues: Check,
    /// The keys that tokens are checked with.
    pub secrets: Check,
}

impl Check {
    pub(crate) fn new<F: Future<Output = Outcome> + Send + 'static>(
        check: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(move || Box::pin(check())))
    }

    pub(crate) fn run(&self) -> BoxFuture<'static, Outcome> {
        (self.0)()
    }

    /// Reads an item of `table` that is never there.
    pub fn database(table: Table) -> Self {
        Self::new(move || {
            let table = table.clone();
            async move { Ok(table.reach().await?) }
        })
    }

    /// Asks whether each bucket is there, all at once.
    pub fn storage<const N: usize>(
        buckets: [String; N],
        client: impl Fn() -> aws_sdk_s3::Client + Send + Sync + 'static,
    ) -> Self {
        Self::new(move || {
            let requests = buckets.each_ref().map(|bucket| client().head_bucket().bucket(bucket).send());
            async move { Ok(try_join_all(requests).await.map(drop)?) }
        })
    }

    /// Asks for an attribute of each queue, all at once.
    pub fn queues<const N: usize>(
        urls: [String; N],
        client: impl Fn() -> aws_sdk_sqs::Client + Send + Sync + 'static,
    ) -> Self {
        Self::new(move || {
            let requests = urls.each_ref().map(|url| {
                client()
                    .get_queue_attributes()
                    .queue_url(url)
                    .attribute_names(QueueAttributeName::QueueArn)
                    .send()
            });
            async move { Ok(try_join_all(requests).await.map(drop)?) }
        })
    }

    /// Asks for the description of the secret `id`, not for its value.
    pub fn secret(
        id: String,
        client: impl Fn() -> aws_sdk_secretsmanager::Client + Send + Sync + 'static,
    ) -> Self {
        Self::new(move || {
            let request = client().describe_secret().secret_id(&id);
            async move { Ok(request.send().await.map(drop)?) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app_testing::{aws, table};
    use axum::http::{Request, Response};

    fn answering(status: u16) -> impl Fn(Request<Vec<u8>>) -> Response<String> + Send + Sync + 'static {
        move |_| Response::builder().status(status).body("{}".to_owned()).unwrap()
    }

    fn storage(status: u16) -> Check {
        let config = aws(answering(status));
        Check::storage(["files".to_owned()], move || aws_sdk_s3::Client::new(&config))
    }

    fn secret(status: u16) -> Check {
        let config = aws(answering(status));
        Check::secret("keys".to_owned(), move || aws_sdk_secretsmanager::Client::new(&config))
    }

    #[tokio::test]
    async fn what_answers_is_well_and_what_refuses_is_not() {
        Check::database(table().await).run().await.unwrap();
        storage(200).run().await.unwrap();
        secret(200).run().await.unwrap();
        assert!(storage(403).run().await.is_err());
        assert!(secret(500).run().await.is_err());
    }

    #[tokio::test]
    async fn both_queues_must_answer() {
        let queues = |broken: &'static str| {
            let config = aws(move |request| {
                let asked = String::from_utf8_lossy(request.body()).into_owned();
                let status = if !broken.is_empty() && asked.contains(broken) { 403 } else { 200 };
                answering(status)(request)
            });
            let urls =
                ["inbound", "jobs"].map(|name| format!("https://sqs.us-east-1.amazonaws.com/1/{name}"));
            Check::queues(urls, move || aws_sdk_sqs::Client::new(&config))
        };
        queues("").run().await.unwrap();
        for broken in ["/inbound", "/jobs"] {
            assert!(queues(broken).run().await.is_err(), "{broken}");
        }
    }
}
