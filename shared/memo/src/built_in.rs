//! The built-in model as a speaker: it quotes, and makes nothing up.

use std::time::Instant;

use app_ai::{AnswerRequest, BuiltIn, Document};
use app_domain::{Cited, MemoryId, Said, Task, TokenUsage, TurnAnswer};

use crate::Memo;
use crate::brief::Brief;
use crate::steps::Step;
use crate::stop::Stop;

/// A question of fewer characters may only make sense after the one before.
const SHORT_CHARS: usize = 40;

/// Answers, and tells the answer line by line.
pub(crate) async fn speak(memo: &Memo, brief: &Brief<'_>) -> (TurnAnswer, Option<Stop>) {
    let began = Instant::now();
    let request =
        AnswerRequest { question: in_context(brief), documents: brief.documents.clone(), focus: brief.focus };
    let said = BuiltIn.reply(&request);
    let citations: Vec<Cited> = said
        .citations
        .into_iter()
        .map(|cited| Cited { memory: cited.memory_id, title: cited.title, quote: cited.quote })
        .collect();
    let usage = TokenUsage { prompt: said.usage.prompt_tokens, completion: said.usage.completion_tokens };
    let answer = TurnAnswer {
        text: said.response,
        citations,
        confidence: said.confidence,
        suggestions: said.suggestions,
        model: said.model,
        usage,
        ..TurnAnswer::default()
    };
    // What is told is what is kept.
    let answer = answer.bounded();
    let call = (Task::Chat, answer.model.as_str(), brief.conversation);
    memo.accounts.log(brief.asker, call, usage, began, brief.now).await;
    let stopped = tell(brief, &answer).await.err();
    (answer, stopped)
}

async fn tell(brief: &Brief<'_>, answer: &TurnAnswer) -> Result<(), Stop> {
    for line in answer.text.split_inclusive('\n') {
        brief.tell(Step::Words(line.to_owned())).await?;
    }
    for (place, cited) in answer.citations.iter().enumerate() {
        brief.tell(Step::Cited(place + 1, cited.clone())).await?;
    }
    Ok(())
}

/// Questions to ask next that these documents can answer, besides what is `cited`. To no question there is no answer, so that nothing
/// of the rest is left out for being quoted in one.
pub(crate) fn suggestions(documents: &[Document], cited: &[MemoryId]) -> Vec<String> {
    let rest = documents.iter().filter(|document| !cited.contains(&document.id)).cloned().collect();
    BuiltIn.reply(&AnswerRequest { question: String::new(), documents: rest, focus: None }).suggestions
}

/// What is asked: with the question before, where this one is too short to stand alone.
pub(crate) fn in_context(brief: &Brief<'_>) -> String {
    let before = brief.earlier.iter().rev().find_map(|turn| match &turn.said {
        Said::Question { text } => Some(text.as_str()),
        Said::Answer(_) => None,
    });
    in_context_of(&brief.question, before)
}

/// The same, with the question before at hand.
pub(crate) fn in_context_of(question: &str, before: Option<&str>) -> String {
    match before {
        Some(before) if question.chars().count() < SHORT_CHARS && question.split_whitespace().count() < 5 => {
            format!("{before} {question}")
        }
        _ => question.to_owned(),
    }
}
