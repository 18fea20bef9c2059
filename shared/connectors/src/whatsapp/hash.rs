//! Hashes that stand for what must not be seen or what would not fit.

use app_domain::{LinkCode, TokenHash};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

/// What is stored instead of a link code.
pub fn code_hash(code: &LinkCode) -> TokenHash {
    TokenHash::from_hex(sha256_hex(code.shown().as_bytes()))
}
