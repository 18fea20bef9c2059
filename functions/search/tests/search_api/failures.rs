//! Searches while something is down, lost or damaged.

use std::sync::Arc;

use app_ai::{Embedder, Embedding, ModelError, Purpose};
use serde_json::json;

use crate::stage::Stage;

/// A model that does not answer.
struct Nobody;

#[async_trait::async_trait]
impl Embedder for Nobody {
    fn name(&self) -> &str {
        "nobody/256"
    }

    fn dimensions(&self) -> usize {
        256
    }

    async fn embed(&self, texts: &[String], _: Purpose) -> Vec<Embedding> {
        texts.iter().map(|_| Err(ModelError::Throttled)).collect()
    }
}

#[tokio::test]
async fn without_the_model_words_are_found_and_it_is_said() {
    let stage = Stage::asking(Arc::new(Nobody)).await;
    let heron = stage.save("Heron", "by the pond", &[]).await;
    for mode in ["hybrid", "semantic"] {
        let page = stage.page(&format!("q=heron&mode={mode}")).await;
        assert_eq!(
            (&page["degraded"], &page["results"][0]["memory"]["title"]),
            (&json!(true), &json!("Heron"))
        );
    }
    let by_words = stage.page("q=heron&mode=text").await;
    assert_eq!(by_words["degraded"], false, "nobody asked for the model");
    let like = stage.get(&format!("similarTo={heron}")).await;
    assert_eq!(like.status, 503, "there is nothing else to look for");
}

#[tokio::test]
async fn a_damaged_index_is_made_again_once() {
    let stage = Stage::new().await;
    stage.save("Heron", "by the pond", &[]).await;
    stage.index().await;
    let segments = stage.bucket.keys();
    segments.iter().for_each(|key| stage.bucket.put(key, b"rust".to_vec()));
    stage.save("Another heron", "at noon", &[]).await;

    assert_eq!(stage.page("q=heron&mode=text").await["degraded"], true);
    assert_eq!(stage.titles("q=heron&mode=text").await, ["Another heron"], "what changed since is found");
    let jobs = stage.jobs.take();
    let owner = stage.user.to_string();
    assert_eq!(
        jobs.iter().map(|job| (&job["job"], &job["owner"])).collect::<Vec<_>>(),
        [(&json!("rebuild"), &json!(owner))],
        "once, although two have searched"
    );
}

#[tokio::test]
async fn a_search_has_its_answer_although_the_queue_is_down() {
    let stage = Stage::new().await;
    stage.save("Heron", "by the pond", &[]).await;
    stage.index().await;
    stage.bucket.keys().iter().for_each(|key| stage.bucket.remove(key));
    stage.jobs.refuse(true);
    assert_eq!(stage.page("q=heron&mode=text").await["degraded"], true);
    stage.jobs.refuse(false);
    stage.page("q=heron&mode=text").await;
    assert_eq!(stage.jobs.take().len(), 1, "the next search has it made again");
}
