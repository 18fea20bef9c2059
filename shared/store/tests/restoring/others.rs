//! Categories, facts, reminders, saved searches and settings, as they come in.

use app_domain::{
    Category, CategoryName, Certainty, ConversationId, Fact, FactSource, FactStatement, FactStatus, FactTerm,
    MemoSettings, MemoryId, NewFact, Reminder, ReminderDraft, ReminderState, ReminderText, ReminderTime,
    SavedSearch, SavedSearchId, SavedSearchName, TurnId, Version,
};
use app_store::{MemoPreferences, Precedence, Restored, Unmade};
use app_testing::vault;

use crate::stage::{Stage, at, category, owner};

pub(crate) fn fact(value: &str, status: FactStatus) -> Fact {
    let term = |text: &str| FactTerm::parse(text).unwrap();
    let source =
        FactSource { conversation: ConversationId::new(at(0)), turn: TurnId::new(at(0)), said_at: at(0) };
    let found = NewFact {
        statement: FactStatement::parse(&format!("Their town is {value}.")).unwrap(),
        subject: term("Ada"),
        attribute: term("town"),
        value: term(value),
        certainty: Certainty::parse(0.5).unwrap(),
        source,
        valid_from: None,
    };
    Fact::new(owner(), found, status, at(0))
}

pub(crate) fn reminder(millis: i64, memory: Option<MemoryId>) -> Reminder {
    let at_ = ReminderTime::ahead(at(millis), at(0)).unwrap();
    Reminder::new(
        owner(),
        ReminderDraft { memory, text: ReminderText::parse("Call Ada").unwrap(), at: at_ },
        at(0),
    )
}

fn search(name: &str) -> SavedSearch {
    SavedSearch {
        id: SavedSearchId::new(at(0)),
        name: SavedSearchName::parse(name).unwrap(),
        search: serde_json::Map::new(),
        created_at: at(0),
        updated_at: at(0),
    }
}

#[tokio::test]
async fn categories_of_one_name_are_one() {
    let stage = Stage::new().await;
    let given = category("Sea");
    assert_eq!(
        stage.categories.restore(&given, Precedence::Newer).await.unwrap(),
        (given.id, Restored::Made)
    );
    assert_eq!(
        stage.categories.restore(&given, Precedence::Newer).await.unwrap(),
        (given.id, Restored::Same)
    );
    let other = Category { id: app_domain::CategoryId::new(at(5)), ..category("SEA") };
    assert_eq!(
        stage.categories.restore(&other, Precedence::Newer).await.unwrap(),
        (given.id, Restored::Same)
    );
    let name = CategoryName::parse("Ocean").unwrap();
    let newer = Category { name, updated_at: at(9), ..given.clone() };
    assert_eq!(
        stage.categories.restore(&newer, Precedence::Newer).await.unwrap(),
        (given.id, Restored::Updated)
    );
    assert_eq!(
        stage.categories.restore(&given, Precedence::Newer).await.unwrap(),
        (given.id, Restored::Newer)
    );
    assert_eq!(
        stage.categories.restore(&other, Precedence::Newer).await.unwrap(),
        (other.id, Restored::Made),
        "its name is free"
    );
    let there = stage.categories.get(stage.owner, given.id).await.unwrap().unwrap();
    assert_eq!(stage.categories.unmake(stage.owner, given.id, there.version).await.unwrap(), Unmade::Gone);
}

#[tokio::test]
async fn no_more_categories_come_in_than_can_be() {
    let stage = Stage::new().await;
    let of =
        |n: usize| Category { id: app_domain::CategoryId::new(at(n as i64)), ..category(&format!("c{n}")) };
    for n in 0..Category::MAX_PER_PERSON {
        assert_eq!(stage.categories.restore(&of(n), Precedence::Newer).await.unwrap().1, Restored::Made);
    }
    let outcome = stage.categories.restore(&of(999), Precedence::Newer).await.unwrap().1;
    assert!(matches!(outcome, Restored::Refused(_)), "{outcome:?}");
}

