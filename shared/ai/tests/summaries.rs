//! What the built-in model says of a text in fewer words.

use std::time::{Duration, Instant};

use app_ai::{BuiltIn, Summary, SummaryRequest, SummaryStyle};
use proptest::prelude::*;

fn summarise(text: &str, style: SummaryStyle, max_words: Option<u32>) -> Summary {
    BuiltIn.summarise(&SummaryRequest { text: text.to_owned(), style, max_words })
}

const ARTICLE: &str = "The old harbour bridge will close for repairs on Monday. The city council decided this after \
    engineers found cracks in two of the bridge's pillars. Traffic will be led over the northern ring road. Somebody had \
    painted a whale on the wall beside it. Repairs of the bridge will take eleven months and cost four million euros. \
    Shop owners near the harbour fear that customers will stay away. The council promised them lower rents while the \
    bridge is closed. A ferry will carry pedestrians and bicycles across the harbour every ten minutes. It was cold on the \
    day of the decision. The cracks in the pillars had first been seen by a diver. Engineers say that the bridge was never \
    in danger of falling down. The ferry will be free of charge until the bridge opens again. Lunch was soup. The council \
    wants to open the bridge again before the summer festival.";

/// The sentences of the article, as it has them.
fn is_quoted(sentence: &str) -> bool {
    let article = ARTICLE.split_whitespace().collect::<Vec<_>>().join(" ");
    article.contains(sentence)
}

#[test]
fn a_brief_summary_quotes_about_three_sentences_in_order() {
    let found = summarise(ARTICLE, SummaryStyle::Brief, None);
    let sentences: Vec<&str> = found.summary.split_inclusive(". ").map(str::trim).collect();
    assert_eq!(sentences.len(), 3, "{found:?}");
    assert!(sentences.iter().all(|sentence| is_quoted(sentence)), "{found:?}");
    let places: Vec<_> = sentences.iter().map(|sentence| ARTICLE.find(&sentence[..20])).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(found.summary.contains("bridge"));
    for beside_the_point in ["whale", "soup", "cold"] {
        assert!(!found.summary.contains(beside_the_point), "{found:?}");
    }
}

#[test]
fn a_detailed_summary_says_more_and_bullet_points_have_a_line_each() {
    let brief = summarise(ARTICLE, SummaryStyle::Brief, None);
    let detailed = summarise(ARTICLE, SummaryStyle::Detailed, None);
    assert!(
        detailed.word_count > brief.word_count && detailed.summary.len() < ARTICLE.len() / 2,
        "{detailed:?}"
    );
    let points = summarise(ARTICLE, SummaryStyle::BulletPoints, None);
    let lines: Vec<&str> = points.summary.lines().collect();
    assert!((3..=7).contains(&lines.len()), "{points:?}");
    assert!(lines.iter().all(|line| line.strip_prefix("• ").is_some_and(is_quoted)), "{points:?}");
}

#[test]
fn no_summary_is_longer_than_asked() {
    for style in [SummaryStyle::Brief, SummaryStyle::Detailed, SummaryStyle::BulletPoints] {
        for max_words in [0, 1, 2, 5, 9, 20, 40, 1_000] {
            let found = summarise(ARTICLE, style, Some(max_words));
            assert!(found.word_count <= max_words, "{max_words}: {found:?}");
            assert_eq!(found.summary.is_empty(), max_words == 0, "{found:?}");
            assert!(max_words > 2 || max_words == 0 || found.summary.ends_with('…'), "{found:?}");
        }
    }
}

#[test]
fn a_short_text_is_its_own_summary() {
    let text = "Milk is in the fridge.\nThe key is under the mat.";
    assert_eq!(summarise(text, SummaryStyle::Brief, None).summary, text);
    let points = summarise(text, SummaryStyle::BulletPoints, None);
    assert_eq!(points.summary, "• Milk is in the fridge.\n• The key is under the mat.");
    assert_eq!(points.word_count, 11);
}

#[test]
fn what_is_said_twice_is_told_once() {
    let twice = format!("{ARTICLE} {ARTICLE}");
    let found = summarise(&twice, SummaryStyle::Detailed, None);
    let mut sentences: Vec<&str> = found.summary.split_inclusive(". ").map(str::trim).collect();
    sentences.sort_unstable();
    let count = sentences.len();
    sentences.dedup();
    assert_eq!(sentences.len(), count, "{found:?}");
}

#[test]
fn key_points_are_few_short_and_distinct() {
    let points = summarise(ARTICLE, SummaryStyle::Brief, Some(5)).key_points;
    assert!((3..=5).contains(&points.len()), "{points:?}");
    assert!(points.iter().all(|point| point.chars().count() < 120 && !point.contains('\n')), "{points:?}");
    let long = format!("We {} and went home.", "walked and talked and sang ".repeat(10));
    let points = summarise(&long, SummaryStyle::Brief, None).key_points;
    assert!(points.len() == 1 && points[0].chars().count() < 120 && points[0].ends_with('…'), "{points:?}");
}

