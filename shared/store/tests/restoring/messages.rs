//! Messages as they come in: any number, in any order, again, with replies to whatever.

use app_domain::{Attachments, MessageStatus, Version};
use app_store::{MessageError, Precedence, Restored, Unmade};

use crate::stage::{QUOTA, Stage, at, file, id, message, text};

#[tokio::test]
async fn messages_come_in_as_they_were_and_again_change_nothing() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let mut given: Vec<_> = (0..130)
        .map(|n| message(memory, n, (n % 3 == 1).then(|| n - n % 10).filter(|p| p % 3 != 1)))
        .collect();
    given[7].status = MessageStatus::Read;
    given[7].version = Version::from(9);
    given[7].edited_at = Some(at(5_000));
    let outcomes = stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await.unwrap();
    assert_eq!(outcomes, vec![Restored::Made; 130]);
    let there = stage.audit(memory).await;
    for (there, given) in there.iter().zip(&given) {
        let reply_count = there.reply_count;
        let parent = there.parent;
        assert_eq!(*there, app_domain::Message { reply_count, parent, ..given.clone() });
    }
    let again = stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await.unwrap();
    assert_eq!(again, vec![Restored::Same; 130]);
    assert_eq!(stage.audit(memory).await, there);
}

#[tokio::test]
async fn a_reply_may_come_before_what_it_replies_to() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let given = [message(memory, 5, Some(9)), message(memory, 6, Some(5)), message(memory, 9, None)];
    stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await.unwrap();
    let parents: Vec<_> = stage.audit(memory).await.iter().map(|message| message.parent).collect();
    assert_eq!(parents, [Some(id(9)), Some(id(9)), None], "a reply to a reply joins its thread");
}

#[tokio::test]
async fn what_replies_to_nothing_or_to_itself_begins_a_thread() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let given = [
        message(memory, 1, Some(77)),
        message(memory, 2, Some(2)),
        message(memory, 3, Some(4)),
        message(memory, 4, Some(3)),
        // Its circle is above it.
        message(memory, 5, Some(3)),
    ];
    let outcomes = stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await.unwrap();
    assert_eq!(outcomes, vec![Restored::Made; 5]);
    assert!(stage.audit(memory).await.iter().all(|message| message.parent.is_none()));
}

#[tokio::test]
async fn replies_reach_messages_that_were_there() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    stage
        .messages
        .restore(
            stage.owner,
            memory,
            &[message(memory, 1, None), message(memory, 2, Some(1))],
            Precedence::Newer,
        )
        .await
        .unwrap();
    let given = [message(memory, 3, Some(1)), message(memory, 4, Some(2)), message(memory, 5, Some(4))];
    stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await.unwrap();
    let all = stage.audit(memory).await;
    assert_eq!(all[0].reply_count, 4);
}

#[tokio::test]
async fn the_newer_of_two_copies_stays() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let there = message(memory, 1, None);
    let reply = message(memory, 2, Some(1));
    stage
        .messages
        .restore(stage.owner, memory, &[there.clone(), reply.clone()], Precedence::Newer)
        .await
        .unwrap();
    let newer = app_domain::Message { content: Some(text("edited")), updated_at: at(90), ..there.clone() };
    let older = app_domain::Message { content: Some(text("before")), updated_at: at(-90), ..there.clone() };
    let also = app_domain::Message { content: Some(text("edited too")), updated_at: at(90), ..reply };
    // What is replied to is changed, and gets another reply, in one call.
    let given = [newer, also, message(memory, 3, Some(1)), older];
    let outcomes = stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await.unwrap();
    assert_eq!(outcomes, [Restored::Updated, Restored::Updated, Restored::Made, Restored::Same]);
    let outcomes = stage.messages.restore(stage.owner, memory, &given[3..], Precedence::Newer).await.unwrap();
    assert_eq!(outcomes, [Restored::Newer]);
    let all = stage.audit(memory).await;
    assert_eq!(all[0].content, Some(text("edited")));
    assert_eq!((all[0].version.get(), all[1].content.clone()), (2, Some(text("edited too"))));
}

