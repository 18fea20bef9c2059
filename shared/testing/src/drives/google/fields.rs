//! `fields=`: which fields of an answer are wanted. Names that there are not are refused.

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// A selection such as `nextPageToken,files(id,owners/me)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fields {
    /// `*`, or no more said of a field.
    All,
    /// These, and what of them.
    Some(Vec<(String, Fields)>),
}

impl Fields {
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let tight = text.replace(' ', "");
        let mut rest = tight.as_str();
        let fields = Self::list(&mut rest).filter(|_| rest.is_empty());
        fields.ok_or_else(|| Refusal::parameter("fields", format!("Invalid field selection {text}")))
    }

    fn list(rest: &mut &str) -> Option<Self> {
        let mut fields = Vec::new();
        let mut is_all = false;
        loop {
            let (name, fields_of_it) = Self::item(rest)?;
            is_all |= name == "*";
            fields.push((name, fields_of_it));
            match rest.strip_prefix(',') {
                Some(more) => *rest = more,
                None => return Some(if is_all { Self::All } else { Self::Some(fields) }),
            }
        }
    }

    fn item(rest: &mut &str) -> Option<(String, Self)> {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '*').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        *rest = after;
        if name.is_empty() {
            return None;
        }
        if let Some(inner) = rest.strip_prefix('(') {
            *rest = inner;
            let fields = Self::list(rest)?;
            *rest = rest.strip_prefix(')')?;
            return Some((name.to_owned(), fields));
        }
        if let Some(inner) = rest.strip_prefix('/') {
            *rest = inner;
            return Some((name.to_owned(), Self::Some(vec![Self::item(rest)?])));
        }
        Some((name.to_owned(), Self::All))
    }

    /// What of an object is wanted. `is_known` says of a path, such as `files/id`, whether there can be such a field: one that is empty is
    /// left out, one that there is not is refused.
    pub(super) fn of(&self, value: &Value, is_known: impl Fn(&str) -> bool) -> Result<Value, Refusal> {
        self.check("", &is_known)?;
        Ok(self.select(value))
    }

    fn check(&self, above: &str, is_known: &dyn Fn(&str) -> bool) -> Result<(), Refusal> {
        let Self::Some(fields) = self else { return Ok(()) };
        for (name, inner) in fields {
            let path = if above.is_empty() { name.clone() } else { format!("{above}/{name}") };
            if !is_known(&path) {
                return Err(Refusal::parameter("fields", format!("Invalid field selection {name}")));
            }
            inner.check(&path, is_known)?;
        }
        Ok(())
    }

    fn select(&self, value: &Value) -> Value {
        match (self, value) {
            (Self::Some(fields), Value::Object(object)) => {
                let wanted = fields.iter().filter_map(|(name, inner)| {
                    object.get(name).map(|value| (name.clone(), inner.select(value)))
                });
                Value::Object(wanted.collect::<Map<_, _>>())
            }
            (Self::Some(_), Value::Array(items)) => {
                Value::Array(items.iter().map(|item| self.select(item)).collect())
            }
            _ => value.clone(),
        }
    }
}
