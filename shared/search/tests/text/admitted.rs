//! What quoted and excluded words say of memories that were found by other means.

use std::collections::HashSet;

use app_search::EntityId;
use app_search::text::{Corpus, Document, Query};
use proptest::prelude::*;

use crate::support::{bodies, body, corpus, found, id, number, segment, titled};

/// The numbers of all that a query admits, of those from 9 down to 1.
fn admitted(corpus: &Corpus, query: &str) -> Vec<u64> {
    let ids = (1..10).rev().map(id);
    corpus.admitted(ids, &Query::parse(query)).into_iter().map(number).collect()
}

fn admitted_of(texts: &[&str], query: &str) -> Vec<u64> {
    admitted(&corpus(&bodies(texts)), query)
}

#[test]
fn an_excluded_word_leaves_out_whatever_has_nothing_else_of_the_query() {
    let texts = ["the vehicle is a car", "the vehicle is a van", "an automobile", "cars"];
    assert_eq!(admitted_of(&texts, "automobile"), [4, 3, 2, 1]);
    assert_eq!(admitted_of(&texts, "automobile -car"), [4, 3, 2]);
    assert_eq!(admitted_of(&texts, "-car"), [4, 3, 2], "although there is nothing to look for");
    assert_eq!(admitted_of(&texts, r#"-"a car" -automobile"#), [4, 2]);
}

#[test]
fn all_that_is_quoted_must_be_there() {
    let texts = ["a red bicycle in the yard", "a bicycle that is red", "Réd bicycle", "nothing of the kind"];
    assert_eq!(admitted_of(&texts, r#"yard "red bicycle""#), [3, 1]);
    assert_eq!(admitted_of(&texts, r#""red bicycle" "yard""#), [1]);
    assert_eq!(admitted_of(&texts, r#""red bicycle" -yard"#), [3]);
    assert_eq!(admitted_of(&texts, r#""bicycles""#), Vec::<u64>::new());
    assert_eq!(admitted_of(&texts, r#""red bicy"#), [4, 3, 2, 1], "it is not closed yet");
}

#[test]
fn titles_and_tags_are_read_too() {
    let tagged = Document { tags: vec!["scrap yard".to_owned()], ..body(2, "a note") };
    let corpus = corpus(&[titled(1, "Old car", "a note"), tagged, body(3, "a note")]);
    assert_eq!(admitted(&corpus, r#"note -car -"scrap yard""#), [3]);
    assert_eq!(admitted(&corpus, r#""old car""#), [1]);
}

#[test]
fn only_what_counts_now_is_asked() {
    let old = corpus(&bodies(&["a car", "a van", "a car", "a van"]));
    let changed = segment(&[body(1, "a van"), body(2, "a car"), body(5, "a car"), body(6, "a van")]);
    let corpus = old.with(changed, &HashSet::from([id(4)]));
    assert_eq!(admitted(&corpus, "-car"), [6, 1]);
    assert_eq!(admitted(&corpus, "\"car\""), [5, 3, 2]);
    assert_eq!(admitted(&corpus, "car"), [6, 5, 3, 2, 1]);
    assert_eq!(admitted(&Corpus::default(), "\"car\" -van"), Vec::<u64>::new());
}

#[test]
fn words_of_all_languages_are_left_out() {
    for (text, query) in [
        ("Die Schlüssel für das Gartenhaus", "-schlussel"),
        ("L'immeuble d'Éloïse est à côté", "garage -eloise"),
        ("地下停车场的车位是B2层47号", "-停车场"),
        ("地下停车场的车位是B2层47号", "-“停车场的车位”"),
        ("猫のワクチンは四月に動物病院で打ちました", "-「動物病院」"),
        ("여권은 안방 서랍에 있습니다", "-서랍에"),
        ("กุญแจสำรองอยู่ในลิ้นชักห้องครัว", "-ลิ้นชัก"),
        ("مفتاح السيارة عند أحمد", "-احمد"),
        ("Ключи от дачи", "«ключи» -дачи"),
        ("ｐａｓｓ\u{200b}ｗｏｒｄ: maple", "－password"),
        ("the code is heron-42", "-heron-42"),
        ("write to anna.meyer@example.com", "-anna.meyer@example.com"),
    ] {
        assert_eq!(admitted_of(&[text, "ключи nothing"], query), [2], "{query}");
    }
}

#[test]
fn what_is_wanted_is_told_without_signs() {
    for (query, wanted) in [
        ("jaguar -car", "jaguar"),
        ("jaguar -car museum", "jaguar museum"),
        (r#"key "red house" -"old garage" upstairs"#, "key red house upstairs"),
        (r#""red""house""#, "red house"),
        ("„rotes Haus“ «maison rouge» 「赤い家」", "rotes Haus maison rouge 赤い家"),
        ("пароль －wifi", "пароль"),
        // Without signs it stays as it was typed.
        ("Where is  Wi-Fi -5 ｋｅｙ?\n", "Where is  Wi-Fi -5 ｋｅｙ?\n"),
        (r#"a "red hou"#, r#"a "red hou"#),
        ("🎉", "🎉"),
        // Nothing is left to look for.
        ("-car", ""),
        (r#"(-car) - -"old garage""#, ""),
        ("?!", ""),
        ("", ""),
    ] {
        assert_eq!(Query::parse(query).wanted(), wanted, "{query}");
    }
    assert_eq!(Query::default().wanted(), "");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_with_an_excluded_word_is_admitted(
        texts in prop::collection::vec("[abc]{1,2}( [abc]{1,2}){0,5}", 1..9),
        excluded in prop::collection::vec("[abc]{1,2}", 1..4),
    ) {
        let corpus = corpus(&(1..).zip(&texts).map(|(number, text)| body(number, text)).collect::<Vec<_>>());
        let query = excluded.iter().map(|word| format!("-{word}")).collect::<Vec<_>>().join(" ");
        let holds = |text: &str| text.split(' ').any(|word| excluded.iter().any(|excluded| excluded == word));
        let mut expected: Vec<u64> =
            (1..).zip(&texts).filter(|(_, text)| !holds(text)).map(|(number, _)| number).collect();
        expected.reverse();
        prop_assert_eq!(admitted(&corpus, &query), expected);
    }

    #[test]
    fn what_is_found_by_any_query_is_admitted(
        texts in prop::collection::vec("[ab停车é\"「」 -]{0,12}", 1..6),
        query in "[ab停车é\"「」 -]{0,20}",
    ) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let corpus = corpus(&bodies(&texts));
        let admitted: HashSet<u64> = admitted(&corpus, &query).into_iter().collect();
        prop_assert!(found(&corpus, &query).iter().all(|number| admitted.contains(number)));
    }

    #[test]
    fn any_text_wants_something_or_nothing(query in prop_oneof![any::<String>(), "[ab停é🎉\"“„«»「」 \u{200b}－.-]{0,20}"]) {
        let parsed = Query::parse(&query);
        prop_assert_eq!(parsed.wanted().is_empty(), parsed.is_empty());
        let ids: [EntityId; 3] = [id(2), id(9), id(2)];
        let admitted = corpus(&bodies(&["a b", "停 a é"])).admitted(ids, &parsed);
        prop_assert!(admitted.is_empty() || admitted == [id(2), id(2)]);
    }
}
