//! People who use the product through its API.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Stack;

const PASSWORD: &str = "TestPassword123!";

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; text that is no JSON is a JSON string.
    pub body: Value,
}

impl Reply {
    /// The type of the failure in the error envelope, or `null`.
    pub fn error_type(&self) -> &Value {
        &self.body["error"]["type"]
    }
}

/// A person, or a stranger if they have no account.
#[derive(Clone)]
pub struct Person {
    stack: Arc<Stack>,
    http: Client,
    /// Their e-mail address.
    pub email: String,
    /// Their password.
    pub password: &'static str,
    /// What registering answered with.
    pub account: Value,
    token: Option<String>,
    api_key: Option<String>,
}

impl Person {
    /// Somebody without an account.
    pub fn stranger(stack: &Arc<Stack>) -> Self {
        Self {
            stack: Arc::clone(stack),
            http: Client::new(),
            email: format!("{}@example.com", Uuid::new_v4().simple()),
            password: PASSWORD,
            account: Value::Null,
            token: None,
            api_key: None,
        }
    }

    /// Somebody who has just registered.
    pub async fn registered(stack: &Arc<Stack>) -> Self {
        let mut person = Self::stranger(stack);
        let account =
            json!({"email": person.email, "password": PASSWORD, "firstName": "Ada", "lastName": "Lovelace"});
        let reply = person.post("/auth/register", &account).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        person.token = reply.body["accessToken"].as_str().map(str::to_owned);
        person.account = reply.body;
        person
    }

    /// Somebody who has just registered and was made an administrator by the deployer.
    pub async fn administrator(stack: &Arc<Stack>) -> Self {
        let person = Self::registered(stack).await;
        let table = aws_sdk_dynamodb::Client::new(&stack.aws());
        let request = table.update_item().table_name(stack.output("TableName"));
        let request = request
            .key("pk", AttributeValue::S(format!("U#{}", person.id())))
            .key("sk", AttributeValue::S("PROFILE".to_owned()))
            .update_expression("SET #role = :admin")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#role", "role")
            .expression_attribute_values(":admin", AttributeValue::S("admin".to_owned()));
        request.send().await.expect("the deployer may");
        person
    }

    /// The same person with another access token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), api_key: None, ..self.clone() }
    }

    /// A program of the same person, with an API key.
    #[must_use]
    pub fn with_api_key(&self, key: &str) -> Self {
        Self { token: None, api_key: Some(key.to_owned()), ..self.clone() }
    }

    /// The id of their account.
    pub fn id(&self) -> &str {
        self.account["user"]["id"].as_str().unwrap_or_default()
    }

    /// Makes an API key of theirs.
    pub async fn new_api_key(&self, permissions: &[&str]) -> Value {
        let reply = self.post("/auth/api-keys", &json!({"name": "a test", "permissions": permissions})).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body
    }

    /// Their access token.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Sends any request.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Reply {
        self.send_to(&self.stack.url(path), method, headers, body).await
    }

    /// `POST` of JSON to the function that tells answers while they are made.
    pub async fn post_to_stream(&self, path: &str, json: &Value) -> Reply {
        let url = format!("{}{path}", self.stack.output("StreamUrl"));
        let body = json.to_string().into_bytes();
        self.send_to(&url, Method::POST, &[("content-type", "application/json")], Some(body)).await
    }

    async fn send_to(
        &self,
        url: &str,
        method: Method,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Reply {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.insert(
                HeaderName::try_from(*name).expect("a header's name"),
                HeaderValue::try_from(*value).expect("a header's value"),
            );
        }
        let mut request = self.http.request(method, url).headers(all);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = &self.api_key {
            request = request.header("x-api-key", key);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.expect("the stack answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("the answer's body");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Reply { status, headers, body }
    }

    async fn send_json(&self, method: Method, path: &str, json: &Value) -> Reply {
        self.send(method, path, &[("content-type", "application/json")], Some(json.to_string().into_bytes()))
            .await
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], None).await
    }

    /// `POST` of JSON.
    pub async fn post(&self, path: &str, json: &Value) -> Reply {
        self.send_json(Method::POST, path, json).await
    }

    /// `PATCH` with JSON.
    pub async fn patch(&self, path: &str, json: &Value) -> Reply {
        self.send_json(Method::PATCH, path, json).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, &[], None).await
    }

    /// Saves a memory and gives it back as it was answered.
    pub async fn save(&self, memory: &Value) -> Value {
        let reply = self.post("/memories", memory).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body["memory"].clone()
    }

    /// All their memories, newest first, read page by page.
    pub async fn memories(&self) -> Vec<Value> {
        let (mut memories, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("/memories?limit=100{cursor}")).await;
            assert_eq!(page.status, 200, "{}", page.body);
            memories.extend(page.body["memories"].as_array().expect("a list").iter().cloned());
            match page.body["pagination"]["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return memories,
            }
        }
    }
}
