//! Metrics, in CloudWatch's embedded metric format: a line in the log that CloudWatch turns into a number.

use std::io::Write;

use serde_json::json;

const NAMESPACE: &str = "MemoryApp";

/// Counts one occurrence of `name`.
pub(crate) fn count(name: &str) {
    let line = json!({
        "_aws": {
            "Timestamp": jiff::Timestamp::now().as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE, "Dimensions": [[]], "Metrics": [{"Name": name, "Unit": "Count"}],
            }],
        },
        name: 1,
    });
    if let Err(error) = writeln!(std::io::stdout(), "{line}") {
        tracing::warn!(error = %error, metric = name, "a metric could not be written");
    }
}
