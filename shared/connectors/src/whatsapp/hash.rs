//! Hashes that stand for what must not be seen or what would not fit.

use app_domain::{BusinessUserId, LinkCode, PhoneNumber, Sender, TokenHash};
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

/// Stands for a person in WhatsApp: their phone, however it is written, or their id if they hide it.
pub fn sender_hash(sender: &Sender) -> Option<String> {
    let phone = sender.phone.as_ref().map(|phone| sha256_hex(phone.canonical().digits().as_bytes()));
    phone.or_else(|| sender.user_id.as_ref().map(|id| sha256_hex(id.as_str().as_bytes())))
}

/// A sender as Meta names them; what cannot be read is as good as absent.
pub(super) fn sender(phone: Option<&str>, user_id: Option<&str>) -> Sender {
    let digits = phone.map(|phone| phone.strip_prefix('+').unwrap_or(phone));
    Sender {
        phone: digits.and_then(PhoneNumber::from_digits),
        user_id: user_id.and_then(BusinessUserId::parse),
    }
}
