//! Talking with Memo: one question and its answer, at once or as it is made.

mod answer;
mod body;
pub(crate) mod buffered;
pub(crate) mod stream;

pub(crate) use answer::{ActionBody, CitationBody, failure_error, no_answer};

use app_domain::{MemorySource, Permission};
use app_http::{Caller, Requires};
use app_memo::Asker;

/// Who asks, with what they may do in this call.
pub(crate) fn asker<P: Requires>(caller: &Caller<P>) -> Asker {
    let source = if caller.api_key_id.is_some() { MemorySource::Api } else { MemorySource::Web };
    let permissions: Vec<Permission> = caller.permissions().to_vec();
    Asker { user: caller.user_id, tier: caller.tier, permissions, source }
}
