//! Chats, as phones of many languages export them.

use std::fs;

use app_domain::{ImportFormat, Timestamp, UserId};
use app_import::{Bringing, Item, NewMessage, Options, Place, Standing};

use crate::reading::{berlin, detected, fixtures, given, items, shown, zip};

fn messages(items: &[Item]) -> Vec<&NewMessage> {
    items
        .iter()
        .filter_map(|item| if let Item::Message(message) = item { Some(message.as_ref()) } else { None })
        .collect()
}

fn title(items: &[Item]) -> String {
    let title = items
        .iter()
        .find_map(|item| if let Item::Memory(memory) = item { memory.title.clone() } else { None });
    title.unwrap()
}

/// Reads a chat that is a text alone.
fn chat(text: &str) -> Vec<Item> {
    items(text.as_bytes(), ImportFormat::Whatsapp, &berlin())
}

fn sent(text: &str, options: &Options) -> Vec<String> {
    let items = items(text.as_bytes(), ImportFormat::Whatsapp, options);
    messages(&items).iter().map(|message| message.sent_at.unwrap().to_string()).collect()
}

#[test]
fn a_chat_is_the_same_in_every_language() {
    let mut chats = Vec::new();
    for entry in fs::read_dir(fixtures("whatsapp")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let (format, items) = detected(&fs::read(&path).unwrap(), &berlin());
        assert_eq!(format, ImportFormat::Whatsapp, "{name}");
        insta::assert_snapshot!(name.clone(), shown(&items));
        chats.push((name, items));
    }
    assert!(chats.len() >= 20);
    for (name, items) in chats {
        let is_ios = name.starts_with("ios");
        let times: Vec<_> =
            messages(&items).iter().map(|message| message.sent_at.unwrap().to_string()).collect();
        let seconds = |at: &str| at[17..19].to_owned();
        let expected = [
            "2026-11-05T08:07:01",
            "2026-11-05T08:08:15",
            "2026-11-05T20:30:00",
            "2026-11-05T23:05:09",
            "2026-11-13T11:45:30",
            "2026-11-13T11:46:00",
            "2026-11-14T07:00:59",
        ]
        .map(|at| format!("{}{}.000Z", &at[..17], if is_ios { seconds(at) } else { "00".to_owned() }));
        assert_eq!(times, expected, "{name}");
        let authors: Vec<_> =
            messages(&items).iter().map(|message| message.author.as_deref().unwrap_or("-")).collect();
        assert_eq!(authors[1..], ["Ada", "Bo", "Ada", "Bo", "Ada", "Bo"], "{name}");
        let (notice, edited, deleted) = (messages(&items)[0], messages(&items)[5], messages(&items)[6]);
        assert_eq!(notice.metadata["system"], true, "{name}");
        assert_eq!((edited.metadata.len(), &edited.metadata["edited"]), (1, &true.into()), "{name}");
        assert_eq!((deleted.metadata.len(), &deleted.metadata["deleted"]), (1, &true.into()), "{name}");
        let (omitted, attached) = (messages(&items)[3], messages(&items)[4]);
        assert!(omitted.text.is_empty() && omitted.attachments.len() == 1, "{name}: {omitted:?}");
        assert!(
            attached.text.is_empty() && attached.attachments[0].name.ends_with(".jpg"),
            "{name}: {attached:?}"
        );
    }
}

#[test]
fn files_come_with_a_chat_in_an_archive() {
    let text = "21/11/2026, 14:03 - Ada: IMG-20261121-WA0001.jpg (file attached)\nBeach\n21/11/2026, 14:04 - Bo: Zürich.pdf (file attached)\n\
                21/11/2026, 14:05 - Bo: PTT-20261121-WA0009.opus (file attached)\n";
    let archive = zip(&[
        ("WhatsApp Chat with Ada.txt", text.as_bytes()),
        ("IMG-20261121-WA0001.jpg", b"1"),
        ("Zu\u{308}rich.pdf", b"2"),
        ("IMG-20261121-WA0002.jpg", b"3"),
        ("__MACOSX/._IMG-20261121-WA0001.jpg", b"4"),
    ]);
    let (format, items) = detected(&archive, &berlin());
    assert_eq!(format, ImportFormat::Whatsapp);
    insta::assert_snapshot!("archive-with-files", shown(&items));
}

