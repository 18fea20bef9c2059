//! Text that is text already: as it is, as rows of cells, as subtitles.

use crate::Reading;
use crate::charset::decode;
use crate::error::Flow;

pub(crate) fn read(reading: &mut Reading, bytes: &[u8], charset: Option<&str>) -> Flow {
    let bytes = reading.budget.affordable(bytes);
    reading.writer.push_str(&decode(bytes, charset))
}

/// A row is a line, with tabs between its cells: words of a row stay near each other. A cell with several lines becomes one.
pub(crate) fn read_table(
    reading: &mut Reading,
    bytes: &[u8],
    charset: Option<&str>,
    delimiter: Option<u8>,
) -> Flow {
    let text = decode(reading.budget.affordable(bytes), charset);
    let delimiter = delimiter.unwrap_or_else(|| delimiter_of(&text));
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut row = csv::ByteRecord::new();
    // It reads from memory and takes whatever comes: it does not fail.
    while rows.read_byte_record(&mut row).unwrap_or(false) {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                reading.writer.cell();
            }
            for char in String::from_utf8_lossy(cell).chars() {
                reading.writer.push(if matches!(char, '\n' | '\r') { ' ' } else { char })?;
            }
        }
        reading.writer.line();
    }
    Ok(())
}

/// Where the comma is in numbers, a semicolon is between cells. The first line tells.
fn delimiter_of(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: &u8| line.bytes().filter(|byte| byte == delimiter).count();
    // The last of equals is chosen, which is the comma.
    *[b'|', b'\t', b';', b','].iter().max_by_key(|delimiter| count(delimiter)).unwrap_or(&b',')
}

/// What is said, without the times, the numbers and what concerns the layout. A line that is said on from the one before (automatic
/// subtitles roll) is not repeated.
pub(crate) fn read_subtitles(reading: &mut Reading, bytes: &[u8], charset: Option<&str>) -> Flow {
    let text = decode(reading.budget.affordable(bytes), charset);
    let mut lines = text.lines().map(str::trim).peekable();
    let mut before = String::new();
    let mut is_in_block = false;
    while let Some(line) = lines.next() {
        let is_number = line.bytes().all(|byte| byte.is_ascii_digit());
        match line {
            "" => is_in_block = false,
            _ if line.starts_with("WEBVTT") || line.contains("-->") => is_in_block = false,
            _ if matches!(line, "STYLE" | "REGION") || line.starts_with("NOTE") => is_in_block = true,
            _ if is_in_block => {}
            // A number or a name of what follows.
            _ if lines.peek().is_some_and(|next| next.contains("-->")) => {}
            _ if is_number && lines.peek().is_none() => {}
            _ => {
                let said = without_tags(line);
                if said != before {
                    reading.writer.push_str(&said)?;
                    reading.writer.line();
                    before = said;
                }
            }
        }
    }
    Ok(())
}

/// Without `<i>`, `<c.yellow>`, `<00:00:01.000>` and `{\an8}`.
fn without_tags(line: &str) -> String {
    let mut said = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(['<', '{']) {
        let close = if rest[start..].starts_with('<') { '>' } else { '}' };
        let is_tag = close == '>' || rest[start..].starts_with("{\\");
        match rest[start..].find(close) {
            Some(length) if is_tag => {
                said.push_str(&rest[..start]);
                rest = &rest[start + length + 1..];
            }
            Some(length) => {
                said.push_str(&rest[..start + length + 1]);
                rest = &rest[start + length + 1..];
            }
            None => break,
        }
    }
    said.push_str(rest);
    crate::html::decode_entities(&said).into_owned()
}