#[tokio::test]
async fn facts_are_the_same_by_their_ids() {
    let stage = Stage::new().await;
    let facts: Vec<Fact> = (0..200).map(|n| fact(&format!("town {n}"), FactStatus::Active)).collect();
    assert_eq!(
        stage.facts.restore(stage.owner, &facts, Precedence::Newer).await.unwrap(),
        vec![Restored::Made; 200]
    );
    assert_eq!(
        stage.facts.restore(stage.owner, &facts, Precedence::Newer).await.unwrap(),
        vec![Restored::Same; 200]
    );
    let (there, _) = stage.facts.list(stage.owner, |_| true, None, 1_000).await.unwrap();
    assert_eq!(there.len(), 200);
    assert!(facts.iter().all(|fact| there.contains(fact)));
    let newer = Fact {
        status: FactStatus::Rejected,
        version: Version::from(4),
        updated_at: at(9),
        ..facts[0].clone()
    };
    assert_eq!(
        stage.facts.restore(stage.owner, std::slice::from_ref(&newer), Precedence::Newer).await.unwrap(),
        [Restored::Updated]
    );
    assert_eq!(
        stage.facts.restore(stage.owner, &facts[..1], Precedence::Newer).await.unwrap(),
        [Restored::Newer]
    );
    let unmake = |fact: &Fact, version| stage.facts.unmake(stage.owner, fact.id, version);
    assert_eq!(unmake(&facts[0], facts[0].version).await.unwrap(), Unmade::Changed);
    assert_eq!(unmake(&facts[1], facts[1].version).await.unwrap(), Unmade::Gone);
    assert_eq!(unmake(&facts[1], facts[1].version).await.unwrap(), Unmade::Missing);
}

#[tokio::test]
async fn no_more_facts_come_in_than_can_be() {
    let stage = Stage::new().await;
    let open: Vec<Fact> = (0..=Fact::MAX_OPEN).map(|n| fact(&format!("t{n}"), FactStatus::Review)).collect();
    let outcomes = stage.facts.restore(stage.owner, &open, Precedence::Newer).await.unwrap();
    assert!(matches!(outcomes[Fact::MAX_OPEN], Restored::Refused(_)));
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Restored::Made).count(), Fact::MAX_OPEN);
    let closed: Vec<Fact> =
        (0..=Fact::MAX_CLOSED).map(|n| fact(&format!("c{n}"), FactStatus::Rejected)).collect();
    let outcomes = stage.facts.restore(stage.owner, &closed, Precedence::Newer).await.unwrap();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Restored::Made).count(), Fact::MAX_CLOSED);
}

#[tokio::test]
async fn a_reminder_waits_again_unless_its_time_is_past() {
    let stage = Stage::new().await;
    let (ahead, past) = (reminder(3_600_000, Some(MemoryId::new(at(0)))), reminder(600_000, None));
    let now = at(1_000_000);
    for given in [&ahead, &past] {
        assert_eq!(stage.reminders.restore(given, now).await.unwrap(), Restored::Made);
        assert_eq!(stage.reminders.restore(given, now).await.unwrap(), Restored::Same);
    }
    let there = stage.reminders.get(stage.owner, ahead.id).await.unwrap();
    assert_eq!(there, Some(Reminder { memory: None, ..ahead.clone() }), "its memory is not there");
    let missed = stage.reminders.get(stage.owner, past.id).await.unwrap().unwrap();
    assert_eq!(missed.state, ReminderState::Missed);
    let due = stage.reminders.due(&at(0).day(), at(86_400_000), None, 9).await.unwrap();
    assert_eq!(due.items.iter().map(|due| due.id).collect::<Vec<_>>(), [ahead.id]);
    let text = ReminderText::parse("Call Bob").unwrap();
    stage.reminders.change(stage.owner, ahead.id, None, Some(&text)).await.unwrap();
    assert_eq!(stage.reminders.unmake(stage.owner, ahead.id).await.unwrap(), Unmade::Changed);
    assert_eq!(stage.reminders.unmake(stage.owner, past.id).await.unwrap(), Unmade::Gone);
    assert_eq!(stage.reminders.unmake(stage.owner, past.id).await.unwrap(), Unmade::Missing);
}

