//! What is made to do harm: it may be refused or read, but within bounds.

use std::fmt::Write;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use app_domain::ImportFormat;
use app_import::{Item, Options, Place};
use proptest::prelude::*;

use crate::reading::{berlin, given, items, zip};

/// What reads each byte a few times takes less, even where nothing is optimised.
const LINEAR: Duration = Duration::from_secs(20);

const FORMATS: [ImportFormat; 2] = [ImportFormat::Whatsapp, ImportFormat::Markdown];

#[test]
fn time_is_linear_in_what_is_read() {
    let million = 1_000_000;
    let chat = "21/11/2026, 14:03 - Ada: hi\n";
    for (name, text) in [
        ("one line", format!("{chat}{}", "x".repeat(8 * million))),
        ("empty lines", format!("{chat}{}", "\n".repeat(million))),
        (
            "heads that are none",
            format!("{chat}{}", "1/1/1, 1:1 - - - - : : : : , , , ,\n".repeat(million / 20)),
        ),
        ("digits", format!("{chat}{}", "1".repeat(million))),
        ("brackets", format!("{chat}{}", "[".repeat(million))),
        ("marks", format!("{chat}{}", "\u{200e}".repeat(million / 2))),
        ("files", format!("{chat}{}", "<a: b.c>".repeat(million / 10))),
        ("one moment", chat.repeat(million / 20)),
        (
            "names",
            (0..million / 20).fold(String::new(), |mut text, at| {
                writeln!(text, "21/11/2026, 14:03 - {at}: hi").unwrap();
                text
            }),
        ),
    ] {
        let begun = Instant::now();
        let found = items(text.as_bytes(), ImportFormat::Whatsapp, &berlin());
        assert!(begun.elapsed() < LINEAR, "{name}: {:?}", begun.elapsed());
        assert!(!found.is_empty(), "{name}");
    }
}

#[test]
fn notes_that_nest_take_no_longer() {
    for piece in [
        "![[",
        "[",
        "](",
        "*a_",
        "`",
        "<a ",
        "> ",
        "- ",
        "#a ",
        "![](<",
        "[[a]]",
        "| ",
        "&amp",
        "\\",
        "$",
        "~",
        "![a](b.png) ",
        "![[a.png]] ",
        "[x]: y\n",
    ] {
        let text = piece.repeat(300_000 / piece.len());
        let begun = Instant::now();
        assert!(!items(text.as_bytes(), ImportFormat::Markdown, &berlin()).is_empty());
        assert!(begun.elapsed() < LINEAR, "{piece:?}: {:?}", begun.elapsed());
    }
}

/// A chat of many lines that is never in memory as a whole.
struct Endless {
    lines: u64,
    at: u64,
}

impl Endless {
    /// Every line has so many bytes.
    const LINE: u64 = 64;

    fn line(number: u64) -> String {
        let (day, hour, minute, second) =
            (number / 86_400 % 28 + 1, number / 3600 % 24, number / 60 % 60, number % 60);
        let line = format!(
            "[{day:02}.11.26, {hour:02}:{minute:02}:{second:02}] {}: message {number}",
            if number.is_multiple_of(3) { "Ada" } else { "Bo" }
        );
        format!("{line:<63}\n")
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let number = self.at / Self::LINE;
        if number >= self.lines {
            return Ok(0);
        }
        let line = Self::line(number);
        let rest = &line.as_bytes()[usize::try_from(self.at % Self::LINE).unwrap()..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let end = self.lines * Self::LINE;
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => end.saturating_add_signed(by),
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

#[test]
fn a_million_lines_are_a_million_messages() {
    let mut source = Endless { lines: 1_000_000, at: 0 };
    let mut messages = 0_u64;
    let mut give = |given: app_import::Given| {
        messages += u64::from(matches!(given.item, Item::Message(_)));
        ControlFlow::Continue(())
    };
    app_import::read(&mut source, ImportFormat::Whatsapp, &berlin(), Place::default(), &mut give).unwrap();
    assert_eq!(messages, 1_000_000);
}

#[test]
fn nothing_of_a_message_without_end_is_lost() {
    let text =
        format!("21/11/2026, 14:03 - Ada: {}\n21/11/2026, 14:04 - Bo: hi\n", "word ".repeat(2_500_000));
    let found = items(text.as_bytes(), ImportFormat::Whatsapp, &berlin());
    let mut letters = 0;
    for item in &found {
        if let Item::Message(message) = item {
            assert!(message.text.len() < 5 * 1024 * 1024);
            assert!(["Ada", "Bo"].contains(&message.author.as_deref().unwrap()));
            letters += message.text.bytes().filter(|byte| *byte != b' ').count();
        }
    }
    assert_eq!(letters, 4 * 2_500_000 + 2);
}

#[test]
fn a_chat_that_is_cut_off_is_read_as_far_as_it_goes() {
    let text = "21/11/2026, 14:03 - Ada: hi\n".repeat(50_000);
    let mut archive = zip(&[("WhatsApp Chat with Ada.txt", text.as_bytes())]);
    let middle = archive.len() / 3;
    archive[middle] ^= 0xff;
    let found = items(&archive, ImportFormat::Whatsapp, &berlin());
    assert!(found.iter().any(|item| matches!(item, Item::Trouble(_))));
}

proptest! {
    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for format in FORMATS {
            let _ = given(&bytes, format, &berlin(), Place::default());
            let _ = given(&zip(&[("a/_chat.txt", &bytes), ("b.md", &bytes)]), format, &berlin(), Place::default());
        }
        let _ = app_import::detect(&mut Cursor::new(&bytes), &Options::default());
    }

    #[test]
    fn nothing_that_looks_like_a_chat_is_too_much(
        lines in proptest::collection::vec("\\[?[0-9\u{660}-\u{669}]{1,4}[/. -]{1,2}[0-9]{1,2}[/.-][0-9]{1,4}[,، ]{0,2}[0-9]{1,2}[:.][0-9]{2}(:[0-9]{2})?[ \u{202f}]?(AM|p\\. m\\.|下午|م)?(\\] | - |: )[\u{200e}~a\u{e9}: <>().-]{0,30}", 0..20),
    ) {
        let text = lines.join("\n");
        let first = given(text.as_bytes(), ImportFormat::Whatsapp, &berlin(), Place::default());
        let again = given(text.as_bytes(), ImportFormat::Whatsapp, &berlin(), Place::default());
        prop_assert_eq!(first.unwrap(), again.unwrap());
    }

    #[test]
    fn nothing_that_looks_like_a_note_is_too_much(
        front in "(---\n([a-z]{1,8}: [\\[\\]{}a-z0-9#&*!|>'\":,-]{0,20}\n){0,6}---\n)?", text in "[#!\\[\\]()a-z0-9 /.%<>*_`~\n|-]{0,200}",
    ) {
        let note = format!("{front}{text}");
        let archive = zip(&[("a/b.md", note.as_bytes()), ("a.png", b"1"), ("a/c.png", b"2")]);
        prop_assert!(given(&archive, ImportFormat::Markdown, &berlin(), Place::default()).is_ok());
    }
}
