//! What one element takes of memory that is as large as it may be, and made to take much, of each service. A process of its own, as the
//! highest mark is that of a process.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use std::fs::File;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::Command;

use app_domain::ImportFormat;
use app_import::{Options, Place};

/// The MiB that the process has, or has had at most since it was last asked to forget.
fn mib(of: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(of)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

/// Reads it in a process of its own, and gives the most that it takes: what was taken and given back before would hide some of it.
fn peak(file: String, format: ImportFormat) -> u64 {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("element-{}", file.len()));
    std::fs::write(&path, file).unwrap();
    let mut alone = Command::new(std::env::current_exe().unwrap());
    alone
        .args(["--exact", "one_element_is_read", "--nocapture"])
        .env(FILE, &path)
        .env(FORMAT, format.as_str());
    let said = String::from_utf8(alone.output().unwrap().stdout).unwrap();
    std::fs::remove_file(&path).unwrap();
    let (_, after) = said.split_once("takes ").unwrap_or_else(|| panic!("{said}"));
    after.split_whitespace().next().unwrap().parse().unwrap()
}

/// What the process of one element is told by.
const FILE: &str = "ELEMENT_FILE";
const FORMAT: &str = "ELEMENT_FORMAT";

#[test]
#[expect(clippy::print_stdout, reason = "it is read by the process that began this one")]
fn one_element_is_read() {
    let Ok(path) = std::env::var(FILE) else { return };
    let format: ImportFormat = serde_json::from_value(std::env::var(FORMAT).unwrap().into()).unwrap();
    let before = mib("VmRSS:");
    let mut file = File::open(&path).unwrap();
    app_import::read(&mut file, format, &Options::default(), Place::default(), &mut |given| {
        drop(given);
        ControlFlow::Continue(())
    })
    .unwrap();
    println!("takes {} MiB", mib("VmHWM:") - before);
}

const ELEMENT: usize = 32 * 1024 * 1024 - 4096;

/// So much of a piece as fits.
fn filled(before: &str, piece: &str, behind: &str) -> String {
    format!("{before}{}{behind}", piece.repeat((ELEMENT - before.len() - behind.len()) / piece.len()))
}

/// What an element is filled with: a text of many lines, and as many values as are read.
fn fills() -> [(&'static str, String, &'static str); 2] {
    [("\"", "a\\n".to_owned(), "\""), ("[", format!("{{\"a\":\"{}\"}},", "x".repeat(1400)), "0]")]
}

