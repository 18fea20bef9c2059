//! What must hold whatever was saved, however it is spread over segments.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use app_search::EntityId;
use app_search::text::{Corpus, Document, Filter, Query, Segment, TextHit};
use proptest::prelude::*;

use crate::support::{body, corpus, found, id, number, segment, titled};

/// Words that often meet, in several scripts, with forms and typos of one another.
const WORDS: &[&str] = &[
    "garden",
    "gardens",
    "gardening",
    "gradens",
    "the",
    "of",
    "key",
    "keys",
    "été",
    "ete",
    "résumé",
    "resume",
    "4711",
    "heron-42",
    "heron",
    "停车场",
    "车",
    "пароль",
    "пароли",
    "schlüssel",
    "schlussel",
    "🎉",
    "password",
    "pasword",
    "a",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS), 0..9).prop_map(|words| words.join(" "))
}

fn document() -> impl Strategy<Value = Document> {
    (0_u64..12, text(), text()).prop_map(|(number, title, text)| titled(number, &title, &text))
}

fn query() -> impl Strategy<Value = String> {
    let word = prop::sample::select(WORDS).prop_map(str::to_owned);
    let quoted =
        (prop::sample::select(WORDS), prop::sample::select(WORDS)).prop_map(|(a, b)| format!("\"{a} {b}\""));
    let excluded = prop::sample::select(WORDS).prop_map(|word| format!("-{word}"));
    let unit = prop_oneof![6 => word, 1 => quoted, 1 => excluded];
    (prop::collection::vec(unit, 1..5), any::<bool>())
        .prop_map(|(units, ends)| units.join(" ") + if ends { " " } else { "" })
}

/// What happens to a person's memories.
#[derive(Debug, Clone)]
enum Step {
    Write(Vec<Document>, Vec<u64>),
    Merge(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (prop::collection::vec(document(), 0..5), prop::collection::vec(0_u64..12, 0..3))
            .prop_map(|(documents, removed)| Step::Write(documents, removed)),
        1 => (0_usize..6, 1_usize..4).prop_map(|(from, count)| Step::Merge(from, count)),
    ]
}

/// Segments as an indexer keeps them, and beside them what they must amount to.
#[derive(Default)]
struct Indexed {
    segments: Vec<Arc<Segment>>,
    documents: HashMap<EntityId, Document>,
}

impl Indexed {
    fn after(steps: &[Step]) -> Self {
        let mut indexed = Self::default();
        steps.iter().for_each(|step| indexed.apply(step));
        indexed
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Write(documents, removed) => {
                removed.iter().for_each(|number| drop(self.documents.remove(&id(*number))));
                let written = documents.iter().map(|document| (document.id, document.clone()));
                self.documents.extend(written);
                let bytes = Segment::build(documents, removed.iter().map(|number| id(*number)));
                self.segments.push(Arc::new(Segment::open(bytes).unwrap()));
            }
            Step::Merge(from, count) => {
                let from = (*from).min(self.segments.len());
                let to = (from + count).min(self.segments.len());
                let chosen: Vec<&Segment> = self.segments[from..to].iter().map(Arc::as_ref).collect();
                let merged = Segment::open(Segment::merge(&chosen, from == 0, |_| true)).unwrap();
                self.segments.splice(from..to, [Arc::new(merged)]);
            }
        }
    }

    fn corpus(&self) -> Corpus {
        Corpus::new(self.segments.iter().cloned())
    }

    /// The same in one segment that was built at once.
    fn at_once(&self) -> Corpus {
        corpus(&self.documents.values().cloned().collect::<Vec<_>>())
    }
}

/// What is quoted in a query, and the rest of it.
fn quoted(query: &str) -> (Vec<String>, String) {
    let parts = || query.split('"').map(str::to_owned);
    (parts().skip(1).step_by(2).collect(), parts().step_by(2).collect())
}

