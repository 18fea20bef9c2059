//! What nobody types on purpose, and what somebody does.

use std::time::{Duration, Instant};

use app_search::text::{Filter, Limits, Query, highlight};
use proptest::prelude::*;

use crate::support::{bodies, corpus, found};

const TEXTS: &[&str] = &[
    "the garage code is 4711",
    "a 🎉 party with 👩‍👩‍👧 and cake",
    "地下停车场的车位是B2层47号",
    "مفتاح السيارة في الدرج",
    "[a-z]+ is a regular expression (.*)",
];

#[test]
fn queries_that_are_hardly_text_find_something_sensible() {
    let corpus = corpus(&bodies(TEXTS));
    for (query, hits) in [
        ("[a-z]+(.*)", &[2, 5][..]),
        ("(garage AND code) OR", &[1]),
        ("\"garage code", &[1]),
        ("garage \u{0}\u{7}\u{1b}[31m code", &[1]),
        ("\u{202e}garage\u{202c} code", &[1]),
        ("🎉", &[2]),
        ("👩‍👩‍👧", &[2]),
        ("garage 停车场 السيارة", &[1, 3, 4]),
        ("4711'; DROP TABLE memories; --", &[1]),
        ("<script>garage</script>", &[1]),
        ("title:garage^4 ~2 *", &[1]),
        ("\u{301}\u{301}\u{301}", &[]),
        ("%%% ___ \\\\ // && ||", &[]),
    ] {
        let mut numbers = found(&corpus, query);
        numbers.sort_unstable();
        assert_eq!(numbers, hits, "{query:?}");
    }
}

#[test]
fn huge_queries_are_not_slow() {
    let corpus = corpus(&bodies(TEXTS));
    let endless: String = (0..3_000).map(|n| format!("word{n} ")).collect();
    for query in [
        "garage ".repeat(1_500),
        "x".repeat(10_000),
        "\"".repeat(10_000),
        "\"a".repeat(5_000),
        "-a ".repeat(3_000),
        "-\"a\" ".repeat(2_000),
        "“a ".repeat(2_500),
        "停".repeat(3_000),
        "👩‍👩‍👧".repeat(600),
        format!("a{}", "\u{301}".repeat(5_000)),
        "a-".repeat(5_000),
        "\u{fdfa}".repeat(3_000),
        endless,
    ] {
        let started = Instant::now();
        let parsed = Query::parse(&query);
        corpus.search(&parsed, &Filter::default(), 20);
        highlight(TEXTS[0], &parsed, Limits::default());
        let took = started.elapsed();
        assert!(took < Duration::from_millis(500), "{took:?}: {}", query.chars().take(9).collect::<String>());
    }
}

#[test]
fn huge_texts_are_not_slow_to_highlight() {
    let query = Query::parse("garage coed -x \"the code\" 停车");
    for text in [
        "the code of the garage is here ".repeat(9_000),
        "the the code code ".repeat(15_000),
        "garag ".repeat(40_000),
        "停车".repeat(40_000),
        "🇩🇪".repeat(20_000),
        format!("garage{}", "\u{301}".repeat(100_000)),
        "👩‍".repeat(30_000),
        "ﷺ garage ".repeat(10_000),
    ] {
        let started = Instant::now();
        let fragments = highlight(&text, &query, Limits::default());
        let took = started.elapsed();
        assert!(took < Duration::from_secs(4), "{took:?}: {}", text.chars().take(9).collect::<String>());
        assert!(fragments.iter().all(|fragment| fragment.text.len() < 5_000));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_can_be_saved_and_searched(texts in prop::collection::vec(any::<String>(), 0..5), query in any::<String>()) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        found(&corpus(&bodies(&texts)), &query);
    }

    #[test]
    fn any_text_can_be_highlighted(
        text in "[a-c🎉é\u{301}停<&\"'\u{202e}\u{200d}👩 \n.-]{0,60}",
        query in "[a-c🎉é\u{301}停<&\"' .-]{0,20}",
        chars in 0_usize..40,
        fragments in 0_usize..4,
    ) {
        let found = highlight(&text, &Query::parse(&query), Limits { fragments, chars });
        prop_assert!(found.len() <= fragments);
        for fragment in found {
            let mut before = 0;
            for mark in &fragment.marks {
                prop_assert!(before <= mark.start && mark.start < mark.end);
                prop_assert!(fragment.text.get(mark.clone()).is_some());
                before = mark.end;
            }
            let html = fragment.html().replace("<mark>", "").replace("</mark>", "");
            let is_escaped = !html.contains(['<', '>', '"', '\'']);
            prop_assert!(is_escaped);
            let steers = fragment.text.contains(['\n', '\u{202e}']);
            prop_assert!(!steers);
        }
    }
}
