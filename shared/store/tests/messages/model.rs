//! Any sequence of sending, replying, editing and deleting does on the table what it does in a naive model.

use std::collections::BTreeMap;

use app_domain::{MessageFilter, MessageId, MessagePatch, SortOrder};
use app_store::MessageError;
use proptest::prelude::*;

use crate::stage::{Stage, at, text};

/// What is done, to whichever of the messages there have ever been. Times run in any order, as clocks of several machines do.
#[derive(Debug, Clone)]
enum Step {
    Send(i64),
    Reply(i64, prop::sample::Index),
    Edit(prop::sample::Index),
    Delete(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        3 => (0..50_i64).prop_map(Step::Send),
        4 => (0..50_i64, index()).prop_map(|(millis, one)| Step::Reply(millis, one)),
        1 => index().prop_map(Step::Edit),
        4 => index().prop_map(Step::Delete),
    ]
}

struct Known {
    millis: i64,
    parent: Option<MessageId>,
    /// Nothing once it is deleted.
    text: Option<String>,
}

#[derive(Default)]
struct Model {
    there: BTreeMap<MessageId, Known>,
    ever: Vec<MessageId>,
}

impl Model {
    fn replies(&self, id: MessageId) -> Vec<MessageId> {
        self.fitting(|known| known.parent == Some(id))
    }

    fn fitting(&self, fits: impl Fn(&Known) -> bool) -> Vec<MessageId> {
        self.there.iter().filter(|(_, known)| fits(known)).map(|(id, _)| *id).collect()
    }

    /// Whether there is something to change.
    fn is_written(&self, id: MessageId) -> bool {
        self.there.get(&id).is_some_and(|known| known.text.is_some())
    }

    fn sent(&mut self, id: MessageId, millis: i64, parent: Option<MessageId>, text: &str) {
        self.there.insert(id, Known { millis, parent, text: Some(text.to_owned()) });
        self.ever.push(id);
    }

    fn delete(&mut self, id: MessageId) {
        if !self.replies(id).is_empty() {
            self.there.get_mut(&id).unwrap().text = None;
            return;
        }
        let parent = self.there.remove(&id).unwrap().parent;
        if let Some(parent) = parent
            && !self.is_written(parent)
            && self.replies(parent).is_empty()
        {
            self.there.remove(&parent);
        }
    }
}

async fn send(stage: &Stage, model: &mut Model, millis: i64, parent: Option<MessageId>) {
    let content = format!("text {}", model.ever.len());
    let message = stage.draft(millis, &content, parent);
    let outcome = stage.messages.create(&message).await;
    let begins_thread = |id: MessageId| model.is_written(id) && model.there[&id].parent.is_none();
    let fits = parent.is_none_or(begins_thread);
    if fits {
        outcome.unwrap();
        model.sent(message.id, millis, parent, &content);
    } else {
        assert!(matches!(outcome, Err(MessageError::NoParent)), "{outcome:?}");
    }
}

async fn take(stage: &Stage, model: &mut Model, step: &Step) {
    match step {
        Step::Send(millis) => send(stage, model, *millis, None).await,
        Step::Reply(millis, one) if !model.ever.is_empty() => {
            let parent = *one.get(&model.ever);
            send(stage, model, *millis, Some(parent)).await;
        }
        Step::Edit(one) if !model.ever.is_empty() => {
            let (id, edited) = (*one.get(&model.ever), format!("edited {}", model.ever.len()));
            let patch = MessagePatch { content: Some(text(&edited)), ..MessagePatch::default() };
            let outcome = stage.messages.patch(stage.owner, stage.memory, id, None, &patch, at(99)).await;
            assert_eq!(outcome.is_ok(), model.is_written(id));
            if outcome.is_ok() {
                model.there.get_mut(&id).unwrap().text = Some(edited);
            }
        }
        Step::Delete(one) if !model.ever.is_empty() => {
            let id = *one.get(&model.ever);
            let outcome = stage.delete(id).await;
            assert_eq!(outcome.is_ok(), model.is_written(id), "{outcome:?}");
            if outcome.is_ok() {
                model.delete(id);
            }
        }
        Step::Reply(..) | Step::Edit(_) | Step::Delete(_) => {}
    }
}

async fn compare(stage: &Stage, model: &Model) {
    let all = model.fitting(|_| true);
    let newest: Vec<MessageId> = all.iter().rev().copied().collect();
    let summary = stage.summary().await;
    assert_eq!((summary.count, summary.recent), (all.len() as u64, newest.iter().take(5).copied().collect()));
    let everything = MessageFilter::default();
    let counted = all.len() as u64;
    assert_eq!(stage.list(everything, SortOrder::Ascending).await, (all.clone(), counted));
    assert_eq!(stage.list(everything, SortOrder::Descending).await, (newest, counted));

    let between = MessageFilter { after: Some(at(10)), before: Some(at(40)), ..everything };
    let expected = model.fitting(|known| (11..40).contains(&known.millis));
    assert_eq!(stage.list(between, SortOrder::Ascending).await, (expected.clone(), expected.len() as u64));

    for (id, known) in &model.there {
        let message = stage.get(*id).await.unwrap();
        let replies = model.replies(*id);
        assert_eq!(message.content.as_ref().map(|text| text.as_str()), known.text.as_deref());
        assert_eq!((message.parent, message.reply_count), (known.parent, replies.len() as u64));
        let thread = MessageFilter { parent: Some(*id), ..everything };
        assert_eq!(stage.list(thread, SortOrder::Ascending).await, (replies.clone(), replies.len() as u64));
    }
    for id in model.ever.iter().filter(|id| !model.there.contains_key(id)) {
        assert!(matches!(stage.get(*id).await, Err(MessageError::Missing)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_the_table_is_what_the_model_is(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (stage, mut model) = (Stage::new().await, Model::default());
            for step in &steps {
                take(&stage, &mut model, step).await;
            }
            compare(&stage, &model).await;
        });
    }
}
