//! `GET /whatsapp_business/attachments/`: the media themselves, which lie on another host at the vendor's.

use std::sync::Arc;

use axum::extract::{Query, State as Extract};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::calls::GraphCall;
use super::fault::{Answer, Fault, page, redirect};
use super::media::MediaFault;
use super::rules::Token;
use super::state::{Site, State};

/// What the address holds.
type Named = Vec<(String, String)>;

pub(super) async fn answer(
    Extract(site): Extract<Arc<Site>>,
    Query(query): Query<Named>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let is_moved = query.iter().any(|(name, _)| name == "moved");
    let (found, fault) = {
        let mut state = site.state();
        *state.calls.entry(GraphCall::Download).or_default() += 1;
        let found = find(&state, &query, &headers);
        let faults = state.faults.get_mut(&GraphCall::Download);
        let fault = if found.is_ok() { faults.and_then(std::collections::VecDeque::pop_front) } else { None };
        (found, fault.unwrap_or(Fault::Nothing))
    };
    let (answer, own_fault) = match found {
        Ok(found) => found,
        // It tells nothing but a page.
        Err(status) => return page(status),
    };
    match own_fault {
        Some(MediaFault::Page) => return page(200),
        Some(MediaFault::Moved) if !is_moved => return redirect(&format!("{uri}&moved=1")),
        _ => {}
    }
    match fault.instead().await {
        Ok(response) => response,
        Err(fault) => fault.after(answer).await,
    }
}

/// The media and what is wrong with them, or a status.
fn find(state: &State, query: &Named, headers: &HeaderMap) -> Result<(Answer, Option<MediaFault>), u16> {
    let token = state.token(headers, Token::MESSAGING).map_err(|_| 401_u16)?;
    let hash = query.iter().find(|(name, _)| name == "hash").map(|(_, hash)| hash.as_str());
    let issued = hash.and_then(|hash| state.addresses.get(hash)).ok_or(404_u16)?;
    if issued.until <= state.now() {
        return Err(404);
    }
    let media = &state.kept(&issued.media, token).ok_or(404_u16)?.media;
    let mut bytes = media.bytes.clone();
    if media.fault == Some(MediaFault::WrongHash) {
        match bytes.first_mut() {
            Some(byte) => *byte ^= 1,
            None => bytes.push(0),
        }
    }
    Ok((Answer::bytes(&media.content_type, bytes), media.fault))
}
