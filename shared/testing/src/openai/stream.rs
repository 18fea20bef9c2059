//! An answer on its way: events, bytes, pieces of bytes.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};

use super::Site;
use super::chat::Request;
use super::script::Script;
use super::step::{Cost, Step};

/// What happens on the wire.
enum Piece {
    Bytes(Vec<u8>),
    Wait(Duration),
    Stall,
    Cut,
}

/// An answer that is being sent. Counts a client that does not stay to its end.
struct Sending {
    pieces: VecDeque<Piece>,
    has_ended: bool,
    site: Arc<Site>,
}

impl Drop for Sending {
    fn drop(&mut self) {
        if !self.has_ended {
            self.site.disconnects.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// The answer, event by event.
pub(super) fn streamed(script: &Script, request: &Request, site: Arc<Site>) -> Response {
    let sending = Sending { pieces: pieces(script, request), has_ended: false, site };
    let body = stream::unfold(sending, async |mut sending| {
        loop {
            // So that what was sent before is on its way.
            tokio::task::yield_now().await;
            match sending.pieces.pop_front() {
                Some(Piece::Bytes(bytes)) => {
                    sending.has_ended = sending.pieces.is_empty();
                    return Some((Ok(Bytes::from(bytes)), sending));
                }
                Some(Piece::Wait(pause)) => tokio::time::sleep(pause).await,
                Some(Piece::Stall) => std::future::pending().await,
                Some(Piece::Cut) => {
                    sending.has_ended = true;
                    sending.pieces.clear();
                    return Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), sending));
                }
                None => return None,
            }
        }
    });
    let kind = [(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")];
    (kind, Body::from_stream(body)).into_response()
}

/// What an answer cost, if it says so.
pub(super) fn usage(script: &Script, request: &Request) -> Option<Value> {
    let [prompt, completion] = match script.usage {
        Cost::Untold => return None,
        Cost::Told { prompt_tokens, completion_tokens } => {
            [prompt_tokens as usize, completion_tokens as usize]
        }
        Cost::Counted => [request.prompt_tokens, request.tokens(&script.words())],
    };
    Some(json!({
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": { "cached_tokens": 0, "audio_tokens": 0 },
        "completion_tokens_details": { "reasoning_tokens": 0, "audio_tokens": 0 },
    }))
}

fn pieces(script: &Script, request: &Request) -> VecDeque<Piece> {
    let manner = &script.wire;
    let event = |data: &str| {
        let end = manner.line_end;
        let comment = if manner.has_comments { format!(": keep-alive{end}{end}") } else { String::new() };
        Piece::Bytes(format!("{comment}data: {data}{end}{end}").into_bytes())
    };
    let chunk = |delta: Value, finish: Option<&str>, usage: Option<Value>| {
        let choice = json!({ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish });
        event(&enveloped(json!([choice]), usage, request).to_string())
    };
    let mut pieces = vec![chunk(json!({ "role": "assistant", "content": "", "refusal": null }), None, None)];
    for step in &script.steps {
        pieces.push(match step {
            Step::Text(text) => chunk(json!({ "content": text }), None, None),
            Step::Refusal(text) => chunk(json!({ "refusal": text }), None, None),
            Step::Calls(calls) => chunk(json!({ "tool_calls": calls }), None, None),
            Step::Event(data) => event(data),
            Step::Wait(pause) => Piece::Wait(*pause),
            Step::Stall => Piece::Stall,
            Step::Cut => Piece::Cut,
        });
    }
    let mut usage = usage(script, request).filter(|_| request.includes_usage);
    if let Some(reason) = script.finish {
        let beside = usage.take_if(|_| script.is_usage_with_finish);
        pieces.push(chunk(json!({}), Some(reason), beside));
    }
    if let Some(usage) = usage {
        pieces.push(event(&enveloped(json!([]), Some(usage), request).to_string()));
    }
    if script.is_done_said {
        pieces.push(event("[DONE]"));
    }
    let mut pieces = cut(pieces, &manner.cuts);
    if let Some(bytes) = manner.bytes {
        break_off(&mut pieces, bytes);
    }
    if let Some(pause) = manner.wait {
        pieces.push_front(Piece::Wait(pause));
    }
    pieces
}

/// Closes the connection after so many bytes.
fn break_off(pieces: &mut VecDeque<Piece>, bytes: usize) {
    let mut left = bytes;
    for at in 0..pieces.len() {
        let Piece::Bytes(piece) = &mut pieces[at] else { continue };
        if piece.len() > left {
            piece.truncate(left);
            pieces.truncate(at + 1);
            pieces.push_back(Piece::Cut);
            return;
        }
        left -= piece.len();
    }
}

fn enveloped(choices: Value, usage: Option<Value>, request: &Request) -> Value {
    json!({
        "id": "chatcmpl-t1",
        "object": "chat.completion.chunk",
        "created": 1_795_000_000,
        "model": request.model,
        "service_tier": "default",
        "choices": choices,
        "usage": usage,
        "obfuscation": "Xk3jd0",
    })
}

/// The same bytes in pieces of these lengths, over and over.
fn cut(pieces: Vec<Piece>, lengths: &[usize]) -> VecDeque<Piece> {
    if lengths.is_empty() {
        return pieces.into();
    }
    let mut lengths = lengths.iter().copied().cycle();
    let mut left = 0;
    let mut cut: VecDeque<Piece> = VecDeque::new();
    for piece in pieces {
        let Piece::Bytes(bytes) = piece else {
            cut.push_back(piece);
            left = 0;
            continue;
        };
        for byte in bytes {
            match cut.back_mut() {
                Some(Piece::Bytes(last)) if left > 0 => last.push(byte),
                _ => {
                    cut.push_back(Piece::Bytes(vec![byte]));
                    left = lengths.next().unwrap_or(1);
                }
            }
            left -= 1;
        }
    }
    cut
}
