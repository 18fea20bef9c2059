//! Whatever messages come in, are written by hand and are taken back, in whatever order: what is known of them is true.

use app_domain::{Message, MessagePatch, Version};
use app_store::{Precedence, Restored, Unmade};
use proptest::prelude::*;

use crate::stage::{Stage, at, id, message, text};

#[derive(Debug, Clone)]
enum Step {
    /// Messages by number, what they reply to, and whether they were deleted.
    Restore(Vec<(u64, Option<u64>, bool)>),
    Unmake(Vec<u64>),
    Edit(u64),
    Delete(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let number = || 0..60_u64;
    let one = (number(), proptest::option::of(number()), prop::bool::weighted(0.1));
    prop_oneof![
        4 => prop::collection::vec(one, 1..80).prop_map(Step::Restore),
        3 => prop::collection::vec(number(), 1..60).prop_map(Step::Unmake),
        1 => number().prop_map(Step::Edit),
        2 => number().prop_map(Step::Delete),
    ]
}

async fn take(stage: &Stage, memory: app_domain::MemoryId, step: Step) {
    let before = stage.all(memory).await;
    let find = |messages: &[Message], n| messages.iter().find(|message| message.id == id(n)).cloned();
    match step {
        Step::Restore(some) => {
            let given: Vec<Message> = some
                .iter()
                .map(|(n, parent, is_deleted)| {
                    let message = message(memory, *n, *parent);
                    if *is_deleted { message.deleted(at(0)) } else { message }
                })
                .collect();
            let outcomes =
                stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await.unwrap();
            let made = outcomes.iter().filter(|outcome| **outcome == Restored::Made).count();
            let after = stage.all(memory).await;
            assert_eq!(after.len(), before.len() + made);
            assert!(some.iter().all(|(n, ..)| find(&after, *n).is_some()));
        }
        Step::Unmake(some) => {
            let wanted: Vec<_> = some
                .iter()
                .map(|n| (id(*n), find(&before, *n).map_or(Version::FIRST, |message| message.version)))
                .collect();
            let outcomes = stage.messages.unmake_all(stage.owner, memory, &wanted).await.unwrap();
            let after = stage.all(memory).await;
            for (n, outcome) in some.iter().zip(outcomes) {
                let (was, is) = (find(&before, *n), find(&after, *n));
                let replied = after.iter().any(|message| message.parent == Some(id(*n)));
                let expected = match (was.is_some(), is.is_some()) {
                    (false, _) => Unmade::Missing,
                    (true, false) => Unmade::Gone,
                    (true, true) => Unmade::Changed,
                };
                assert_eq!(outcome, expected);
                assert_eq!(is.is_some() && was.is_some(), replied, "only what others replied to stays");
            }
        }
        Step::Edit(n) => {
            let patch = MessagePatch { content: Some(text("by hand")), ..MessagePatch::default() };
            drop(stage.messages.patch(stage.owner, memory, id(n), None, &patch, at(99)).await);
        }
        Step::Delete(n) => drop(stage.messages.delete(stage.owner, memory, id(n), None, at(99)).await),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_known_of_messages_is_true_of_them(steps in prop::collection::vec(step(), 1..10)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stage = Stage::new().await;
            let memory = stage.memory().await;
            for step in steps {
                take(&stage, memory, step).await;
                stage.audit(memory).await;
            }
        });
    }
}
