use app_domain::ExportFormat;
use data_encoding::HEXLOWER;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::render::samples::{HOSTILE, account, file, head, ordinary};

fn text(locale: &str, said: &dyn Fn(&str) -> String) -> String {
    String::from_utf8(file(&head(ExportFormat::Txt, locale), &account(said), false)).unwrap()
}

#[test]
fn the_last_line_verifies_what_is_before_it() {
    let text = text("en", &|field| field.to_owned());
    let (before, last) = text.trim_end().rsplit_once('\n').unwrap();
    let sha256 = HEXLOWER.encode(&Sha256::digest(format!("{before}\n").as_bytes()));
    assert!(last.ends_with(&sha256), "{last}");
    assert!(last.contains("message 3"), "{last}");
}

#[test]
fn what_people_wrote_never_begins_a_line_and_steers_no_terminal() {
    let ours = text("en", &|_| "x".to_owned());
    let flush = |text: &str| {
        text.lines()
            .filter(|line| line.starts_with(|c: char| !c.is_whitespace()))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let last = |lines: Vec<String>| lines[..lines.len() - 1].to_vec();
    for hostile in HOSTILE {
        for said in [
            hostile.to_owned(),
            format!("a\n{hostile}\r{hostile}\u{85}{hostile}\u{2028}{hostile}\u{b}{hostile}"),
        ] {
            let found = text("en", &|_| said.clone());
            assert_eq!(last(flush(&found)), last(flush(&ours)), "{said:?}");
            assert!(!found.chars().any(|c| c.is_control() && c != '\n'), "{said:?}");
        }
    }
}

#[test]
fn lines_fit_a_page() {
    let text = text("de", &|field| format!("{field} {}", "lange Wörter und 日本語の文章 ".repeat(30)));
    for line in
        text.lines().filter(|line| !line.contains("SHA-256") && !line.trim_start().starts_with(['"', '[']))
    {
        assert!(textwrap::core::display_width(line) <= 100, "{line}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_text_can_be_set(said in "(\\PC|[\\n\\r\\t\\x00-\\x1f]){0,60}") {
        let found = text("es", &|_| said.clone());
        prop_assert!(!found.chars().any(|c| c.is_control() && c != '\n'));
    }
}

#[test]
fn the_text_of_a_rich_account() {
    let text =
        |locale| String::from_utf8(file(&head(ExportFormat::Txt, locale), &ordinary(), false)).unwrap();
    insta::assert_snapshot!("english", text("en"));
    insta::assert_snapshot!("german", text("de"));
}
