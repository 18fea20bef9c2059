//! Which column of a table, or member of an object, is what of a memory: as the mapping says, or by its name.

use std::collections::BTreeMap;

use app_domain::ImportSpec;

/// What a column can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Id,
    Title,
    Description,
    Content,
    Category,
    Tags,
    CreatedAt,
    UpdatedAt,
    Favorite,
    Archived,
}

/// What columns are called in programs and languages that people come from, the surest first. They are compared without case, blanks and
/// marks.
const NAMES: [(Target, &[&str]); 10] = [
    (Target::Id, &["id", "uuid", "guid", "_id", "noteid", "externalid"]),
    (
        Target::Title,
        &[
            "title", "name", "subject", "headline", "heading", "titel", "betreff", "titre", "sujet",
            "titulo", "título", "asunto", "assunto", "titolo", "oggetto",
        ],
    ),
    (
        Target::Description,
        &[
            "description",
            "summary",
            "excerpt",
            "beschreibung",
            "zusammenfassung",
            "résumé",
            "descripción",
            "descrição",
            "descrizione",
        ],
    ),
    (
        Target::Content,
        &[
            "content",
            "text",
            "body",
            "note",
            "notes",
            "memory",
            "message",
            "value",
            "textcontent",
            "markdown",
            "inhalt",
            "notiz",
            "notizen",
            "nachricht",
            "contenu",
            "texte",
            "contenido",
            "texto",
            "nota",
            "notas",
            "conteúdo",
            "contenuto",
            "testo",
        ],
    ),
    (
        Target::Category,
        &[
            "category",
            "folder",
            "notebook",
            "collection",
            "group",
            "list",
            "kategorie",
            "ordner",
            "catégorie",
            "dossier",
            "categoría",
            "carpeta",
            "categoria",
            "pasta",
            "cartella",
        ],
    ),
    (
        Target::Tags,
        &[
            "tags",
            "labels",
            "tag",
            "label",
            "keywords",
            "tagnames",
            "schlagwörter",
            "étiquettes",
            "etiquetas",
            "etichette",
        ],
    ),
    (
        Target::CreatedAt,
        &[
            "createdat",
            "created",
            "createtime",
            "createdtime",
            "creationtime",
            "creationdate",
            "datecreated",
            "createddate",
            "date",
            "datetime",
            "timestamp",
            "time",
            "datum",
            "erstellt",
            "erstelltam",
            "fecha",
            "créé",
        ],
    ),
    (
        Target::UpdatedAt,
        &[
            "updatedat",
            "updated",
            "updatetime",
            "modified",
            "modifiedat",
            "lastmodified",
            "lastedited",
            "lasteditedtime",
            "edited",
            "editedat",
            "dateupdated",
            "datemodified",
            "modificationdate",
            "geändert",
            "geändertam",
        ],
    ),
    (
        Target::Favorite,
        &["isfavorite", "favorite", "favourite", "isfavourite", "starred", "isstarred", "ispinned", "pinned"],
    ),
    (Target::Archived, &["isarchived", "archived"]),
];

impl Target {
    /// What it is called in a mapping, in the order of [`ImportSpec::MAPPED`].
    fn mapped(name: &str) -> Option<Self> {
        let targets = [
            Self::Id,
            Self::Title,
            Self::Description,
            Self::Content,
            Self::Category,
            Self::Tags,
            Self::CreatedAt,
            Self::UpdatedAt,
        ];
        ImportSpec::MAPPED.iter().position(|mapped| *mapped == name).and_then(|at| targets.get(at).copied())
    }
}

/// What each of the columns is, if it is anything. No two are the same.
pub(crate) fn assigned(columns: &[&str], mapping: &BTreeMap<String, String>) -> Vec<Option<Target>> {
    let mut assigned = vec![None; columns.len()];
    let mut is_settled: Vec<Target> = Vec::new();
    for (target, column) in mapping {
        let Some(target) = Target::mapped(target) else { continue };
        // One that is mapped to nothing is not guessed either.
        is_settled.push(target);
        let exact = columns.iter().position(|name| name == column);
        let place = exact.or_else(|| columns.iter().position(|name| plain(name) == plain(column)));
        if let Some(slot) = place.and_then(|place| assigned.get_mut(place)).filter(|_| !column.is_empty()) {
            *slot = Some(target);
        }
    }
    let names: Vec<String> = columns.iter().map(|name| plain(name)).collect();
    for (target, known) in NAMES.iter().filter(|(target, _)| !is_settled.contains(target)) {
        let mut free = known.iter().filter_map(|known| {
            names.iter().zip(&assigned).position(|(name, slot)| name == known && slot.is_none())
        });
        if let Some(slot) = free.next().and_then(|place| assigned.get_mut(place)) {
            *slot = Some(*target);
        }
    }
    assigned
}

/// A name without case, blanks and marks.
fn plain(name: &str) -> String {
    let short = name.chars().take(64).filter(|char| char.is_alphanumeric() || *char == '_');
    let plain: String = short.flat_map(char::to_lowercase).collect();
    if plain == "_id" { plain } else { plain.replace('_', "") }
}
