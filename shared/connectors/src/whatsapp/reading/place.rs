//! Places.

use serde_json::Value;

use super::Said;
use super::parts::{camel, labelled, lines, text};

pub(super) fn said(place: &Value) -> Said {
    let coordinates = match (place["latitude"].as_f64(), place["longitude"].as_f64()) {
        (Some(latitude), Some(longitude)) => Some(format!("{latitude}, {longitude}")),
        _ => None,
    };
    let words = lines([text(&place["name"]), text(&place["address"]), coordinates, text(&place["url"])]);
    Said::default().say(labelled("Location", words)).with("location", camel(place))
}
