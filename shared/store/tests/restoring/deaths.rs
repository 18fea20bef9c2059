//! Whoever brings things in or takes them back may end at any call: done again, it is as if it had gone well at once.

use std::collections::BTreeSet;

use app_domain::{FactStatus, Version};
use app_testing::Death;

use crate::conversations::{chain, conversation};
use crate::others::{fact, reminder};
use crate::stage::{QUOTA, Stage, at, category, file, memory_titled, message};

/// Ends `act` at every call of the table, before and after it is done, does it again, and compares the table with that of one that
/// never ended.
async fn dies_anywhere(prepare: impl AsyncFn(&Stage), act: impl AsyncFn(&Stage) -> Option<()>) {
    let whole = Stage::new().await;
    prepare(&whole).await;
    act(&whole).await.unwrap();
    let expected = keys(&whole).await;
    for death in [Death::BeforeCalling, Death::BeforeHearing] {
        for calls in 0.. {
            let stage = Stage::new().await;
            prepare(&stage).await;
            stage.meter.die_after(calls, death);
            let _ = act(&stage).await;
            let has_died = stage.meter.revive();
            act(&stage).await.unwrap();
            let there = keys(&stage).await;
            let differs = there.symmetric_difference(&expected).collect::<Vec<_>>();
            assert!(differs.is_empty(), "{death:?} after {calls} calls: {differs:?}");
            let memory = memory_titled("A trip", 0).id;
            if stage.memories.get(stage.owner, memory).await.unwrap().is_some() {
                stage.audit(memory).await;
            }
            let filed = category("Sea");
            if let Some(filed) = stage.categories.get(stage.owner, filed.id).await.unwrap() {
                assert_eq!(filed.memory_count, stage.memories.total(stage.owner).await.unwrap());
            }
            let files = stage.files.page(stage.owner, None, 9).await.unwrap().len();
            assert_eq!(stage.files.usage(stage.owner).await.unwrap().count, files as u64);
            if !has_died {
                break;
            }
        }
    }
}

/// Everything in the table, but for fingerprints: each vault has its own.
async fn keys(stage: &Stage) -> BTreeSet<String> {
    let keys = stage.meter.keys().await.into_iter();
    keys.map(|key| key.split_once("#SAME#").map_or(key.clone(), |(owner, _)| format!("{owner}#SAME")))
        .collect()
}

fn memory() -> app_domain::Memory {
    let category = Some(category("Sea").id);
    app_domain::Memory { category, version: Version::from(5), ..memory_titled("A trip", 0) }
}

fn messages() -> Vec<app_domain::Message> {
    (0..70).map(|n| message(memory().id, n, (n % 5 == 3).then(|| n - 3))).collect()
}

async fn bring(stage: &Stage) -> Option<()> {
    let (owner, memory) = (stage.owner, memory());
    stage.categories.restore(&category("Sea"), app_store::Precedence::Newer).await.ok()?;
    stage.memories.take_in(&memory, at(1), app_store::Precedence::Newer).await.ok()?;
    let earlier = [3, 4].map(|n| app_domain::Memory { version: Version::from(n), ..memory.clone() });
    stage.memories.restore_versions(owner, memory.id, &earlier).await.ok()?;
    stage.files.restore(&file(Some(memory.id), Some(crate::stage::id(3)), 1), QUOTA).await.ok()?;
    stage.messages.restore(owner, memory.id, &messages(), app_store::Precedence::Newer).await.ok()?;
    Some(())
}

#[tokio::test]
async fn whoever_brings_memories_in_may_end_anywhere() {
    dies_anywhere(async |_| {}, bring).await;
}

#[tokio::test]
async fn whoever_takes_memories_back_may_end_anywhere() {
    let unmake = async |stage: &Stage| {
        let (owner, memory) = (stage.owner, memory());
        let wanted: Vec<_> = messages().iter().rev().map(|message| (message.id, message.version)).collect();
        stage.messages.unmake_all(owner, memory.id, &wanted).await.ok()?;
        let file = file(None, None, 1);
        stage.files.unmake(owner, file.id, file.version, at(9)).await.ok()?;
        stage.memories.unmake(owner, memory.id, memory.version, at(9)).await.ok()?;
        stage.categories.unmake(owner, category("Sea").id, Version::FIRST).await.ok()?;
        Some(())
    };
    let prepare = async |stage: &Stage| bring(stage).await.unwrap();
    dies_anywhere(prepare, unmake).await;
}

#[tokio::test]
async fn whoever_brings_conversations_in_and_takes_them_back_may_end_anywhere() {
    let talk = conversation();
    let turns = chain(&talk, 130);
    let talk = app_domain::Conversation { leaf: turns.last().map(|turn| turn.id), turns: 130, ..talk };
    let bring = async |stage: &Stage| {
        stage.conversations.restore(&talk, app_store::Precedence::Newer).await.ok()?;
        stage.conversations.restore_turns(stage.owner, talk.id, &turns).await.ok()?;
        let there = stage.conversations.get(stage.owner, talk.id).await.ok()?;
        assert_eq!(there.as_ref(), Some(&talk));
        Some(())
    };
    dies_anywhere(async |_| {}, bring).await;
    let unmake = async |stage: &Stage| {
        stage.conversations.unmake(stage.owner, talk.id, talk.updated_at, at(9)).await.ok()?;
        // What a chore does later.
        while !stage.conversations.remove_turns(stage.owner, talk.id, 100).await.ok()? {}
        let work = app_store::DueWork {
            kind: app_store::DueKind::Conversation,
            owner: stage.owner,
            id: talk.id.as_uuid(),
        };
        app_store::Due::new(stage.table.clone()).done(&at(9).day(), work).await.ok()?;
        Some(())
    };
    dies_anywhere(async |stage| bring(stage).await.unwrap(), unmake).await;
}

#[tokio::test]
async fn whoever_brings_in_the_rest_may_end_anywhere() {
    let facts: Vec<_> = (0..3).map(|n| fact(&format!("t{n}"), FactStatus::Active)).collect();
    let (ahead, past) = (reminder(3_600_000, None), reminder(600_000, None));
    let bring = async |stage: &Stage| {
        stage.facts.restore(stage.owner, &facts, app_store::Precedence::Newer).await.ok()?;
        for reminder in [&ahead, &past] {
            stage.reminders.restore(reminder, at(1_000_000)).await.ok()?;
        }
        Some(())
    };
    dies_anywhere(async |_| {}, bring).await;
    let unmake = async |stage: &Stage| {
        for fact in &facts {
            stage.facts.unmake(stage.owner, fact.id, fact.version).await.ok()?;
        }
        for reminder in [&ahead, &past] {
            stage.reminders.unmake(stage.owner, reminder.id).await.ok()?;
        }
        Some(())
    };
    dies_anywhere(async |stage| bring(stage).await.unwrap(), unmake).await;
}
