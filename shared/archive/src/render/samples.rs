//! For tests: an account with everything in it, and how a format comes out.

use std::collections::BTreeMap;
use std::io::Read;

use app_domain::{ExportFormat, ExportOptions, ExportSpec, LanguageTag, Timestamp};
use serde_json::{Value, json};

use super::{Output, renderer};
use crate::{Container, Head, Record, Shape, Spool, Totals};

/// Makes the text of a field, given its name and what it is in an ordinary account.
pub(super) type Texts<'a> = &'a dyn Fn(&str) -> String;

fn id(number: u32) -> String {
    format!("019a9b2e-4c00-7000-8000-{number:012x}")
}

/// A record of every kind, with something in every field; each text is made by the caller.
pub(super) fn account(text: Texts<'_>) -> Vec<Record> {
    let t = |said: &str| json!(text(said));
    let keyed = |said: &str| {
        let (key, value) = (text("mood"), text(said));
        json!({key: value, "nested": {"list": [text("nested"), 1, null, true]}})
    };
    let (first, later) = ("2026-11-22T13:05:00.000Z", "2026-11-23T08:30:12.345Z");
    let fields = |title: &str, content: Value| {
        json!({
            "title": t(title), "description": t("Three days by train."), "content": content, "categoryId": id(3),
            "tags": [t("travel"), t("with friends")], "metadata": keyed("sunny"), "isFavorite": true, "isArchived": true,
            "privacyLevel": "internal", "source": "whatsapp",
            "provenance": {"messageId": t("wamid.1"), "origin": t("whatsapp:1"), "apiKeyId": id(90)},
            "media": {"kind": "image", "state": "failed", "contentType": t("image/jpeg"), "fileName": t("train.jpg"),
                "fileId": id(30), "reason": t("It was too large."), "transcript": "pending"},
            "version": 3, "createdAt": first, "updatedAt": later,
        })
    };
    let with = |mut record: Value, more: Value| {
        if let (Some(members), Value::Object(more)) = (record.as_object_mut(), more) {
            members.extend(more);
        }
        record
    };
    let file = |number: u32, name: &str, content_type: &str| {
        let path = format!("files/{}/{}", id(number), text(name));
        json!({"kind": "file", "id": id(number), "name": t(name), "contentType": text(content_type), "sizeBytes": 1_234_567, "path": path,
            "createdAt": first, "updatedAt": first})
    };
    let records = vec![
        json!({"kind": "account", "id": id(1), "email": t("ada@example.com"), "username": t("ada"), "firstName": t("Ada"),
            "lastName": t("Lovelace"), "createdAt": first}),
        json!({"kind": "settings", "externalModels": true, "redaction": false, "confirmWrites": true, "extractFacts": true,
            "keptCategories": [id(3)], "answerLanguage": t("de"), "instructions": t("Be brief.")}),
        json!({"kind": "category", "id": id(3), "name": t("Travel"), "description": t("Where I have been."), "icon": t("train"),
            "color": t("#336699"), "isDefault": true, "sortOrder": -5, "version": 1, "createdAt": first, "updatedAt": later}),
        json!({"kind": "savedSearch", "id": id(4), "name": t("Trips"), "search": keyed("trip"), "createdAt": first, "updatedAt": first}),
        json!({"kind": "fact", "id": id(5), "statement": t("Ada lives in London."), "subject": t("Ada"), "attribute": t("home"),
            "value": t("London"), "certainty": 0.87, "sources": [{"conversation": id(40), "turn": id(41), "saidAt": first}],
            "status": {"kind": "superseded", "by": id(6)}, "validFrom": first, "validUntil": later, "seen": 2, "decidedAt": later,
            "version": 1, "createdAt": first, "updatedAt": first}),
        with(
            fields(
                "To Zürich",
                json!({"text": text("We took the night train.\n\nIt was late, as ever."), text("stops"): [text("Basel"), 2]}),
            ),
            json!({"kind": "memory", "id": id(10), "messageCount": 3}),
        ),
        with(fields("To Zurich", t("We take the train.")), json!({"kind": "version", "memoryId": id(10)})),
        with(file(30, "train.jpg", "image/jpeg"), json!({"memoryId": id(10)})),
        with(file(31, "tickets.pdf", "application/pdf"), json!({"memoryId": id(10), "messageId": id(20)})),
        json!({"kind": "message", "id": id(20), "memoryId": id(10), "content": t("Here are the tickets."), "messageType": "document",
            "attachments": [id(31), id(39)], "metadata": with(keyed("calm"), json!({"sender": t("Mara")})), "status": "read",
            "delivery": {"state": "failed", "reason": t("The number is not known."), "at": later}, "version": 2,
            "createdAt": first, "updatedAt": later, "editedAt": later}),
        json!({"kind": "message", "id": id(21), "memoryId": id(10), "parentId": id(20), "content": t("Enjoy the trip!"),
            "isAiGenerated": true, "version": 1, "createdAt": later, "updatedAt": later}),
        json!({"kind": "message", "id": id(22), "memoryId": id(10), "content": null, "version": 2, "createdAt": later, "updatedAt": later}),
        json!({"kind": "memory", "id": id(11), "source": "web", "version": 1, "createdAt": "2025-01-01T00:30:00.000Z",
            "updatedAt": "2025-01-01T00:30:00.000Z", "content": [1, text("two"), {text("three"): text("four")}]}),
        file(32, "notes.html", "text/html"),
        json!({"kind": "conversation", "id": id(40), "title": t("Where was I?"), "focus": id(10), "leaf": id(43), "turns": 3,
            "summary": {"text": t("About trips."), "upTo": id(42)}, "forkedFrom": {"conversation": id(44), "turn": id(45)},
            "createdAt": first, "updatedAt": later}),
        json!({"kind": "turn", "id": id(41), "conversationId": id(40), "createdAt": first, "question": t("Where was I in November?")}),
        json!({"kind": "turn", "id": id(42), "conversationId": id(40), "parentId": id(41), "createdAt": first, "answer": {
            "state": "interrupted", "text": t("In **Zürich**."), "citations": [{"memory": id(10), "title": t("To Zürich"), "quote": t("night train")}],
            "confidence": 0.9, "suggestions": [t("How did you get there?")], "model": t("built-in"), "usage": {"prompt": 10, "completion": 4},
            "milliseconds": 12, "actions": [{"id": t("a1"), "tool": t("createMemory"), "arguments": keyed("Zürich"), "state": "failed",
                "outcome": {text("error"): text("no room")}}], "failure": "tooLong"}}),
        json!({"kind": "turn", "id": id(43), "conversationId": id(40), "parentId": id(41), "createdAt": later, "question": t("And before?")}),
        json!({"kind": "reminder", "id": id(50), "memoryId": id(10), "text": t("Book the train."), "at": later, "state": "waiting", "createdAt": first}),
        json!({"kind": "contact", "id": text("0123456789abcdef0123456789abcdef"), "phone": t("+4915550002222"), "name": t("Mara"), "rule": t("save"),
            "categoryId": id(3), "savedCount": 7, "firstAt": first, "lastAt": later}),
    ];
    records
        .into_iter()
        .map(|record| {
            serde_json::from_value(record.clone()).unwrap_or_else(|error| panic!("{error}: {record}"))
        })
        .collect()
}

