//! What a JSON text looks like from its beginning: the names of its members, and how deep they are. It is enough to know whose it is.

use std::collections::HashSet;

/// How much of a text is looked at.
pub(crate) const LOOKED_AT: usize = 256 * 1024;

/// The names of members, each with how many arrays and objects are open around it.
#[derive(Debug, Default)]
pub(crate) struct Shape(HashSet<(usize, String)>);

impl Shape {
    /// Of the beginning of a text, which may be cut off anywhere.
    pub(crate) fn of(beginning: &str) -> Self {
        const DEEPEST: usize = 6;
        let (mut names, mut depth) = (HashSet::new(), 0_usize);
        let bytes = beginning.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                b'"' => {
                    let Some(end) = end_of_text(bytes, at) else { break };
                    let is_name = bytes[end..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
                    if is_name && depth <= DEEPEST {
                        names.insert((depth, beginning.get(at + 1..end - 1).unwrap_or_default().to_owned()));
                    }
                    at = end;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        Self(names)
    }

    /// Whether there is a member of that name, so deep: 1 in an object, 2 in the objects of an array.
    pub(crate) fn has(&self, depth: usize, name: &str) -> bool {
        self.0.contains(&(depth, name.to_owned()))
    }

    /// Whether there is one of those.
    pub(crate) fn has_any(&self, depth: usize, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(depth, name))
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Behind the text that begins there.
pub(crate) fn end_of_text(json: &[u8], begin: usize) -> Option<usize> {
    let mut at = begin + 1;
    loop {
        match json.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_with_their_depth() {
        let shape = Shape::of(r#"[{"a": "\"b\": [", "c" : {"d": ["e"]}}, {"f"#);
        assert!(shape.has(2, "a") && shape.has(2, "c") && shape.has(3, "d"));
        assert!(!shape.has_any(2, &["b", "d", "e", "f"]) && !shape.has(1, "a"));
        assert!(Shape::of("[]").is_empty() && Shape::of("é\"").is_empty() && Shape::of("]]}").is_empty());
    }
}
