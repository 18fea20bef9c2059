//! The format of age (age-encryption.org/v1), as far as backups have it: encrypted to one key, so that sizes are known before, and read and written
//! at any place, so that a large file can be gone on with in another process. The crate `age` writes from beginning to end and makes a key of its
//! own each time; what wraps that key is still its own code, and tests compare both ways with it and with the program of that name.

use age::x25519;
use age_core::format::{FileKey, Stanza};
use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac;
use data_encoding::BASE64_NOPAD;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::Identity;
use crate::seal::SealError;

/// The bytes before the first chunk.
pub(crate) const HEAD_BYTES: u64 = 184;
/// The bytes of a chunk in the clear; the last has fewer.
pub(crate) const CHUNK_BYTES: u64 = 64 << 10;
/// What encryption adds to each.
pub(crate) const TAG_BYTES: u64 = 16;

const VERSION: &str = "age-encryption.org/v1\n";
const STANZA: &str = "-> X25519 ";
const MAC: &str = "--- ";
const NONCE_BYTES: usize = 16;
const KEY_BYTES: usize = 32;

/// The key of the chunks of one file.
pub(crate) type PayloadKey = Zeroizing<[u8; KEY_BYTES]>;

/// How large something becomes.
pub(crate) fn sealed_size(plain: u64) -> u64 {
    // Nothing is one chunk, which is empty.
    let chunks = plain.div_ceil(CHUNK_BYTES).max(1);
    HEAD_BYTES.saturating_add(plain).saturating_add(chunks.saturating_mul(TAG_BYTES))
}

/// A new key, encrypted to a recipient.
pub(crate) fn write(recipient: &x25519::Recipient) -> Result<(Vec<u8>, PayloadKey), SealError> {
    let mut random = Zeroizing::new([0; NONCE_BYTES]);
    aws_lc_rs::rand::fill(random.as_mut()).map_err(|Unspecified| SealError)?;
    let key = FileKey::new(Box::new(*random));
    let (stanzas, _) = age::Recipient::wrap_file_key(recipient, &key).map_err(|_| SealError)?;
    let [Stanza { args, body, .. }] = stanzas.as_slice() else { return Err(SealError) };
    let share = args.first().map(String::as_str).unwrap_or_default();
    let mut head = format!("{VERSION}{STANZA}{share}\n{}\n", BASE64_NOPAD.encode(body)).into_bytes();
    head.extend_from_slice(MAC.trim_end().as_bytes());
    let mac = hmac::sign(&mac_key(&key).map_err(|Unspecified| SealError)?, &head);
    head.extend_from_slice(format!(" {}\n", BASE64_NOPAD.encode(mac.as_ref())).as_bytes());
    let mut nonce = [0; NONCE_BYTES];
    aws_lc_rs::rand::fill(&mut nonce).map_err(|Unspecified| SealError)?;
    head.extend_from_slice(&nonce);
    let payload = payload_key(&key, &nonce).map_err(|Unspecified| SealError)?;
    if head.len() as u64 == HEAD_BYTES { Ok((head, payload)) } else { Err(SealError) }
}

/// The key of a file, which begins with `head`. `None` if it is encrypted to somebody else, or is none of these.
pub(crate) fn read(head: &[u8], identity: &Identity) -> Option<PayloadKey> {
    let head = head.get(..usize::try_from(HEAD_BYTES).ok()?)?;
    let (text, nonce) = head.split_at_checked(head.len() - NONCE_BYTES)?;
    let text = str::from_utf8(text).ok()?;
    let (share, rest) = text.strip_prefix(VERSION)?.strip_prefix(STANZA)?.split_once('\n')?;
    let (body, rest) = rest.split_once('\n')?;
    let mac = rest.strip_prefix(MAC)?.strip_suffix('\n')?;
    let body = BASE64_NOPAD.decode(body.as_bytes()).ok()?;
    let stanza = Stanza { tag: "X25519".to_owned(), args: vec![share.to_owned()], body };
    let key = identity.file_key(&stanza)?;
    // All before the space in front of it.
    let signed = text.len() - mac.len() - 2;
    let mac = BASE64_NOPAD.decode(mac.as_bytes()).ok()?;
    hmac::verify(&mac_key(&key).ok()?, text.get(..signed)?.as_bytes(), &mac).ok()?;
    payload_key(&key, nonce).ok()
}

/// Encrypts a chunk behind what is in `out`.
pub(crate) fn seal_chunk(
    key: &PayloadKey,
    index: u64,
    is_last: bool,
    plain: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), SealError> {
    let from = out.len();
    out.extend_from_slice(plain);
    let (key, nonce) = (chunk_key(key).map_err(|Unspecified| SealError)?, nonce(index, is_last));
    let chunk = out.get_mut(from..).unwrap_or_default();
    let tag = key.seal_in_place_separate_tag(nonce, Aad::empty(), chunk).map_err(|Unspecified| SealError)?;
    out.extend_from_slice(tag.as_ref());
    Ok(())
}

/// Decrypts a chunk behind what is in `out`. Whether it is what was encrypted.
pub(crate) fn open_chunk(
    key: &PayloadKey,
    index: u64,
    is_last: bool,
    sealed: &[u8],
    out: &mut Vec<u8>,
) -> bool {
    let from = out.len();
    out.extend_from_slice(sealed);
    let Ok(key) = chunk_key(key) else { return false };
    let chunk = out.get_mut(from..).unwrap_or_default();
    let opened = key.open_in_place(nonce(index, is_last), Aad::empty(), chunk);
    let length = opened.map(|plain| plain.len());
    out.truncate(from + length.unwrap_or(0));
    length.is_ok()
}

fn chunk_key(key: &PayloadKey) -> Result<LessSafeKey, Unspecified> {
    UnboundKey::new(&CHACHA20_POLY1305, key.as_ref()).map(LessSafeKey::new)
}

/// Eleven bytes that count, and one that says whether it is the last.
fn nonce(index: u64, is_last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&index.to_be_bytes());
    nonce[11] = u8::from(is_last);
    Nonce::assume_unique_for_key(nonce)
}

fn mac_key(key: &FileKey) -> Result<hmac::Key, Unspecified> {
    Ok(hmac::Key::new(hmac::HMAC_SHA256, derived(key, &[], b"header")?.as_ref()))
}

fn payload_key(key: &FileKey, nonce: &[u8]) -> Result<PayloadKey, Unspecified> {
    derived(key, nonce, b"payload")
}

fn derived(key: &FileKey, salt: &[u8], label: &[u8]) -> Result<PayloadKey, Unspecified> {
    let mut derived = Zeroizing::new([0; KEY_BYTES]);
    let secret = Salt::new(HKDF_SHA256, salt).extract(key.expose_secret());
    secret.expand(&[label], HKDF_SHA256)?.fill(derived.as_mut())?;
    Ok(derived)
}