#[test]
fn a_longer_export_of_the_same_chat_has_the_same_messages_and_more() {
    let begun =
        "21/11/2026, 14:03 - Ada: hi\n21/11/2026, 14:03 - Ada: hi\n21/11/2026, 14:03 - Bo: <Media omitted>\n";
    let later = format!(
        "{}22/11/2026, 9:03 - Bo: IMG-20261122-WA0002.jpg (file attached)\n",
        begun.replace("<Media omitted>", "IMG-20261121-WA0001.jpg (file attached)")
    );
    let (begun, later) = (chat(begun), chat(&later));
    let named = |items: &[Item]| {
        messages(items)
            .iter()
            .map(|message| (message.memory.clone(), message.key.clone(), message.sent_at))
            .collect::<Vec<_>>()
    };
    let (begun, later) = (named(&begun), named(&later));
    assert_eq!(begun, later[..3]);
    assert_ne!(begun[0].1, begun[1].1, "two that say the same are two");
}

#[test]
fn groups_and_people_are_called_what_phones_call_them() {
    let text = "[21.11.26, 14:03:22] Book club: \u{200e}Messages and calls are end-to-end encrypted.\n[21.11.26, 14:03:23] Book club: \u{200e}Ada created this group\n\
                [21.11.26, 14:03:24] Ada: hi\n[21.11.26, 14:03:25] ~\u{202f}Bo: hi\n[21.11.26, 14:03:26] +49 170 1234567: hi\n";
    let items = chat(text);
    assert_eq!(title(&items), "Book club");
    let authors: Vec<_> = messages(&items).iter().map(|message| message.author.as_deref()).collect();
    assert_eq!(authors, [None, None, Some("Ada"), Some("Bo"), Some("+49 170 1234567")]);
    assert_eq!(title(&chat("21/11/2026, 14:03 - Ada: hi\n21/11/2026, 14:04 - Bo: hi\n")), "Ada, Bo");
    let archive = zip(&[("WhatsApp Chat - Ada/_chat.txt", b"[21.11.26, 14:03:22] Ada: hi\n")]);
    assert_eq!(title(&detected(&archive, &berlin()).1), "Ada");
}

#[test]
fn what_is_pasted_into_a_message_stays_in_it() {
    let mut text = "21/11/2026, 14:03 - Ada: look what he wrote:\n[20.11.26, 08:00:00] Carl: never\n[20.11.26, 08:01:00] Carl: ever\n".to_owned();
    for minute in 10..30 {
        text.push_str(&format!("21/11/2026, 14:{minute} - Bo: {minute}\n"));
    }
    let items = chat(&text);
    assert_eq!(messages(&items).len(), 21);
    assert!(messages(&items)[0].text.ends_with("[20.11.26, 08:01:00] Carl: ever"));
}

#[test]
fn dates_that_can_be_read_in_two_ways_are_asked_about() {
    let text = "3/4/26, 14:03 - Ada: hi\n3/5/26, 14:03 - Bo: hi\n";
    let warned = |options: &Options| {
        items(text.as_bytes(), ImportFormat::Whatsapp, options)
            .iter()
            .any(|item| matches!(item, Item::Warning(_)))
    };
    assert_eq!(sent(text, &berlin())[0], "2026-04-03T12:03:00.000Z");
    assert!(warned(&berlin()));
    let told = Options { day_first: Some(false), ..berlin() };
    assert_eq!(sent(text, &told)[0], "2026-03-04T13:03:00.000Z");
    assert!(!warned(&told));
}

#[test]
fn halves_of_days_in_unknown_words_are_warned_about() {
    let items = chat("21/11/26, 2:03 abc - Ada: hi\n21/11/26, 2:04 xyz - Ada: hi\n");
    assert_eq!(messages(&items).len(), 2);
    assert!(
        items.iter().any(|item| matches!(item, Item::Warning(warning) if warning.contains("twelve hours")))
    );
}

#[test]
fn times_are_those_of_the_phone() {
    let text = "25/10/2026, 02:50 - Ada: summer\n25/10/2026, 02:10 - Bo: winter\n29/03/2027, 12:00 - Ada: summer again\n";
    assert_eq!(
        sent(text, &berlin()),
        ["2026-10-25T00:50:00.000Z", "2026-10-25T01:10:00.000Z", "2027-03-29T10:00:00.000Z"]
    );
}

#[test]
fn what_stands_before_the_first_message_is_named() {
    let items = chat("\u{feff}Exported by me\n21/11/2026, 14:03 - Ada: hi\n");
    insta::assert_snapshot!("before-the-first-message", shown(&items));
}

