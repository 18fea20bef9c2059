//! Made-up documents as the memories that they are of.

use app_domain::{Content, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Tags, UserId};
use app_search::EntityId;
use app_search::text::Document;
use serde_json::json;

/// How many vectors the table has about, whatever the person has.
const VECTORS: usize = 1_000;
/// The tag that is searched for, which one memory in two hundred has.
pub(crate) const TAG: &str = "tag:7";

/// Those whose vectors the table has: all of the tag, and some of the others.
pub(crate) fn with_vectors(documents: &[Document]) -> impl Iterator<Item = &Document> {
    let every = (documents.len() / VECTORS).max(1);
    let is_kept = move |(number, document): &(usize, &Document)| {
        number.is_multiple_of(every) || document.facets.iter().any(|facet| facet == TAG)
    };
    documents.iter().enumerate().filter(is_kept).map(|(_, document)| document)
}

/// A document with what the indexer would say of it.
pub(crate) fn with_facets(document: &Document) -> anyhow::Result<Document> {
    let EntityId::Memory(id) = document.id else { anyhow::bail!("not a memory") };
    let mut document = document.clone();
    document.facets.retain(|facet| tag_of(facet).is_some());
    document.tags = document.facets.iter().filter_map(|facet| tag_of(facet)).map(str::to_owned).collect();
    document.facets.extend(["category:none", "source:web"].map(str::to_owned));
    document.facets.extend(is_archived(id).then(|| "archived".to_owned()));
    Ok(document)
}

/// A document as the memory that it is of. One in five is archived.
pub(crate) fn memory(owner: UserId, document: &Document) -> anyhow::Result<Memory> {
    let EntityId::Memory(id) = document.id else { anyhow::bail!("not a memory") };
    let tags: Vec<&str> = document.facets.iter().filter_map(|facet| tag_of(facet)).collect();
    let draft = MemoryDraft {
        title: MemoryTitle::parse(&document.title).ok(),
        content: Content::parse(json!({"text": document.body})).ok(),
        tags: Tags::parse(&tags).map_err(|invalid| anyhow::anyhow!("{invalid}"))?,
        is_archived: is_archived(id),
        ..MemoryDraft::default()
    };
    Ok(Memory::new(id, owner, MemorySource::Web, draft, document.created_at)?)
}

/// The tag in a facet, if it is one of a tag.
pub(crate) fn tag_of(facet: &str) -> Option<&str> {
    facet.strip_prefix("tag:")
}

fn is_archived(id: MemoryId) -> bool {
    id.as_uuid().as_u128().is_multiple_of(5)
}
