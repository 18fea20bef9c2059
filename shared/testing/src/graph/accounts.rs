//! Numbers, accounts, tokens, and where media are: all that is read by an id.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::FakeGraph;
use super::access::{bearer, of_version};
use super::calls::GraphCall;
use super::fault::Answer;
use super::refusal::Refusal;
use super::rules::{Number, Token};
use super::state::{Site, State};

type Shared = Extract<Arc<Site>>;
type Named = Query<Vec<(String, String)>>;
type Below = Path<(String, String)>;

const NUMBER_FIELDS: &[&str] = &[
    "id",
    "display_phone_number",
    "verified_name",
    "quality_rating",
    "platform_type",
    "code_verification_status",
    "is_on_biz_app",
];

/// `GET /{id}`: a number, or where media are.
pub(super) async fn object(
    Extract(site): Shared,
    Path((version, id)): Below,
    Query(query): Named,
    headers: HeaderMap,
) -> Response {
    let is_number = site.state().rules.numbers.iter().any(|number| number.id == id);
    if is_number {
        let check = |state: &State| {
            of_version(&version)?;
            let number = state.number(&id, state.token(&headers, Token::MANAGEMENT)?)?;
            told(number, only(&query, &["fields"])?.first().map_or("", |field| field.1.as_str()))
        };
        return site.answer(GraphCall::Number, check, |_, value| Ok(Answer::json(&value))).await;
    }
    let host = headers.get("host").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let check = |state: &State| {
        of_version(&version)?;
        let kept = state.kept(&id, state.token(&headers, Token::MESSAGING)?);
        let kept = kept.ok_or_else(|| Refusal::no_object(&id))?;
        match only(&query, &["phone_number_id"])?.first() {
            Some((_, number)) if *number != kept.number => {
                Err(Refusal::invalid(format!("The media {id} do not belong to the number {number}.")))
            }
            _ => Ok(()),
        }
    };
    site.answer(GraphCall::Media, check, |state, ()| Ok(Answer::json(&state.resolved(&id, host)?))).await
}

/// `GET /{account}/phone_numbers`
pub(super) async fn numbers(
    Extract(site): Shared,
    Path((version, id)): Below,
    Query(query): Named,
    headers: HeaderMap,
) -> Response {
    let check = |state: &State| {
        of_version(&version)?;
        state.of_account(&id, state.token(&headers, Token::MANAGEMENT)?)?;
        let query = only(&query, &["fields", "limit", "after"])?;
        let said = |name: &str| query.iter().find(|(said, _)| said == name).map(|(_, value)| value.as_str());
        let limit = said("limit").map_or(Ok(25), str::parse::<usize>);
        let limit = limit.map_err(|_| Refusal::invalid("limit is no number"))?.min(state.rules.page_size);
        let from = said("after").map_or(Ok(0), |cursor| cursor.trim_start_matches('c').parse::<usize>());
        let from = from.map_err(|_| Refusal::of(131_059, "Invalid cursor"))?;
        let all = state.rules.numbers.iter().filter(|number| number.account == id);
        let mut data = Vec::new();
        for number in all.clone().skip(from).take(limit) {
            data.push(told(number, said("fields").unwrap_or_default())?);
        }
        let to = from + data.len();
        let mut paging = json!({ "cursors": { "before": format!("c{from}"), "after": format!("c{to}") } });
        if to < all.count() {
            paging["next"] = json!(format!("https://graph.facebook.com/next?after=c{to}"));
        }
        Ok(json!({ "data": data, "paging": paging }))
    };
    site.answer(GraphCall::Numbers, check, |_, value| Ok(Answer::json(&value))).await
}

/// `GET /{account}/subscribed_apps`
pub(super) async fn subscriptions(site: Shared, path: Below, headers: HeaderMap) -> Response {
    subscription(site, path, headers, Bytes::new(), |state, id| {
        let app = json!({ "whatsapp_business_api_data": { "id": FakeGraph::APP_ID, "name": "Memory" } });
        let apps: Vec<Value> = state.subscribed.contains(id).then_some(app).into_iter().collect();
        json!({ "data": apps })
    })
    .await
}

