//! Telling a text in short.

use std::sync::Arc;

use app_ai::{BuiltIn, ChatModel, JsonFormat, Summary, SummaryRequest, SummaryStyle};
use app_domain::{Task, TokenUsage};
use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::Memo;
use crate::brief::Asker;
use crate::links::without_strange_links;
use crate::minds::Mind;
use crate::stop::Stop;
use crate::structured::{Order, in_time};
use crate::task::{Done, TaskError};

/// How much of a text a model is given at once, in tokens.
const PART_TOKENS: u32 = 12_000;
/// How long a part is told, in words.
const PART_WORDS: u32 = 600;
/// How many parts are told at once.
const AT_ONCE: usize = 8;
/// The most key points.
const MAX_POINTS: usize = 5;

/// How one text is told.
struct Telling<'a> {
    asker: &'a Asker,
    model: &'a Arc<dyn ChatModel>,
    hides: bool,
    until: Instant,
    part_tokens: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    summary: String,
    key_points: Vec<String>,
}

impl Memo {
    /// Tells a text in short. A long one is told part by part, and then the parts.
    ///
    /// # Errors
    /// See [`TaskError`].
    pub async fn summarise(
        &self,
        asker: &Asker,
        request: &SummaryRequest,
    ) -> Result<Done<Summary>, TaskError> {
        let (mind, settings) = self.task_mind(asker, true).await?;
        let Mind::Served { model, is_external } = &mind else {
            return self.by_built_in(asker, Task::Summarize, || BuiltIn.summarise(request)).await;
        };
        let telling = Telling {
            asker,
            model,
            hides: *is_external && settings.redaction,
            until: in_time(),
            part_tokens: PART_TOKENS.min(model.window().tokens / 2),
        };
        let mut usage = TokenUsage::default();
        let mut text = request.text.clone();
        while model.tokens(&text) > telling.part_tokens {
            let shorter = self.shorter(&telling, &text, &mut usage).await?;
            // A model that does not make it shorter would be asked for ever.
            if shorter.len() >= text.len() {
                return Err(Stop::TooLong.into());
            }
            text = shorter;
        }
        let instructions = instructions(request.style, request.max_words);
        let (written, cost) = self.told(&telling, &instructions, &text).await?;
        Ok(Done { what: finished(written, request), model: mind.name().to_owned(), usage: sum(usage, cost) })
    }

    /// A text told part by part, several at once: one after the other would take longer than anybody waits.
    async fn shorter(
        &self,
        telling: &Telling<'_>,
        text: &str,
        usage: &mut TokenUsage,
    ) -> Result<String, Stop> {
        let instructions = instructions(SummaryStyle::Detailed, Some(PART_WORDS));
        let parts = parts(text, |text| telling.model.tokens(text), telling.part_tokens);
        let mut told = Vec::new();
        for some in parts.chunks(AT_ONCE) {
            // All of them end before one that failed ends it all: what is cut off would stay reserved.
            for ended in join_all(some.iter().map(|part| self.told(telling, &instructions, part))).await {
                let (written, cost) = ended?;
                *usage = sum(*usage, cost);
                told.push(written.summary);
            }
        }
        Ok(told.join("\n\n"))
    }

    async fn told(
        &self,
        telling: &Telling<'_>,
        instructions: &str,
        text: &str,
    ) -> Result<(Written, TokenUsage), Stop> {
        let Telling { asker, model, hides, until, .. } = *telling;
        let format = JsonFormat {
            name: "summary",
            schema: json!({
                "type": "object",
                "properties": {"summary": {"type": "string"}, "keyPoints": {"type": "array", "items": {"type": "string"}}},
                "required": ["summary", "keyPoints"],
                "additionalProperties": false,
            }),
        };
        let order = Order { task: Task::Summarize, instructions, text, format, hides, until };
        self.structured(asker, model, order).await
    }
}

fn instructions(style: SummaryStyle, max_words: Option<u32>) -> String {
    let how = match style {
        SummaryStyle::Brief => "in about three sentences",
        SummaryStyle::Detailed => "in detail, in up to a third of its length",
        SummaryStyle::BulletPoints => "as lines that each begin with \"• \"",
    };
    let limit = max_words.map_or_else(String::new, |words| format!(" Use at most {words} words."));
    format!(
        "Summarise the text {how}, in its own language, with nothing that it does not say.{limit} \
         Name up to {MAX_POINTS} key points, each shorter than 120 characters."
    )
}

/// What the model wrote, within what was asked for: it need not have counted. Of links and pictures those that the text has are left, as links.
fn finished(written: Written, request: &SummaryRequest) -> Summary {
    let tame = |text: String| without_strange_links(&text.replace("![", "["), &[&request.text]);
    let written = Written {
        summary: tame(written.summary),
        key_points: written.key_points.into_iter().map(tame).collect(),
    };
    let is_too_long = request.max_words.is_some_and(|max| BuiltIn.word_count(&written.summary) > max);
    let summary = match is_too_long {
        true => BuiltIn.summarise(&SummaryRequest { text: written.summary, ..request.clone() }).summary,
        false => written.summary,
    };
    let key_points =
        written.key_points.into_iter().filter(|point| !point.trim().is_empty()).take(MAX_POINTS).collect();
    Summary { word_count: BuiltIn.word_count(&summary), key_points, summary }
}

/// A text in parts of so many tokens, cut where paragraphs or words end.
fn parts(text: &str, tokens: impl Fn(&str) -> u32, most: u32) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        // No token has more than a few bytes in any script: half of that is sure to have as many.
        let mut end = rest.floor_char_boundary(most as usize * 3);
        while end < rest.len() && tokens(&rest[..end]) > most {
            end = rest.floor_char_boundary(end / 2);
        }
        if end < rest.len() {
            let cut = rest[..end].rfind("\n\n").or_else(|| rest[..end].rfind(' ')).filter(|&at| at > end / 2);
            end = cut.unwrap_or(end);
        }
        if end == 0 {
            end = rest.chars().next().map_or(rest.len(), char::len_utf8);
        }
        let (part, further) = rest.split_at(end);
        parts.push(part);
        rest = further;
    }
    parts
}

fn sum(one: TokenUsage, other: TokenUsage) -> TokenUsage {
    TokenUsage {
        prompt: one.prompt.saturating_add(other.prompt),
        completion: one.completion.saturating_add(other.completion),
    }
}