fn hits(corpus: &Corpus, query: &str) -> Vec<TextHit> {
    corpus.search(&Query::parse(query), &Filter::default(), 1_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn segments_and_merges_change_nothing(steps in prop::collection::vec(step(), 0..8), queries in prop::collection::vec(query(), 4)) {
        let indexed = Indexed::after(&steps);
        let (corpus, at_once) = (indexed.corpus(), indexed.at_once());
        prop_assert_eq!(corpus.document_count(), indexed.documents.len());
        for query in queries {
            prop_assert_eq!(hits(&corpus, &query), hits(&at_once, &query), "{}", query);
        }
    }

    #[test]
    fn all_merged_is_the_same_as_built_at_once(steps in prop::collection::vec(step(), 0..8)) {
        let indexed = Indexed::after(&steps);
        let segments: Vec<&Segment> = indexed.segments.iter().map(Arc::as_ref).collect();
        let documents: Vec<Document> = indexed.documents.values().cloned().collect();
        prop_assert!(Segment::merge(&segments, true, |_| true) == Segment::build(&documents, []));
    }

    #[test]
    fn a_delta_is_as_good_as_a_segment(
        steps in prop::collection::vec(step(), 0..5),
        delta in prop::collection::vec(document(), 0..4),
        deleted in prop::collection::hash_set(0_u64..12, 0..4),
        query in query(),
    ) {
        let mut indexed = Indexed::after(&steps);
        let hidden: HashSet<EntityId> = deleted.iter().map(|number| id(*number)).collect();
        let live = indexed.corpus().with(segment(&delta), &hidden);
        indexed.apply(&Step::Write(delta, deleted.into_iter().collect()));
        prop_assert_eq!(hits(&live, &query), hits(&indexed.corpus(), &query));
    }

    #[test]
    fn what_is_not_there_or_not_allowed_is_never_found(
        steps in prop::collection::vec(step(), 0..8),
        query in query(),
        limit in 0_usize..9,
        allowed in prop::collection::hash_set(0_u64..12, 0..12),
    ) {
        let indexed = Indexed::after(&steps);
        let allows = |id: EntityId, _| allowed.contains(&number(id));
        let filter = Filter { allows: Some(&allows), ..Filter::default() };
        let parsed = Query::parse(&query);
        let found = indexed.corpus().search(&parsed, &filter, limit);
        prop_assert!(found.len() <= limit);
        let more = indexed.corpus().search(&parsed, &filter, limit + 20);
        prop_assert_eq!(&found[..], &more[..found.len()]);
        prop_assert!(found.iter().all(|hit| indexed.documents.contains_key(&hit.id) && allowed.contains(&number(hit.id))));
        let different: HashSet<EntityId> = found.iter().map(|hit| hit.id).collect();
        prop_assert_eq!(different.len(), found.len());
        let in_order = found.is_sorted_by(|one, other| one.score >= other.score);
        prop_assert!(in_order);
    }

    #[test]
    fn what_is_found_is_admitted_and_what_is_admitted_is_as_asked(steps in prop::collection::vec(step(), 0..8), query in query()) {
        let corpus = Indexed::after(&steps).corpus();
        let all: Vec<EntityId> = (0..14).map(id).collect();
        let admitted = corpus.admitted(all.iter().copied(), &Query::parse(&query));
        prop_assert!(hits(&corpus, &query).iter().all(|hit| admitted.contains(&hit.id)), "{}", query);

        let holding = |phrase: &str| hits(&corpus, &format!("\"{phrase}\"")).iter().map(|hit| hit.id).collect::<Vec<_>>();
        let mut expected: Vec<EntityId> = all.into_iter().filter(|id| corpus.contains(*id)).collect();
        let (required, others) = quoted(&query);
        for phrase in required {
            let holding = holding(&phrase);
            expected.retain(|id| holding.contains(id));
        }
        // What follows another hyphen is a number or a picture.
        let excluded = others.split(' ').filter_map(|word| word.strip_prefix('-'));
        for word in excluded.filter(|word| word.starts_with(char::is_alphabetic)) {
            let holding = holding(word);
            expected.retain(|id| !holding.contains(id));
        }
        prop_assert_eq!(admitted, expected, "{}", query);
    }

    #[test]
    fn a_word_finds_every_document_that_holds_it(documents in prop::collection::vec(document(), 1..12), word in prop::sample::select(WORDS)) {
        let by_id: HashMap<EntityId, Document> = documents.iter().map(|document| (document.id, document.clone())).collect();
        let corpus = corpus(&documents);
        let found: HashSet<u64> = found(&corpus, word).into_iter().collect();
        for document in by_id.values() {
            let holds = format!("{} {}", document.title, document.body).split(' ').any(|other| other == word);
            prop_assert!(!holds || found.contains(&number(document.id)), "{} in {:?}", word, document);
        }
    }

    #[test]
    fn a_phrase_finds_what_holds_it_and_nothing_else(texts in prop::collection::vec("[ab]( [ab]){0,9}", 1..6), phrase in "[ab]( [ab]){0,4}") {
        let documents: Vec<Document> = (0..).zip(&texts).map(|(number, text)| body(number, text)).collect();
        let mut numbers = found(&corpus(&documents), &format!("\"{phrase}\""));
        numbers.sort_unstable();
        let expected: Vec<u64> =
            (0..).zip(&texts).filter(|(_, text)| format!(" {text} ").contains(&format!(" {phrase} "))).map(|(number, _)| number).collect();
        prop_assert_eq!(numbers, expected);
    }

    #[test]
    fn a_beginning_finds_every_word_that_begins_so(words in prop::collection::vec("[a-c]{1,5}", 1..12), prefix in "[a-c]{1,3}") {
        let documents: Vec<Document> = (0..).zip(&words).map(|(number, word)| body(number, word)).collect();
        let found: HashSet<u64> = found(&corpus(&documents), &prefix).into_iter().collect();
        for (number, word) in (0..).zip(&words) {
            prop_assert!(!word.starts_with(&prefix) || found.contains(&number), "{} begins {}", prefix, word);
        }
    }
}
