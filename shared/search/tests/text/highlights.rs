//! What people see of a match.

use app_search::text::{Limits, Query, highlight};

fn html(text: &str, query: &str) -> Vec<String> {
    let fragments = highlight(text, &Query::parse(query), Limits { fragments: 2, chars: 60 });
    fragments.iter().map(|fragment| fragment.html()).collect()
}

#[test]
fn marks_what_the_search_matched() {
    for (text, query, expected) in [
        ("The key is here.", "key ", "The <mark>key</mark> is here."),
        ("Two appointments on Monday", "appointment ", "Two <mark>appointments</mark> on Monday"),
        ("mon résumé est prêt", "resume ", "mon <mark>résumé</mark> est prêt"),
        ("my passport", "pass", "my <mark>passport</mark>"),
        ("the recieved parcel", "received ", "the <mark>recieved</mark> parcel"),
        ("Wi-Fi at home", "wifi ", "<mark>Wi-Fi</mark> at home"),
        ("L'immeuble d'à côté", "immeuble ", "L&#39;<mark>immeuble</mark> d&#39;à côté"),
        ("code heron-42 now", "heron-42 ", "code <mark>heron</mark>-<mark>42</mark> now"),
        ("地下停车场的车位", "停车场", "地下<mark>停车场</mark>的车位"),
        ("여권은 서랍에", "여권", "<mark>여권은</mark> 서랍에"),
        ("ｍａｐｌｅ leaf", "maple ", "<mark>ｍａｐｌｅ</mark> leaf"),
        ("المفتاح في الدرج", "الدرج", "المفتاح في <mark>الدرج</mark>"),
        ("un cafe\u{301} noir", "café ", "un <mark>cafe\u{301}</mark> noir"),
    ] {
        assert_eq!(html(text, query), [expected], "{query}");
    }
}

#[test]
fn only_whole_phrases_are_marked() {
    let text = "a red house and a red car";
    assert_eq!(html(text, r#""red car""#), ["a red house and a <mark>red</mark> <mark>car</mark>"]);
    assert_eq!(html(text, r#""red boat""#), Vec::<String>::new());
}

#[test]
fn typos_are_marked_only_where_nothing_better_is() {
    assert_eq!(html("the book I took to look at", "book "), ["the <mark>book</mark> I took to look at"]);
    assert_eq!(html("where is the key", "where is the key "), ["where is the <mark>key</mark>"]);
}

#[test]
fn text_is_escaped_and_marks_are_not() {
    assert_eq!(
        html("<script>alert('key')</script> & \"key\" &lt;", "key script "),
        ["&lt;<mark>script</mark>&gt;alert(&#39;<mark>key</mark>&#39;)&lt;/<mark>script</mark>&gt; &amp; \
          &quot;<mark>key</mark>&quot; &amp;lt;"]
    );
    assert_eq!(html("x\" onmouseover=\"key", "key "), ["x&quot; onmouseover=&quot;<mark>key</mark>"]);
    assert_eq!(html("<mark>key</mark>", "key "), ["&lt;mark&gt;<mark>key</mark>&lt;/mark&gt;"]);
}

#[test]
fn whatever_steers_text_is_left_out() {
    assert_eq!(html("a\u{202e}b key\u{0}\n\tc \u{2066}d", "key "), ["ab <mark>key</mark> c d"]);
}

#[test]
fn user_perceived_characters_stay_whole() {
    assert_eq!(html("hi 👩‍👩‍👧 there", "👩"), ["hi <mark>👩‍👩‍👧</mark> there"]);
    assert_eq!(html("ok 👍🏽 yes", "👍"), ["ok <mark>👍🏽</mark> yes"]);
}

#[test]
fn fragments_are_the_best_stretches_and_end_at_words() {
    let filler = "Nothing to see in this sentence at all. ".repeat(5);
    let text =
        format!("The garage is old. {filler}The code of the garage is 4711, says Bert. {filler}A code.");
    let fragments = html(&text, "garage code ");
    assert_eq!(fragments.len(), 2);
    assert_eq!(fragments[1], "…The <mark>code</mark> of the <mark>garage</mark> is 4711, says Bert.…");
    assert_eq!(fragments[0], "The <mark>garage</mark> is old. Nothing to see in this sentence at all.…");
}

#[test]
fn a_fragment_has_its_size() {
    for text in
        ["word ".repeat(500) + "key" + &" word".repeat(500), "停".repeat(500) + "key" + &"车".repeat(500)]
    {
        let fragments = highlight(&text, &Query::parse("key "), Limits { fragments: 3, chars: 40 });
        assert_eq!(fragments.len(), 1);
        let length = fragments[0].text.chars().count();
        assert!((20..=40).contains(&length), "{length}: {}", fragments[0].text);
        assert!(fragments[0].is_cut_before && fragments[0].is_cut_after);
    }
    let endless = highlight(&"key".repeat(1000), &Query::parse("keykey"), Limits { fragments: 1, chars: 10 });
    assert!(endless.iter().all(|fragment| fragment.text.chars().count() <= 10));
}

#[test]
fn nothing_matches_nothing() {
    assert_eq!(html("some text", "other "), Vec::<String>::new());
    assert_eq!(html("", "word"), Vec::<String>::new());
    assert_eq!(html("some text", ""), Vec::<String>::new());
    assert!(highlight("word", &Query::parse("word"), Limits { fragments: 0, chars: 9 }).is_empty());
    assert!(highlight("word", &Query::parse("word"), Limits { fragments: 9, chars: 0 }).is_empty());
}
