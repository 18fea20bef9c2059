//! A question in a conversation: kept before it is answered, answered, and the answer kept, whatever happens between.

use std::time::Duration;

use app_ai::{BuiltIn, Document, SummaryRequest, SummaryStyle};
use app_domain::{
    Conversation, ConversationTitle, Fact, MemoSettings, Memory, MemoryId, RunningSummary, Said, StoreError,
    Turn, TurnAnswer, TurnId,
};
use app_runtime::causes;
use app_store::BranchLimits;

use crate::brief::{Asker, Brief, may_show};
use crate::minds::Mind;
use crate::question::{Ask, AskError, Asked, Begun, Ended};
use crate::retrieval::{Gathered, gather, with_messages, without_signs};
use crate::speech::{Earlier, Speech, ended};
use crate::steps::Steps;
use crate::stop::Stop;
use crate::{Memo, built_in};

/// How much of what was said before is looked at.
const EARLIER: BranchLimits = BranchLimits { max_turns: 40, max_bytes: 256 * 1024 };
/// From so many turns on, all but the latest few are told in short.
const LONG: usize = 30;
const LATEST: usize = 20;
/// The longest of these summaries.
const SUMMARY_WORDS: u32 = 300;
/// How many of the newest messages under a memory are read.
const MESSAGES: usize = 50;
/// How many facts about the person a model is told.
const FACTS: usize = 30;
/// What there is left of a request's time to keep the answer.
const TO_KEEP: Duration = Duration::from_secs(2);

impl Memo {
    /// Takes a question, and keeps it.
    ///
    /// # Errors
    /// See [`AskError`].
    pub async fn begin(&self, asker: Asker, ask: Ask) -> Result<Begun, AskError> {
        let until = tokio::time::Instant::now() + ask.within.saturating_sub(TO_KEEP);
        let (now, owner) = (self.now(), asker.user);
        let known = async {
            match ask.conversation {
                Some(id) => {
                    Ok(Some(self.conversations.get(owner, id).await?.ok_or(AskError::NoConversation)?))
                }
                None => Ok(None),
            }
        };
        let settings = async { Ok::<_, AskError>(self.settings.get(owner).await?) };
        let (known, settings) = tokio::try_join!(known, settings)?;
        let focus = match known.as_ref().map_or(ask.focus, |known| known.focus) {
            Some(id) => self.focus(&asker, id, known.is_none()).await?,
            None => None,
        };
        let mind = self.mind(ask.model.as_deref(), &settings, focus.as_ref()).await?;
        let (conversation, question, is_new) = match (known, &ask.asked) {
            (None, Asked::Question { text, .. }) => {
                let title = ConversationTitle::of_any(text.as_str());
                let conversation = Conversation::new(owner, title, ask.focus, now);
                let question = Turn::question(conversation.id, owner, None, text.clone(), now);
                (conversation, question, true)
            }
            (None, Asked::Again(_)) => return Err(AskError::NoConversation),
            (Some(conversation), Asked::Question { text, instead_of }) => {
                let parent = match instead_of {
                    Some(turn) => self.question_of(&conversation, *turn).await?.parent,
                    None => conversation.leaf,
                };
                let question = Turn::question(conversation.id, owner, parent, text.clone(), now);
                (conversation, question, true)
            }
            (Some(conversation), Asked::Again(turn)) => {
                let question = self.question_of(&conversation, *turn).await?;
                (conversation, question, false)
            }
        };
        let mut earlier = match question.parent {
            Some(leaf) => self.conversations.path(owner, conversation.id, leaf, EARLIER, now).await?,
            None => Vec::new(),
        };
        if mind.is_external() {
            self.withhold(owner, &settings, &mut earlier).await?;
        }
        let answer = question.answered(now);
        let conversation = if conversation.turns == 0 {
            self.conversations.begin(&conversation, &question, &answer).await?
        } else {
            let question = is_new.then_some(&question);
            self.conversations.ask(owner, conversation.id, question, &answer, now).await?;
            conversation
        };
        Ok(Begun { conversation, question, answer, mind, settings, focus, earlier, asker, until })
    }

