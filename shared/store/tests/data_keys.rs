//! Wrapped data keys in a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use app_domain::{Timestamp, UserId};
use app_store::{DataKeys, KeyAddition, StoredKey, WrappedKey};
use app_testing::table;

fn person() -> UserId {
    UserId::new(Timestamp::from_millis(1_795_000_000_000).unwrap())
}

fn wrapped(generation: u32) -> WrappedKey {
    WrappedKey { generation, wrapped: format!("d3JhcHBlZA{generation}") }
}

async fn add(keys: &DataKeys, owner: UserId, generation: u32) -> KeyAddition {
    keys.add(owner, &wrapped(generation)).await.unwrap()
}

#[tokio::test]
async fn the_newest_is_the_highest_generation() {
    let (keys, ada) = (DataKeys::new(table().await), person());
    assert_eq!(keys.newest(ada).await.unwrap(), StoredKey::Missing);
    for generation in [1, 2, 9, 10, u32::MAX] {
        assert_eq!(add(&keys, ada, generation).await, KeyAddition::Done);
        assert_eq!(keys.newest(ada).await.unwrap(), StoredKey::Wrapped(wrapped(generation)));
    }
    assert_eq!(keys.get(ada, 9).await.unwrap(), StoredKey::Wrapped(wrapped(9)));
    assert_eq!(keys.get(ada, 3).await.unwrap(), StoredKey::Missing);
    assert_eq!(keys.get(person(), 9).await.unwrap(), StoredKey::Missing);
}

#[tokio::test]
async fn of_two_keys_of_one_generation_the_first_stays() {
    let (keys, ada) = (DataKeys::new(table().await), person());
    assert_eq!(add(&keys, ada, 1).await, KeyAddition::Done);
    let second = WrappedKey { wrapped: "c2Vjb25k".to_owned(), ..wrapped(1) };
    assert_eq!(keys.add(ada, &second).await.unwrap(), KeyAddition::Raced);
    assert_eq!(keys.newest(ada).await.unwrap(), StoredKey::Wrapped(wrapped(1)));
}

#[tokio::test]
async fn shredding_takes_every_key_however_many() {
    let keys = DataKeys::new(table().await);
    for count in [0, 1, 99, 100, 200] {
        let owner = person();
        for generation in 1..=count {
            add(&keys, owner, generation).await;
        }
        assert_eq!(keys.shred(owner).await.unwrap(), count);
        assert_eq!(keys.newest(owner).await.unwrap(), StoredKey::Shredded);
        assert_eq!(keys.get(owner, 1).await.unwrap(), StoredKey::Shredded);
        assert_eq!(add(&keys, owner, count + 1).await, KeyAddition::Shredded);
        assert_eq!(keys.shred(owner).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn keys_that_are_added_while_shredding_do_not_survive_it() {
    let (keys, ada) = (DataKeys::new(table().await), person());
    add(&keys, ada, 1).await;
    let (one, other, late, later) =
        tokio::join!(keys.shred(ada), keys.shred(ada), add(&keys, ada, 2), add(&keys, ada, 3));
    let added = [late, later].into_iter().filter(|added| *added == KeyAddition::Done).count();
    assert_eq!(one.unwrap() + other.unwrap(), 1 + u32::try_from(added).unwrap());
    for generation in 1..=3 {
        assert_eq!(keys.get(ada, generation).await.unwrap(), StoredKey::Shredded);
    }
    assert_eq!(keys.shred(ada).await.unwrap(), 0, "nothing was left");
}