/// Elements of a service around what fills them.
const AROUND: [(ImportFormat, &str, &str); 16] = [
    (
        ImportFormat::Chatgpt,
        r#"[{"id":"c","mapping":{"m":{"message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["#,
        "]}}}}}]",
    ),
    (
        ImportFormat::Chatgpt,
        r#"[{"id":"c","mapping":{"m":{"message":{"author":{"role":"tool"},"content":{"content_type":"tether_quote","text":"#,
        "}}}}}]",
    ),
    (ImportFormat::Chatgpt, r#"[{"id":"c","mapping":{"m":{"message":null}},"title":"#, "}]"),
    (
        ImportFormat::Claude,
        r#"[{"uuid":"c","chat_messages":[{"uuid":"m","sender":"human","content":[{"type":"tool_result","content":"#,
        "}]}]}]",
    ),
    (
        ImportFormat::Claude,
        r#"[{"uuid":"c","chat_messages":[{"uuid":"m","sender":"human","text":"x","attachments":[{"file_name":"a.txt","extracted_content":"#,
        "}]}]}]",
    ),
    (
        ImportFormat::Librechat,
        r#"{"conversationId":"c","messages":[{"messageId":"m","isCreatedByUser":true,"text":"#,
        "}]}",
    ),
    (
        ImportFormat::Librechat,
        r#"{"conversationId":"c","messagesTree":[{"messageId":"m","children":[],"content":[{"type":"think","think":"#,
        "}]}]}",
    ),
    (
        ImportFormat::OpenWebui,
        r#"[{"id":"c","chat":{"history":{"messages":{"m":{"role":"user","content":"#,
        "}}}}}]",
    ),
    (
        ImportFormat::OpenWebui,
        r#"[{"id":"c","chat":{"history":{"messages":{"m":{"role":"user","content":"x","files":"#,
        "}}}}}]",
    ),
    (ImportFormat::Khoj, r#"[{"conversation_log":{"chat":[{"by":"you","message":"#, "}]}}]"),
    (ImportFormat::Khoj, r#"[{"id":1,"created_at":"2025-01-01","raw":"#, "}]"),
    (ImportFormat::Mem0, r#"[{"id":"m","user_id":"u","memory":"#, "}]"),
    (ImportFormat::Mem0, r#"[{"id":"m","user_id":"u","memory":"x","other":"#, "}]"),
    (ImportFormat::Json, r#"[{"text":"#, "}]"),
    (ImportFormat::Json, r#"[{"other":"#, "}]"),
    (ImportFormat::Json, r#"{"text":"#, "}"),
];

#[test]
#[ignore = "minutes"]
fn no_element_of_any_service_takes_more_than_160_mib() {
    let mut worst = Vec::new();
    for (format, before, behind) in AROUND {
        for (open, piece, close) in fills() {
            let file = filled(&format!("{before}{open}"), &piece, &format!("{close}{behind}"));
            worst.push((peak(file, format), format, before, open));
        }
    }
    worst.sort_by_key(|(mib, ..)| std::cmp::Reverse(*mib));
    assert!(worst[0].0 < 160, "{:#?}", &worst[..12]);
}

#[test]
fn what_is_made_to_take_memory_takes_less_than_160_mib() {
    let mut worst = Vec::new();
    let thought = filled(
        r#"{"conversationId":"c","messagesTree":[{"messageId":"m","children":[],"content":[{"type":"think","think":""#,
        "a\\n",
        r#""}]}]}"#,
    );
    worst.push((peak(thought, ImportFormat::Librechat), ImportFormat::Librechat, "lines", ""));
    let half = filled(r#"[{"id":"m","user_id":"u","memory":""#, "\\ud800", r#""}]"#);
    worst.push((peak(half, ImportFormat::Mem0), ImportFormat::Mem0, "half characters", ""));
    let member = filled(
        r#"[{"id":"c","mapping":{"m":{"message":{"parent":1}},"#,
        "\"n\":{\"message\":0},",
        "\"o\":0}}]",
    );
    worst.push((peak(member, ImportFormat::Chatgpt), ImportFormat::Chatgpt, "members", ""));
    let list = filled(r#"[{"uuid":"c","chat_messages":["#, "{},", "0]}]");
    worst.push((peak(list, ImportFormat::Claude), ImportFormat::Claude, "messages", ""));
    let list = filled(r#"{"conversationId":"c","messagesTree":["#, "{\"children\":[]},", "0]}");
    worst.push((peak(list, ImportFormat::Librechat), ImportFormat::Librechat, "tree", ""));
    let row = filled("id,title,content\n1,a,b\n", ",", "\n");
    worst.push((peak(row, ImportFormat::Csv), ImportFormat::Csv, "cells", ""));
    let row = filled("id,title,content\n1,a,\"", "lorem, \n", "\"\n");
    worst.push((peak(row, ImportFormat::Csv), ImportFormat::Csv, "a cell", ""));
    for piece in ["#tag ", "[[a.png]] ", "> "] {
        worst.push((
            peak(filled("# Note\n", piece, ""), ImportFormat::Markdown),
            ImportFormat::Markdown,
            "note",
            piece,
        ));
    }
    let record = filled(
        r#"{"kind":"header","format":"memory-app-export","version":2}"#,
        "\n{\"kind\":\"memory\",\"content\":[0",
        "",
    );
    worst.push((peak(record, ImportFormat::MemoryApp), ImportFormat::MemoryApp, "records", ""));
    let record = filled(
        "{\"kind\":\"header\",\"format\":\"memory-app-export\",\"version\":2}\n{\"kind\":\"memory\",\"content\":[",
        "0,",
        "0]}\n",
    );
    worst.push((peak(record, ImportFormat::MemoryApp), ImportFormat::MemoryApp, "a record", ""));
    for piece in ["lorem ", "a\n", "IMG-20261121-WA0001.jpg (file attached)\n"] {
        let chat = filled("21/11/2026, 14:03 - Ada: ", piece, "");
        worst.push((peak(chat, ImportFormat::Whatsapp), ImportFormat::Whatsapp, "chat", piece));
    }
    worst.sort_by_key(|(mib, ..)| std::cmp::Reverse(*mib));
    assert!(worst[0].0 < 160, "{:#?}", &worst[..12]);
}