    /// Answers a question that was taken, tells the answer's steps, and keeps it. Whoever stops listening ends the answer, which is kept as far as it came.
    ///
    /// # Errors
    /// If the answer could not be kept.
    pub async fn answer(&self, begun: Begun, steps: &Steps) -> Result<Ended, StoreError> {
        let began = tokio::time::Instant::now();
        let question = match &begun.question.said {
            Said::Question { text } => text.as_str().to_owned(),
            Said::Answer(_) => return Err(StoreError::Conflict),
        };
        let (answer, stopped, searched) = self.speak(&begun, question, steps).await;
        let resets_at = match &stopped {
            Some(Stop::Budget { resets_at }) => Some(*resets_at),
            _ => None,
        };
        if let Some(stop) = &stopped {
            tracing::warn!(failure = ?stop.failure(), causes = causes(stop), "an answer ended before its time");
        }
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let answer = ended(TurnAnswer { milliseconds, ..answer }, stopped.as_ref());
        let turn = begun.answer.clone().settled(answer);
        self.conversations.settle(&turn).await?;
        if begun.settings.extract_facts {
            self.overhear(&begun.question).await;
        }
        if let Err(error) = self.sum_up(&begun).await {
            tracing::warn!(%error, "a long conversation was not summed up");
        }
        Ok(Ended { turn, searched, resets_at })
    }

    async fn speak(&self, begun: &Begun, question: String, steps: &Steps) -> (TurnAnswer, Option<Stop>, u64) {
        let nothing = || TurnAnswer { model: begun.mind.name().to_owned(), ..TurnAnswer::default() };
        let (gathered, facts) = match tokio::try_join!(self.found(begun, &question), self.known(begun)) {
            Ok(both) => both,
            Err(stop) => return (nothing(), Some(stop), 0),
        };
        let searched = gathered.searched;
        let (earlier, summary) = remembered(begun);
        let brief = Brief {
            asker: &begun.asker,
            settings: &begun.settings,
            question,
            conversation: Some(begun.conversation.id),
            earlier,
            summary,
            documents: gathered.documents,
            focus: begun.focus.as_ref().map(|memory| memory.id),
            facts,
            is_external: begun.mind.is_external(),
            now: self.now(),
            until: begun.until,
            steps,
        };
        let (answer, stopped) = self.spoken(&begun.mind, &brief).await;
        (answer, stopped, searched)
    }

    /// What a model says to a brief.
    pub(crate) async fn spoken(&self, mind: &Mind, brief: &Brief<'_>) -> (TurnAnswer, Option<Stop>) {
        match mind {
            Mind::BuiltIn => built_in::speak(self, brief).await,
            Mind::Served { model, .. } => match Speech::new(self, model.clone(), brief) {
                Ok(speech) => speech.run().await,
                Err(stop) => {
                    (TurnAnswer { model: model.name().to_owned(), ..TurnAnswer::default() }, Some(stop))
                }
            },
        }
    }

    /// What the question may be answered from.
    async fn found(&self, begun: &Begun, question: &str) -> Result<Gathered, Stop> {
        let owner = begun.asker.user;
        if !begun.asker.may_read() {
            return Ok(Gathered::default());
        }
        if let Some(memory) = &begun.focus {
            let messages = self.messages.newest(owner, memory.id, MESSAGES).await?;
            let documents: Vec<Document> = vec![with_messages(memory, messages.iter().rev())];
            return Ok(Gathered { documents, searched: 1 });
        }
        let before = begun.earlier.iter().rev().find_map(|turn| match &turn.said {
            Said::Question { text } => Some(text.as_str()),
            Said::Answer(_) => None,
        });
        let text = built_in::in_context_of(question, before);
        let shows = |memory: &Memory| may_show(memory, begun.mind.is_external(), &begun.settings);
        Ok(gather(&self.finder, owner, &without_signs(&text), shows, self.now()).await?)
    }

