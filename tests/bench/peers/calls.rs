//! An empty handler that makes calls of the table and nothing else, through the clients that our functions have: what is beyond it is ours. It gets what
//! others have asked, in their bytes, and reads the answers.
//!
//! With `PEER_PLAIN` its client knows no TLS, and with no calls to make it looks for one item. After those of a sign-in it checks a password, as
//! every sign-in must.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use app_runtime::{Aws, Env, causes};
use argon2::Argon2;
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use lambda_http::Error;
use lambda_http::lambda_runtime::{LambdaEvent, run};
use lambda_http::tower::service_fn;
use serde_json::{Value, json};

/// A hash of the strength of ours, of a password that nobody knows.
const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$QYGGTvYi4RAI0H+FL9pfmg$6hKzRVIpFbufzA5wek79zXFqvmEjf+rqJEUTiq7GAgQ";

/// What the table is called by whoever asked.
const TABLE: &str = "DataTable";

struct Calls {
    env: Env,
    client: OnceLock<Client>,
    known: HashMap<String, Vec<(String, String)>>,
}

fn main() -> Result<(), Error> {
    let env = Env::read();
    let known = match env.optional("PEER_CALLS") {
        Some(file) => read(&file)?,
        None => HashMap::new(),
    };
    let calls = Arc::new(Calls { env, client: OnceLock::new(), known });
    let handle = |event: LambdaEvent<Value>| {
        let calls = Arc::clone(&calls);
        async move { calls.make(event.payload["name"].as_str().unwrap_or_default()).await }
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(service_fn(handle)))
}

/// What there is to ask, by name: operations and their bodies.
fn read(file: &str) -> Result<HashMap<String, Vec<(String, String)>>, Error> {
    let known: HashMap<String, Vec<(String, Value)>> = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let in_bytes = |calls: Vec<(String, Value)>| {
        calls.into_iter().map(|(name, call)| (name, call.to_string())).collect()
    };
    Ok(known.into_iter().map(|(name, calls)| (name, in_bytes(calls))).collect())
}

impl Calls {
    async fn make(&self, name: &str) -> Result<Value, Error> {
        let client = match self.client.get() {
            Some(client) => client,
            None => {
                let client = self.connected()?;
                self.client.get_or_init(|| client)
            }
        };
        match self.known.get(name) {
            Some(calls) => {
                for (operation, body) in calls {
                    again(client, operation, body).await?;
                }
            }
            None => {
                let (pk, sk) = (text("nobody"), text("nothing"));
                client.get_item().table_name(TABLE).key("pk", pk).key("sk", sk).send().await?;
            }
        }
        if name == "login" {
            tokio::task::spawn_blocking(checked).await??;
        }
        Ok(json!({"statusCode": 200, "body": "{}"}))
    }

    fn connected(&self) -> Result<Client, Error> {
        if self.env.optional("PEER_PLAIN").is_none() {
            return Ok(Aws::from_env(&self.env)?.dynamodb());
        }
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(self.env.required("AWS_REGION")?))
            .credentials_provider(Credentials::new("test", "test", None, None, "peer"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(self.env.required("AWS_ENDPOINT_URL")?);
        Ok(Client::from_conf(config.build()))
    }
}

/// Asks again what somebody else has asked. A refusal is an answer.
async fn again(client: &Client, operation: &str, body: &str) -> Result<(), Error> {
    let bytes = body.to_owned();
    let replaced = move |request: &mut HttpRequest| {
        request.headers_mut().insert("content-length", bytes.len().to_string());
        *request.body_mut() = SdkBody::from(bytes.as_str());
    };
    let (pk, sk) = (text(""), text(""));
    match operation {
        "DynamoDB_20120810.GetItem" => {
            let call = client.get_item().table_name(TABLE).key("pk", pk).key("sk", sk);
            refused(call.customize().mutate_request(replaced).send().await)
        }
        "DynamoDB_20120810.Query" => {
            refused(client.query().table_name(TABLE).customize().mutate_request(replaced).send().await)
        }
        "DynamoDB_20120810.BatchGetItem" => {
            let call = client.batch_get_item().set_request_items(Some(HashMap::new()));
            refused(call.customize().mutate_request(replaced).send().await)
        }
        "DynamoDB_20120810.PutItem" => {
            let call = client.put_item().table_name(TABLE).item("pk", pk);
            refused(call.customize().mutate_request(replaced).send().await)
        }
        "DynamoDB_20120810.UpdateItem" => {
            let call = client.update_item().table_name(TABLE).key("pk", pk).key("sk", sk);
            refused(call.customize().mutate_request(replaced).send().await)
        }
        "DynamoDB_20120810.DeleteItem" => {
            let call = client.delete_item().table_name(TABLE).key("pk", pk).key("sk", sk);
            refused(call.customize().mutate_request(replaced).send().await)
        }
        "DynamoDB_20120810.TransactWriteItems" => {
            let call = client.transact_write_items().set_transact_items(Some(Vec::new()));
            refused(call.customize().mutate_request(replaced).send().await)
        }
        other => Err(format!("nobody knows how to ask {other}").into()),
    }
}

fn refused<T, E>(result: Result<T, SdkError<E, HttpResponse>>) -> Result<(), Error>
where
    E: std::error::Error + Send + Sync + 'static,
{
    match result {
        Ok(_) => Ok(()),
        Err(SdkError::ServiceError(refusal)) if refusal.raw().status().as_u16() == 400 => Ok(()),
        Err(error) => Err(causes(&error).into()),
    }
}

fn checked() -> Result<(), Error> {
    let hash = PasswordHash::new(HASH).map_err(|error| error.to_string())?;
    match Argon2::default().verify_password(b"TestPassword123!", &hash) {
        Ok(()) => Err("nobody should know this password".into()),
        Err(_) => Ok(()),
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}
