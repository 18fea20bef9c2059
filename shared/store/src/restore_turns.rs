//! What was said in a conversation, brought in as it was: many turns in each transaction, on the condition that the conversation is there.

use std::collections::{HashMap, HashSet};

use app_domain::{AnswerState, ConversationId, StoreError, Turn, TurnId, UserId};
use aws_sdk_dynamodb::types::TransactWriteItem;
use serde::Deserialize;

use crate::Conversations;
use crate::conversation_item::{ConversationItem, TurnItem};
use crate::conversations::{ConversationError, HEADER, Talk};
use crate::keys;
use crate::restored::Restored;
use crate::table::{self, PRESENT, if_absent, number, text};
use crate::tries::Tries;

/// The most turns and bytes of a transaction; DynamoDB takes a hundred writes and four megabytes.
const TURNS: usize = 90;
const BYTES: usize = 3_500_000;
/// About how many bytes of a turn are not sealed.
const IN_THE_CLEAR: usize = 1_000;
/// Why an answer is refused that answers nothing.
const NO_QUESTION: &str = "The question that it answers is not there.";

/// A turn that is there: all that decides what can follow it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Followed {
    id: TurnId,
    #[serde(default)]
    answer_state: Option<AnswerState>,
}

/// What is there while turns are brought in.
struct Known {
    header: ConversationItem,
    /// Each with whether it is a question.
    turns: HashMap<TurnId, bool>,
}

impl Conversations {
    /// Brings in turns of a conversation that is there, any number, each told what came of it. Those that are there stay as they are. What
    /// follows nothing that is there begins a branch; an answer must answer a question. What was still being answered is interrupted.
    ///
    /// # Errors
    /// `Missing` if the conversation is not there. Some may have been brought in.
    pub async fn restore_turns(
        &self,
        owner: UserId,
        id: ConversationId,
        turns: &[Turn],
    ) -> Result<Vec<Restored>, ConversationError> {
        let mut places: Vec<usize> = (0..turns.len()).collect();
        // Ids go up with what follows.
        places.sort_by_key(|place| turns.get(*place).map(|turn| turn.id));
        let mut outcomes = vec![None; turns.len()];
        for places in places.chunks(TURNS) {
            let mut tries = Tries::begin();
            loop {
                let left: Vec<usize> =
                    places.iter().copied().filter(|place| outcomes[*place].is_none()).collect();
                if left.is_empty() {
                    break;
                }
                let known = self.known((owner, id), turns, &left).await?;
                if self.bring((owner, id), turns, &left, known, &mut outcomes).await? {
                    break;
                }
                tries.again().await?;
            }
        }
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or(Restored::Same)).collect())
    }

    /// Brings in the turns at these places. `Ok(false)` if another writer came first: then some are left.
    async fn bring(
        &self,
        talk: Talk,
        turns: &[Turn],
        places: &[usize],
        mut known: Known,
        outcomes: &mut [Option<Restored>],
    ) -> Result<bool, ConversationError> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        for place in places.iter().copied() {
            let Some(turn) = turns.get(place) else { continue };
            if known.turns.contains_key(&turn.id) {
                outcomes[place] = Some(Restored::Same);
                continue;
            }
            let parent = turn.parent.filter(|parent| *parent < turn.id);
            let followed = parent.and_then(|parent| known.turns.get(&parent)).copied();
            if !turn.is_question() && followed != Some(true) {
                outcomes[place] = Some(Restored::Refused(NO_QUESTION));
                continue;
            }
            let turn = Turn { owner: talk.0, parent: parent.filter(|_| followed.is_some()), ..turn.clone() };
            let is_pending = turn.answer().is_some_and(|answer| answer.state == AnswerState::Pending);
            let turn =
                if is_pending { turn.copied_to(talk.1) } else { Turn { conversation: talk.1, ..turn } };
            let item = self.items.said(&turn).await?;
            let size = item.sealed.len() + IN_THE_CLEAR;
            if bytes + size > BYTES {
                let full = std::mem::take(&mut batch);
                if !self.say(talk, &mut known.header, full, outcomes).await? {
                    return Ok(false);
                }
                bytes = 0;
            }
            bytes += size;
            known.turns.insert(turn.id, turn.is_question());
            batch.push((place, item));
        }
        self.say(talk, &mut known.header, batch, outcomes).await
    }

    /// Writes turns, and counts them. `Ok(false)` if another writer came first.
    async fn say(
        &self,
        talk: Talk,
        header: &mut ConversationItem,
        batch: Vec<(usize, TurnItem)>,
        outcomes: &mut [Option<Restored>],
    ) -> Result<bool, ConversationError> {
        let ids: HashSet<TurnId> = batch.iter().map(|(_, item)| item.id).collect();
        if ids.is_empty() {
            return Ok(true);
        }
        let mut writes = vec![self.counted(talk, header, &ids)?];
        for (_, item) in &batch {
            let put = self.table.put(keys::turn(talk.0, talk.1, item.id), item)?;
            writes.push(table::put(if_absent(put)));
        }
        match self.table.transact(writes).await? {
            Ok(()) => {
                header.have_come(&ids);
                batch.into_iter().for_each(|(place, _)| outcomes[place] = Some(Restored::Made));
                Ok(true)
            }
            Err(refused) if refused.includes(HEADER) => {
                self.exists(talk).await?;
                Ok(false)
            }
            Err(_) => Ok(false),
        }
    }

    /// The write that counts turns at their conversation, and lets it go on from one of them if it waits for that.
    fn counted(
        &self,
        talk: Talk,
        header: &ConversationItem,
        ids: &HashSet<TurnId>,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = self.update(talk).expression_attribute_values(":more", number(ids.len()));
        let Some((leaf, is_awaited)) = header.leaf_after(ids) else {
            return table::update(update.update_expression("ADD turns :more").condition_expression(PRESENT));
        };
        let (set, condition) = if is_awaited {
            ("SET leaf = :leaf REMOVE awaitedLeaf ADD turns :more", "attribute_exists(awaitedLeaf)")
        } else {
            ("SET leaf = :leaf ADD turns :more", "attribute_exists(pk)")
        };
        let update = update.update_expression(set).expression_attribute_values(":leaf", text(leaf));
        // Somebody may have gone on in it meanwhile.
        let before = header.leaf();
        table::update(match before {
            Some(before) => update
                .condition_expression(format!("{condition} AND leaf = :before"))
                .expression_attribute_values(":before", text(before)),
            None => update.condition_expression(format!("{condition} AND attribute_not_exists(leaf)")),
        })
    }

    /// What is there of a conversation, of these turns of it, and of what they follow.
    async fn known(&self, talk: Talk, turns: &[Turn], places: &[usize]) -> Result<Known, ConversationError> {
        let these = places.iter().filter_map(|place| turns.get(*place));
        let ids: HashSet<TurnId> = these.flat_map(|turn| [Some(turn.id), turn.parent]).flatten().collect();
        let wanted = ids.into_iter().map(|id| keys::turn(talk.0, talk.1, id)).collect();
        let (header, turns) = tokio::try_join!(
            self.table.get::<ConversationItem>(keys::conversation(talk.0, talk.1)),
            self.table.get_parts::<Followed>(wanted, "id, answerState")
        )?;
        let header = header.ok_or(ConversationError::Missing)?;
        let turns = turns.into_iter().map(|turn| (turn.id, turn.answer_state.is_none())).collect();
        Ok(Known { header, turns })
    }
}
