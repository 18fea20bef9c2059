//! A person who searches what they have.

use std::sync::Arc;

use app_ai::{BuiltIn, Embedder};
use app_domain::{
    Description, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Role, Tags, Timestamp, UserId,
};
use app_index::{Embedders, Finder, Indexer, TableVectors};
use app_runtime::Queue;
use app_store::{FileBucket, Memories, SavedSearches, SearchBucket, Vectors};
use app_testing::{
    Call, PlayedBucket, PlayedQueue, Reply, VECTOR_INDEX, authenticator, caller, table, vault,
};
use axum::Router;
use http::Method;
use search::{App, router};
use serde_json::{Value, json};

pub(crate) struct Stage {
    pub(crate) router: Router,
    pub(crate) user: UserId,
    pub(crate) token: String,
    pub(crate) bucket: PlayedBucket,
    pub(crate) jobs: PlayedQueue,
    memories: Memories,
    indexer: Indexer,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::asking(Arc::new(BuiltIn)).await
    }

    /// With another model than the built-in one.
    pub(crate) async fn asking(embedder: Arc<dyn Embedder>) -> Self {
        let table = table().await;
        let vault = vault(&table);
        let (bucket, files, jobs) =
            (PlayedBucket::default(), PlayedBucket::default(), PlayedQueue::default());
        let embedders = Arc::new(Embedders::of(embedder));
        let vectors = Vectors::new(table.clone(), VECTOR_INDEX, embedders.name());
        let vectors = Arc::new(TableVectors::new(vectors, embedders.dimensions()));
        let (for_segments, for_files) = (bucket.client(), files.client());
        let segments = SearchBucket::new("search", move || for_segments.clone(), vault.clone());
        let files = FileBucket::new("files", move || for_files.clone());
        let (embedders_too, vectors_too) = (Arc::clone(&embedders), Arc::clone(&vectors));
        let indexer =
            Indexer::new(&table, vault.clone(), files, segments.clone(), embedders_too, vectors_too);
        let finder = Finder::new(&table, vault.clone(), segments, 64 << 20, embedders, vectors);
        let app = App {
            finder: Arc::new(finder),
            saved: SavedSearches::new(table.clone(), vault.clone()),
            jobs: Queue::new(PlayedQueue::URL, jobs.client()),
            authenticator: authenticator(),
        };
        let (user, token) = caller(Role::User);
        let memories = Memories::new(table, vault);
        Self { router: router(app, "*"), user, token, bucket, jobs, memories, indexer }
    }

    /// Saves a memory.
    pub(crate) async fn save(&self, title: &str, text: &str, tags: &[&str]) -> MemoryId {
        self.save_at(app_runtime::now(), title, text, tags).await
    }

    /// Saves a memory that was made at this time.
    pub(crate) async fn save_at(&self, at: Timestamp, title: &str, text: &str, tags: &[&str]) -> MemoryId {
        let draft = MemoryDraft {
            title: Some(MemoryTitle::parse(title).unwrap()),
            description: Some(Description::parse(text).unwrap()),
            tags: Tags::parse(tags).unwrap(),
            ..MemoryDraft::default()
        };
        let memory = Memory::new(MemoryId::new(at), self.user, MemorySource::Web, draft, at).unwrap();
        self.memories.create(&memory).await.unwrap();
        memory.id
    }

    /// Brings the index up to date.
    pub(crate) async fn index(&self) {
        self.indexer.catch_up(self.user, usize::MAX, app_runtime::now()).await.unwrap();
    }

    pub(crate) async fn send(&self, call: Call) -> Reply {
        call.as_caller(&self.token).send(&self.router).await
    }

    /// A search, as a query string says it.
    pub(crate) async fn get(&self, query: &str) -> Reply {
        self.send(Call::get(&format!("/memories/search?{query}"))).await
    }

    /// A search, as a body says it.
    pub(crate) async fn post(&self, body: &Value) -> Reply {
        self.send(Call::post("/memories/search", body)).await
    }

    /// A search that must succeed.
    pub(crate) async fn page(&self, query: &str) -> Value {
        let reply = self.get(query).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.text);
        reply.json()
    }

    /// The titles of the memories that a search finds.
    pub(crate) async fn titles(&self, query: &str) -> Vec<String> {
        let page = self.page(query).await;
        let results = page["results"].as_array().unwrap().iter();
        results.map(|result| result["memory"]["title"].as_str().unwrap().to_owned()).collect()
    }

    /// Asks to keep a search.
    pub(crate) async fn keep(&self, name: &str, search: &Value) -> Reply {
        self.send(Call::post("/saved-searches", &json!({"name": name, "search": search}))).await
    }

    /// A search that is kept.
    pub(crate) async fn kept(&self, name: &str, search: &Value) -> Value {
        let reply = self.keep(name, search).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        reply.json()["savedSearch"].clone()
    }

    pub(crate) async fn patch(&self, kept: &Value, change: &Value) -> Reply {
        self.send(Call::new(Method::PATCH, &path(kept)).json(change)).await
    }
}

/// Where a saved search is.
pub(crate) fn path(kept: &Value) -> String {
    format!("/saved-searches/{}", kept["id"].as_str().unwrap())
}

/// The status and the fields that were named.
pub(crate) fn refusal(reply: &Reply) -> (u16, Vec<String>) {
    (reply.status.as_u16(), reply.wrong_fields())
}

pub(crate) fn wrong(fields: &[&str]) -> (u16, Vec<String>) {
    (422, fields.iter().map(|&field| field.to_owned()).collect())
}
