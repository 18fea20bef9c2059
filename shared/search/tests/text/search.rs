//! What is found by words, and in which order.

use std::collections::HashSet;
use std::sync::Arc;

use crate::support::{MADE, bodies, body, corpus, found, found_in, id, number, segment, titled};
use app_domain::{MemoryId, MessageId, Timestamp};
use app_search::EntityId;
use app_search::text::{Corpus, Document, Filter, Query, Segment};
use uuid::Uuid;

#[test]
fn title_before_tags_before_body() {
    let tagged = Document { tags: vec!["kayak".to_owned()], ..body(2, "we paddled on the lake all day") };
    let documents = [
        body(1, "the kayak was on the lake all day"),
        tagged,
        titled(3, "Kayak", "we paddled on the lake all day"),
    ];
    assert_eq!(found(&corpus(&documents), "kayak "), [3, 2, 1]);
}

#[test]
fn exact_words_come_before_forms_and_typos() {
    let texts = [
        "the appointnent is on monday",
        "two appointments on monday",
        "the appointment is on monday",
        "nothing on monday",
    ];
    assert_eq!(found_in(&texts, "appointment "), [3, 2, 1]);
}

#[test]
fn accents_fold_and_the_exact_form_comes_first() {
    let texts = ["my resume is ready today", "mon résumé est prêt today", "nothing is ready today"];
    assert_eq!(found_in(&texts, "résumé "), [2, 1]);
    assert_eq!(found_in(&texts, "resume "), [1, 2]);
    assert_eq!(found_in(&texts, "RÉSU"), [2, 1]);
}

#[test]
fn an_exact_match_beats_any_number_of_typos() {
    let long = format!("{} receipt", "something else entirely was written here ".repeat(50));
    let documents = [titled(1, "receiqt", "receiqt receiqt receiqt receiqt"), body(2, &long)];
    assert_eq!(found(&corpus(&documents), "receipt "), [2, 1]);
}

#[test]
fn typos_are_tolerated_from_four_letters_and_two_from_eight() {
    let texts = ["cat", "bird", "passport", "umbrella"];
    for (query, hits) in [
        ("act ", &[][..]),
        ("brid ", &[2]),
        ("brd ", &[]),
        ("bidr ", &[2]),
        ("birds ", &[2]),
        ("psaport ", &[]),
        ("pasport ", &[3]),
        ("psasprot ", &[3]),
        ("xxssport ", &[3]),
        ("xxxsport ", &[]),
        ("umbrela ", &[4]),
        ("unberlla ", &[4]),
    ] {
        assert_eq!(found_in(&texts, query), hits, "{query}");
    }
}

#[test]
fn numbers_have_no_typos_and_identifiers_are_found_by_their_parts() {
    let texts =
        ["invoice 48213 paid", "invoice 48214 open", "the code is heron-42", "the code is heron-43 or 42"];
    assert_eq!(found_in(&texts, "48213 "), [1]);
    assert_eq!(found_in(&texts, "heron-42"), [3, 4]);
    assert_eq!(found_in(&texts, "heron 42"), [3, 4]);
    assert_eq!(found_in(&texts, "48"), [2, 1]);
}

#[test]
fn addresses_are_found_by_their_parts() {
    let texts =
        ["write to anna.meyer@example.com soon", "see https://docs.example.org/guide/setup?lang=en", "else"];
    for (query, hit) in [
        ("meyer ", 1),
        ("anna.meyer@example.com", 1),
        ("example.com", 1),
        ("setup guide", 2),
        ("docs.example.org/guide", 2),
    ] {
        assert_eq!(found_in(&texts, query).first(), Some(&hit), "{query}");
    }
}

