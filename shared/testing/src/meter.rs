//! What calls of the table cost: how many there are, and the capacity that DynamoDB counts for them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::life::{Death, Life};

/// What has been asked of a table since it was last read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cost {
    /// The operations, in the order in which they began.
    pub calls: Vec<String>,
    /// Read capacity units.
    pub reads: f64,
    /// Write capacity units.
    pub writes: f64,
}

impl Cost {
    /// How many calls there were of one operation, such as `Query`.
    pub fn of(&self, operation: &str) -> usize {
        self.calls.iter().filter(|call| *call == operation).count()
    }
}

/// Counts the calls of one table, looks into it, and cuts it off from whoever calls. Cloning shares the count.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    cost: Arc<Mutex<Cost>>,
    client: Arc<OnceLock<Client>>,
    life: Arc<Mutex<Life>>,
}

impl Meter {
    /// The keys of everything in the table, `pk` and `sk` with a space between, in order. Without notes of changes, which the indexer
    /// takes away.
    pub async fn keys(&self) -> Vec<String> {
        let client = self.client.get().expect("a table that is there");
        let pages = client.scan().table_name(crate::table::NAME).into_paginator().items().send();
        let items = pages.try_collect().await.expect("a table that answers");
        let text = |value: &AttributeValue| value.as_s().expect("a key of text").clone();
        let mut keys: Vec<String> =
            items.iter().map(|item| format!("{} {}", text(&item["pk"]), text(&item["sk"]))).collect();
        keys.retain(|key| !key.contains("#CHANGES "));
        keys.sort();
        keys
    }

    /// Lets whoever calls make this many calls more, and then end like this: no call goes through any more.
    pub fn die_after(&self, calls: usize, death: Death) {
        self.life.lock().expect("nobody to panic while dying").end_after(calls, death);
    }

    /// Lets every call through again. Whether there was a death.
    pub fn revive(&self) -> bool {
        self.life.lock().expect("nobody to panic while dying").revive()
    }

    /// Moves an item to another partition: where an older version had it.
    pub async fn move_item(&self, partition: &str, sort_key: &str, to: &str) {
        let client = self.client.get().expect("a table that is there");
        let key = |partition: &str| {
            let text = |value: &str| AttributeValue::S(value.to_owned());
            HashMap::from([("pk".to_owned(), text(partition)), ("sk".to_owned(), text(sort_key))])
        };
        let delete = client.delete_item().table_name(crate::table::NAME).set_key(Some(key(partition)));
        let deleted = delete.return_values(ReturnValue::AllOld).send().await.expect("a table that answers");
        let mut item = deleted.attributes.expect("an item to move");
        item.extend(key(to));
        let put = client.put_item().table_name(crate::table::NAME).set_item(Some(item));
        put.send().await.expect("a table that answers");
    }

    pub(crate) fn look_through(&self, client: Client) {
        self.client.set(client).expect("one table for a meter");
    }

    /// What was asked since this was last called.
    pub fn take(&self) -> Cost {
        std::mem::take(&mut *self.cost.lock().expect("nobody to panic while counting"))
    }

    /// A client that counts.
    pub(crate) fn client(&self, client: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Counting { client, meter: self.clone() })
    }

    fn begin(&self, operation: &str) {
        self.cost.lock().expect("nobody to panic while counting").calls.push(operation.to_owned());
    }

    fn end(&self, operation: &str, answer: &Value) {
        let capacity = match &answer["ConsumedCapacity"] {
            Value::Array(tables) => tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum(),
            table => table["CapacityUnits"].as_f64().unwrap_or(0.0),
        };
        let mut cost = self.cost.lock().expect("nobody to panic while counting");
        match operation {
            "GetItem" | "BatchGetItem" | "Query" => cost.reads += capacity,
            _ => cost.writes += capacity,
        }
    }
}

#[derive(Debug)]
struct Counting {
    client: SharedHttpClient,
    meter: Meter,
}

impl HttpClient for Counting {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.client.http_connector(settings, components);
        SharedHttpConnector::new(CountingConnector { connector, meter: self.meter.clone() })
    }
}

struct CountingConnector {
    connector: SharedHttpConnector,
    meter: Meter,
}

impl fmt::Debug for CountingConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CountingConnector")
    }
}

impl HttpConnector for CountingConnector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let fate = self.meter.life.lock().expect("nobody to panic while dying").fate();
        let dead = || ConnectorError::user("whoever called is gone".into());
        if fate == Some(Death::BeforeCalling) {
            return HttpConnectorFuture::ready(Err(dead()));
        }
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        self.meter.begin(&operation);
        let body = request.body().bytes().unwrap_or_default();
        let mut asked: Value = serde_json::from_slice(body).expect("JSON to DynamoDB");
        asked["ReturnConsumedCapacity"] = json!("TOTAL");
        let body = asked.to_string();
        request.headers_mut().insert("content-length", body.len().to_string());
        *request.body_mut() = SdkBody::from(body);

        let (answer, meter) = (self.connector.call(request), self.meter.clone());
        HttpConnectorFuture::new(async move {
            let mut answer: HttpResponse = answer.await?;
            let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
            let bytes = body.collect().await.map_err(ConnectorError::io)?.to_bytes();
            meter.end(&operation, &serde_json::from_slice(&bytes).unwrap_or(Value::Null));
            *answer.body_mut() = SdkBody::from(bytes);
            fate.map_or(Ok(answer), |_| Err(dead()))
        })
    }
}