/// `POST /{account}/subscribed_apps`
pub(super) async fn subscribe(site: Shared, path: Below, headers: HeaderMap, body: Bytes) -> Response {
    subscription(site, path, headers, body, |state, id| {
        state.subscribed.insert(id.to_owned());
        json!({ "success": true })
    })
    .await
}

/// `DELETE /{account}/subscribed_apps`
pub(super) async fn unsubscribe(site: Shared, path: Below, headers: HeaderMap) -> Response {
    subscription(site, path, headers, Bytes::new(), |state, id| {
        state.subscribed.remove(id);
        json!({ "success": true })
    })
    .await
}

async fn subscription(
    Extract(site): Shared,
    Path((version, id)): Below,
    headers: HeaderMap,
    body: Bytes,
    act: impl FnOnce(&mut State, &str) -> Value,
) -> Response {
    let check = |state: &State| {
        of_version(&version)?;
        state.of_account(&id, state.token(&headers, Token::MANAGEMENT)?)?;
        if body.is_empty() { Ok(()) } else { Err(Refusal::invalid("No other callback can be set here.")) }
    };
    site.answer(GraphCall::Subscription, check, |state, ()| Ok(Answer::json(&act(state, &id)))).await
}

/// `GET /debug_token`
pub(super) async fn inspect(
    Extract(site): Shared,
    Path(version): Path<String>,
    Query(query): Named,
    headers: HeaderMap,
) -> Response {
    let check = |state: &State| {
        of_version(&version)?;
        let (app, secret) = bearer(&headers)?.split_once('|').unwrap_or_default();
        let is_secret = state.rules.app_secret.as_ref().map_or(!secret.is_empty(), |known| known == secret);
        if app != FakeGraph::APP_ID || !is_secret {
            return Err(Refusal::token("Invalid OAuth access token signature."));
        }
        let asked = only(&query, &["input_token"])?.first();
        let (_, asked) = asked.ok_or_else(|| Refusal::missing("input_token"))?;
        let known = state.rules.tokens.iter().find(|token| token.text == *asked);
        let Some(token) = known else {
            let error = json!({ "code": 190, "message": format!("Invalid OAuth access token {asked}.") });
            return Ok(json!({ "data": { "error": error, "is_valid": false, "scopes": [] } }));
        };
        let is_over = token.expires_at.is_some_and(|end| end <= state.now());
        Ok(json!({ "data": {
            "app_id": FakeGraph::APP_ID, "type": "SYSTEM_USER", "application": "Memory",
            "is_valid": token.is_valid && !is_over, "scopes": token.scopes,
            "expires_at": token.expires_at.map_or(0, app_domain::Timestamp::as_seconds),
            "granular_scopes": [{ "scope": Token::MESSAGING, "target_ids": token.accounts }],
        } }))
    };
    site.answer(GraphCall::Inspect, check, |_, value| Ok(Answer::json(&value))).await
}

/// What is told of a number.
fn told(number: &Number, fields: &str) -> Result<Value, Refusal> {
    let asked = if fields.is_empty() { "display_phone_number,verified_name" } else { fields };
    let mut told = json!({ "id": number.id });
    for field in asked.split(',') {
        if !NUMBER_FIELDS.contains(&field) {
            return Err(Refusal::invalid(format!("Tried accessing nonexisting field ({field})")));
        }
        told[field] = match field {
            "display_phone_number" => json!(number.display),
            "verified_name" => json!(number.verified_name),
            "quality_rating" => json!("GREEN"),
            "platform_type" => json!("CLOUD_API"),
            "code_verification_status" => json!("VERIFIED"),
            "is_on_biz_app" => json!(false),
            _ => json!(number.id),
        };
    }
    Ok(told)
}

/// What stands behind the `?`, if it is nothing else than this.
fn only<'a>(query: &'a [(String, String)], known: &[&str]) -> Result<&'a [(String, String)], Refusal> {
    match query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => Err(Refusal::invalid(format!("Unexpected parameter {name}."))),
        None => Ok(query),
    }
}
