//! What arguments may look like: fields that are not known, or of the wrong kind, are refused.

use serde_json::Value;

/// A field of an argument.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) is_required: bool,
}

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Bool,
    Text,
    Number(u64, u64),
    /// 64 hexadecimal digits.
    Hash,
    /// A revision: nine hexadecimal digits at least.
    Rev,
    /// In whole seconds, with `Z`.
    Time,
    /// A file's or folder's path, below the root.
    Path,
    /// The same, or an id.
    PathOrId,
    /// The same, or a revision.
    ReadPath,
    /// The root, a path below it, or an id.
    FolderPath,
    /// A tag, alone or in an object with its value.
    Union(&'static [(&'static str, Option<&'static Self>)]),
    Struct(&'static [Field]),
}

pub(super) const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: true }
}

pub(super) const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: false }
}

/// What is wrong with an argument, in words.
pub(super) fn check(value: &Value, fields: &[Field]) -> Result<(), String> {
    let object = value.as_object().ok_or("expected object")?;
    if let Some(unknown) = object.keys().find(|name| fields.iter().all(|field| field.name != *name)) {
        return Err(format!("unknown field '{unknown}'"));
    }
    for field in fields {
        match object.get(field.name) {
            Some(value) if field.is_required || !value.is_null() => {
                field.kind.check(value).map_err(|why| format!("{}: {why}", field.name))?;
            }
            None if field.is_required => return Err(format!("missing required field '{}'", field.name)),
            _ => {}
        }
    }
    Ok(())
}

impl Kind {
    fn check(self, value: &Value) -> Result<(), String> {
        let text = value.as_str();
        let is_path = |path: &str| path.starts_with('/');
        let is_id = |path: &str| path.len() > 3 && path.starts_with("id:");
        let is_right = match self {
            Self::Bool => value.is_boolean(),
            Self::Text => text.is_some_and(|text| !text.is_empty()),
            Self::Number(least, most) => {
                value.as_u64().is_some_and(|number| (least..=most).contains(&number))
            }
            Self::Hash => text.is_some_and(|hash| hash.len() == 64 && is_hexadecimal(hash)),
            Self::Rev => text.is_some_and(|rev| rev.len() >= 9 && is_hexadecimal(rev)),
            Self::Time => text.is_some_and(is_time),
            Self::Path => text.is_some_and(is_path),
            Self::PathOrId => text.is_some_and(|path| is_path(path) || is_id(path)),
            Self::ReadPath => text.is_some_and(|path| {
                is_path(path) || is_id(path) || path.strip_prefix("rev:").is_some_and(is_hexadecimal)
            }),
            Self::FolderPath => match text {
                Some("/") => {
                    let why = "Specify the root folder as an empty string rather than as \"/\".";
                    return Err(why.to_owned());
                }
                text => text.is_some_and(|path| path.is_empty() || is_path(path) || is_id(path)),
            },
            Self::Union(variants) => return one_of(value, variants),
            Self::Struct(fields) => return check(value, fields),
        };
        if is_right { Ok(()) } else { Err(format!("{value} did not match what is expected")) }
    }
}

/// The tag of a union, which may stand alone.
pub(super) fn tag(value: &Value) -> &str {
    value.as_str().or_else(|| value[".tag"].as_str()).unwrap_or_default()
}

fn one_of(value: &Value, variants: &[(&str, Option<&Kind>)]) -> Result<(), String> {
    let tag = tag(value);
    let variant = variants.iter().find(|(name, _)| *name == tag);
    match variant.ok_or_else(|| format!("invalid tag '{tag}'"))? {
        (_, None) => Ok(()),
        (name, Some(kind)) => kind.check(&value[*name]).map_err(|why| format!("{name}: {why}")),
    }
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_time(text: &str) -> bool {
    text.len() == 20 && text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()
}
