//! What the product depends on, and how to see whether it answers. Every check reads, and reads nothing of anybody's.

use std::error::Error;
use std::sync::Arc;

use app_store::Table;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_sqs::types::QueueAttributeName;
use futures_util::future::{BoxFuture, try_join_all};

/// Whether it answered, and if not, why: for the log.
pub(crate) type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// What the version of a secret is called that who asks for its value gets.
const CURRENT: &str = "AWSCURRENT";

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
    /// The keys that tokens are signed with, and those that they are checked with.
    pub secrets: Check,
    /// The key that people's data keys are wrapped with.
    pub encryption: Check,
}

#[cfg(test)]
impl Checks {
    /// The same check of every dependency.
    pub(crate) fn all(check: &Check) -> Self {
        let check = || check.clone();
        Self { database: check(), storage: check(), queues: check(), secrets: check(), encryption: check() }
    }
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

    /// Asks for the description of each secret, all at once: not for its value, but for whether it has one.
    pub fn secrets<const N: usize>(
        ids: [String; N],
        client: impl Fn() -> aws_sdk_secretsmanager::Client + Send + Sync + 'static,
    ) -> Self {
        Self::new(move || {
            let requests = ids.each_ref().map(|id| client().describe_secret().secret_id(id).send());
            async move {
                let secrets = try_join_all(requests).await?;
                match secrets.iter().find(|secret| !has_value(secret)) {
                    None => Ok(()),
                    Some(empty) => Err(format!("{} has no value", empty.name().unwrap_or_default()).into()),
                }
            }
        })
    }

    /// Asks for the description of the key `id`: whether it may be used, without using it.
    pub fn encryption(id: String, client: impl Fn() -> aws_sdk_kms::Client + Send + Sync + 'static) -> Self {
        Self::new(move || {
            let request = client().describe_key().key_id(&id);
            async move {
                let answer = request.send().await?;
                let is_enabled = answer.key_metadata().is_some_and(|key| key.enabled());
                if is_enabled { Ok(()) } else { Err("the key is not enabled".into()) }
            }
        })
    }
}

/// Nobody is given the value of a secret that is about to be deleted, though it is still described.
fn has_value(secret: &DescribeSecretOutput) -> bool {
    let versions = secret.version_ids_to_stages().into_iter();
    let mut stages = versions.flat_map(|versions| versions.values().flatten());
    secret.deleted_date().is_none() && stages.any(|stage| stage == CURRENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app_testing::{aws, table};
    use axum::http::{Request, Response};
    use serde_json::{Value, json};

    fn answering(
        status: u16,
        body: Value,
    ) -> impl Fn(Request<Vec<u8>>) -> Response<String> + Send + Sync + 'static {
        move |_| Response::builder().status(status).body(body.to_string()).unwrap()
    }

    fn storage(status: u16) -> Check {
        let config = aws(answering(status, json!({})));
        Check::storage(["files".to_owned()], move || aws_sdk_s3::Client::new(&config))
    }

    fn encryption(status: u16, key: &Value) -> Check {
        let config = aws(answering(status, json!({"KeyMetadata": key})));
        Check::encryption("field-key".to_owned(), move || aws_sdk_kms::Client::new(&config))
    }

    /// Two secrets, of which one is described so.
    fn secrets(one: &'static str, status: u16, described: &Value) -> Check {
        let (so, well) = (answering(status, described.clone()), answering(200, filled()));
        let config = aws(move |request| {
            let asked = String::from_utf8_lossy(request.body()).into_owned();
            if asked.contains(one) { so(request) } else { well(request) }
        });
        let ids = ["signing", "public"].map(str::to_owned);
        Check::secrets(ids, move || aws_sdk_secretsmanager::Client::new(&config))
    }

    fn filled() -> Value {
        json!({"Name": "keys", "VersionIdsToStages": {"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]}})
    }

    #[tokio::test]
    async fn what_answers_is_well_and_what_refuses_is_not() {
        Check::database(table().await).run().await.unwrap();
        storage(200).run().await.unwrap();
        assert!(storage(403).run().await.is_err());
    }

    #[tokio::test]
    async fn both_queues_must_answer() {
        let queues = |broken: &'static str| {
            let config = aws(move |request| {
                let asked = String::from_utf8_lossy(request.body()).into_owned();
                let status = if !broken.is_empty() && asked.contains(broken) { 403 } else { 200 };
                answering(status, json!({}))(request)
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

    #[tokio::test]
    async fn both_secrets_must_have_a_value() {
        secrets("signing", 200, &filled()).run().await.unwrap();
        let empty = json!({"Name": "keys"});
        let of_before = json!({"Name": "keys", "VersionIdsToStages": {"v1": ["AWSPREVIOUS"]}});
        let mut deleted = filled();
        deleted["DeletedDate"] = json!(1_795_305_600);
        for one in ["signing", "public"] {
            for described in [&empty, &of_before, &deleted] {
                let outcome = secrets(one, 200, described).run().await;
                assert_eq!(outcome.unwrap_err().to_string(), "keys has no value", "{one} {described}");
            }
            assert!(secrets(one, 500, &filled()).run().await.is_err(), "{one}");
        }
    }

    #[tokio::test]
    async fn the_key_must_be_one_that_can_be_used() {
        let key = |is_enabled: bool| json!({"KeyId": "field-key", "Enabled": is_enabled});
        encryption(200, &key(true)).run().await.unwrap();
        assert!(encryption(400, &key(true)).run().await.is_err());
        let outcome = encryption(200, &key(false)).run().await;
        assert_eq!(outcome.unwrap_err().to_string(), "the key is not enabled");
    }
}
