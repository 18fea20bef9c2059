//! The function that streams, in a process of its own: with its own main loop, on a table beside it, and a model that is elsewhere.

use std::future::pending;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use ai::{App, router, stream_router};
use app_ai::openai::{OpenAiChat, OpenAiChatConfig};
use app_ai::{BuiltIn, ChatModel, Window};
use app_domain::{Content, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Role, UserId};
use app_index::{Embedders, Finder, TableVectors};
use app_memo::{Accounts, Memo, Minds};
use app_runtime::{Env, Queue, now};
use app_store::{
    Conversations, Facts, Interactions, MemoPreferences, Memories, SearchBucket, Table, Vectors,
};
use app_testing::openai::FakeOpenAi;
use app_testing::{PlayedBucket, PlayedQueue, VECTOR_INDEX, authenticator, caller, table, vault};
use app_vault::Vault;
use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use secrecy::SecretString;
use serde_json::json;
use tokio::runtime::Builder;
use tower::ServiceExt;

/// Where the model is.
pub(crate) const MODELS: &str = "OPENAI_BASE_URL";
/// The model.
pub(crate) const MODEL: &str = "gpt-6-luna";
/// The path of the token of the one person who is known here.
pub(crate) const TOKEN: &str = "/token";
/// What that person has saved.
pub(crate) const SAVED: (&str, &str) = ("Dentist", "The dentist sees me on Thursday at nine.");

/// Both of Memo's services, and the token of who may call them.
pub(crate) fn function(env: &Env) -> anyhow::Result<Router> {
    let base_url = env.required(MODELS)?;
    let (made, receiver) = mpsc::channel();
    // The table has a thread of its own, as it has machines of its own on AWS.
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (user, token) = caller(Role::Premium);
            let table = table().await;
            let vault = vault(&table);
            save(&table, &vault, user).await;
            made.send((app(&table, vault, &base_url), token)).unwrap();
            pending::<()>().await;
        });
    });
    let (app, token) = receiver.recv()?;
    let (streams, whole) = (stream_router(app.clone(), "*"), router(app, "*"));
    Ok(Router::new().route(TOKEN, get(async || token)).fallback(async move |request: Request| {
        let is_streamed = request.uri().path().ends_with("/stream");
        if is_streamed { streams.oneshot(request).await } else { whole.oneshot(request).await }
    }))
}

async fn save(table: &Table, vault: &Vault, owner: UserId) {
    let (title, text) = SAVED;
    let title = Some(MemoryTitle::parse(title).unwrap());
    let content = Content::parse(json!({"text": text})).ok();
    let draft = MemoryDraft { title, content, ..MemoryDraft::default() };
    let memory = Memory::new(MemoryId::new(now()), owner, MemorySource::Web, draft, now()).unwrap();
    Memories::new(table.clone(), vault.clone()).create(&memory).await.unwrap();
}

fn app(table: &Table, vault: Vault, base_url: &str) -> App {
    let embedders = Arc::new(Embedders::of(Arc::new(BuiltIn)));
    let vectors = Vectors::new(table.clone(), VECTOR_INDEX, embedders.name());
    let vectors = Arc::new(TableVectors::new(vectors, embedders.dimensions()));
    let bucket = PlayedBucket::default().client();
    let segments = SearchBucket::new("search", move || bucket.clone(), vault.clone());
    let finder = Finder::new(table, vault.clone(), segments, 64 << 20, embedders, vectors);
    let interactions = Interactions::new(table.clone());
    let unlimited = r#"{"tokensPerDay": null, "costPerDay": null}"#;
    let budgets = format!(r#"{{"free": {unlimited}, "premium": {unlimited}}}"#).parse().unwrap();
    let prices = r#"{"*": {"input": 1, "output": 10}}"#.parse().unwrap();
    let accounts = Accounts::new(interactions.clone(), prices, budgets);
    let minds = Minds::of(vec![model(base_url)], true);
    App {
        memo: Memo::new(table, vault.clone(), Arc::new(finder), minds, accounts, now),
        conversations: Conversations::new(table.clone(), vault.clone()),
        facts: Facts::new(table.clone(), vault.clone()),
        settings: MemoPreferences::new(table.clone(), vault),
        interactions,
        chores: Queue::new(PlayedQueue::URL, PlayedQueue::default().client()),
        budgets,
        authenticator: authenticator(),
    }
}

fn model(base_url: &str) -> Arc<dyn ChatModel> {
    let key = Some(SecretString::from(FakeOpenAi::KEY));
    let window = Window { tokens: 32_000, answer_tokens: 4_000 };
    let config = OpenAiChatConfig::new(base_url, key, MODEL, window).unwrap();
    Arc::new(OpenAiChat::new(config.retries(3, Duration::from_millis(10))).unwrap())
}
