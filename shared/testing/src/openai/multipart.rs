//! Forms with files in them.

use axum::http::{HeaderMap, header};

/// A field of a form.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) value: Vec<u8>,
}

/// The fields of a form, or nothing if it is none.
pub(super) fn fields(headers: &HeaderMap, body: &[u8]) -> Option<Vec<Field>> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let boundary = kind.strip_prefix("multipart/form-data; boundary=")?.trim_matches('"');
    let between = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(format!("--{boundary}").as_bytes())?;
    let mut fields = Vec::new();
    loop {
        if rest == b"--\r\n" || rest == b"--" {
            return Some(fields);
        }
        let part = rest.strip_prefix(b"\r\n")?;
        let end = find(part, between.as_bytes())?;
        fields.push(field(&part[..end])?);
        rest = &part[end + between.len()..];
    }
}

fn field(part: &[u8]) -> Option<Field> {
    let end = find(part, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&part[..end]).ok()?;
    let line = |name: &str| {
        let mut lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let disposition = line("content-disposition")?.strip_prefix("form-data; ")?;
    let said = |name: &str| {
        let mut said = disposition.split("; ").filter_map(|said| said.split_once('='));
        said.find(|(known, _)| *known == name).map(|(_, value)| value.trim_matches('"').to_owned())
    };
    Some(Field {
        name: said("name")?,
        file_name: said("filename"),
        content_type: line("content-type").map(str::to_owned),
        value: part[end + 4..].to_vec(),
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
