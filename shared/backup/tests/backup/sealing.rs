use std::io::Read;
use std::sync::LazyLock;

use app_backup::{
    FileEntry, Identity, NewKey, OpenError, Opener, SealedHead, SealedSource, Sealer, Sum, layout, new_key,
};
use app_connectors::drives::BytesSource;
use app_domain::BackupFormat;
use proptest::prelude::*;

use crate::samples::{Held, id, owner, passphrase, small_pack, stored};

const CHUNK: usize = 64 << 10;
const SIZES: [usize; 9] = [0, 1, 15, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7, 5 * CHUNK];

static KEY: LazyLock<(NewKey, Identity)> = LazyLock::new(|| {
    let key = new_key(&passphrase()).unwrap();
    let identity = Identity::unlock(&key.key_file, &passphrase()).unwrap();
    (key, identity)
});

fn sealer() -> Sealer {
    Sealer::new(Some(&KEY.0.recipient)).unwrap()
}

fn opener() -> Opener {
    Opener::new(Some(KEY.1.clone()))
}

fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n * 31 % 251) as u8).collect()
}

fn is_sealed<T>(opened: Result<T, OpenError>) -> bool {
    matches!(opened, Err(OpenError::Sealed))
}

#[test]
fn what_is_encrypted_opens_and_has_the_size_that_was_told_before() {
    for size in SIZES {
        let sealed = sealer().seal(bytes(size)).unwrap();
        assert_eq!(sealed.len() as u64, sealer().sealed_size(size as u64), "{size}");
        assert!(opener().open(sealed, true).unwrap() == bytes(size), "{size}");
    }
}

#[test]
fn without_a_key_everything_stays_as_it_is() {
    let plain = Sealer::new(None).unwrap();
    assert_eq!((plain.seal(bytes(9)).unwrap(), plain.sealed_size(9)), (bytes(9), 9));
    assert!(plain.begin().unwrap().is_none());
    assert_eq!(Opener::default().open(bytes(9), false).unwrap(), bytes(9));
}

/// A key of the crate, and ours with it.
fn of_the_crate() -> (age::x25519::Identity, Sealer) {
    let identity = age::x25519::Identity::generate();
    let sealer = Sealer::new(Some(&identity.to_public().to_string())).unwrap();
    (identity, sealer)
}

#[test]
fn the_crate_of_age_opens_what_we_encrypt() {
    let (identity, sealer) = of_the_crate();
    for size in SIZES {
        let sealed = sealer.seal(bytes(size)).unwrap();
        assert!(age::decrypt(&identity, &sealed).unwrap() == bytes(size), "{size}");
    }
}

#[test]
fn what_was_changed_cut_or_put_in_another_order_does_not_open() {
    let sealed = sealer().seal(bytes(2 * CHUNK)).unwrap();
    let step = CHUNK + 16;
    for place in (0..184).chain([184, 184 + step - 1, 184 + step, sealed.len() - 1]) {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        assert!(is_sealed(opener().open(changed, true)), "{place}");
    }
    for end in [0, 1, 183, 184, 200, 184 + step, 184 + step + 16, sealed.len() - 1] {
        assert!(is_sealed(opener().open(sealed[..end].to_vec(), true)), "{end}");
    }
    let swapped = [&sealed[..184], &sealed[184 + step..], &sealed[184..184 + step]].concat();
    assert!(is_sealed(opener().open(swapped, true)));
    let longer = [&sealed[..], &sealed[184 + step..]].concat();
    assert!(is_sealed(opener().open(longer, true)));
}

#[test]
fn nobody_opens_it_without_the_key() {
    let (_, other) = of_the_crate();
    assert!(is_sealed(opener().open(other.seal(bytes(9)).unwrap(), true)));
    let none = Opener::default().open(sealer().seal(bytes(9)).unwrap(), true);
    assert!(matches!(none, Err(OpenError::NoKey)));
}

#[test]
fn a_text_that_is_no_public_key_is_refused() {
    let cut = &KEY.0.recipient[..60];
    for text in ["", "age1", cut, "ssh-ed25519 AAAA", &KEY.0.recipient.to_uppercase().replace("AGE1", "BGE1")]
    {
        assert!(Sealer::new(Some(text)).is_err(), "{text}");
    }
}

