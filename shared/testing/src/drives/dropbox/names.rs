//! Which paths there can be.

const LONGEST_NAME: usize = 255;
/// Names that are never synced, and so never kept.
const DISALLOWED: [&str; 7] =
    ["desktop.ini", "thumbs.db", ".ds_store", "icon\r", ".dropbox", ".dropbox.attr", ".dropbox.cache"];

/// What is wrong with the path of something that is to be there.
pub(super) fn readable(path: &str) -> Result<(), &'static str> {
    let Some(names) = path.strip_prefix('/') else { return Ok(()) };
    let is_name = |name: &str| {
        (1..=LONGEST_NAME).contains(&name.encode_utf16().count())
            && !matches!(name, "." | "..")
            && !name.ends_with(' ')
            && !name.chars().any(|c| c.is_control() || c == '\\')
    };
    if names.split('/').all(is_name) { Ok(()) } else { Err("malformed_path") }
}

/// What is wrong with the path of something that is to be made.
pub(super) fn writable(path: &str) -> Result<(), &'static str> {
    readable(path)?;
    let is_disallowed = |name: &str| {
        DISALLOWED.contains(&name.to_lowercase().as_str())
            || name.starts_with("~$")
            || name.starts_with(".~")
            || (name.starts_with('~') && name.to_lowercase().ends_with(".tmp"))
    };
    if path.split('/').any(is_disallowed) { Err("disallowed_name") } else { Ok(()) }
}
