//! What a model on a server is asked at first: the rules, what was said before, what the answer may rest on.

use std::sync::Arc;

use app_ai::{ChatModel, ChatTurn, Document};
use app_domain::{LanguageTag, Said, TurnAnswer};

use crate::brief::Brief;
use crate::material::{Material, fitting};
use crate::outgoing::Outgoing;
use crate::prompt::{Fence, instructions};
use crate::redaction::Redaction;
use crate::rounds::TURN_TOKENS;
use crate::speech::Speech;
use crate::stop::Stop;
use crate::{Memo, tools};

/// The longest of the answers, in tokens.
pub(crate) const ANSWER_TOKENS: u32 = 2_000;
/// What memories may take of what a model reads, and one of several.
pub(crate) const MATERIAL_TOKENS: u32 = 12_000;
pub(crate) const DOCUMENT_TOKENS: u32 = 3_000;
/// A number as long as any that a memory has.
const MOST_DOCUMENTS: usize = 999;
/// What was said before may take as much.
const EARLIER_TOKENS: u32 = 6_000;
/// What stands around all this, and what estimates may be wrong by.
const SPARE_TOKENS: u32 = 200;

impl<'a> Speech<'a> {
    /// Puts together what the model is asked.
    pub(crate) fn new(memo: &'a Memo, model: Arc<dyn ChatModel>, brief: &'a Brief<'a>) -> Result<Self, Stop> {
        let answer = TurnAnswer { model: model.name().to_owned(), ..TurnAnswer::default() };
        let mut speech = Self {
            memo,
            brief,
            material: Material::default(),
            answer,
            fence: Fence::new(),
            redaction: Redaction::new(brief.is_external && brief.settings.redaction),
            shown: Vec::new(),
            turns: Vec::new(),
            tools: tools::offered(&brief.asker.permissions),
            outgoing: Outgoing::default(),
            told_citations: 0,
            calls: 0,
            model,
        };
        let question = speech.hidden(&brief.question);
        let (room, asked) = (speech.room(), speech.model.tokens(&question));
        if asked.saturating_mul(2) > room {
            return Err(Stop::TooLong);
        }
        let room = room - asked;
        speech.remember(room / 4);
        let material = speech.shown(brief.documents.clone(), room / 2, DOCUMENT_TOKENS);
        let known = speech.known(room / 4);
        speech.turns.push(ChatTurn::User(format!("{known}{material}\n\nThe person says:\n{question}")));
        Ok(speech)
    }

    /// How much more the model can read, in tokens, beside all that it is asked already.
    pub(crate) fn room(&mut self) -> u32 {
        let instructions = self.instructions(true);
        let asked = self.prompt_tokens(&instructions, &self.turns, &self.tools);
        self.model.window().tokens.saturating_sub(self.answer_tokens() + asked + SPARE_TOKENS)
    }

    /// The longest answer, in tokens.
    pub(crate) fn answer_tokens(&self) -> u32 {
        self.model.window().answer_tokens.min(ANSWER_TOKENS)
    }

    /// What is known from before, as far as there is room for it: the person's facts, and what they said long ago.
    fn known(&mut self, room: u32) -> String {
        let brief = self.brief;
        let (mut facts, mut left) = (Vec::new(), room);
        for fact in &brief.facts {
            let fact = format!("- {fact}");
            let cost = self.model.tokens(&fact) + 1;
            // Half of it is for what was said.
            if cost > left.saturating_sub(room / 2) {
                break;
            }
            left -= cost;
            facts.push(fact);
        }
        let facts = facts.join("\n");
        let summary = brief.summary.as_deref().filter(|summary| self.model.tokens(summary) <= left);
        let mut known = String::new();
        for (what, text) in [
            ("What the person has said about themselves", facts.as_str()),
            ("What was said long before, in short", summary.unwrap_or_default()),
        ] {
            if !text.is_empty() {
                let text = self.hidden(text);
                known += &format!("{what}:\n{}\n\n", self.fence.around_text(&text));
            }
        }
        known
    }

    /// What was said before, the latest as far as there is room for it.
    fn remember(&mut self, room: u32) {
        let mut left = room.min(EARLIER_TOKENS);
        let mut turns = Vec::new();
        for turn in self.brief.earlier.iter().rev() {
            let (text, is_question) = match &turn.said {
                Said::Question { text } => (text.as_str(), true),
                Said::Answer(answer) => (answer.text.as_str(), false),
            };
            // An answer that failed, or that is kept from this model.
            if text.is_empty() {
                continue;
            }
            let text = self.hidden(text);
            let cost = self.model.tokens(&text) + TURN_TOKENS;
            if cost > left {
                break;
            }
            left -= cost;
            // Numbers of that answer name other memories than those of this one.
            turns.push(if is_question { ChatTurn::User(text) } else { said_before(&text) });
        }
        turns.reverse();
        // Who answers first has nothing to answer to.
        let first = turns.iter().position(|turn| matches!(turn, ChatTurn::User(_))).unwrap_or(turns.len());
        self.turns = turns.split_off(first);
    }

    /// A text as the model sees it, which may be cited from then on.
    fn hidden(&mut self, text: &str) -> String {
        self.shown.push(text.to_owned());
        self.redaction.hide(text)
    }

    /// Documents as the model sees them, numbered from where the last ones ended, of each at most so many tokens.
    pub(crate) fn shown(&mut self, documents: Vec<Document>, room: u32, each: u32) -> String {
        let (mut left, mut text) = (room.min(MATERIAL_TOKENS), String::new());
        for mut document in documents {
            let (model, words) = (Arc::clone(&self.model), std::mem::take(&mut document.text));
            let around = model.tokens(&self.fence.around(&document, MOST_DOCUMENTS));
            document.text = words;
            let Some(room) = left.checked_sub(around).filter(|room| *room > 0) else { break };
            let room = room.min(each);
            let is_whole = model.tokens(&document.text) <= room;
            let fitted = fitting(document, &self.brief.question, room, |text| model.tokens(text));
            left = left.saturating_sub(around + model.tokens(&fitted.text));
            let hidden = Document {
                title: self.hidden(&fitted.title),
                text: self.hidden(&fitted.text),
                tags: fitted.tags.iter().map(|tag| self.redaction.hide(tag)).collect(),
                ..fitted.clone()
            };
            let number = self.material.add(fitted, is_whole);
            text.push_str(&self.fence.around(&hidden, number));
            text.push('\n');
        }
        if text.is_empty() { "No memory was found for this.\n".to_owned() } else { text }
    }

    pub(crate) fn instructions(&mut self, tools: bool) -> String {
        let settings = self.brief.settings;
        let wishes = settings.instructions.as_ref().map(|wishes| self.redaction.hide(wishes.as_str()));
        let language = settings.answer_language.as_ref().map(LanguageTag::as_str);
        instructions(self.brief.now, &self.fence, (language, wishes.as_deref()), tools)
    }
}

/// An earlier answer, without the numbers of what it cited.
fn said_before(text: &str) -> ChatTurn {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let digits = from[1..].bytes().take_while(u8::is_ascii_digit).count();
        let is_mark = digits > 0 && from[1 + digits..].starts_with(']');
        let length = if is_mark { digits + 2 } else { 1 };
        plain.push_str(if is_mark { "" } else { "[" });
        rest = &from[length..];
    }
    plain.push_str(rest);
    ChatTurn::Assistant { text: plain, calls: Vec::new() }
}
