//! Sealing and opening.

use app_store::{StoredKey, WrappedKey};
use app_vault::{MAX_PLAIN_BYTES, Sealed, VaultError};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::{PLAIN, RECORD, World, failure, opened, person};

#[tokio::test]
async fn what_one_environment_seals_another_opens() {
    let world = World::new().await;
    let ada = person();
    let sealed = world.vault().seal(ada, RECORD, PLAIN).await.unwrap();
    assert!(sealed.as_str().starts_with("v1.1."));
    let stored = Sealed::parse(sealed.as_str()).unwrap();
    assert_eq!(opened(&world.vault(), ada, &stored).await, PLAIN);
}

#[tokio::test]
async fn fields_of_every_size_come_back() {
    let world = World::new().await;
    let (vault, ada) = (world.vault(), person());
    let near_powers = (0..=20).flat_map(|power| [(1_usize << power) - 1, 1 << power]);
    for size in near_powers.chain([(1 << 20) - 17, 3, 5, 17, 33, 1000, 65_521, 700_001]) {
        let plain: Vec<u8> = (0..size).map(|place| (place * 31 + size) as u8).collect();
        let sealed = vault.seal(ada, RECORD, &plain).await.unwrap();
        assert_eq!(opened(&vault, ada, &sealed).await, plain, "{size} bytes");
    }
}

#[tokio::test]
async fn refuses_a_field_that_is_too_large() {
    let world = World::new().await;
    let (vault, ada) = (world.vault(), person());
    let plain = vec![7; MAX_PLAIN_BYTES + 1];
    assert!(matches!(failure(vault.seal(ada, RECORD, &plain).await), VaultError::TooLarge));
    let sealed = vault.seal(ada, RECORD, &plain[1..]).await.unwrap();
    let sealed = Sealed::parse(sealed.into_text()).unwrap();
    assert!(opened(&vault, ada, &sealed).await == plain[1..], "the largest field comes back");
}

#[tokio::test]
async fn a_field_opens_for_its_owner_and_record_only() {
    let world = World::new().await;
    let (vault, ada, eve) = (world.vault(), person(), person());
    let sealed = vault.seal(ada, RECORD, PLAIN).await.unwrap();
    // Eve has no key at first, then one of the same generation.
    assert!(matches!(failure(vault.open(eve, RECORD, &sealed).await), VaultError::Unreadable));
    vault.seal(eve, RECORD, PLAIN).await.unwrap();
    assert!(matches!(failure(vault.open(eve, RECORD, &sealed).await), VaultError::Unreadable));
    let other_record = vault.open(ada, "IDENTITY#github/refreshToken", &sealed).await;
    assert!(matches!(failure(other_record), VaultError::Unreadable));
}

#[tokio::test]
async fn a_changed_field_does_not_open() {
    let world = World::new().await;
    let (vault, ada) = (world.vault(), person());
    let sealed = vault.seal(ada, RECORD, PLAIN).await.unwrap();
    vault.rotate(ada).await.unwrap();
    let payload = sealed.as_str().strip_prefix("v1.1.").unwrap();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
    let encoded = |bytes: &[u8]| format!("v1.1.{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));

    let flipped = (0..bytes.len() * 8).map(|bit| {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        encoded(&bytes)
    });
    let truncated = (0..bytes.len()).map(|length| encoded(&bytes[..length]));
    let other_generations = [2, 3, u32::MAX].map(|generation| format!("v1.{generation}.{payload}"));
    let extended = encoded(&[bytes.as_slice(), b"\0"].concat());
    for text in flipped.chain(truncated).chain(other_generations).chain([extended]) {
        let changed = match Sealed::parse(text.as_str()) {
            Ok(sealed) => vault.open(ada, RECORD, &sealed).await.map(drop),
            Err(error) => Err(error),
        };
        assert!(matches!(changed, Err(VaultError::Unreadable)), "{text}: {changed:?}");
    }
    assert_eq!(opened(&vault, ada, &sealed).await, PLAIN);
}

#[tokio::test]
async fn nothing_private_shows_in_debug() {
    let world = World::new().await;
    let (vault, ada) = (world.vault(), person());
    let sealed = vault.seal(ada, RECORD, PLAIN).await.unwrap();
    let wrapped = world.keys().newest(ada).await.unwrap();
    world.kms.refuse_with(Some("AccessDeniedException"));
    let denied = failure(world.vault().open(ada, RECORD, &sealed).await);
    world.kms.refuse_with(Some(""));
    let garbled = failure(world.vault().open(ada, RECORD, &sealed).await);
    let shown = format!("{sealed:?} {wrapped:?} {denied:?} {denied} {garbled:?} {garbled}");
    let payload = sealed.as_str().rsplit('.').next().unwrap();
    let StoredKey::Wrapped(WrappedKey { wrapped, .. }) = wrapped else { panic!("no key") };
    for private in [payload, &wrapped, app_testing::KEY_ID, "no object", &ada.to_string(), "refresh"] {
        assert!(!shown.contains(private), "{private} in {shown}");
    }
    assert!(world.kms.plain_keys().iter().all(|key| !shown.contains(&format!("{key:?}"))));
}
