//! People who talk with Memo, and the model that it asks.

#[path = "doors.rs"]
mod doors;

use std::sync::Arc;
use std::time::Duration;

use ai::{App, router, stream_router};
use app_ai::openai::{OpenAiChat, OpenAiChatConfig};
use app_ai::{BuiltIn, ChatModel, Window};
use app_domain::{
    Category, CategoryDraft, CategoryId, CategoryName, Content, Memory, MemoryDraft, MemoryId, MemorySource,
    MemoryTitle, Permission, Role,
};
use app_http::Authenticator;
use app_index::{Embedders, Finder, TableVectors};
use app_memo::{Accounts, Memo, Minds};
use app_runtime::{Queue, now};
use app_store::{
    Categories, Conversations, Facts, Interactions, MemoPreferences, Memories, Messages, SearchBucket, Table,
    Vectors,
};
use app_testing::openai::FakeOpenAi;
use app_testing::{
    Call, Meter, PlayedBucket, PlayedQueue, RATES, Reply, TestKeys, VECTOR_INDEX, metered_table, vault,
};
use app_vault::Vault;
use axum::Router;
use http::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use self::doors::Doors;
pub(crate) use self::doors::Person;

/// The model on the server.
pub(crate) const MODEL: &str = "gpt-6-luna";

/// How the service is set up.
pub(crate) struct Setup {
    /// The models on the server, the first of which is asked unless told.
    pub(crate) models: Vec<&'static str>,
    /// Whether they are somebody else's.
    pub(crate) is_external: bool,
    /// As the function's variables say them.
    pub(crate) budgets: String,
    pub(crate) prices: String,
    /// What a model reads and writes at once, in tokens.
    pub(crate) window: u32,
    /// How long a model may say nothing.
    pub(crate) patience: Duration,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            models: vec![MODEL],
            is_external: true,
            budgets: budgets("null", "null"),
            prices: r#"{"*": {"input": 1, "output": 10}}"#.to_owned(),
            window: 32_000,
            patience: Duration::from_secs(20),
        }
    }
}