#[test]
fn an_encrypted_pack_comes_back() {
    let format = BackupFormat::Archive;
    let pack = small_pack(format);
    let (entry, bytes) = stored(&pack, format, &sealer());
    assert!(entry.path.ends_with(".zip.age"));
    assert_eq!(opener().pack(&entry, format, bytes).unwrap().files.len(), 2);
}

fn entry(content: &[u8], stored: &[u8]) -> FileEntry {
    let sha256 = Sum::of(stored);
    FileEntry {
        path: layout::file(owner(), sha256, "film.mp4", true),
        size: stored.len() as u64,
        sha256,
        id: id(40).parse().unwrap(),
        content: Sum::of(content),
        content_size: content.len() as u64,
    }
}

async fn whole(source: &impl BytesSource) -> Vec<u8> {
    source.read(0, source.size_bytes()).await.unwrap().to_vec()
}

#[tokio::test]
async fn a_large_file_is_the_same_bytes_in_another_process() {
    let head = sealer().begin().unwrap().unwrap();
    let kept = serde_json::to_string(&head).unwrap();
    let source = SealedSource::new(Held(bytes(3 * CHUNK + 5)), head);
    let again: SealedHead = serde_json::from_str(&kept).unwrap();
    let again = SealedSource::new(Held(bytes(3 * CHUNK + 5)), again);
    assert!(whole(&source).await == whole(&again).await);
    let mut opened = Vec::new();
    let sealed = whole(&source).await;
    opened.extend(opener().open(sealed, true).unwrap());
    assert!(opened == bytes(3 * CHUNK + 5));
}

#[tokio::test]
async fn a_large_file_has_the_size_that_was_told_before() {
    for size in SIZES {
        let source = SealedSource::new(Held(bytes(size)), sealer().begin().unwrap().unwrap());
        let sealed = whole(&source).await;
        assert_eq!(sealed.len() as u64, sealer().sealed_size(size as u64));
        let entry = entry(&bytes(size), &sealed);
        let opened = opener().file(&entry, Held(sealed)).await.unwrap();
        assert!(whole(&opened).await == bytes(size), "{size}");
    }
}

#[tokio::test]
async fn a_large_file_that_was_changed_is_noticed_where_it_is_read() {
    let source = SealedSource::new(Held(bytes(3 * CHUNK)), sealer().begin().unwrap().unwrap());
    let mut sealed = whole(&source).await;
    let entry = entry(&bytes(3 * CHUNK), &sealed);
    sealed[184 + CHUNK + 16 + 5] ^= 1;
    let opened = opener().file(&entry, Held(sealed.clone())).await.unwrap();
    assert!(opened.read(0, CHUNK as u64).await.is_ok());
    assert!(opened.read(CHUNK as u64 + 9, 1).await.is_err());
    assert!(opened.read(3 * CHUNK as u64, 1).await.is_err());
    sealed.pop();
    assert!(opener().file(&entry, Held(sealed)).await.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_part_of_a_large_file_is_that_part(size in 0_usize..300_000, from in 0.0..1.0_f64, count in 0.0..1.0_f64) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let source = SealedSource::new(Held(bytes(size)), sealer().begin().unwrap().unwrap());
        let sealed = runtime.block_on(whole(&source));
        let part = |length: usize| {
            let from = (from * length as f64) as usize;
            from..from + (count * (length - from) as f64) as usize
        };
        let range = part(sealed.len());
        let read = runtime.block_on(source.read(range.start as u64, range.len() as u64)).unwrap();
        prop_assert!(read == sealed[range]);
        let entry = entry(&bytes(size), &sealed);
        let opened = runtime.block_on(opener().file(&entry, Held(sealed))).unwrap();
        let range = part(size);
        let read = runtime.block_on(opened.read(range.start as u64, range.len() as u64)).unwrap();
        prop_assert!(read == bytes(size)[range]);
    }
}

#[test]
fn the_crate_reads_a_header_of_ours_to_the_byte() {
    let (identity, sealer) = of_the_crate();
    let sealed = sealer.seal(b"hello".to_vec()).unwrap();
    let decryptor = age::Decryptor::new(sealed.as_slice()).unwrap();
    let mut plain = String::new();
    let identities = std::iter::once(&identity as &dyn age::Identity);
    decryptor.decrypt(identities).unwrap().read_to_string(&mut plain).unwrap();
    assert_eq!(plain, "hello");
}
