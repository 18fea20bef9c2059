//! Conversations with Memo and what was said in them.

use super::{Sheet, View, as_words, called, percent};
use crate::{AnswerRecord, ConversationRecord, TurnRecord};

pub(super) fn conversation(conversation: &ConversationRecord, view: &View) -> Sheet {
    let words = view.words;
    let title = Some(conversation.title.as_str()).filter(|title| !title.trim().is_empty());
    let mut sheet = Sheet::titled(title.unwrap_or(words.untitled), conversation.created_at);
    sheet.maybe(words.focus, conversation.focus.map(|id| id.to_string()));
    sheet.row(words.turn_count, conversation.turns.to_string());
    let changed = conversation.updated_at;
    sheet.maybe(words.changed, (changed != conversation.created_at).then(|| view.times.full(changed)));
    let forked = conversation.forked_from.as_ref();
    sheet.maybe(words.forked_from, forked.map(|from| format!("{} · {}", from.conversation, from.turn)));
    sheet.maybe(words.leaf, conversation.leaf.map(|id| id.to_string()));
    sheet.maybe(words.summary, conversation.summary.as_ref().map(|summary| summary.text.clone()));
    sheet.row(words.id, conversation.id.to_string());
    sheet
}

pub(super) fn turn(turn: &TurnRecord, view: &View) -> Sheet {
    let is_answer = turn.question.is_none() && turn.answer.is_some();
    let title = if is_answer { view.words.memo } else { view.words.you };
    let mut sheet = Sheet::titled(title, turn.created_at);
    sheet.prose(turn.question.as_deref());
    if let Some(said) = &turn.answer {
        answer(&mut sheet, said, view);
    }
    sheet
}

fn answer(sheet: &mut Sheet, answer: &AnswerRecord, view: &View) {
    let words = view.words;
    sheet.prose(Some(&answer.text));
    let quoted = |title: &str, quote: &str| {
        if quote.is_empty() { title.to_owned() } else { format!("{title}: “{quote}”") }
    };
    let cited = answer.citations.iter();
    sheet.rows_of(
        words.sources,
        cited.map(|cited| format!("{} ({})", quoted(&cited.title, &cited.quote), cited.memory)),
    );
    sheet.rows_of(
        words.actions,
        answer.actions.iter().map(|action| {
            let outcome = action
                .outcome
                .as_ref()
                .map(|outcome| format!(" → {}", as_words(outcome)))
                .unwrap_or_default();
            format!("{} · {} · {}{outcome}", action.tool, called(&action.state), as_words(&action.arguments))
        }),
    );
    sheet.rows_of(words.suggestions, answer.suggestions.iter().cloned());
    sheet.row(words.status, answer.state.as_str());
    sheet.maybe(words.failure, answer.failure.as_ref().map(called));
    sheet.row(words.confidence, percent(answer.confidence));
    sheet.row(words.model, answer.model.clone());
    sheet.row(words.tokens, format!("{} + {}", answer.usage.prompt, answer.usage.completion));
    sheet.row(words.duration, format!("{} ms", answer.milliseconds));
}
