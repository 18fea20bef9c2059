//! The cards of people.

use serde_json::Value;

use super::Said;
use super::parts::{camel, joined, labelled, lines, list, text};

pub(super) fn said(cards: &Value) -> Said {
    let words = joined(list(cards).map(|card| labelled("Contact", of(card))), "\n\n");
    Said::default().say(words).with("contacts", camel(cards))
}

fn of(card: &Value) -> Option<String> {
    let (name, org) = (&card["name"], &card["org"]);
    let parts = ["prefix", "first_name", "middle_name", "last_name", "suffix"];
    let in_parts = || joined(parts.map(|part| text(&name[part])), " ");
    let work = joined(["title", "department", "company"].map(|part| text(&org[part])), ", ");
    let all = |members: &str, label: &str, words: fn(&Value) -> Option<String>| {
        lines(list(&card[members]).map(|member| labelled(label, typed(member, words(member)))))
    };
    let words = lines([
        text(&name["formatted_name"]).or_else(in_parts),
        work,
        all("phones", "Phone", phone),
        all("emails", "E-mail", |email| text(&email["email"])),
        all("addresses", "Address", address),
        all("urls", "Web", |url| text(&url["url"])),
        labelled("Birthday", text(&card["birthday"])),
    ]);
    words.or_else(|| text(&card["vcard"]).and_then(|vcard| in_vcard(&vcard)))
}

fn phone(phone: &Value) -> Option<String> {
    text(&phone["phone"]).or_else(|| text(&phone["wa_id"]).map(|digits| format!("+{digits} on WhatsApp")))
}

fn address(address: &Value) -> Option<String> {
    let part = |name: &str| text(&address[name]);
    joined([part("street"), joined([part("zip"), part("city")], " "), part("state"), part("country")], ", ")
}

/// With what kind it is, such as `+49 155 5000 3333 (mobile)`.
fn typed(member: &Value, words: Option<String>) -> Option<String> {
    let kind = text(&member["type"]).map(|kind| format!("({})", kind.to_lowercase()));
    words.map(|words| joined([Some(words.clone()), kind], " ").unwrap_or(words))
}

/// The lines of a vCard that people read: `FN:Ida Blum`, `TEL;TYPE=CELL:+49…`.
fn in_vcard(vcard: &str) -> Option<String> {
    lines(vcard.lines().map(|line| {
        let (property, value) = line.split_once(':')?;
        let name = property.split(';').next()?.rsplit('.').next()?.to_ascii_uppercase();
        matches!(&*name, "FN" | "ORG" | "TITLE" | "TEL" | "EMAIL" | "ADR" | "URL")
            .then(|| value.replace(';', " ").trim().to_owned())
            .filter(|value| !value.is_empty())
    }))
}
