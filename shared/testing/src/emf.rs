//! The rules of CloudWatch's embedded metric format ("Specification: Embedded metric format" in its user guide), for tests of lines.
//! CloudWatch says nothing to whoever breaks one: it keeps none of the line's metrics.

use std::collections::BTreeMap;

use serde_json::Value;

/// The units that CloudWatch knows ("MetricDatum" in its API reference).
const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];
/// A line may be two weeks old and two hours early.
const OLDEST_MS: i64 = 14 * 24 * 60 * 60 * 1000;
const EARLIEST_MS: i64 = 2 * 60 * 60 * 1000;

/// A number that CloudWatch keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// Where.
    pub namespace: String,
    /// The metric's name.
    pub name: String,
    /// What it is divided by.
    pub dimensions: BTreeMap<String, String>,
    /// What the number is.
    pub unit: String,
    /// The number.
    pub value: f64,
}

/// What CloudWatch makes of a line; of one that is not in the format, nothing.
///
/// # Errors
/// The rule that the line breaks.
pub fn metrics_of(line: &Value) -> Result<Vec<Datum>, String> {
    let Some(metadata) = line.get("_aws") else { return Ok(Vec::new()) };
    let written_ms = metadata["Timestamp"].as_i64().ok_or("Timestamp must be milliseconds since 1970")?;
    let age_ms = jiff::Timestamp::now().as_millisecond() - written_ms;
    ensure((-EARLIEST_MS..=OLDEST_MS).contains(&age_ms), "Timestamp must be of these days")?;
    let directives = metadata["CloudWatchMetrics"].as_array().ok_or("CloudWatchMetrics must be an array")?;
    ensure(!directives.is_empty(), "CloudWatchMetrics must not be empty")?;
    let mut kept = Vec::new();
    for directive in directives {
        kept.extend(of_directive(line, directive)?);
    }
    Ok(kept)
}

fn of_directive(line: &Value, directive: &Value) -> Result<Vec<Datum>, String> {
    let namespace = directive["Namespace"].as_str().ok_or("Namespace must be a string")?;
    ensure((1..=1024).contains(&namespace.chars().count()), "Namespace must have 1 to 1024 characters")?;
    let fits = |letter: char| letter.is_ascii_alphanumeric() || " .-_/#:".contains(letter);
    ensure(namespace.chars().all(fits), "Namespace must be of letters, digits and .-_/#:")?;
    ensure(!namespace.starts_with("AWS/"), "AWS/ is AWS's")?;
    let sets = directive["Dimensions"].as_array().ok_or("Dimensions must be an array")?;
    ensure(!sets.is_empty(), "Dimensions must have a set, if an empty one")?;
    let metrics = directive["Metrics"].as_array().ok_or("Metrics must be an array")?;
    ensure((1..=100).contains(&metrics.len()), "Metrics must be 1 to 100")?;
    let mut kept = Vec::new();
    for set in sets {
        let dimensions = of_set(line, set)?;
        for metric in metrics {
            kept.push(of_metric(line, metric, namespace, dimensions.clone())?);
        }
    }
    Ok(kept)
}

fn of_set(line: &Value, set: &Value) -> Result<BTreeMap<String, String>, String> {
    let names = set.as_array().ok_or("a set of dimensions must be an array")?;
    ensure(names.len() <= 30, "a set must have at most 30 dimensions")?;
    let mut dimensions = BTreeMap::new();
    for name in names {
        let name = name.as_str().ok_or("a dimension must be a string")?;
        ensure((1..=250).contains(&name.len()), "a dimension's name must have 1 to 250 characters")?;
        ensure(
            name.is_ascii() && !name.starts_with(':'),
            "a dimension's name must be ASCII without a colon first",
        )?;
        let value = line[name].as_str().ok_or_else(|| format!("{name} must be a string of the line"))?;
        ensure(
            (1..=1024).contains(&value.chars().count()),
            "a dimension's value must have 1 to 1024 characters",
        )?;
        ensure(value.is_ascii() && !value.trim().is_empty(), "a dimension's value must be ASCII, not blank")?;
        dimensions.insert(name.to_owned(), value.to_owned());
    }
    Ok(dimensions)
}

fn of_metric(
    line: &Value,
    metric: &Value,
    namespace: &str,
    dimensions: BTreeMap<String, String>,
) -> Result<Datum, String> {
    let name = metric["Name"].as_str().ok_or("Name must be a string")?;
    ensure((1..=1024).contains(&name.len()) && name.is_ascii(), "Name must have 1 to 1024 characters")?;
    let unit = metric.get("Unit").map_or(Some("None"), Value::as_str).ok_or("Unit must be a string")?;
    ensure(UNITS.contains(&unit), "Unit must be one that CloudWatch knows")?;
    // An array of numbers would be right as well; we write none.
    let value = line[name].as_f64().ok_or_else(|| format!("{name} must be a number of the line"))?;
    let (namespace, name, unit) = (namespace.to_owned(), name.to_owned(), unit.to_owned());
    Ok(Datum { namespace, name, dimensions, unit, value })
}

fn ensure(is_so: bool, rule: &str) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(rule.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line() -> Value {
        json!({
            "_aws": {
                "Timestamp": jiff::Timestamp::now().as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": "MemoryApp/a", "Dimensions": [["status_code"]],
                    "Metrics": [{"Name": "http_requests_total", "Unit": "Count"}],
                }],
            },
            "status_code": "200", "http_requests_total": 1,
        })
    }

    #[test]
    fn a_good_line_is_a_number() {
        let [datum] = &metrics_of(&line()).unwrap()[..] else { panic!("one number") };
        assert_eq!((datum.name.as_str(), datum.value), ("http_requests_total", 1.0));
        assert_eq!(datum.dimensions["status_code"], "200");
        assert_eq!(metrics_of(&json!({"message": "of another kind"})), Ok(Vec::new()));
    }

    #[test]
    fn each_broken_rule_is_found() {
        let directive = "/_aws/CloudWatchMetrics/0";
        let broken = [
            ("/_aws/Timestamp".to_owned(), json!("2026-11-22T00:00:00Z")),
            // Seconds where milliseconds are asked for.
            ("/_aws/Timestamp".to_owned(), json!(jiff::Timestamp::now().as_second())),
            ("/_aws/CloudWatchMetrics".to_owned(), json!([])),
            (format!("{directive}/Namespace"), json!("")),
            (format!("{directive}/Namespace"), json!("a".repeat(1025))),
            (format!("{directive}/Namespace"), json!("AWS/Lambda")),
            (format!("{directive}/Dimensions"), json!([])),
            (format!("{directive}/Dimensions/0"), json!(["route"])),
            (format!("{directive}/Dimensions/0"), json!(vec!["status_code"; 31])),
            (format!("{directive}/Dimensions/0"), json!(["http_requests_total"])),
            (format!("{directive}/Metrics"), json!(vec![json!({"Name": "http_requests_total"}); 101])),
            (format!("{directive}/Metrics/0/Name"), json!("nothing_like_it")),
            (format!("{directive}/Metrics/0/Unit"), json!("seconds")),
            ("/status_code".to_owned(), json!("")),
            ("/status_code".to_owned(), json!(200)),
            ("/http_requests_total".to_owned(), json!("1")),
        ];
        for (place, value) in broken {
            let mut line = line();
            *line.pointer_mut(&place).unwrap() = value.clone();
            assert!(metrics_of(&line).is_err(), "{place} {value}");
        }
    }
}
