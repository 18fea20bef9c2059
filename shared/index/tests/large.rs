//! Segments of any size are sealed and opened, and only whole.

use app_domain::{StoreError, Timestamp, UserId};
use app_store::SearchBucket;
use app_testing::{PlayedBucket, table, vault};
use uuid::Uuid;

#[tokio::test]
async fn a_segment_may_be_larger_than_what_a_vault_seals_at_once() {
    let table = table().await;
    let played = PlayedBucket::default();
    let client = played.client();
    let bucket = SearchBucket::new("search", move || client.clone(), vault(&table));
    let owner = UserId::new(Timestamp::from_millis(1_795_000_000_000).unwrap());
    for size in [0, 1, (4 << 20) - 1, 4 << 20, 20 << 20] {
        let id = Uuid::from_u128(size as u128 + 1);
        let bytes: Vec<u8> = (0..size).map(|at: usize| (at % 251) as u8).collect();
        bucket.put_segment(owner, id, &bytes).await.unwrap();
        assert!(bucket.segment(owner, id).await.unwrap().unwrap() == bytes, "{size}");
    }

    let id = Uuid::from_u128((20 << 20) + 1);
    let key = format!("{owner}/segments/{id}");
    let whole = played.get(&key).unwrap();
    let first = 4 + u32::from_be_bytes(whole[..4].try_into().unwrap()) as usize;
    let mut swapped = whole[first..2 * first].to_vec();
    swapped.extend_from_slice(&whole[..first]);
    swapped.extend_from_slice(&whole[2 * first..]);
    let spoilt =
        [&whole[first..], &whole[..first], &whole[..whole.len() - 1], &whole[..3], &[], &swapped[..]];
    for bytes in spoilt {
        played.put(&key, bytes);
        assert!(matches!(bucket.segment(owner, id).await, Err(StoreError::Corrupt(_))));
    }
    played.remove(&key);
    assert!(bucket.segment(owner, id).await.unwrap().is_none());
}
