//! The life of a person's keys, and who is asked for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app_store::{DataKeys, KeyAddition, StoredKey, Table, WrappedKey};
use app_testing::{aws, missing_table};
use app_vault::{Vault, VaultError};

use crate::{PLAIN, RECORD, World, failure, opened, person};
use app_testing::PlayedKms;

#[tokio::test]
async fn a_wrapped_key_is_of_no_use_to_somebody_else() {
    let world = World::new().await;
    let (ada, eve) = (person(), person());
    let sealed = world.vault().seal(ada, RECORD, PLAIN).await.unwrap();
    let StoredKey::Wrapped(key) = world.keys().newest(ada).await.unwrap() else { panic!("no key") };
    assert_eq!(world.keys().add(eve, &key).await.unwrap(), KeyAddition::Done);
    assert!(matches!(failure(world.vault().open(eve, RECORD, &sealed).await), VaultError::Unreadable));

    let garbled = WrappedKey { generation: 2, wrapped: "not base64".to_owned() };
    assert_eq!(world.keys().add(ada, &garbled).await.unwrap(), KeyAddition::Done);
    assert!(matches!(failure(world.vault().seal(ada, RECORD, PLAIN).await), VaultError::Unreadable));
}

#[tokio::test]
async fn a_new_generation_seals_and_the_old_one_still_opens() {
    let world = World::new().await;
    let (vault, ada) = (world.vault(), person());
    let old = vault.seal(ada, RECORD, PLAIN).await.unwrap();
    assert_eq!(vault.rotate(ada).await.unwrap(), 2);
    let new = vault.seal(ada, RECORD, PLAIN).await.unwrap();
    assert_eq!((old.generation(), new.generation()), (1, 2));
    for vault in [vault, world.vault()] {
        assert_eq!(opened(&vault, ada, &old).await, PLAIN);
        assert_eq!(opened(&vault, ada, &new).await, PLAIN);
    }
    assert_eq!(world.vault().rotate(person()).await.unwrap(), 1, "a person without a key gets the first");
}

#[tokio::test]
async fn first_uses_at_once_end_with_the_same_key() {
    let world = World::new().await;
    let ada = person();
    let vaults = [(); 4].map(|()| world.vault());
    let [a, b, c, d] = &vaults;
    let (a, b, c, d) = tokio::join!(
        a.seal(ada, RECORD, b"a"),
        b.seal(ada, RECORD, b"b"),
        c.seal(ada, RECORD, b"c"),
        d.seal(ada, RECORD, b"d"),
    );
    assert!(world.kms.calls().0 > 1, "more than one of them made a key");
    for (sealed, plain) in [(a, b"a"), (b, b"b"), (c, b"c"), (d, b"d")] {
        let sealed = sealed.unwrap();
        assert_eq!(sealed.generation(), 1);
        for vault in vaults.iter().chain([&world.vault()]) {
            assert_eq!(opened(vault, ada, &sealed).await, plain);
        }
    }
}

#[tokio::test]
async fn shredding_is_for_good_and_for_one_person() {
    let world = World::new().await;
    let (vault, ada, eve) = (world.vault(), person(), person());
    let of_ada = vault.seal(ada, RECORD, PLAIN).await.unwrap();
    let of_eve = vault.seal(eve, RECORD, PLAIN).await.unwrap();
    vault.rotate(ada).await.unwrap();
    assert_eq!(vault.shred(ada).await.unwrap(), 2);
    assert_eq!(vault.shred(ada).await.unwrap(), 0);
    for vault in [&vault, &world.vault()] {
        assert!(matches!(failure(vault.open(ada, RECORD, &of_ada).await), VaultError::Shredded));
        assert!(matches!(failure(vault.seal(ada, RECORD, PLAIN).await), VaultError::Shredded));
        assert!(matches!(failure(vault.rotate(ada).await), VaultError::Shredded));
        assert_eq!(opened(vault, eve, &of_eve).await, PLAIN);
    }
    let nobody = person();
    assert_eq!(vault.shred(nobody).await.unwrap(), 0);
    assert!(matches!(failure(vault.seal(nobody, RECORD, PLAIN).await), VaultError::Shredded));
}

#[tokio::test]
async fn without_kms_a_warm_environment_still_works() {
    let world = World::new().await;
    let (warm, ada) = (world.vault(), person());
    let sealed = warm.seal(ada, RECORD, PLAIN).await.unwrap();
    for code in
        ["KMSInternalException", "AccessDeniedException", "DisabledException", "ThrottlingException", ""]
    {
        world.kms.refuse_with(Some(code));
        assert_eq!(opened(&warm, ada, &sealed).await, PLAIN);
        warm.seal(ada, RECORD, PLAIN).await.unwrap();
        let cold = world.vault();
        assert!(
            matches!(failure(cold.open(ada, RECORD, &sealed).await), VaultError::Unavailable(_)),
            "{code}"
        );
        let first = failure(cold.seal(person(), RECORD, PLAIN).await);
        assert!(matches!(first, VaultError::Unavailable(_)), "{code}");
    }
    world.kms.refuse_with(None);
    assert_eq!(opened(&world.vault(), ada, &sealed).await, PLAIN);
    let stranger = Vault::new(world.keys(), world.kms.port_to("arn:aws:kms:us-east-1:0:key/another"));
    assert!(matches!(failure(stranger.open(ada, RECORD, &sealed).await), VaultError::Unavailable(_)));
}

#[tokio::test]
async fn without_the_table_it_says_so() {
    let vault = Vault::new(DataKeys::new(missing_table().await), PlayedKms::default().port());
    assert!(matches!(failure(vault.seal(person(), RECORD, PLAIN).await), VaultError::Store(_)));
    assert!(matches!(failure(vault.shred(person()).await), VaultError::Store(_)));
}

#[tokio::test]
async fn warm_calls_ask_nobody() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    // A table without items that takes every write.
    let config = aws(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        http::Response::new(r#"{"Items":[],"Count":0,"ScannedCount":0}"#.to_owned())
    });
    let kms = PlayedKms::default();
    let table = Table::new("data", move || aws_sdk_dynamodb::Client::new(&config));
    let (vault, ada) = (Vault::new(DataKeys::new(table), kms.port()), person());
    vault.seal(ada, RECORD, PLAIN).await.unwrap();
    assert_eq!((asked.load(Ordering::Relaxed), kms.calls()), (2, (1, 0)), "a query and a transaction");
    for vault in [vault.clone(), vault] {
        let sealed = vault.seal(ada, RECORD, PLAIN).await.unwrap();
        assert_eq!(opened(&vault, ada, &sealed).await, PLAIN);
    }
    assert_eq!((asked.load(Ordering::Relaxed), kms.calls()), (2, (1, 0)));
}

#[tokio::test]
async fn a_cold_environment_unwraps_each_key_once() {
    let world = World::new().await;
    let ada = person();
    let sealed = world.vault().seal(ada, RECORD, PLAIN).await.unwrap();
    let cold = world.vault();
    for _ in 0..3 {
        assert_eq!(opened(&cold, ada, &sealed).await, PLAIN);
    }
    assert_eq!(world.kms.calls(), (1, 1));
    // The key is at hand; only which generation is the newest has to be asked of the table.
    cold.seal(ada, RECORD, PLAIN).await.unwrap();
    assert_eq!(world.kms.calls(), (1, 1));
}
