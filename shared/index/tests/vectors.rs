//! The table's index of vectors keeps the contract of the port.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

#[path = "../../search/tests/vector_index/suite.rs"]
mod suite;

use app_index::TableVectors;
use app_store::Vectors;
use app_testing::{VECTOR_INDEX, table_of_vectors};

#[tokio::test]
async fn the_index_of_the_table_keeps_the_contract() {
    let table = table_of_vectors(i64::try_from(suite::DIMENSIONS).unwrap()).await;
    let vectors = Vectors::new(table, VECTOR_INDEX, "model/4");
    suite::keeps_the_contract(&TableVectors::new(vectors, suite::DIMENSIONS)).await;
}
