//! What every index of vectors does.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod suite;

use app_search::vectors::ExactIndex;

#[tokio::test]
async fn the_index_in_memory_keeps_the_contract() {
    suite::keeps_the_contract(&ExactIndex::new("model", suite::DIMENSIONS).unwrap()).await;
}