#[test]
fn phrases_must_stand_so() {
    let texts = ["a red bicycle in the yard", "a bicycle that is red", "red, bicycle", "redbicycle"];
    assert_eq!(found_in(&texts, r#""red bicycle""#), [3, 1]);
    assert_eq!(found_in(&texts, r#""Réd bicycle" yard"#), [1, 3]);
    assert_eq!(found_in(&texts, r#""bicycle in the yard""#), [1]);
    assert_eq!(found_in(&texts, r#""in the""#), [1]);
    assert_eq!(found_in(&texts, r#""bicycles""#), Vec::<u64>::new());
}

#[test]
fn a_quoted_picture_must_stand_so_too() {
    let corpus = corpus(&[body(0, "party 🎉 at nine"), body(1, "party at nine"), body(2, "🎉 🎂 cake")]);
    assert_eq!(found(&corpus, "party \"🎉\""), [0, 2]);
    assert_eq!(found(&corpus, "party \"🎉 🎂\""), [2]);
}

#[test]
fn phrases_do_not_reach_from_one_field_or_tag_into_the_next() {
    let tags = vec!["blue".to_owned(), "whale".to_owned()];
    let document = Document { tags, ..titled(1, "deep ocean", "current map") };
    let corpus = corpus(&[document]);
    for (query, count) in
        [(r#""deep ocean""#, 1), (r#""ocean current""#, 0), (r#""blue whale""#, 0), (r#""ocean blue""#, 0)]
    {
        assert_eq!(found(&corpus, query).len(), count, "{query}");
    }
}

#[test]
fn exclusions_leave_out() {
    let texts = ["jaguar car in the city", "jaguar in the jungle", "old jaguar car museum"];
    assert_eq!(found_in(&texts, "jaguar -car"), [2]);
    assert_eq!(found_in(&texts, r#"jaguar -"old jaguar""#).len(), 2);
    assert_eq!(found_in(&texts, "-jaguar"), Vec::<u64>::new());
}

#[test]
fn all_words_are_wanted_and_most_are_better_than_none() {
    let texts = [
        "dentist in lisbon about the crown on friday",
        "dentist in lisbon",
        "the crown on television",
        "friday we went swimming",
        "bread and butter",
    ];
    let hits = found_in(&texts, "dentist lisbon crown friday ");
    assert_eq!(hits[..2], [1, 2]);
    assert!(!hits.contains(&4) && !hits.contains(&5), "{hits:?}");
    // Nobody has all of it.
    assert_eq!(found_in(&texts, "dentist lisbon zeppelin ")[..1], [2]);
    assert_eq!(found_in(&texts, "zeppelin crown quartz "), [3, 1]);
}

#[test]
fn grammar_does_not_decide_unless_there_is_nothing_else() {
    let texts = [
        "where is the key of the garage",
        "the key",
        "the the the of of where is the",
        "tickets for The Who",
    ];
    assert_eq!(found_in(&texts, "where is the key "), [2, 1]);
    assert_eq!(found_in(&texts, "the who ")[0], 4);
}

#[test]
fn neighbours_in_the_query_are_better_as_neighbours() {
    let texts = [
        "anna saw that peter, who knows the meyer family, was late for dinner",
        "peter saw that the family was late, but anna meyer knows dinner",
        "meyer saw that peter, who knows the family of anna, was late for dinner",
    ];
    assert_eq!(found_in(&texts, "anna meyer ")[0], 2);
}

#[test]
fn the_last_word_may_be_a_beginning() {
    let texts = ["passport renewal", "password manager", "pastry recipe", "nothing"];
    assert_eq!(found_in(&texts, "pass").len(), 2);
    assert_eq!(found_in(&texts, "pass "), Vec::<u64>::new());
    assert_eq!(found_in(&texts, "passport ren"), [1]);
    assert_eq!(found_in(&texts, "p").len(), 3);
}

#[test]
fn of_equals_the_newer_comes_first() {
    let documents = [body(2, "same words"), body(3, "same words"), body(1, "same words")];
    assert_eq!(found(&corpus(&documents), "same words "), [3, 2, 1]);
    let mut one_time = documents.clone();
    one_time.iter_mut().for_each(|document| document.created_at = Timestamp::from_millis(MADE).unwrap());
    assert_eq!(found(&corpus(&one_time), "same words "), [3, 2, 1]);
}

#[test]
fn the_newest_document_of_an_id_counts_and_removed_ones_are_gone() {
    let old = segment(&bodies(&["old words here", "gone words here", "kept words here"]));
    let newer = Segment::build(&[body(1, "new text here")], [id(2)]);
    let corpus = Corpus::new([old, Arc::new(Segment::open(newer).unwrap())]);
    assert_eq!(found(&corpus, "words "), [3]);
    assert_eq!(found(&corpus, "here "), [3, 1]);
    assert_eq!(corpus.document_count(), 2);

    let delta = segment(&[body(3, "changed again")]);
    let live = corpus.with(delta, &HashSet::from([id(1)]));
    assert_eq!(found(&live, "here "), Vec::<u64>::new());
    assert_eq!(found(&live, "again "), [3]);
    assert_eq!(live.made_at(id(3)), Some(body(3, "").created_at));
    assert_eq!(live.made_at(id(1)), None);
    assert_eq!(found(&corpus, "words "), [3], "the corpus without the delta is as it was");
}

#[test]
fn what_was_removed_can_come_back() {
    let old = segment(&bodies(&["one word"]));
    let removal = Arc::new(Segment::open(Segment::build(&[], [id(1)])).unwrap());
    let corpus = Corpus::new([old.clone(), removal.clone()]);
    assert_eq!(found(&corpus, "word "), Vec::<u64>::new());
    let restored = segment(&bodies(&["word again"]));
    assert_eq!(found(&Corpus::new([old.clone(), removal.clone(), restored.clone()]), "word "), [1]);

    let merged = |segments: &[&Segment], is_oldest| {
        Arc::new(Segment::open(Segment::merge(segments, is_oldest, |_| true)).unwrap())
    };
    let newer = merged(&[&removal], false);
    assert_eq!(newer.removed_ids().collect::<Vec<_>>(), [id(1)]);
    assert_eq!(found(&Corpus::new([old.clone(), newer]), "word "), Vec::<u64>::new());
    let all = merged(&[&old, &removal], true);
    assert_eq!((all.document_count(), all.removed_ids().count()), (0, 0));
    assert_eq!(found(&Corpus::new([merged(&[&old, &removal, &restored], true)]), "again "), [1]);
}

#[test]
fn messages_are_found_and_filed_where_their_memory_is() {
    let message = |number: u128, memory: u64, text: &str| Document {
        id: EntityId::Message(MessageId::from(Uuid::from_u128(number))),
        memory: Some(MemoryId::from(Uuid::from_u128(u128::from(memory)))),
        ..body(number as u64, text)
    };
    let filed = |number, text, facet: &str| Document { facets: vec![facet.to_owned()], ..body(number, text) };
    let documents = [
        filed(1, "trip plans", "category:travel"),
        filed(2, "work plans", "category:work"),
        message(11, 1, "the hotel has a pool"),
        message(12, 2, "the hotel is near the office"),
        message(13, 9, "a hotel of nobody"),
    ];
    let corpus = corpus(&documents);
    let any_of = [vec!["category:travel".to_owned(), "category:none".to_owned()]];
    let search = |filter: &Filter<'_>| corpus.search(&Query::parse("hotel "), filter, 10);
    let travel = search(&Filter { any_of: &any_of, ..Filter::default() });
    assert_eq!(travel.iter().map(|hit| number(hit.id)).collect::<Vec<_>>(), [11]);
    assert_eq!(travel[0].memory, documents[2].memory);
    let none_of = ["category:work".to_owned()];
    let others = search(&Filter { none_of: &none_of, ..Filter::default() });
    assert_eq!(
        others.iter().map(|hit| number(hit.id)).collect::<Vec<_>>(),
        [11],
        "what has no memory is not filed"
    );
    assert_eq!(search(&Filter::default()).len(), 3);
}

#[test]
fn filters_decide_before_ranking() {
    let mut documents: Vec<Document> = (1..=200).map(|number| titled(number, "tea", "tea tea tea")).collect();
    documents.push(body(201, "a long story in which somebody had tea once upon a time in the mountains"));
    let corpus = corpus(&documents);
    let query = Query::parse("tea ");
    let allows = |id: EntityId, _| number(id) == 201;
    let hits = corpus.search(&query, &Filter { allows: Some(&allows), ..Filter::default() }, 5);
    assert_eq!(hits.iter().map(|hit| number(hit.id)).collect::<Vec<_>>(), [201]);
    let at = |number: i64| Timestamp::from_millis(MADE + number * 60_000).unwrap();
    let hits = corpus.search(&query, &Filter { created_at: Some(at(10)..at(13)), ..Filter::default() }, 50);
    assert_eq!(hits.iter().map(|hit| number(hit.id)).collect::<Vec<_>>(), [12, 11, 10]);
}

#[test]
fn no_more_than_wanted_and_none_of_nothing() {
    let corpus = corpus(&bodies(&["one word", "two word", "three word"]));
    let search = |query: &str, limit| corpus.search(&Query::parse(query), &Filter::default(), limit).len();
    assert_eq!(
        (search("word", 2), search("word", usize::MAX), search("word", 0), search("?!", 10)),
        (2, 3, 0, 0)
    );
    assert_eq!(found(&Corpus::default(), "word"), Vec::<u64>::new());
}
