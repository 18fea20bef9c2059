//! Which names and paths OneDrive takes.

use super::refusal::Refusal;

/// The most characters of a path.
const MAX_PATH_CHARS: usize = 400;

/// Names that Windows keeps for itself, whatever comes behind their dot.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

/// Refuses a path, of names with `/` between, that there can be none of.
pub(super) fn checked(path: &str) -> Result<(), Refusal> {
    if path.chars().count() > MAX_PATH_CHARS || !path.split('/').all(is_name) {
        return Err(Refusal::name());
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    let is_port = |port: &str| {
        stem.strip_prefix(port).is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    let is_reserved = DEVICES.contains(&lower.as_str())
        || DEVICES.contains(&stem)
        || is_port("com")
        || is_port("lpt")
        || matches!(lower.as_str(), "desktop.ini" | ".lock")
        || lower.contains("_vti_");
    let is_formed = !name.is_empty()
        && !name.starts_with([' ', '~'])
        && !name.ends_with([' ', '.'])
        && !name.contains(|c: char| c.is_control() || "\"*:<>?/\\|".contains(c));
    is_formed && !is_reserved
}