#[test]
fn other_charsets_are_read() {
    let text = "21/11/2026, 14:03 - Ada: schön\n21/11/2026, 14:04 - Bo: größer\n";
    let utf16: Vec<u8> = "\u{feff}"
        .chars()
        .chain(text.chars())
        .flat_map(|char| u16::try_from(u32::from(char)).unwrap().to_le_bytes())
        .collect();
    let latin: Vec<u8> = text.chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect();
    for bytes in [utf16, latin] {
        let (format, items) = detected(&bytes, &berlin());
        assert_eq!((format, messages(&items)[1].text.as_str()), (ImportFormat::Whatsapp, "größer"));
    }
}

#[test]
fn a_chat_can_be_gone_on_with_anywhere() {
    let text = fs::read(fixtures("whatsapp").join("ios-de.txt")).unwrap();
    let archive = zip(&[("a/_chat.txt", &text), ("b/_chat.txt", &text), ("c/_chat.txt", b"hello")]);
    let all = given(&archive, ImportFormat::Whatsapp, &berlin(), Place::default()).unwrap();
    // The text that is no chat is said.
    assert_eq!(all.len(), 17);
    for (at, one) in all.iter().enumerate() {
        let rest = given(&archive, ImportFormat::Whatsapp, &berlin(), one.next).unwrap();
        assert_eq!(rest, all[at + 1..], "after {at}");
    }
}

#[test]
fn logs_and_diaries_are_no_chats() {
    for text in [
        "2026-11-21 14:03:22 - INFO: started\n2026-11-21 14:03:23 - INFO: ready\n",
        "2026-11-21T14:03:22Z started\n",
        "21/11/2026\nDear diary\n",
        "# Notes\n21/11/2026, 14:03 - met Ada: nice\n",
    ] {
        let format = detected(text.as_bytes(), &berlin()).0;
        assert_ne!(format, ImportFormat::Whatsapp, "{text}");
    }
}

#[test]
fn a_chat_that_whatsapp_has_cut_keeps_its_messages_names_but_begins_later() {
    let bringing = Bringing {
        owner: UserId::new(Timestamp::MIN),
        format: ImportFormat::Whatsapp,
        at: Timestamp::from_millis(1_800_000_000_000).unwrap(),
    };
    let made = |text: &str| {
        let archive = zip(&[("WhatsApp Chat with Ada.txt", text.as_bytes())]);
        let items = items(&archive, ImportFormat::Whatsapp, &berlin());
        let memory = items.iter().find_map(|item| {
            if let Item::Memory(memory) = item { Some(bringing.memory(memory).unwrap().memory) } else { None }
        });
        let memory = memory.unwrap();
        let standing = Standing { memory: memory.id, after: memory.created_at };
        let ids: Vec<_> = messages(&items)
            .into_iter()
            .flat_map(|message| bringing.messages(message, standing, &[]).unwrap())
            .map(|message| message.id)
            .collect();
        (memory, ids)
    };
    let lines: Vec<String> = (10..60)
        .map(|minute| format!("21/11/2026, 14:{minute} - {}: {}\n", ["Ada", "Bo"][minute % 2], minute / 3))
        .collect();
    let (whole, all) = made(&format!("20/11/2026, 9:00 - Bo: first\n{}", lines.concat()));
    let (cut, kept) = made(&lines[20..].concat());
    assert_eq!(all[21..], kept);
    // Lists are sorted by ids, so an id has the time of the beginning: what begins later is another memory.
    assert!(whole.created_at < cut.created_at && whole.id != cut.id);
}

#[test]
fn messages_keep_their_names_when_one_of_their_minute_goes() {
    let keys = |text: &str| -> Vec<String> {
        messages(&chat(text)).iter().map(|message| message.key.clone()).collect()
    };
    let (first, rest) = (
        "21/11/2026, 14:03 - Ada: a\n",
        "21/11/2026, 14:03 - Bo: b\n21/11/2026, 14:03 - Ada: c\n21/11/2026, 14:03 - Ada: c\n",
    );
    assert_eq!(keys(&format!("{first}{rest}"))[1..], keys(rest));
}

#[test]
fn a_message_that_comes_in_parts_is_said() {
    let long = format!("21/11/2026, 14:03 - Ada: {}\n21/11/2026, 14:04 - Bo: b\n", "words\n".repeat(900_000));
    let items = chat(&long);
    assert_eq!(messages(&items).len(), 3);
    let warned: Vec<_> = items
        .iter()
        .filter(
            |item| matches!(item, Item::Warning(said) if said.contains("4 MiB") && said.contains(": 1 of")),
        )
        .collect();
    assert_eq!(warned.len(), 1);
}