    /// What the person has said about themselves. The built-in model quotes memories alone.
    async fn known(&self, begun: &Begun) -> Result<Vec<String>, Stop> {
        if matches!(begun.mind, Mind::BuiltIn) {
            return Ok(Vec::new());
        }
        let facts = self.facts.active(begun.asker.user, FACTS).await?;
        Ok(facts.into_iter().map(|fact: Fact| fact.statement.as_str().to_owned()).collect())
    }

    async fn focus(&self, asker: &Asker, id: MemoryId, is_new: bool) -> Result<Option<Memory>, AskError> {
        let found = if asker.may_read() { self.memories.get(asker.user, id).await? } else { None };
        match found {
            Some(memory) if memory.privacy == app_domain::Privacy::Sealed => Err(AskError::Sealed),
            Some(memory) => Ok(Some(memory)),
            // What an older conversation was about may be gone: then it is about all memories.
            None if is_new => Err(AskError::NoMemory),
            None => Ok(None),
        }
    }

    /// The model that answers. Where the person wants to keep something from models of others, the built-in one, unless they name another.
    async fn mind(
        &self,
        wanted: Option<&str>,
        settings: &MemoSettings,
        focus: Option<&Memory>,
    ) -> Result<Mind, AskError> {
        let may_be_external =
            settings.external_models && focus.is_none_or(|memory| settings.lets_out(memory));
        Ok(self.minds.chat(wanted, may_be_external).await?)
    }

    /// The question that a turn is or answers.
    async fn question_of(&self, conversation: &Conversation, turn: TurnId) -> Result<Turn, AskError> {
        let (owner, id) = (conversation.owner, conversation.id);
        let found = self.conversations.turn(owner, id, turn, self.now()).await?;
        match found.parent {
            _ if found.is_question() => Ok(found),
            Some(parent) => Ok(self.conversations.turn(owner, id, parent, self.now()).await?),
            None => Err(AskError::NoTurn),
        }
    }

    /// Tells in short what the person said long before, so that later answers know of it.
    async fn sum_up(&self, begun: &Begun) -> Result<(), StoreError> {
        let (earlier, before) = remembered(begun);
        if earlier.len() < LONG {
            return Ok(());
        }
        let older = &earlier[..earlier.len() - LATEST];
        let Some(last) = older.last().map(|turn| turn.id) else { return Ok(()) };
        // What was answered tells of memories, which may be kept from some models or gone by the time that this is read.
        let said = older.iter().filter_map(|turn| match &turn.said {
            Said::Question { text } => Some(text.as_str()),
            Said::Answer(_) => None,
        });
        let text = before.as_deref().into_iter().chain(said).collect::<Vec<_>>().join("\n\n");
        let request = SummaryRequest { text, style: SummaryStyle::Detailed, max_words: Some(SUMMARY_WORDS) };
        let summary = RunningSummary { text: BuiltIn.summarise(&request).summary, up_to: last }.bounded();
        let known = begun.conversation.summary.as_ref().map(|summary| summary.up_to);
        let (owner, id) = (begun.asker.user, begun.conversation.id);
        self.conversations.note_summary(owner, id, &summary, known).await.map(drop)
    }
}

/// What was said before, and what was said before that in short, if the summary is of this branch.
fn remembered(begun: &Begun) -> (Earlier, Option<String>) {
    let earlier = &begun.earlier;
    let summary = begun.conversation.summary.as_ref();
    let summed =
        summary.and_then(|it| Some((earlier.iter().position(|turn| turn.id == it.up_to)?, &it.text)));
    match summed {
        Some((at, text)) => (earlier[at + 1..].to_vec(), Some(text.clone())),
        None => (earlier.clone(), None),
    }
}
