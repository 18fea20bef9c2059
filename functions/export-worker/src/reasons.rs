//! Why an export failed, in words for its owner.

use app_domain::{ExportSpec, size_in_words};

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
        size_in_words(limit_bytes)
    )
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
