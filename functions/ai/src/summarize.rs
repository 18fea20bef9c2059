//! `POST /ai/summarize`.

use std::time::Instant;

use app_ai::{SummaryRequest, SummaryStyle};
use app_domain::Invalid;
use app_http::{
    AccessAi, ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, Parse, Untimed, ValidJson,
};
use app_memo::Memo;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::chat::asker;
use crate::task::{TaskMetadata, undone};

/// The longest text, in characters.
const MAX_CHARACTERS: usize = 200_000;
/// The longest summary that can be asked for, and the shortest, in words.
const WORDS: std::ops::RangeInclusive<u32> = 5..=2_000;

/// A text to be told in short.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummarizeBody {
    /// The text: 1–200,000 characters.
    #[schema(min_length = 1, max_length = 200_000)]
    content: String,
    /// The longest summary, in words.
    #[schema(minimum = 5, maximum = 2000)]
    max_length: Option<u32>,
    /// `brief` (the default), `detailed` or `bullet-points`.
    #[schema(example = "brief")]
    style: Option<String>,
}

impl Parse for SummarizeBody {
    type Parsed = SummaryRequest;

    fn parse(self) -> Result<SummaryRequest, FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.content.trim().is_empty() || self.content.chars().count() > MAX_CHARACTERS {
            errors.add("content", &Invalid::new("must be 1 to 200,000 characters"));
        }
        if self.max_length.is_some_and(|words| !WORDS.contains(&words)) {
            errors.add("maxLength", &Invalid::new("must be 5 to 2,000 words"));
        }
        let style = errors.check("style", style(self.style.as_deref()));
        errors.into_result()?;
        let style = style.unwrap_or_default();
        Ok(SummaryRequest { text: self.content, style, max_words: self.max_length })
    }
}

fn style(name: Option<&str>) -> Result<SummaryStyle, Invalid> {
    match name {
        None | Some("brief") => Ok(SummaryStyle::Brief),
        Some("detailed") => Ok(SummaryStyle::Detailed),
        Some("bullet-points") => Ok(SummaryStyle::BulletPoints),
        Some(_) => Err(Invalid::new("must be brief, detailed or bullet-points")),
    }
}

/// A text in short.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummaryBody {
    /// The summary.
    summary: String,
    /// Up to five things that the text says.
    key_points: Vec<String>,
    /// How many words the summary has; in Chinese and Japanese, characters.
    word_count: u32,
    metadata: TaskMetadata,
}

/// Tell a text in short.
#[utoipa::path(
    post, operation_id = "summarize", path = "/ai/summarize", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    request_body = SummarizeBody,
    responses((status = 200, description = "The text in short.", body = SummaryBody), ApiErrors, CallerErrors, BodyErrors),
)]
pub(crate) async fn summarize(
    State(memo): State<Memo>,
    caller: Caller<AccessAi>,
    _: Untimed,
    ValidJson(request): ValidJson<SummarizeBody>,
) -> Result<Json<SummaryBody>, ApiError> {
    let began = Instant::now();
    let done = memo.summarise(&asker(&caller), &request).await.map_err(undone)?;
    let metadata = TaskMetadata::of(&done, began);
    let app_ai::Summary { summary, key_points, word_count } = done.what;
    Ok(Json(SummaryBody { summary, key_points, word_count, metadata }))
}
