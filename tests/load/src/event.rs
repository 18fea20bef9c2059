//! A request as API Gateway tells a function of it, and a function's answer as a response.

use std::collections::BTreeMap;

use anyhow::Context;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Below which path the API is, in its own words.
const STAGE: &str = "api";

/// A request, as far as an event has it.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a Method,
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    /// The route that it fits, such as `/memories/{id}`.
    pub(crate) route: &'a str,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) body: &'a [u8],
}

impl Request<'_> {
    /// The event, in the format of REST APIs.
    pub(crate) fn event(&self) -> Value {
        let mut headers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (name, value) in self.headers {
            headers
                .entry(name.as_str())
                .or_default()
                .push(String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
        let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes()) {
            query.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        let text = std::str::from_utf8(self.body);
        let (method, path, id) = (self.method.as_str(), self.uri.path(), Uuid::new_v4().to_string());
        json!({
            "resource": self.route,
            "path": path,
            "httpMethod": method,
            "headers": last(&headers),
            "multiValueHeaders": headers,
            "queryStringParameters": last(&query),
            "multiValueQueryStringParameters": query,
            "pathParameters": self.parameters,
            "stageVariables": null,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "load",
                "httpMethod": method,
                "identity": {"sourceIp": "127.0.0.1", "userAgent": last(&headers).get("user-agent")},
                "path": format!("/{STAGE}{path}"),
                "protocol": "HTTP/1.1",
                "requestId": id,
                "resourceId": "load",
                "resourcePath": self.route,
                "stage": STAGE,
            },
            "body": text.map_or_else(|_| STANDARD.encode(self.body), str::to_owned),
            "isBase64Encoded": text.is_err(),
        })
    }
}

/// Of each name its last value, as API Gateway has it where there is place for one.
fn last<K: Ord + Clone>(all: &BTreeMap<K, Vec<String>>) -> BTreeMap<K, String> {
    all.iter().filter_map(|(name, values)| Some((name.clone(), values.last()?.clone()))).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    multi_value_headers: BTreeMap<String, Vec<String>>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// The response in what a function answered.
///
/// # Errors
/// If it answered with anything else.
pub(crate) fn response(answer: &Bytes) -> anyhow::Result<Response<Body>> {
    let answer: Answer = serde_json::from_slice(answer).context("the answer is no response")?;
    let body = answer.body.unwrap_or_default();
    let body = if answer.is_base64_encoded { STANDARD.decode(body)? } else { body.into_bytes() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(answer.status_code)?;
    for (name, value) in &answer.headers {
        response.headers_mut().insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    for (name, values) in &answer.multi_value_headers {
        let name = HeaderName::try_from(name)?;
        response.headers_mut().remove(&name);
        for value in values {
            response.headers_mut().append(&name, HeaderValue::try_from(value)?);
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_what_was_sent() {
        let headers =
            HeaderMap::from_iter([(HeaderName::from_static("x-api-key"), HeaderValue::from_static("k"))]);
        let request = Request {
            method: &Method::PATCH,
            uri: &Uri::from_static("/memories/7?tags=a&tags=b%20c"),
            headers: &headers,
            route: "/memories/{id}",
            parameters: BTreeMap::from([("id".to_owned(), "7".to_owned())]),
            body: "{\"é\":1}".as_bytes(),
        };
        let event = request.event();
        assert_eq!(event["multiValueQueryStringParameters"], json!({"tags": ["a", "b c"]}));
        assert_eq!(event["queryStringParameters"], json!({"tags": "b c"}));
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("{\"é\":1}"), &json!(false)));
        assert_eq!((&event["path"], &event["headers"]["x-api-key"]), (&json!("/memories/7"), &json!("k")));
        let bytes = Request { body: &[0xff], ..request }.event();
        assert_eq!((&bytes["body"], &bytes["isBase64Encoded"]), (&json!("/w=="), &json!(true)));
    }

    #[test]
    fn several_headers_of_one_name_come_out_as_several() {
        let answer = json!({"statusCode": 201, "headers": {"vary": "a"}, "multiValueHeaders": {"vary": ["a", "b"]}, "body": "x"});
        let response = response(&Bytes::from(answer.to_string())).unwrap();
        assert_eq!(
            (response.status(), response.headers().get_all("vary").iter().count()),
            (StatusCode::CREATED, 2)
        );
        assert!(super::response(&Bytes::from_static(b"null")).is_err());
    }
}
