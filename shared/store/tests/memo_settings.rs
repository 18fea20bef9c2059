//! Memo's settings in a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use app_domain::{CategoryId, Instructions, KeptCategories, LanguageTag, MemoSettings, Timestamp, UserId};
use app_store::{MemoPreferences, SavingError};
use app_testing::{metered_table, missing_table, table, vault};

fn owner() -> UserId {
    UserId::new(Timestamp::from_millis(1_795_000_000_000).unwrap())
}

#[tokio::test]
async fn a_person_has_what_everybody_has_until_it_is_changed() {
    let table = table().await;
    let (settings, ada) = (MemoPreferences::new(table.clone(), vault(&table)), owner());
    assert_eq!(settings.get(ada).await.unwrap(), MemoSettings::default());
    let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
    let wanted = MemoSettings {
        external_models: false,
        redaction: true,
        confirm_writes: false,
        extract_facts: true,
        kept_categories: KeptCategories::parse([CategoryId::new(now), CategoryId::new(now)]).unwrap(),
        answer_language: LanguageTag::parse("pt-BR").ok(),
        instructions: Instructions::parse("Be brief.").ok(),
    };
    let change = |settings: &mut MemoSettings| {
        *settings = wanted.clone();
        Ok::<_, ()>(settings.clone())
    };
    assert_eq!(settings.change(ada, change).await.unwrap(), wanted);
    assert_eq!(settings.get(ada).await.unwrap(), wanted);
    assert_eq!(settings.get(owner()).await.unwrap(), MemoSettings::default(), "somebody else");
    let refused = settings.change(ada, |_| Err::<(), _>("no")).await;
    assert!(matches!(refused, Err(SavingError::Refused("no"))));
    assert_eq!(settings.get(ada).await.unwrap(), wanted);
}

#[tokio::test]
async fn changes_at_once_are_all_made() {
    let table = table().await;
    let (settings, ada) = (MemoPreferences::new(table.clone(), vault(&table)), owner());
    let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
    let changing = (0..10).map(|_| {
        let (settings, category) = (settings.clone(), CategoryId::new(now));
        tokio::spawn(async move {
            let keep = |settings: &mut MemoSettings| {
                let kept = settings.kept_categories.iter().chain([category]).collect::<Vec<_>>();
                KeptCategories::parse(kept).map(|kept| settings.kept_categories = kept)
            };
            settings.change(ada, keep).await.unwrap();
        })
    });
    for changed in changing.collect::<Vec<_>>() {
        changed.await.unwrap();
    }
    assert_eq!(settings.get(ada).await.unwrap().kept_categories.iter().count(), 10);
}

#[tokio::test]
async fn settings_cost_a_read_and_a_change_a_write_more() {
    let (table, meter) = metered_table().await;
    let (settings, ada) = (MemoPreferences::new(table.clone(), vault(&table)), owner());
    let redact = |settings: &mut MemoSettings| {
        settings.redaction = true;
        Ok::<_, ()>(())
    };
    settings.change(ada, redact).await.unwrap();
    meter.take();
    settings.get(ada).await.unwrap();
    let read = meter.take();
    assert_eq!((read.calls, read.reads), (vec!["GetItem".to_owned()], 1.0));
    settings.change(ada, redact).await.unwrap();
    let changed = meter.take();
    assert_eq!(changed.calls, ["GetItem", "PutItem"]);
    assert_eq!((changed.reads, changed.writes), (1.0, 1.0));
}

#[tokio::test]
async fn settings_that_cannot_be_read_are_not_those_of_everybody() {
    let table = missing_table().await;
    let settings = MemoPreferences::new(table.clone(), vault(&table));
    assert!(settings.get(owner()).await.is_err());
}
