//! How items are addressed: by id, by path, or by path below an item, with a colon before and behind the path.

use percent_encoding::percent_decode_str;

use super::names::checked;
use super::refusal::Refusal;

/// What an address below `/v1.0` names.
#[derive(Debug, PartialEq)]
pub(super) enum Address {
    /// The person.
    Me,
    /// Their drive.
    Drive,
    /// Something on it.
    Item(Start, Option<String>, String),
}

/// Where a path begins.
#[derive(Debug, PartialEq)]
pub(super) enum Start {
    Root,
    App,
    Id(String),
}

/// Reads the path of an address as it was sent, below `/v1.0`.
pub(super) fn read(path: &str, drive: &str) -> Result<Address, Refusal> {
    let unknown = || Refusal::new(400, "BadRequest", "Resource not found for the segment.");
    if path == "/me" {
        return Ok(Address::Me);
    }
    let rest = match path.strip_prefix("/me/drive") {
        Some(rest) => rest,
        None => {
            let rest = path.strip_prefix("/drives/").ok_or_else(unknown)?;
            let (id, _) = rest.split_once('/').unwrap_or((rest, ""));
            if decoded(id)? != drive {
                return Err(Refusal::not_found());
            }
            &rest[id.len()..]
        }
    };
    if rest.is_empty() {
        return Ok(Address::Drive);
    }
    let rest = rest.strip_prefix('/').ok_or_else(unknown)?;
    let (start, rest) = if let Some(rest) = rest.strip_prefix("special/approot") {
        (Start::App, rest)
    } else if let Some(rest) = rest.strip_prefix("items/") {
        let end = rest.find(['/', ':']).unwrap_or(rest.len());
        (Start::Id(decoded(&rest[..end])?), &rest[end..])
    } else {
        (Start::Root, rest.strip_prefix("root").ok_or_else(unknown)?)
    };
    let (path, action) = match rest.strip_prefix(":/") {
        Some(rest) => {
            let (path, action) = rest.split_once(':').unwrap_or((rest, ""));
            let names: Result<Vec<String>, Refusal> = path.split('/').map(decoded).collect();
            let path = names?.join("/");
            checked(&path)?;
            (Some(path), action)
        }
        None => (None, rest),
    };
    let action = action.strip_prefix('/').unwrap_or(action);
    if action.contains(['/', ':']) || rest.starts_with(|c| c != '/' && c != ':') {
        return Err(unknown());
    }
    Ok(Address::Item(start, path, action.to_owned()))
}

/// A name out of an address. One that holds a slash is none.
fn decoded(segment: &str) -> Result<String, Refusal> {
    let name = percent_decode_str(segment).decode_utf8().map_err(|_| Refusal::name())?;
    if name.contains('/') { Err(Refusal::name()) } else { Ok(name.into_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_by_all_forms_of_address() {
        let item = |start, path: Option<&str>, action: &str| {
            Address::Item(start, path.map(str::to_owned), action.to_owned())
        };
        let id = || Start::Id("A!1".to_owned());
        for (path, address) in [
            ("/me", Address::Me),
            ("/me/drive", Address::Drive),
            ("/drives/A", Address::Drive),
            ("/me/drive/special/approot", item(Start::App, None, "")),
            ("/me/drive/special/approot/children", item(Start::App, None, "children")),
            (
                "/me/drive/special/approot:/a%23b/c%25.d:/content",
                item(Start::App, Some("a#b/c%.d"), "content"),
            ),
            ("/me/drive/special/approot:/a", item(Start::App, Some("a"), "")),
            ("/me/drive/special/approot:/a:", item(Start::App, Some("a"), "")),
            ("/drives/A/items/A%211/content", item(id(), None, "content")),
            ("/me/drive/items/A!1:/x:/createUploadSession", item(id(), Some("x"), "createUploadSession")),
            ("/me/drive/root:/Documents:/delta", item(Start::Root, Some("Documents"), "delta")),
            ("/me/drive/root", item(Start::Root, None, "")),
        ] {
            assert_eq!(read(path, "A").unwrap(), address, "{path}");
        }
        for wrong in
            ["/you", "/drives/B", "/me/drive/special/photos", "/me/drive/rooted", "/me/drive/root:/a//b"]
        {
            assert!(read(wrong, "A").is_err(), "{wrong}");
        }
    }
}
