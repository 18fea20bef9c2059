//! The text of HTML: what is shown, the title and the descriptions of pictures, without tags, scripts and styles.
//!
//! A scanner, not a parser: text needs no tree, and without one there is no nesting to bound. Every byte is looked at a few times
//! at most, whatever the markup: a list of attributes that a parser must keep free of doubles takes it quadratic time.

mod attributes;
mod entities;

use attributes::{attribute, tag_end};
pub(crate) use entities::decode_entities;

use crate::Reading;
use crate::charset::decode;
use crate::error::Flow;

/// A charset may be declared in so much of the beginning (HTML Standard, 13.2.3.2).
const DECLARED_IN_BYTES: usize = 1024;

/// Elements that begin and end lines.
const BLOCKS: [&str; 44] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "summary",
    "table",
    "textarea",
    "title",
    "tr",
    "ul",
];

pub(crate) fn read(reading: &mut Reading, bytes: &[u8], charset: Option<&str>) -> Flow {
    let bytes = reading.budget.affordable(bytes);
    let declared = charset.map(str::to_owned).or_else(|| declared(bytes));
    read_text(reading, &decode(bytes, declared.as_deref()))
}

/// Reads bytes that are paid for.
pub(crate) fn read_decoded(reading: &mut Reading, bytes: &[u8]) -> Flow {
    let declared = declared(bytes);
    read_text(reading, &decode(bytes, declared.as_deref()))
}

/// The charset that is declared in the file.
fn declared(bytes: &[u8]) -> Option<String> {
    let beginning =
        String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARED_IN_BYTES)]).to_ascii_lowercase();
    let at = beginning.find("charset").map(|at| at + "charset".len()).or_else(|| {
        let is_xml = beginning.trim_start().starts_with("<?xml");
        beginning.find("encoding").filter(|_| is_xml).map(|at| at + "encoding".len())
    })?;
    let value = beginning[at..].trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end =
        value.find(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '-' | '_' | ':' | '.'));
    let name = &value[..end.unwrap_or(value.len())];
    // It was read as if it were ASCII, so it is not UTF-16.
    Some(if name.starts_with("utf-16") { "utf-8".to_owned() } else { name.to_owned() })
}

pub(crate) fn read_text(reading: &mut Reading, html: &str) -> Flow {
    let mut rest = html;
    let mut is_preformatted = false;
    while let Some(at) = rest.find('<') {
        text(reading, &rest[..at], is_preformatted)?;
        reading.budget.step()?;
        rest = &rest[at..];
        let name_at = if rest.starts_with("</") { 2 } else { 1 };
        let is_end = name_at == 2;
        let named = rest[name_at..].starts_with(|char: char| char.is_ascii_alphabetic());
        if !named {
            rest = behind_other(reading, rest)?;
            continue;
        }
        let name_end = rest[name_at..]
            .find(|char: char| char.is_ascii_whitespace() || matches!(char, '>' | '/'))
            .map_or(rest.len(), |length| name_at + length);
        let name = local(&rest[name_at..name_end]).to_ascii_lowercase();
        let tag_length = name_end + tag_end(&rest[name_end..]);
        let attributes = &rest[name_end..tag_length];
        rest = &rest[tag_length..];
        if !is_end {
            described(reading, &name, attributes)?;
        }
        match name.as_str() {
            "pre" | "textarea" => is_preformatted = !is_end,
            "td" | "th" if !is_end => reading.writer.cell(),
            "script" | "style" | "template" | "iframe" | "noembed" | "noframes" | "object" | "svg"
                if !is_end && !attributes.ends_with("/>") =>
            {
                // What these hold is no text. If they never end, nothing is.
                rest = behind_element(rest, &name);
                continue;
            }
            _ => {}
        }
        if name == "p" || (name.len() == 2 && name.starts_with('h') && name != "hr") {
            reading.writer.paragraph();
        } else if BLOCKS.contains(&name.as_str()) {
            reading.writer.line();
        }
    }
    text(reading, rest, is_preformatted)
}

/// Behind a comment, a declaration, an instruction, or a `<` that is none of them and thus text.
fn behind_other<'a>(reading: &mut Reading, rest: &'a str) -> Flow<&'a str> {
    let end = |end: &str| rest.find(end).map_or("", |at| &rest[at + end.len()..]);
    if let Some(comment) = rest.strip_prefix("<!--") {
        // Also `<!-->`, which is over at once.
        return Ok(comment.strip_prefix('>').unwrap_or_else(|| end("-->")));
    }
    if let Some(data) = rest.strip_prefix("<![CDATA[") {
        let (data, behind) = data.split_once("]]>").unwrap_or((data, ""));
        text_of(reading, data, false)?;
        return Ok(behind);
    }
    if rest.starts_with("<!") || rest.starts_with("<?") || rest.starts_with("</") {
        return Ok(end(">"));
    }
    reading.writer.push('<')?;
    Ok(&rest[1..])
}

/// Behind the end tag of an element whose content is not looked at.
fn behind_element<'a>(rest: &'a str, name: &str) -> &'a str {
    let bytes = rest.as_bytes();
    let found = memchr::memmem::find_iter(bytes, b"</").find(|at| {
        bytes.get(at + 2..at + 2 + name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes()))
    });
    found.map_or("", |at| &rest[at..])
}

/// Without the prefix of a namespace, which XHTML in books may have.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// What stands for a picture or a field, and what the file says of itself.
fn described(reading: &mut Reading, name: &str, attributes: &str) -> Flow {
    let shown = match name {
        "img" | "area" => attribute(attributes, "alt"),
        "input" => match attribute(attributes, "type").as_deref() {
            Some("hidden" | "password") => None,
            Some("image") => attribute(attributes, "alt"),
            _ => attribute(attributes, "value"),
        },
        "meta" => attribute(attributes, "name")
            .filter(|name| matches!(name.as_str(), "description" | "keywords" | "author"))
            .and_then(|_| attribute(attributes, "content")),
        _ => None,
    };
    let Some(shown) = shown else { return Ok(()) };
    reading.writer.space();
    text(reading, &shown, false)?;
    if name == "meta" {
        reading.writer.line();
    } else {
        reading.writer.space();
    }
    Ok(())
}

fn text(reading: &mut Reading, text: &str, is_preformatted: bool) -> Flow {
    text_of(reading, &decode_entities(text), is_preformatted)
}

fn text_of(reading: &mut Reading, text: &str, is_preformatted: bool) -> Flow {
    if is_preformatted {
        return reading.writer.push_str(text);
    }
    for char in text.chars() {
        match char {
            ' ' | '\t' | '\n' | '\r' | '\u{c}' => reading.writer.space(),
            _ => reading.writer.push(char)?,
        }
    }
    Ok(())
}
