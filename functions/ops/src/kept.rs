//! What browsers and caches may keep, and how they ask whether they still have it (RFC 9110, sections 8.8.3 and 13.1.2).

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{HeaderMap, header};

/// The beginning of the hash of `content`: changes when it does.
pub(crate) fn fingerprint(content: &str) -> String {
    data_encoding::HEXLOWER.encode(&digest(&SHA256, content.as_bytes()).as_ref()[..16])
}

/// Whether `If-None-Match` names `etag`, which is what would be sent. Caches may have made the tag a weak one.
pub(crate) fn has_it(headers: &HeaderMap, etag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = lists.flat_map(|list| list.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}
