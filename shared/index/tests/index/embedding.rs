//! Vectors: made once for a text, waited for while the model is down, made again when the model changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use app_ai::{BuiltIn, Embedder, Embedding, ModelError, Purpose};
use app_domain::{MemoSettings, Memory, Privacy};
use app_index::{Place, Repair, SearchMode};
use app_store::MemoPreferences;

use crate::stage::Stage;

/// The built-in model behind a line that can be cut, with a name of its own.
#[derive(Default)]
pub(crate) struct Model {
    name: &'static str,
    is_down: AtomicBool,
    asked: AtomicUsize,
}

impl Model {
    fn named(name: &'static str) -> Arc<Self> {
        Arc::new(Self { name, ..Self::default() })
    }

    fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::SeqCst);
    }

    fn take_asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl Embedder for Model {
    fn name(&self) -> &str {
        self.name
    }

    fn dimensions(&self) -> usize {
        BuiltIn::DIMENSIONS
    }

    async fn embed(&self, texts: &[String], purpose: Purpose) -> Vec<Embedding> {
        self.asked.fetch_add(texts.len(), Ordering::SeqCst);
        if self.is_down.load(Ordering::SeqCst) {
            return texts.iter().map(|_| Err(ModelError::Unavailable("cut off".to_owned()))).collect();
        }
        let mut vectors = BuiltIn.embed(texts, purpose).await;
        for (text, vector) in texts.iter().zip(&mut vectors) {
            if text.contains("unspeakable") {
                *vector = Err(ModelError::Rejected("no".to_owned()));
            }
        }
        vectors
    }
}

#[tokio::test]
async fn a_text_is_embedded_once() {
    let model = Model::named("one/256");
    let stage = Stage::with(model.clone()).await;
    let owner = stage.person();
    let id = stage.save(owner, "Pancakes", "with maple syrup").await;
    stage.index(owner).await;
    assert_eq!(model.take_asked(), 1);
    let favourite =
        |memory: Memory| Ok::<_, ()>(Memory { is_favorite: true, version: memory.version.next(), ..memory });
    stage.memories.change(owner, id, None, favourite).await.unwrap();
    assert_eq!((stage.index(owner).await.embedded, model.take_asked()), (0, 0));
}

#[tokio::test]
async fn while_the_model_is_down_words_find_and_afterwards_meaning_does() {
    let model = Model::named("one/256");
    let stage = Stage::with(model.clone()).await;
    let owner = stage.person();
    model.set_down(true);
    let id = stage.save(owner, "Pancakes", "with maple syrup").await;
    assert_eq!(stage.index(owner).await.waiting, 1);
    for mode in [SearchMode::Hybrid, SearchMode::Semantic] {
        let found = stage.find(owner, &stage.request("maple syrup", mode)).await;
        assert_eq!(found.groups.len(), 1, "{mode:?}: by its words");
        assert_eq!((found.is_degraded, found.pending_embeddings), (true, Some(1)), "{mode:?}");
    }
    assert_eq!(stage.indexer.embed_waiting(owner, stage.now()).await.unwrap().waiting, 1);

    model.set_down(false);
    let found = stage.find(owner, &stage.request("maple syrup", SearchMode::Semantic)).await;
    assert!(found.groups.is_empty() && !found.is_degraded);
    assert_eq!(found.pending_embeddings, Some(1));
    let progress = stage.indexer.embed_waiting(owner, stage.now()).await.unwrap();
    assert_eq!((progress.embedded, progress.waiting), (1, 0));
    let found = stage.find(owner, &stage.request("maple syrup", SearchMode::Semantic)).await;
    assert_eq!(found.groups[0].memory.as_ref().unwrap().id, id);
    assert_eq!((found.is_degraded, found.pending_embeddings), (false, Some(0)));
}

#[tokio::test]
async fn a_text_that_the_model_refuses_does_not_wait_and_keeps_no_other_from_its_vector() {
    let stage = Stage::with(Model::named("one/256")).await;
    let owner = stage.person();
    let refused = stage.save(owner, "The unspeakable", "name").await;
    let other = stage.save(owner, "Pancakes", "with maple syrup").await;
    let progress = stage.index(owner).await;
    assert_eq!((progress.embedded, progress.waiting), (2, 0));
    assert_eq!(stage.found(owner, "maple syrup", SearchMode::Semantic).await, [other]);
    assert_eq!(stage.by_words(owner, "unspeakable").await, [refused]);
}

#[tokio::test]
async fn another_model_makes_all_vectors_again_and_never_compares_them_with_the_old_ones() {
    let before = Stage::with(Model::named("one/256")).await;
    let owner = before.person();
    let id = before.save(owner, "Pancakes", "with maple syrup").await;
    before.say(owner, id, "and blueberries").await;
    before.index(owner).await;

    let after = before.again(Model::named("two/256"));
    let found = after.find(owner, &after.request("maple syrup", SearchMode::Semantic)).await;
    assert!(found.groups.is_empty(), "the old vectors say nothing");
    assert!(found.repair == Some(Repair::Rebuild) && found.is_degraded);
    assert_eq!(found.pending_embeddings, Some(2));
    assert!(after.finder.claim(owner, Repair::Rebuild, after.now()).await.unwrap());
    assert!(!after.finder.claim(owner, Repair::Rebuild, after.now()).await.unwrap(), "once is enough");

    let mut place = Place::Beginning;
    while let (_, Some(next)) = after.indexer.rebuild(owner, place, after.now()).await.unwrap() {
        place = next;
    }
    let found = after.find(owner, &after.request("maple syrup", SearchMode::Semantic)).await;
    assert_eq!(found.groups[0].memory.as_ref().unwrap().id, id);
    assert_eq!((found.repair, found.is_degraded, found.pending_embeddings), (None, false, Some(0)));
}

#[tokio::test]
async fn what_is_kept_from_models_of_others_is_found_by_its_words_alone() {
    let model = Model::named("one/256");
    let stage = Stage::with(model.clone()).await;
    let owner = stage.person();
    let id = stage.save(owner, "Pancakes", "with maple syrup").await;
    let internal = |memory: Memory| {
        let version = memory.version.next();
        Ok::<_, ()>(Memory { privacy: Privacy::Internal, version, ..memory })
    };
    stage.memories.change(owner, id, None, internal).await.unwrap();
    stage.say(owner, id, "the syrup is from Quebec").await;
    let shown = stage.save(owner, "Waffles", "with maple syrup").await;
    stage.index(owner).await;
    assert_eq!(model.take_asked(), 1);
    assert_eq!(stage.by_words(owner, "pancakes").await, [id]);
    assert_eq!(stage.found(owner, "maple syrup", SearchMode::Semantic).await, [shown]);
    assert_eq!(model.take_asked(), 1);

    let settings = MemoPreferences::new(stage.table.clone(), stage.vault.clone());
    let none = |settings: &mut MemoSettings| {
        settings.external_models = false;
        Ok::<_, ()>(())
    };
    settings.change(owner, none).await.unwrap();
    assert_eq!(stage.found(owner, "waffles", SearchMode::Hybrid).await, [shown]);
    stage.save(owner, "Crêpes", "with lemon").await;
    stage.index(owner).await;
    assert_eq!(model.take_asked(), 0);
}