/// The same text in every field.
pub(super) fn ordinary() -> Vec<Record> {
    account(&|said| said.to_owned())
}

pub(super) fn head(format: ExportFormat, locale: &str) -> Head {
    let exported_at: Timestamp = "2026-11-24T10:00:00.000Z".parse().unwrap();
    let options = ExportOptions {
        timezone: "Europe/Berlin".to_owned(),
        locale: LanguageTag::parse(locale).unwrap(),
        ..ExportOptions::of(format)
    };
    let account = id(1).parse().unwrap();
    Head { exported_at, account, spec: ExportSpec { options, ..ExportSpec::of(format) } }
}

/// The whole file. `anew` puts the renderer and the container away after every call and goes on with new ones.
pub(super) fn file(head: &Head, records: &[Record], anew: bool) -> Vec<u8> {
    let shape = if head.spec.is_archive() { Shape::Archive } else { Shape::Single };
    let (mut container, mut lines, mut bytes) = (Container::new(shape), Vec::new(), Vec::new());
    let mut made = renderer(head, None).unwrap();
    let (mut sums, mut directory) = (Vec::new(), Vec::new());
    let mut totals = Totals::default();
    for record in records {
        *totals.counts.entry(record.kind()).or_default() += 1;
    }
    let passes = made.passes();
    macro_rules! step {
        ($name:ident($($argument:expr),*)) => {{
            let mut index = Vec::new();
            made.$name($($argument,)* &mut Output { container: &mut container, index: &mut index });
            lines.append(&mut index);
            let state = container.settle();
            bytes.extend(container.take());
            for (spool, piece) in container.spooled() {
                match spool {
                    Spool::Sums => sums.extend(piece),
                    Spool::Directory => directory.extend(piece),
                    Spool::Files | Spool::Index => panic!("a container spools neither"),
                }
            }
            if anew {
                let state = serde_json::to_string(&state).unwrap();
                container = Container::resume(serde_json::from_str(&state).unwrap());
                let state: Value = serde_json::from_str(&made.state().to_string()).unwrap();
                made = renderer(head, Some(&state)).unwrap();
            }
        }};
    }
    for (pass, kinds) in passes.iter().enumerate() {
        step!(begin(pass));
        for record in records.iter().filter(|record| kinds.contains(&record.kind())) {
            step!(record(record));
        }
        step!(end(pass));
    }
    for line in std::mem::take(&mut lines) {
        step!(index(&line));
    }
    step!(finish(&totals));
    drop(made);
    container.close();
    if shape == Shape::Archive {
        for (spool, piece) in container.spooled() {
            if spool == Spool::Sums { sums.extend(piece) } else { directory.extend(piece) }
        }
        container.sums(&sums);
        container.manifest(head, &totals);
        directory.extend(
            container
                .spooled()
                .into_iter()
                .filter(|(spool, _)| *spool == Spool::Directory)
                .flat_map(|(_, piece)| piece),
        );
        container.directory(&directory);
        container.end();
    }
    container.settle();
    bytes.extend(container.take());
    bytes
}

