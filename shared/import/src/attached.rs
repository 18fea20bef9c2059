//! Files that are inside of JSON: as the text of a document, or as a URL that holds its bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::NewFile;
use crate::chat::named_by;

/// A file that is at a URL. Only a `data:` URL holds it; of others it is known what they are.
pub(crate) fn at_url(url: &str, name: Option<&str>, number: usize) -> NewFile {
    let held = url.strip_prefix("data:").and_then(|data| data.split_once(";base64,"));
    let bytes = held.and_then(|(_, data)| STANDARD.decode(data.trim()).ok());
    let content_type = held.map(|(kind, _)| kind.split(';').next().unwrap_or_default().to_owned());
    let ending =
        content_type.as_deref().and_then(|kind| kind.split_once('/')).map_or("bin", |(_, kind)| ending(kind));
    let last = || {
        url.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).filter(|last| !last.is_empty())
    };
    let name = name.map(str::to_owned).unwrap_or_else(|| match held {
        None => last().unwrap_or("file").to_owned(),
        Some(_) => format!("file-{number}.{ending}"),
    });
    NewFile {
        key: named_by(&[url]),
        name,
        content_type: content_type.filter(|kind| kind.contains('/')),
        path: None,
        bytes,
    }
}

/// A document of which there is the text.
pub(crate) fn of_text(key: Option<String>, name: &str, content_type: Option<&str>, text: &str) -> NewFile {
    const ENDINGS: [&str; 8] = ["txt", "md", "csv", "json", "log", "xml", "yaml", "yml"];
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let is_text = ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
        || content_type.is_some_and(|kind| kind.starts_with("text/"));
    NewFile {
        key: key.unwrap_or_else(|| named_by(&[name, text])),
        // What is left of a PDF is its text, which is no PDF.
        name: if is_text { name.to_owned() } else { format!("{name}.txt") },
        content_type: Some("text/plain".to_owned()),
        path: None,
        bytes: Some(text.as_bytes().to_vec()),
    }
}

fn ending(kind: &str) -> &str {
    match kind {
        "jpeg" => "jpg",
        "svg+xml" => "svg",
        "plain" => "txt",
        "mpeg" => "mp3",
        kind if !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphanumeric()) => kind,
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_url_holds_its_bytes() {
        let file = at_url("data:image/jpeg;base64,aGk=", None, 2);
        assert_eq!(
            (file.name.as_str(), file.content_type.as_deref(), file.bytes.as_deref()),
            ("file-2.jpg", Some("image/jpeg"), Some(&b"hi"[..]))
        );
    }

    #[test]
    fn other_urls_hold_none() {
        for (url, name) in [
            ("https://example.org/a/cat.png?size=1", "cat.png"),
            ("/api/v1/files/6f1d", "6f1d"),
            ("data:image/png;base64,!!", "file-1.png"),
            ("data:../../x;base64,!!", "file-1.bin"),
            ("", "file"),
        ] {
            let file = at_url(url, None, 1);
            assert_eq!((file.name.as_str(), file.bytes), (name, None), "{url}");
        }
    }
}