/// Budgets of this many tokens and dollars for everybody, as JSON writes them.
pub(crate) fn budgets(tokens: &str, dollars: &str) -> String {
    let one = format!(r#"{{"tokensPerDay": {tokens}, "costPerDay": {dollars}}}"#);
    format!(r#"{{"free": {one}, "premium": {one}}}"#)
}

/// What a stage stands on.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) table: Table,
    pub(crate) meter: Meter,
    pub(crate) vault: Vault,
    pub(crate) bucket: SearchBucket,
}

impl Ground {
    pub(crate) async fn new() -> Self {
        let (table, meter) = metered_table().await;
        let (vault, bucket) = (vault(&table), PlayedBucket::default().client());
        let bucket = SearchBucket::new("search", move || bucket.clone(), vault.clone());
        Self { table, meter, vault, bucket }
    }
}

pub(crate) struct Stage {
    pub(crate) router: Router,
    /// What answers event by event.
    pub(crate) streams: Router,
    pub(crate) openai: FakeOpenAi,
    pub(crate) me: Person,
    pub(crate) meter: Meter,
    pub(crate) memories: Memories,
    pub(crate) messages: Messages,
    pub(crate) categories: Categories,
    doors: Doors,
}

impl Stage {
    /// With a model on a server, which is somebody else's.
    pub(crate) async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    /// With the built-in model alone.
    pub(crate) async fn built_in() -> Self {
        Self::with(Setup { models: Vec::new(), ..Setup::default() }).await
    }

    pub(crate) async fn with(setup: Setup) -> Self {
        Self::on(Ground::new().await, setup)
    }

    /// On what is there already.
    pub(crate) fn on(ground: Ground, setup: Setup) -> Self {
        let Ground { table, meter, vault, bucket } = ground;
        let (openai, doors) = (FakeOpenAi::start(), Doors::default());
        let embedders = Arc::new(Embedders::of(Arc::new(BuiltIn)));
        let vectors = Vectors::new(table.clone(), VECTOR_INDEX, embedders.name());
        let vectors = Arc::new(TableVectors::new(vectors, embedders.dimensions()));
        let finder = Finder::new(&table, vault.clone(), bucket, 64 << 20, embedders, vectors);
        let interactions = Interactions::new(table.clone());
        let budgets = setup.budgets.parse().unwrap();
        let accounts = Accounts::new(interactions.clone(), setup.prices.parse().unwrap(), budgets);
        let minds = Minds::of(models(&setup, &openai), setup.is_external);
        let keys = TestKeys::shared().published_source();
        let app = App {
            memo: Memo::new(&table, vault.clone(), Arc::new(finder), minds, accounts, now),
            conversations: Conversations::new(table.clone(), vault.clone()),
            facts: Facts::new(table.clone(), vault.clone()),
            settings: MemoPreferences::new(table.clone(), vault.clone()),
            interactions,
            chores: Queue::new(PlayedQueue::URL, PlayedQueue::default().client()),
            budgets,
            authenticator: Authenticator::new(keys, doors.clone(), RATES.parse().unwrap()),
        };
        Self {
            router: router(app.clone(), "*"),
            streams: stream_router(app, "*"),
            openai,
            me: doors.person(Role::Premium),
            meter,
            memories: Memories::new(table.clone(), vault.clone()),
            messages: Messages::new(table.clone(), vault.clone()),
            categories: Categories::new(table, vault),
            doors,
        }
    }

    /// Somebody else.
    pub(crate) fn person(&self, role: Role) -> Person {
        self.doors.person(role)
    }

    /// A program of mine that may do this.
    pub(crate) fn program(&self, permissions: &[Permission]) -> Person {
        self.doors.program(self.me.user, permissions)
    }

    /// A call of mine.
    pub(crate) async fn send(&self, call: Call) -> Reply {
        self.send_as(&self.me, call).await
    }

    pub(crate) async fn send_as(&self, person: &Person, call: Call) -> Reply {
        person.call(call).send(&self.router).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        good(self.send(Call::get(path)).await)
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Call::post(path, body)).await
    }

    /// A question of mine, with all that is asked along with it.
    pub(crate) async fn ask(&self, body: &Value) -> Reply {
        self.post("/ai/chat", body).await
    }

    /// The answer to a question of mine that must have one.
    pub(crate) async fn answer(&self, body: &Value) -> Value {
        good(self.ask(body).await)
    }

    /// Changes my settings.
    pub(crate) async fn set(&self, change: &Value) {
        good(self.send(Call::new(Method::PATCH, "/ai/settings").json(change)).await);
    }

    /// Saves a memory of mine.
    pub(crate) async fn save(&self, title: &str, text: &str) -> MemoryId {
        self.save_as(&self.me, title, text, MemoryDraft::default()).await
    }

    pub(crate) async fn save_as(
        &self,
        person: &Person,
        title: &str,
        text: &str,
        more: MemoryDraft,
    ) -> MemoryId {
        let content = more.content.clone().or_else(|| Content::parse(json!({"text": text})).ok());
        let draft = MemoryDraft { title: MemoryTitle::parse(title).ok(), content, ..more };
        let at = now();
        let memory = Memory::new(MemoryId::new(at), person.user, MemorySource::Web, draft, at).unwrap();
        self.memories.create(&memory).await.unwrap();
        memory.id
    }

    /// Makes a category of mine.
    pub(crate) async fn category(&self, name: &str) -> CategoryId {
        let name = CategoryName::parse(name).unwrap();
        let draft = CategoryDraft { name, description: None, icon: None, color: None, sort_order: None };
        let category = Category::new(self.me.user, draft, &[], now());
        self.categories.create(&category).await.unwrap();
        category.id
    }

    /// What the model on the server was asked since this was last called.
    pub(crate) fn asked(&self) -> Vec<Value> {
        let seen = self.openai.take_seen().into_iter();
        seen.filter(|seen| seen.path == "chat/completions").map(|seen| seen.body).collect()
    }

    /// My calls of models, the latest first.
    pub(crate) async fn calls(&self) -> Vec<Value> {
        self.get("/ai/interactions?limit=100").await["interactions"].as_array().unwrap().clone()
    }
}

/// The body of a reply that must be good.
pub(crate) fn good(reply: Reply) -> Value {
    assert!(reply.status.is_success(), "{}: {}", reply.status, reply.text);
    reply.json()
}

fn models(setup: &Setup, openai: &FakeOpenAi) -> Vec<Arc<dyn ChatModel>> {
    let window = Window { tokens: setup.window, answer_tokens: 4_000.min(setup.window / 4) };
    let model = |name: &&str| -> Arc<dyn ChatModel> {
        let key = Some(SecretString::from(FakeOpenAi::KEY));
        let config = OpenAiChatConfig::new(&openai.base_url(), key, name, window).unwrap();
        let config = config.patience(setup.patience, setup.patience, Duration::from_secs(60));
        Arc::new(OpenAiChat::new(config.retries(3, Duration::from_millis(10))).unwrap())
    };
    setup.models.iter().map(model).collect()
}
