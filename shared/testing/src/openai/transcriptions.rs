//! `POST /v1/audio/transcriptions`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::access::{marked, may_ask};
use super::chat_rules::invalid;
use super::fault::{Fault, truncated};
use super::multipart::{Field, fields};
use super::refusal::Refusal;
use super::rules::Rules;
use super::{Seen, Site};

const FIELDS: &[&str] = &[
    "file",
    "model",
    "language",
    "prompt",
    "response_format",
    "temperature",
    "timestamp_granularities[]",
    "include[]",
    "chunking_strategy",
];
/// By the ending of its name the vendor knows what a file is.
const ENDINGS: &[&str] = &["flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm"];
/// The one model that describes each sentence.
const WHISPER: &str = "whisper-1";

/// A request that is taken.
struct Request {
    model: String,
    is_verbose: bool,
    bytes: usize,
}

pub(super) async fn answer(
    State(site): State<Arc<Site>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = fields(&headers, &body);
    let (rules, fault) = {
        let mut state = site.state();
        let body = form.as_deref().map(described).unwrap_or_default();
        state.seen.push(Seen { path: "audio/transcriptions", query, body });
        (state.rules.clone(), state.faults.pop_front())
    };
    let request = match may_ask(&headers, &rules).and_then(|()| read(form.as_deref(), &rules)) {
        Ok(request) => request,
        Err(refusal) if rules.explains => return marked(refusal.into_response()),
        Err(refusal) => return marked(refusal.unexplained().into_response()),
    };
    let fault = match fault {
        None => None,
        Some(fault) => match fault.instead().await {
            Ok(response) => return marked(response),
            Err(rest) => Some(rest),
        },
    };
    let heard = site.state().heard.pop_front();
    let answer = right(&request, &heard.unwrap_or_else(|| format!("I hear {} bytes.", request.bytes)));
    marked(match fault {
        Some(Fault::Truncated) => truncated(&answer),
        _ => axum::Json(answer).into_response(),
    })
}

fn right(request: &Request, text: &str) -> Value {
    let seconds = request.bytes.div_ceil(16_000);
    if request.model != WHISPER {
        let (input, output) = (seconds * 10, text.len().div_ceil(4));
        let details = json!({ "text_tokens": 0, "audio_tokens": input });
        let usage = json!({ "type": "tokens", "input_tokens": input, "input_token_details": details,
            "output_tokens": output, "total_tokens": input + output });
        return json!({ "text": text, "usage": usage });
    }
    let usage = json!({ "type": "duration", "seconds": seconds });
    if request.is_verbose {
        let duration = request.bytes as f64 / 16_000.0;
        return json!({ "task": "transcribe", "language": "english", "duration": duration, "text": text, "usage": usage });
    }
    json!({ "text": text, "usage": usage })
}

/// A form as tests see it: of a file its name, type and length.
fn described(fields: &[Field]) -> Value {
    let values = fields.iter().map(|field| {
        let value = match &field.file_name {
            Some(name) => json!({ "name": name, "type": field.content_type, "bytes": field.value.len() }),
            None => json!(String::from_utf8_lossy(&field.value)),
        };
        (field.name.clone(), value)
    });
    Value::Object(values.collect::<Map<_, _>>())
}

fn read(form: Option<&[Field]>, rules: &Rules) -> Result<Request, Refusal> {
    let Some(form) = form else {
        return Err(Refusal::invalid(None, None, "Could not parse multipart form"));
    };
    if let Some(unknown) = form.iter().find(|field| !FIELDS.contains(&field.name.as_str())) {
        return Err(Refusal::unknown_field(&unknown.name));
    }
    let field = |name: &str| form.iter().find(|field| field.name == name);
    let text = |name: &str| field(name).map(|field| String::from_utf8_lossy(&field.value).into_owned());
    let model = text("model").ok_or_else(|| invalid("model", "you must provide a model parameter"))?;
    if !rules.transcription_models.contains(&model.as_str()) {
        return Err(Refusal::unknown_model(&model));
    }
    let file = field("file").ok_or_else(|| invalid("file", "missing"))?;
    let ending = file.file_name.as_deref().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    if file.value.is_empty() || !ending.is_some_and(|ending| ENDINGS.contains(&ending)) {
        return Err(invalid("file", "unrecognized file format"));
    }
    if file.value.len() > rules.max_audio_bytes {
        let message = format!("Maximum content size limit ({}) exceeded", rules.max_audio_bytes);
        return Err(Refusal::new(413, "server_error", None, None, message));
    }
    let is_code = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if text("language").is_some_and(|language| !is_code(&language)) {
        return Err(invalid("language", "expected an ISO-639-1 code"));
    }
    let is_verbose = match text("response_format").as_deref() {
        None | Some("json") => false,
        Some("verbose_json") if model == WHISPER => true,
        Some(_) => return Err(invalid("response_format", "not compatible with the model")),
    };
    Ok(Request { is_verbose, bytes: file.value.len(), model })
}