#[tokio::test]
async fn a_deleted_message_holds_the_place_of_its_replies_and_stays_deleted() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let gone = message(memory, 1, None).deleted(at(1));
    let given = [gone, message(memory, 2, Some(1))];
    let outcomes = stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await.unwrap();
    assert_eq!(outcomes, [Restored::Made, Restored::Made]);
    let all = stage.audit(memory).await;
    assert!(all[0].is_deleted() && all.len() == 2);
    let back = [message(memory, 1, None)];
    assert_eq!(
        stage.messages.restore(stage.owner, memory, &back, Precedence::Newer).await.unwrap(),
        [Restored::Newer]
    );
    // With the last reply the place goes too.
    let unmade = stage.messages.unmake(stage.owner, memory, id(2), Version::FIRST).await.unwrap();
    assert_eq!((unmade, stage.audit(memory).await.len()), (Unmade::Gone, 0));
}

#[tokio::test]
async fn files_come_with_their_messages_if_they_can() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let elsewhere = crate::stage::memory_titled("Elsewhere", 1);
    stage.memories.create(&elsewhere).await.unwrap();
    let linked = file(Some(memory), Some(id(1)), 1);
    let loose = file(None, None, 2);
    let other = file(Some(elsewhere.id), None, 3);
    for file in [&linked, &loose, &other] {
        stage.files.restore(file, QUOTA).await.unwrap();
    }
    let files = [linked.id, loose.id, other.id, file(None, None, 4).id];
    let attachments = Attachments::parse(&files).unwrap();
    let given: Vec<_> = (1..=2)
        .map(|n| app_domain::Message { attachments: attachments.clone(), ..message(memory, n, None) })
        .collect();
    stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await.unwrap();
    let all = stage.audit(memory).await;
    assert_eq!(all[0].attachments.ids(), [linked.id, loose.id]);
    assert_eq!(
        stage.files.get(stage.owner, linked.id).await.unwrap(),
        Some(linked.clone()),
        "nothing to write"
    );
    let attached = stage.files.get(stage.owner, loose.id).await.unwrap().unwrap();
    assert_eq!((attached.attached.unwrap().message, attached.version.get()), (Some(id(1)), 2));
    let mut below = stage.files.ids_of(stage.owner, memory, None, 10).await.unwrap();
    below.sort();
    assert_eq!(below, [linked.id, loose.id]);
    // Taken back, the message lets go of them, and they are what they were.
    let wanted = [(id(1), Version::FIRST), (id(2), Version::FIRST)];
    let unmade = stage.messages.unmake_all(stage.owner, memory, &wanted).await.unwrap();
    assert_eq!(unmade, [Unmade::Gone, Unmade::Gone]);
    let left = stage.files.get(stage.owner, linked.id).await.unwrap().unwrap();
    assert_eq!((left.attached.unwrap().message, left.version), (None, linked.version));
    let unmade = stage.files.unmake(stage.owner, linked.id, linked.version, at(9)).await.unwrap();
    assert_eq!(unmade, Unmade::Gone);
}

#[tokio::test]
async fn hostile_copies_are_refused_or_made_to_fit() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let mut deep: Vec<_> = (1..300).map(|n| message(memory, n, Some(n - 1))).collect();
    deep.insert(0, message(memory, 0, None));
    let twice = app_domain::Message { content: Some(text("another")), ..message(memory, 5, None) };
    deep.push(twice);
    let never = app_domain::Message { version: Version::from(u64::MAX), ..message(memory, 900, None) };
    deep.push(never);
    let elsewhere = app_domain::Message {
        owner: app_domain::UserId::new(at(0)),
        memory: app_domain::MemoryId::new(at(0)),
        ..message(memory, 901, None)
    };
    deep.push(elsewhere);
    let outcomes = stage.messages.restore(stage.owner, memory, &deep, Precedence::Newer).await.unwrap();
    assert_eq!(outcomes[..300], vec![Restored::Made; 300]);
    assert_eq!(outcomes[300], Restored::Same);
    assert!(matches!(outcomes[301], Restored::Refused(_)) && outcomes[302] == Restored::Made);
    assert_eq!(stage.audit(memory).await.len(), 301);
}

#[tokio::test]
async fn nothing_comes_to_a_memory_that_is_not_there_or_in_the_trash() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let given = [message(memory, 1, None)];
    stage.memories.trash(stage.owner, memory, None, at(1)).await.unwrap();
    let outcome = stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await;
    assert!(matches!(outcome, Err(MessageError::NoMemory)));
    let unmade = stage.messages.unmake(stage.owner, memory, id(1), Version::FIRST).await.unwrap();
    assert_eq!(unmade, Unmade::Missing);
    assert!(stage.messages.restore(stage.owner, memory, &[], Precedence::Newer).await.unwrap().is_empty());
}
