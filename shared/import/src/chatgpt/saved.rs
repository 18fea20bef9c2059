//! What ChatGPT has saved of a person: it is in chats as the context that the model was given.

use app_domain::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::NewMemory;
use crate::chat::named_by;

/// The memories in a context, which is a list such as `1. [2025-02-11]. Has a dog called Bello.`
pub(crate) fn saved(context: &str, zone: &TimeZone) -> Vec<NewMemory> {
    let mut found: Vec<(Option<Timestamp>, String)> = Vec::new();
    for line in context.lines() {
        match (numbered(line), found.last_mut()) {
            (Some((day, text)), _) => found.push((day.and_then(|day| begin(day, zone)), text.to_owned())),
            (None, Some((_, text))) => {
                text.push('\n');
                text.push_str(line);
            }
            (None, None) => {}
        }
    }
    let memory = |(created_at, text): (Option<Timestamp>, String)| {
        let text = text.trim().to_owned();
        NewMemory {
            key: format!("memory/{}", named_by(&[&text])),
            text: Some(text),
            tags: vec!["chatgpt".to_owned()],
            created_at,
            updated_at: created_at,
            ..NewMemory::default()
        }
    };
    found.into_iter().map(memory).filter(|memory| memory.text.as_deref() != Some("")).collect()
}

/// The day and the text of a line that begins an entry.
fn numbered(line: &str) -> Option<(Option<Date>, &str)> {
    let (number, rest) = line.split_once(". [")?;
    let (day, text) = rest.split_once(']')?;
    let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    is_number.then(|| (day.parse().ok(), text.trim_start_matches('.').trim_start()))
}

fn begin(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(Timestamp::from(day.to_zoned(zone.clone()).ok()?.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_is_a_memory_with_its_day() {
        let context = "1. [2025-02-11]. Has a dog called Bello.\n\n2. [unknown] Likes:\n- tea\n- walks\n3. [2025-03-01]. ";
        let memories = saved(context, &TimeZone::UTC);
        let texts: Vec<_> = memories.iter().map(|memory| memory.text.as_deref().unwrap()).collect();
        assert_eq!(texts, ["Has a dog called Bello.", "Likes:\n- tea\n- walks"]);
        assert_eq!(memories[0].created_at.unwrap().to_string(), "2025-02-11T00:00:00.000Z");
        assert_eq!(memories[1].created_at, None);
    }

    #[test]
    fn other_context_is_no_memory() {
        assert_eq!(saved("The user works on 2. [brackets]\n", &TimeZone::UTC), []);
        assert_eq!(saved("", &TimeZone::UTC), []);
    }
}