#[test]
fn code_tables_and_headings_are_not_quoted() {
    let text = format!(
        "# The bridge\n\n{ARTICLE}\n\n```\nfn bridge() {{ bridge(bridge) }}\n```\n\n| bridge | bridge |\n"
    );
    for style in [SummaryStyle::Brief, SummaryStyle::Detailed] {
        let found = summarise(&text, style, None);
        assert!(!found.summary.contains(['#', '|', '{']), "{found:?}");
    }
}

#[test]
fn messages_keep_who_said_them() {
    let chat = "[01.06.26, 09:00] Ada: Morning!\n[01.06.26, 09:01] Tom: Hi\n[01.06.26, 09:02] Ada: The boiler is broken \
                again, the landlord sends a plumber on Friday\n[01.06.26, 09:03] Tom: ok\n[01.06.26, 09:04] Tom: I can be at \
                home for the plumber on Friday from ten, the boiler is in the cellar\n[01.06.26, 09:05] Ada: 👍\n[01.06.26, \
                09:06] Ada: Great\n";
    let found = summarise(chat, SummaryStyle::Brief, Some(40));
    assert!(
        found.summary.contains("Ada: The boiler") && found.summary.contains("Tom: I can be"),
        "{found:?}"
    );
    assert!(!found.summary.contains("01.06"), "{found:?}");
}

#[test]
fn lists_are_told_by_line() {
    let list: String =
        (1..40).map(|n| format!("- pack thing number {n} for the trip to the lake\n")).collect();
    let found = summarise(&list, SummaryStyle::Brief, Some(30));
    assert!(found.word_count <= 30 && !found.summary.contains("- "), "{found:?}");
}

#[test]
fn unspaced_scripts_are_counted_by_character() {
    let text = "桥梁将于周一关闭维修。市议会在工程师发现桥墩裂缝后作出这一决定。车辆将绕行北环路。维修桥梁需要十一个月。\
                商店老板担心顾客不再光顾。渡轮每十分钟一班。桥梁将在夏季之前重新开放。";
    let found = summarise(&text.repeat(2), SummaryStyle::Brief, Some(60));
    assert!(found.word_count > 10 && found.word_count <= 60, "{found:?}");
    assert!(found.summary.ends_with('。') && !found.summary.contains(' '), "{found:?}");
}

#[test]
fn nothing_comes_of_nothing() {
    for text in ["", " \n\t", "🎉🎉 🔥", "… --- !!", "\u{200b}\u{202e}\u{0}"] {
        assert_eq!(summarise(text, SummaryStyle::Brief, None), Summary::default(), "{text:?}");
    }
}

#[test]
fn a_long_text_is_summarised_from_all_of_its_parts_and_in_time() {
    let filler = |n: usize| {
        format!("On day {n} the crew repaired rope number {n} and wrote letters about {} and sails. ", n * 7)
    };
    for (kilobytes, limit_ms) in [(10, 1_000), (100, 2_000), (1_000, 10_000)] {
        let mut text: String = (0..kilobytes * 12).map(filler).collect();
        let half = text.floor_char_boundary(text.len() / 2);
        let half = half + text[half..].find(". ").unwrap() + 2;
        text.insert_str(
            half,
            "The captain of the crew decided that the ship would sail for the southern islands. ",
        );
        let start = Instant::now();
        let found = summarise(&text, SummaryStyle::Detailed, None);
        let elapsed = start.elapsed();
        assert!(elapsed < Duration::from_millis(limit_ms), "{kilobytes} KB: {elapsed:?}");
        assert!(found.word_count > 20 && found.word_count < 400, "{found:?}");
    }
}

#[test]
fn hostile_text_is_bounded() {
    let endless = [
        "a".repeat(1 << 20),
        "\n".repeat(1 << 20),
        "a b ".repeat(1 << 18),
        "1.1".repeat(1 << 18),
        "# \n".repeat(1 << 18),
        "- x\n".repeat(1 << 18),
        "A: b\n".repeat(1 << 17),
        "|a|b|".repeat(1 << 17),
        "<p>שלום hello</p>".repeat(1 << 15),
        "{\"a\":[1,2]},".repeat(1 << 16),
        "e\u{301}".repeat(1 << 18),
        "\r\u{202e}\u{7}x ".repeat(1 << 16),
    ];
    for text in endless {
        let start = Instant::now();
        let found = summarise(&text, SummaryStyle::Brief, Some(50));
        assert!(found.word_count <= 50 && found.summary.len() < 16_384, "{:?}", text.get(..20));
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}: {:?}", text.get(..20), start.elapsed());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_has_a_summary_within_bounds(
        parts in prop::collection::vec("\\PC{0,60}|[ -~]{0,80}[.!?]|(- |# |```|A: )[a-z ]{0,40}", 0..30),
        separator in "\\n|\\r\\n| |\\n\\n",
        max_words in prop::option::of(0_u32..80),
        style in prop::sample::select(vec![SummaryStyle::Brief, SummaryStyle::Detailed, SummaryStyle::BulletPoints]),
    ) {
        let found = summarise(&parts.join(&separator), style, max_words);
        prop_assert!(max_words.is_none_or(|max_words| found.word_count <= max_words));
        prop_assert!(!found.summary.contains(|c: char| c.is_control() && c != '\n'));
        prop_assert!(found.key_points.len() <= 5);
        for point in &found.key_points {
            prop_assert!(point.chars().count() < 120 && !point.is_empty());
        }
    }
}
