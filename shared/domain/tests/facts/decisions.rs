//! Each fact that is found is judged by itself.

use std::slice::from_ref;

use app_domain::{Decision, Fact, FactLedger, FactStatus, decide};

use crate::{at, fact, found, owner};

fn active(attribute: &str, value: &str) -> Fact {
    fact(FactStatus::Active, found(attribute, value, 0.9, 10))
}

#[test]
fn what_is_new_counts_if_it_is_certain() {
    assert_eq!(decide(&[], &found("likes", "tea", 0.6, 1)), Decision::Add);
    assert_eq!(decide(&[], &found("likes", "tea", 0.59, 1)), Decision::Review);
    assert_eq!(decide(&[active("likes", "tea")], &found("likes", "coffee", 0.6, 11)), Decision::Add);
    assert_eq!(decide(&[active("home city", "Paris")], &found("employer", "Paris", 0.6, 11)), Decision::Add);
}

#[test]
fn what_is_said_again_is_merged_once_for_each_turn() {
    let tea = active("likes", "tea");
    assert_eq!(decide(from_ref(&tea), &found("Likes", " TEA", 0.1, 11)), Decision::Merge(tea.id));
    assert_eq!(decide(from_ref(&tea), &found("likes", "tea", 0.9, 10)), Decision::Known(tea.id));
    let waiting = Fact { status: FactStatus::Review, ..tea };
    assert_eq!(decide(from_ref(&waiting), &found("likes", "tea", 1.0, 11)), Decision::Merge(waiting.id));
}

#[test]
fn another_value_supersedes_if_it_is_newer_and_certain_and_there_can_be_one() {
    let paris = active("home city", "Paris");
    let of = |certainty, turn| decide(from_ref(&paris), &found("home_city", "Lyon", certainty, turn));
    assert_eq!(of(0.8, 11), Decision::Supersede(paris.id));
    assert_eq!(of(0.79, 11), Decision::Review, "not certain enough");
    assert_eq!(of(1.0, 9), Decision::Review, "said earlier");
    let mut ledger = FactLedger::new(owner(), vec![paris.clone()]);
    ledger.merge(&[found("home city", "Paris", 0.9, 20)], at(20)).unwrap();
    let older = decide(&ledger.changes().written, &found("home city", "Lyon", 1.0, 15));
    assert_eq!(older, Decision::Review, "the first was stated again since");
    let decided = Fact { decided_at: Some(at(30)), ..paris.clone() };
    let older = decide(&[decided], &found("home city", "Lyon", 1.0, 25));
    assert_eq!(older, Decision::Review, "the person decided since");
}

#[test]
fn what_was_true_once_can_be_true_again() {
    let lyon = active("home city", "Lyon");
    let paris = Fact { status: FactStatus::Superseded { by: lyon.id }, ..active("home city", "Paris") };
    let both = [paris.clone(), lyon.clone()];
    assert_eq!(decide(&both, &found("home city", "Paris", 0.9, 11)), Decision::Supersede(lyon.id));
    assert_eq!(decide(&both, &found("home city", "Paris", 0.9, 10)), Decision::Known(paris.id));
}

#[test]
fn what_was_rejected_is_not_found_again_but_may_be_asked_again() {
    let tea = Fact { status: FactStatus::Rejected, ..active("likes", "tea") };
    assert_eq!(decide(from_ref(&tea), &found("likes", "tea", 1.0, 10)), Decision::Known(tea.id));
    assert_eq!(decide(&[tea], &found("likes", "tea", 1.0, 11)), Decision::Review);
    let paris = Fact { status: FactStatus::Rejected, ..active("home city", "Paris") };
    assert_eq!(decide(&[paris], &found("home city", "Lyon", 0.9, 11)), Decision::Add, "another value");
}