#[tokio::test]
async fn searches_come_in_once_and_no_more_than_can_be() {
    let stage = Stage::new().await;
    let given = search("Bills");
    assert_eq!(stage.searches.restore(stage.owner, &given, Precedence::Newer).await.unwrap(), Restored::Made);
    assert_eq!(stage.searches.restore(stage.owner, &given, Precedence::Newer).await.unwrap(), Restored::Same);
    assert_eq!(
        stage.searches.restore(stage.owner, &search("BILLS"), Precedence::Newer).await.unwrap(),
        Restored::Same
    );
    let newer =
        SavedSearch { name: SavedSearchName::parse("Rent").unwrap(), updated_at: at(5), ..given.clone() };
    assert_eq!(
        stage.searches.restore(stage.owner, &newer, Precedence::Newer).await.unwrap(),
        Restored::Updated
    );
    assert_eq!(
        stage.searches.restore(stage.owner, &given, Precedence::Newer).await.unwrap(),
        Restored::Newer
    );
    for n in 1..SavedSearch::MAX {
        assert_eq!(
            stage.searches.restore(stage.owner, &search(&format!("s{n}")), Precedence::Newer).await.unwrap(),
            Restored::Made
        );
    }
    let outcome = stage.searches.restore(stage.owner, &search("one more"), Precedence::Newer).await.unwrap();
    assert!(matches!(outcome, Restored::Refused(_)));
    let unmake = |then| stage.searches.unmake(stage.owner, given.id, then);
    assert_eq!(unmake(at(0)).await.unwrap(), Unmade::Changed);
    assert_eq!(unmake(at(5)).await.unwrap(), Unmade::Gone);
    assert_eq!(unmake(at(5)).await.unwrap(), Unmade::Missing);
}

#[tokio::test]
async fn searches_that_are_long_do_not_take_the_others_along() {
    let stage = Stage::new().await;
    let long = serde_json::Map::from_iter([("q".to_owned(), "x".repeat(8_000).into())]);
    let mut refused = 0;
    for n in 0..SavedSearch::MAX {
        let given = SavedSearch { search: long.clone(), ..search(&format!("s{n}")) };
        let outcome = stage.searches.restore(stage.owner, &given, Precedence::Newer).await.unwrap();
        refused += usize::from(matches!(outcome, Restored::Refused(_)));
    }
    assert_eq!(stage.searches.of(stage.owner).await.unwrap().len() + refused, SavedSearch::MAX);
    assert!(refused > 0);
}

#[tokio::test]
async fn settings_are_taken_over_only_where_nothing_was_set() {
    let stage = Stage::new().await;
    let preferences = MemoPreferences::new(stage.table.clone(), vault(&stage.table));
    let own = |settings: &mut MemoSettings| {
        settings.answer_language = app_domain::LanguageTag::parse("de").ok();
        Ok::<_, ()>(())
    };
    preferences.change(stage.owner, own).await.unwrap();
    let given = MemoSettings {
        answer_language: app_domain::LanguageTag::parse("fr").ok(),
        external_models: false,
        ..MemoSettings::default()
    };
    assert_eq!(preferences.restore(stage.owner, &given, Precedence::Newer).await.unwrap(), Restored::Updated);
    assert_eq!(preferences.restore(stage.owner, &given, Precedence::Newer).await.unwrap(), Restored::Same);
    let there = preferences.get(stage.owner).await.unwrap();
    assert_eq!(
        (there.external_models, there.answer_language),
        (false, app_domain::LanguageTag::parse("de").ok())
    );
}
