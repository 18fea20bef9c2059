//! An archive of our own to bring in, and whether what came out is the same.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use serde_json::{Value, json};
use uuid::{Builder, Uuid};

/// How many messages a memory has.
const PER_MEMORY: usize = 1_000;
/// When the first memory was made: 1 January 2025.
const FROM_MS: u64 = 1_735_689_600_000;

/// What an archive holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    memories: u64,
    pub(crate) messages: u64,
    /// Of the ids and texts of all messages, whatever their order.
    sum: [u8; 32],
}

/// Writes an archive of so many messages of about so many bytes.
pub(crate) fn write(to: &Path, messages: usize, bytes: usize) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(to)?);
    let mut digest = Context::new(&SHA256);
    let mut line = |out: &mut BufWriter<File>, value: &Value| -> anyhow::Result<()> {
        let text = format!("{value}\n");
        digest.update(text.as_bytes());
        Ok(out.write_all(text.as_bytes())?)
    };
    let memories = messages.div_ceil(PER_MEMORY);
    let account = id(FROM_MS, u64::MAX);
    line(
        &mut out,
        &json!({
            "kind": "header", "format": "memory-app-export", "version": 2, "exportedAt": time(FROM_MS), "account": account, "spec": Value::Null,
        }),
    )?;
    for memory in (0..memories).rev() {
        let made = FROM_MS + memory as u64 * 3_600_000;
        let (memory_id, here) = (id(made, memory as u64), PER_MEMORY.min(messages - memory * PER_MEMORY));
        line(
            &mut out,
            &json!({
                "kind": "memory", "id": memory_id, "title": format!("Conversation {memory}"), "tags": ["load"], "source": "web", "version": 1,
                "createdAt": time(made), "updatedAt": time(made), "messageCount": here,
            }),
        )?;
        for message in 0..here {
            let sent = made + message as u64 * 1_000;
            line(
                &mut out,
                &json!({
                    "kind": "message", "id": id(sent, (memory * PER_MEMORY + message) as u64), "memoryId": memory_id,
                    "content": text(memory * PER_MEMORY + message, bytes), "version": 1, "createdAt": time(sent), "updatedAt": time(sent),
                }),
            )?;
        }
    }
    let counts = json!({"memory": memories, "message": messages});
    let sha256 = data_encoding::HEXLOWER.encode(digest.finish().as_ref());
    writeln!(out, "{}", json!({"kind": "manifest", "counts": counts, "sha256": sha256}))?;
    Ok(out.flush()?)
}

/// What an archive of lines holds.
pub(crate) fn counted(lines: impl BufRead) -> anyhow::Result<Content> {
    let mut content = Content::default();
    add(&mut content, lines)?;
    Ok(content)
}

/// What a ZIP archive holds.
pub(crate) fn counted_in_zip(path: &Path) -> anyhow::Result<Content> {
    let mut zip = zip::ZipArchive::new(BufReader::new(File::open(path)?))?;
    let names: Vec<String> =
        zip.file_names().map(|name| name.map(Cow::into_owned)).collect::<Result<_, _>>()?;
    let mut content = Content::default();
    for name in names.into_iter().filter(|name| name.starts_with("records-")) {
        add(&mut content, BufReader::new(zip.by_name(&name)?))?;
    }
    Ok(content)
}

fn add(content: &mut Content, lines: impl BufRead) -> anyhow::Result<()> {
    for line in lines.lines() {
        let record: Value = serde_json::from_str(&line?)?;
        match record["kind"].as_str() {
            Some("memory") => content.memories += 1,
            Some("message") => {
                content.messages += 1;
                let said = json!([record["id"], record["memoryId"], record["content"], record["createdAt"]]);
                let digest = aws_lc_rs::digest::digest(&SHA256, said.to_string().as_bytes());
                for (sum, byte) in content.sum.iter_mut().zip(digest.as_ref()) {
                    *sum ^= byte;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn id(millis: u64, unique: u64) -> Uuid {
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&unique.to_be_bytes());
    Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

fn time(millis: u64) -> String {
    let at = app_domain::Timestamp::from_millis(millis.cast_signed());
    at.map(|at| at.to_string()).unwrap_or_default()
}

/// Words in an order that no other message has.
fn text(message: usize, bytes: usize) -> String {
    const WORDS: [&str; 16] = [
        "harbour",
        "wind",
        "letter",
        "garden",
        "train",
        "bread",
        "winter",
        "doctor",
        "school",
        "summer",
        "insurance",
        "violin",
        "bicycle",
        "mountain",
        "kitchen",
        "grüße",
    ];
    let (mut text, mut state) = (format!("Message {message}:"), message as u64 + 1);
    while text.len() < bytes {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push(' ');
        text.push_str(WORDS[(state >> 60) as usize]);
    }
    text
}
