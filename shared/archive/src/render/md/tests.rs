use app_domain::ExportFormat;
use proptest::prelude::*;
use serde_json::Value;

use super::name::note_name;
use super::text::{closed, inline};
use crate::render::samples::{HOSTILE, account, entries, head, joined, ordinary};

fn front(note: &str) -> Value {
    let rest = note.strip_prefix("---\n").unwrap();
    let (front, _) = rest.split_once("\n---\n").unwrap();
    serde_yaml_ng::from_str(front).unwrap_or_else(|error| panic!("{error}:\n{front}"))
}

fn check_front(said: &str) {
    let notes = entries(&head(ExportFormat::Md, "en"), &account(&|_| said.to_owned()));
    let memory = notes.iter().find(|(name, _)| name.starts_with("memories/2026/")).unwrap().1;
    let front = front(memory);
    assert_eq!(front["title"], said);
    assert_eq!(front["metadata"][said], said);
    assert_eq!(front["provenance"]["origin"], said);
    assert_eq!(front["media"]["reason"], said);
    assert_eq!(front["createdAt"], "2026-11-22T13:05:00.000Z");
    assert_eq!(front["isFavorite"], true);
}

#[test]
fn the_front_of_a_note_is_read_back_whatever_is_in_it() {
    let more = [
        "",
        " ",
        "null",
        "~",
        "yes",
        "0x1f",
        "1e3",
        "2026-11-22",
        "- a",
        "a: b",
        "a #b",
        "'",
        "\"",
        "|",
        ">",
        "&a *a",
        "!!str",
        "@",
        "%TAG",
        "\t",
        "\n---\n",
        "a\n---\nb",
        "\n",
        "a\n\n",
        " a\n b",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{7f}",
        "\u{9f}",
        "\u{fffe}",
        "\u{1f600}",
        "...",
        "? x",
        "<<",
        "=",
        "\u{1b}",
    ];
    for said in HOSTILE.iter().chain(&more) {
        check_front(said);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_front_of_a_note_is_read_back_whatever_anybody_wrote(said in "(\\PC|[\\n\\r\\t :#'\"\\-\\x00-\\x1f\u{7f}-\u{9f}]){0,40}") {
        check_front(&said);
    }

    #[test]
    fn a_name_is_one_on_every_system(title in "(\\PC|[\\x00-\\x1f./\\\\:*?\"<>|#^\\[\\] ]){0,300}") {
        let name = format!("{}.md", note_name("2026-11-22", &title, "1"));
        prop_assert!(name.len() <= 160 && name.starts_with("2026-11-22 "), "{}", name);
        prop_assert!(!name.contains("..") || title.contains(".."), "{}", name);
        prop_assert!(!name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|', '#', '^', '[', ']', '\0', '\n']), "{}", name);
        let saved = app_domain::FileName::parse(&name).unwrap().to_save_as();
        prop_assert_eq!(saved, name);
    }
}

#[test]
fn notes_of_one_day_and_title_have_names_of_their_own_even_without_case() {
    let names: Vec<String> = (0..2_000)
        .map(|id| {
            note_name("2026-11-22", if id % 2 == 0 { "Title" } else { "TITLE" }, &id.to_string())
                .to_lowercase()
        })
        .collect();
    assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), names.len());
}

#[test]
fn a_name_says_the_day_and_the_title() {
    let name = note_name("2026-11-22", "AC/DC: \"Live\" [at] #1 …../etc.", "x");
    assert!(
        name.starts_with("2026-11-22 AC DC Live at 1 …../etc (")
            || name.starts_with("2026-11-22 AC DC Live at 1 ….. etc ("),
        "{name}"
    );
    assert!(note_name("2026-11-22", "..", "x").starts_with("2026-11-22 ("));
}

#[test]
fn no_entry_leaves_the_archive() {
    for hostile in HOSTILE {
        for name in entries(&head(ExportFormat::Md, "en"), &account(&|_| hostile.to_owned())).keys() {
            assert!(name.split('/').all(|part| !part.is_empty() && part != "." && part != ".."), "{name}");
            assert!(!name.contains(['\\', ':', '\0']), "{name}");
        }
    }
}

#[test]
fn words_on_a_line_are_nothing_but_words() {
    for (said, expected) in [
        ("a *b* _c_ [d](e) `f` <g>", "a \\*b\\* \\_c\\_ \\[d\\](e) \\`f\\` \\<g\\>"),
        ("# no heading", "\\# no heading"),
        ("1. no list", "1\\. no list"),
        ("- no list", "\\- no list"),
        ("[[Note]] #tag %%x%%", "\\[\\[Note\\]\\] \\#tag \\%\\%x\\%\\%"),
        ("1.5 MB - 3%, a=b & c-d", "1.5 MB - 3%, a=b & c-d"),
        ("&lt; ==marked== !!", "\\&lt; \\=\\=marked\\=\\= !!"),
        ("two\nlines\r\nand\u{2028}more", "two lines and more"),
    ] {
        assert_eq!(inline(said), expected);
    }
}

