//! Why an export failed, in words for its owner.

use app_domain::ExportSpec;

/// Nobody knows why.
pub(crate) const UNKNOWN: &str =
    "The export could not be written, even after several tries. Ask for a new one later.";

/// It is larger than it may be.
pub(crate) fn too_large(spec: &ExportSpec, limit_bytes: u64) -> String {
    let (files, versions) = (spec.options.files, spec.options.versions);
    let leave_out = match (files, versions) {
        (true, true) => "Leave out the files or the earlier versions, or export",
        (true, false) => "Leave out the files, or export",
        (false, true) => "Leave out the earlier versions, or export",
        (false, false) => "Export",
    };
    format!(
        "The export would be larger than {}, the most that it may be. {leave_out} a shorter time, a category or a tag at once.",
        size(limit_bytes)
    )
}

/// A size as people say it.
fn size(bytes: u64) -> String {
    let units = [(1_u64 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    let unit = units.into_iter().find(|(unit, _)| bytes >= *unit);
    let Some((unit, name)) = unit else { return format!("{bytes} bytes") };
    match bytes % unit {
        0 => format!("{} {name}", bytes / unit),
        _ => format!("{:.1} {name}", bytes as f64 / unit as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app_domain::ExportFormat;

    #[test]
    fn what_is_too_large_says_the_limit_and_what_can_be_left_out() {
        let reason = too_large(&ExportSpec::of(ExportFormat::Zip), 2 << 30);
        assert!(reason.contains("2 GB") && reason.contains("files or the earlier versions"), "{reason}");
        let reason = too_large(&ExportSpec::of(ExportFormat::Json), 1_610_612_736);
        assert!(reason.contains("1.5 GB") && !reason.contains("Leave out"), "{reason}");
    }
}
