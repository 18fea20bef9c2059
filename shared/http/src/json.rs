//! JSON bodies, parsed into domain types before the handler runs.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::service::MAX_BODY_BYTES;
use crate::{ApiError, FieldError, FieldErrors};

/// A request type that can be turned into what the handler works with.
pub trait Parse {
    /// The same in domain types.
    type Parsed;

    /// Checks every rule.
    ///
    /// # Errors
    /// All the rules that are broken, by field.
    fn parse(self) -> Result<Self::Parsed, FieldErrors>;
}

/// A JSON body of type `T`, after [`Parse::parse`].
///
/// Rejects a body that is not declared as JSON (415), too large (413), not JSON (400), or whose fields are of a wrong type
/// or break a rule (422, each field named).
#[derive(Debug)]
pub struct ValidJson<T: Parse>(pub T::Parsed);

impl<S: Send + Sync, T: DeserializeOwned + Parse> FromRequest<S> for ValidJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::unsupported_media_type());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        let wire: T = from_json(&bytes)?;
        Ok(Self(wire.parse()?))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// A body that could not be received.
pub(crate) fn unreadable(rejection: BytesRejection) -> ApiError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(MAX_BODY_BYTES),
        _ => ApiError::malformed("UnreadableBody", "The body could not be read."),
    }
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let wire = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        match error.inner().classify() {
            Category::Data => wrong_type(path, error.inner().to_string()),
            Category::Syntax | Category::Eof | Category::Io => malformed(error.inner()),
        }
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(wire)
}

fn malformed(error: &serde_json::Error) -> ApiError {
    let place = format!("The body is not JSON: line {}, column {}.", error.line(), error.column());
    ApiError::malformed("MalformedJson", place)
}

/// Serde names the path to a value of a wrong type, and the name alone of a field that is missing.
pub(crate) fn wrong_type(path: String, message: String) -> ApiError {
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    let error = match (missing, path.as_str()) {
        (Some(name), ".") => FieldError { field: name.to_owned(), message: "is required".to_owned() },
        (Some(name), parent) => {
            FieldError { field: format!("{parent}.{name}"), message: "is required".to_owned() }
        }
        (None, _) => FieldError { field: path, message },
    };
    ApiError::invalid(vec![error])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Body {
        #[expect(dead_code, reason = "only its type matters")]
        name: String,
    }

    fn refusal(json: &str) -> serde_json::Value {
        serde_json::to_value(from_json::<Body>(json.as_bytes()).unwrap_err().body("r")).unwrap()["error"]
            .clone()
    }

    #[test]
    fn broken_json_is_malformed_at_a_place() {
        assert_eq!(refusal("{\"name\": ")["code"], 400);
        assert_eq!(refusal("")["message"], "The body is not JSON: line 1, column 0.");
        assert_eq!(refusal("{\"name\":\"a\"} trailing")["code"], 400);
    }

    #[test]
    fn a_wrong_type_and_a_missing_field_are_named() {
        assert_eq!(refusal("{\"name\": 5}")["details"][0]["field"], "name");
        let missing = refusal("{}");
        assert_eq!(missing["code"], 422);
        assert_eq!(missing["details"][0], serde_json::json!({"field": "name", "message": "is required"}));
    }

    #[test]
    fn only_json_content_types_are_read() {
        let with = |value: &'static str| {
            is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, header::HeaderValue::from_static(value))]))
        };
        assert!(with("application/json; charset=utf-8") && with("application/merge-patch+json"));
        assert!(!with("text/plain") && !with("multipart/form-data") && !is_json(&HeaderMap::new()));
    }
}