#[test]
fn what_is_left_open_is_closed() {
    for (said, expected) in [
        ("plain", "plain"),
        ("```rust\nfn main() {}", "```rust\nfn main() {}\n```"),
        ("~~~~\n~~~\nx", "~~~~\n~~~\nx\n~~~~"),
        ("```\nx\n```", "```\nx\n```"),
        ("a %% hidden", "a %% hidden\n%%"),
        ("a $$ b", "a $$ b\n$$"),
    ] {
        assert_eq!(closed(said), expected);
    }
}

#[test]
fn a_note_that_grows_too_large_goes_on_in_another() {
    let mut records = ordinary();
    let place = records.iter().position(|record| record.kind() == crate::Kind::Message).unwrap();
    let message = records[place].clone();
    let crate::Record::Message(message) = message else { panic!("it is a message") };
    let long = crate::MessageRecord { content: Some("word ".repeat(3_000)), ..message };
    records.splice(place..place, std::iter::repeat_n(crate::Record::Message(long), 200));
    let notes = entries(&head(ExportFormat::Md, "en"), &records);
    let parts: Vec<&String> = notes.keys().filter(|name| name.starts_with("memories/2026/")).collect();
    assert!(parts.len() >= 3, "{parts:?}");
    assert!(notes.values().all(|note| note.len() < (1 << 20) + 40_000));
    let next = parts.iter().find(|name| name.ends_with("- 2.md")).unwrap();
    let linked = next.rsplit('/').next().unwrap().trim_end_matches(".md");
    assert!(notes.values().any(|note| note.contains(&format!("[[{linked}]]"))));
}

#[test]
fn the_vault_of_a_rich_account() {
    insta::assert_snapshot!(joined(&entries(&head(ExportFormat::Md, "en"), &ordinary())));
}

#[test]
fn nothing_that_somebody_wrote_is_html_or_runs_anything() {
    for (said, expected) in [
        ("a < b, 1<2, <3", "a < b, 1<2, <3"),
        ("<b>bold</b>", "\\<b>bold\\</b>"),
        ("\\<b> \\\\<b>", "\\<b> \\\\\\<b>"),
        ("<!-- hidden", "\\<!-- hidden"),
        ("<script>alert(1)", "\\<script>alert(1)"),
        ("`Vec<u8>` and ``a`<b>``", "`Vec<u8>` and ``a`<b>``"),
        ("`a\n<b>`", "`a\n\\<b>`"),
        ("\\`<b>`", "\\`\\<b>`"),
        ("a ` | <b> ` c", "a ` | \\<b> ` c"),
        ("```\n<b>\n```\n<b>", "```\n<b>\n```\n\\<b>"),
        ("```\nx\n```\u{a0}\n```\n<b>", "```\nx\n```\u{a0}\n```\n\\<b>"),
        ("<https://example.com/a?b> <ada@example.com>", "<https://example.com/a?b> \\<ada@example.com>"),
        ("<javascript:alert(1)>", "\\<javascript:alert(1)>"),
        (
            "[x](https://example.com) [y](#a) [z](a/b.md) ![p](p.png)",
            "[x](https://example.com) [y](#a) [z](a/b.md) ![p](p.png)",
        ),
        ("[x](javascript:alert(1))", "[x\\](javascript:alert(1))"),
        ("[x]( JaVaScRiPt:alert(1))", "[x\\]( JaVaScRiPt:alert(1))"),
        ("[x](<java\tscript:alert(1)>)", "[x\\](\\<java\tscript:alert(1)>)"),
        ("[x](java&#115;cript:alert(1))", "[x\\](java&#115;cript:alert(1))"),
        ("[x](javascript\\:alert(1))", "[x\\](javascript\\:alert(1))"),
        ("[x](data:text/html,a)", "[x\\](data:text/html,a)"),
        ("[x]:\n javascript:alert(1)", "[x\\]:\n javascript:alert(1)"),
        ("[x](\njavascript:alert(1))", "[x\\](\njavascript:alert(1))"),
        ("- [ ] task: now [[Note]]", "- [ ] task: now [[Note]]"),
    ] {
        assert_eq!(closed(said), expected, "{said}");
    }
}

proptest! {
    #[test]
    fn a_note_without_code_has_no_element(said in "[<>a-c/!?\\\\ \n\\]\\[():&;#]{0,40}") {
        let plain = closed(&said);
        let mut escaped = false;
        let characters: Vec<char> = plain.chars().collect();
        for (place, c) in characters.iter().enumerate() {
            let next = characters.get(place + 1).copied().unwrap_or(' ');
            prop_assert!(!(*c == '<' && !escaped && (next.is_ascii_alphabetic() || "/!?".contains(next))), "{}", plain);
            escaped = *c == '\\' && !escaped;
        }
    }
}
