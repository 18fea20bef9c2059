//! Changes of a memory: JSON merge patch (RFC 7396).

use serde_json::{Map, Value};

use crate::{
    CategoryId, Content, Description, InvalidMemory, Memory, MemoryTitle, Metadata, Patch, Privacy, Tags,
};

/// A change of a memory; clearing a field that always has a value sets its default.
#[derive(Debug, Clone, Default)]
pub struct MemoryPatch {
    /// Change of the title.
    pub title: Patch<MemoryTitle>,
    /// Change of the description.
    pub description: Patch<Description>,
    /// Change of the content: a merge patch of its own.
    pub content: Patch<Value>,
    /// Change of where it is filed.
    pub category: Patch<CategoryId>,
    /// Change of the tags, as a whole.
    pub tags: Patch<Tags>,
    /// Change of the metadata: a merge patch of its own.
    pub metadata: Patch<Map<String, Value>>,
    /// Change of the favourite mark.
    pub is_favorite: Patch<bool>,
    /// Change of the archive mark.
    pub is_archived: Patch<bool>,
    /// Change of who can read it.
    pub privacy: Patch<Privacy>,
}

impl MemoryPatch {
    pub(crate) fn apply(self, memory: &mut Memory) -> Result<(), InvalidMemory> {
        self.title.apply(&mut memory.title);
        self.description.apply(&mut memory.description);
        self.category.apply(&mut memory.category);
        self.tags.apply_or_default(&mut memory.tags);
        self.is_favorite.apply_or_default(&mut memory.is_favorite);
        self.is_archived.apply_or_default(&mut memory.is_archived);
        self.privacy.apply_or_default(&mut memory.privacy);

        let content = self.content.try_map(|patch| {
            let before = memory.content.as_ref().map_or(Value::Null, |content| content.value().clone());
            Content::parse(merged(before, patch))
        });
        content.map_err(|invalid| InvalidMemory::new("content", invalid))?.apply(&mut memory.content);

        let metadata = self.metadata.try_map(|patch| {
            let mut members = memory.metadata.members().clone();
            merge(&mut members, patch);
            Metadata::parse(members)
        });
        metadata
            .map_err(|invalid| InvalidMemory::new("metadata", invalid))?
            .apply_or_default(&mut memory.metadata);
        Ok(())
    }
}

/// RFC 7396, section 2: objects are merged member by member, anything else is replaced.
fn merged(target: Value, patch: Value) -> Value {
    match patch {
        Value::Object(patch) => {
            let mut members = if let Value::Object(members) = target { members } else { Map::new() };
            merge(&mut members, patch);
            Value::Object(members)
        }
        replacement => replacement,
    }
}

pub(crate) fn merge(members: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, change) in patch {
        if change.is_null() {
            members.remove(&name);
        } else {
            let before = members.remove(&name).unwrap_or(Value::Null);
            members.insert(name, merged(before, change));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemoryDraft, MemoryId, MemorySource, Timestamp, UserId};
    use serde_json::json;

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn merges_as_the_rfc_says() {
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"a": "foo"}), json!("bar"), json!("bar")),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            assert_eq!(merged(target.clone(), patch.clone()), result, "{target} {patch}");
        }
    }

    #[test]
    fn a_patch_keeps_clears_sets_and_merges() {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let draft = MemoryDraft {
            title: Some(MemoryTitle::parse("Old").unwrap()),
            content: Some(Content::parse(json!({"text": "old", "n": 1})).unwrap()),
            metadata: Metadata::parse(json!({"a": 1, "b": 2}).as_object().unwrap().clone()).unwrap(),
            tags: Tags::parse(&["kept"]).unwrap(),
            is_favorite: true,
            ..MemoryDraft::default()
        };
        let before =
            Memory::new(MemoryId::new(now), UserId::new(now), MemorySource::Web, draft, now).unwrap();
        let patch = MemoryPatch {
            title: Patch::Clear,
            content: Patch::Set(json!({"text": "new"})),
            metadata: Patch::Set(json!({"a": null, "c": 3}).as_object().unwrap().clone()),
            is_favorite: Patch::Clear,
            ..MemoryPatch::default()
        };
        let after = before.clone().patched(patch, now).unwrap();
        assert_eq!((after.title, after.is_favorite, after.version.get()), (None, false, 2));
        assert_eq!(after.content.unwrap().value(), &json!({"text": "new", "n": 1}));
        assert_eq!(json!(after.metadata), json!({"b": 2, "c": 3}));
        assert_eq!(after.tags, before.tags);
    }
}
