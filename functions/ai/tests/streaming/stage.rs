//! Somebody who asks the function, and the model that it asks.

use app_testing::openai::FakeOpenAi;
use serde_json::{Value, json};

use crate::child::{MODELS, TOKEN};
use crate::runtime_api::Lambda;
use crate::told::{Event, Told};
use crate::wire::Wire;

/// Where answers are told.
pub(crate) const STREAM: &str = "/ai/chat/stream";
/// A question about what is saved.
pub(crate) const QUESTION: &str = "When do I see the dentist?";

pub(crate) struct Stage {
    pub(crate) lambda: Lambda,
    pub(crate) openai: FakeOpenAi,
    /// Between the function and the model.
    pub(crate) wire: Wire,
    token: String,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let openai = FakeOpenAi::start();
        let base_url = openai.base_url();
        let (address, path) = base_url.strip_prefix("http://").and_then(|url| url.split_once('/')).unwrap();
        let wire = Wire::to(address.parse().unwrap()).await;
        let base_url = format!("http://{}/{path}", wire.address);
        let lambda = Lambda::start(&[(MODELS, &base_url)]).await;
        let token = Told::by(&lambda, "", "GET", TOKEN, &Value::Null).await.text().await;
        Self { lambda, openai, wire, token }
    }

    /// The question, whose answer is told.
    pub(crate) async fn ask(&self) -> Told {
        self.call("POST", STREAM, &json!({"message": QUESTION})).await
    }

    /// What a path answers that tells nothing piece by piece.
    pub(crate) async fn whole(&self, method: &str, path: &str, body: &Value) -> Value {
        let told = self.call(method, path, body).await;
        assert_eq!(told.prelude["statusCode"], 200, "{}", told.prelude);
        serde_json::from_str(&told.text().await).unwrap()
    }

    /// What is kept of the answer that began so.
    pub(crate) async fn kept(&self, start: &Event) -> Value {
        let path = format!("/ai/conversations/{}/messages", start.data["conversationId"].as_str().unwrap());
        let messages = self.whole("GET", &path, &Value::Null).await["messages"].take();
        let mut messages = messages.as_array().unwrap().iter();
        messages.find(|message| message["id"] == start.data["messageId"]).unwrap().clone()
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Told {
        Told::by(&self.lambda, &self.token, method, path, body).await
    }
}
