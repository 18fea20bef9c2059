//! Any sequence of what two people do with their conversations does on the table what it does in a naive model.

use std::collections::BTreeMap;

use app_domain::{Conversation, ConversationId, Timestamp, Turn, TurnId, UserId};
use app_store::BranchLimits;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::scene::{Scene, failure};
use crate::stage::{Stage, WHOLE, at};

/// What is done, by one of the people, to whichever of the conversations and turns there have ever been: also to those of the other, to
/// those that are gone, and to turns of another conversation.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Begin,
    Ask(Index, Option<Index>),
    AskOn(Index),
    Regenerate(Index, Index),
    Edit(Index, Index),
    Settle(Index, Index, bool),
    Decide(Index, Index),
    GoTo(Index, Index),
    Fork(Index, Index),
    Rename(Index),
    Delete(Index),
}

fn step() -> impl Strategy<Value = Step> {
    let (one, two) = (any::<Index>, any::<(Index, Index)>);
    prop_oneof![
        3 => Just(Step::Begin),
        2 => (one(), prop::option::of(one())).prop_map(|(talk, turn)| Step::Ask(talk, turn)),
        5 => one().prop_map(Step::AskOn),
        4 => two().prop_map(|(talk, turn)| Step::Regenerate(talk, turn)),
        3 => two().prop_map(|(talk, turn)| Step::Edit(talk, turn)),
        5 => (one(), one(), any::<bool>()).prop_map(|(talk, turn, proposes)| Step::Settle(talk, turn, proposes)),
        4 => two().prop_map(|(talk, turn)| Step::Decide(talk, turn)),
        3 => two().prop_map(|(talk, turn)| Step::GoTo(talk, turn)),
        3 => two().prop_map(|(talk, turn)| Step::Fork(talk, turn)),
        1 => one().prop_map(Step::Rename),
        1 => one().prop_map(Step::Delete),
    ]
}

pub(crate) struct Known {
    pub(crate) header: Conversation,
    pub(crate) turns: BTreeMap<TurnId, Turn>,
}

impl Known {
    pub(crate) fn path(&self, leaf: TurnId) -> Vec<Turn> {
        let mut path = Vec::new();
        let mut next = self.turns.get(&leaf);
        while let Some(turn) = next {
            path.push(turn.clone());
            next = turn.parent.and_then(|parent| self.turns.get(&parent));
        }
        path.reverse();
        path
    }

    pub(crate) fn said(&mut self, turns: impl IntoIterator<Item = Turn>, now: Timestamp) {
        for turn in turns {
            self.header.leaf = Some(turn.id);
            self.turns.insert(turn.id, turn);
        }
        self.header.turns = self.turns.len() as u64;
        self.header.updated_at = now;
    }
}

#[derive(Default)]
pub(crate) struct Model {
    pub(crate) there: BTreeMap<(UserId, ConversationId), Known>,
    pub(crate) ever: Vec<ConversationId>,
    pub(crate) turns: Vec<TurnId>,
}

async fn compare(stage: &Stage, model: &Model, owner: UserId) {
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let (page, next) = stage.conversations.list(owner, after.as_ref(), 2).await.unwrap();
        listed.extend(page);
        after = next;
        if after.is_none() {
            break;
        }
    }
    let mut expected: Vec<&Conversation> = model
        .there
        .iter()
        .filter(|((whose, _), _)| *whose == owner)
        .map(|(_, known)| &known.header)
        .collect();
    expected.sort_by_key(|header| std::cmp::Reverse((header.updated_at, header.id)));
    assert_eq!(listed.iter().collect::<Vec<_>>(), expected);

    for id in &model.ever {
        let Some(known) = model.there.get(&(owner, *id)) else {
            assert_eq!(stage.conversations.get(owner, *id).await.unwrap(), None);
            let turns = stage.conversations.turns(owner, *id, None, 10, at(0)).await;
            assert_eq!(failure(&turns), Some("missing"));
            continue;
        };
        assert_eq!(stage.conversations.get(owner, *id).await.unwrap().as_ref(), Some(&known.header));
        let turns = stage.turns(&known.header).await.unwrap();
        assert_eq!(turns, known.turns.values().rev().cloned().collect::<Vec<_>>());
        for (end, limits) in [(known.header.leaf, WHOLE), (known.turns.keys().next_back().copied(), FEW)] {
            let path = known.path(end.unwrap());
            let read = stage.conversations.path(owner, *id, end.unwrap(), limits, at(0)).await.unwrap();
            assert_eq!(read, path[path.len().saturating_sub(limits.max_turns)..]);
        }
    }
}

const FEW: BranchLimits = BranchLimits { max_turns: 3, max_bytes: usize::MAX };

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_the_table_is_what_the_model_is(
        steps in prop::collection::vec((any::<bool>(), step()), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (stage, mut model) = (Stage::new().await, Model::default());
            let people = [stage.owner, UserId::new(at(0))];
            for (second, (is_other, step)) in (0..).zip(&steps) {
                let owner = people[usize::from(*is_other)];
                Scene { stage: &stage, model: &mut model, owner, now: at(second) }.take(step).await;
            }
            for owner in people {
                compare(&stage, &model, owner).await;
            }
        });
    }
}