/// What is in the archive, but for what every archive has.
pub(super) fn entries(head: &Head, records: &[Record]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file(head, records, false))).unwrap();
    let mut entries = BTreeMap::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let name = entry.name().unwrap().into_owned();
        let before = entries.insert(name, text);
        assert!(before.is_none(), "an entry is there twice");
    }
    entries.retain(|name, _| name != crate::SUMS && name != crate::MANIFEST);
    entries
}

/// All entries after each other, for snapshots.
pub(super) fn joined(entries: &BTreeMap<String, String>) -> String {
    entries.iter().map(|(name, text)| format!("═══ {name}\n{text}\n")).collect()
}

/// What people have written to see what breaks.
pub(super) const HOSTILE: [&str; 56] = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "</textarea><svg onload=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "` onmouseover=`alert(1)",
    "x onfocus=alert(1) autofocus",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/x.js",
    "<!--",
    "-->",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "&amp",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<plaintext>",
    "<xmp>",
    "</main></body></html><script>alert(1)</script>",
    "\u{2028}alert(1)\u{2029}",
    "\\u003cscript\\u003e",
    "\\\"];alert(1);[\\\"",
    "\"]);alert(1);archiveFound([\"",
    "${alert(1)}",
    "{{7*7}}{% raw %}",
    "\u{feff}<script>",
    "\u{202e}gpj.exe",
    "\0<script>alert(1)</script>",
    "\u{1b}[31mred\u{7}",
    "../../../etc/passwd",
    "..\\..\\windows\\system32",
    "C:con.txt",
    "---\nkey: value\n---",
    "key: [unclosed\n\t- x",
    "```\nunclosed",
    "%%\n<div>\n$$",
    "=cmd|' /C calc'!A0",
    "ＪＡＶＡ＜script＞",
];
