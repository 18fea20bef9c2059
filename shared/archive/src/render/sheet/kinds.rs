//! What is about the person, and what stands on its own.

use app_domain::FactStatus;

use super::{Names, Sheet, View, as_words, called, percent};
use crate::render::view::Named;
use crate::{
    AccountRecord, CategoryRecord, ContactRecord, FactRecord, FileRecord, ReminderRecord, SavedSearchRecord,
    SettingsRecord,
};

pub(super) fn account(account: &AccountRecord, view: &View) -> Sheet {
    let words = view.words;
    let name = format!("{} {}", account.first_name, account.last_name);
    let mut sheet = Sheet::titled(name.trim(), account.created_at);
    sheet.row(words.address, account.email.clone());
    sheet.maybe(words.username, account.username.clone());
    sheet.row(words.id, account.id.to_string());
    sheet
}

pub(super) fn settings(settings: &SettingsRecord, view: &View, names: &Names) -> Sheet {
    let words = view.words;
    let mut sheet = Sheet { title: words.settings.to_owned(), ..Sheet::default() };
    sheet.row(words.external_models, words.whether(settings.external_models));
    sheet.row(words.redaction, words.whether(settings.redaction));
    sheet.row(words.confirm_writes, words.whether(settings.confirm_writes));
    sheet.row(words.extract_facts, words.whether(settings.extract_facts));
    sheet.rows_of(words.kept_categories, settings.kept_categories.iter().map(|id| names.category(*id)));
    sheet.maybe(words.answer_language, settings.answer_language.clone());
    sheet.maybe(words.instructions, settings.instructions.clone());
    sheet
}

pub(super) fn category(category: &CategoryRecord, view: &View) -> Sheet {
    let words = view.words;
    let mut sheet = Sheet::titled(category.name.clone(), category.created_at);
    sheet.maybe(words.icon, category.icon.clone());
    sheet.maybe(words.color, category.color.clone());
    sheet.maybe(words.made_for_you, category.is_default.then_some(words.yes));
    sheet.row(words.order, category.sort_order.to_string());
    sheet.row(words.version, category.version.to_string());
    sheet.row(words.id, category.id.to_string());
    sheet.prose(category.description.as_deref());
    sheet
}

pub(super) fn saved_search(saved: &SavedSearchRecord, view: &View) -> Sheet {
    let words = view.words;
    let mut sheet = Sheet::titled(saved.name.clone(), saved.created_at);
    let search = saved.search.iter().map(|(name, value)| format!("{name}: {}", as_words(value)));
    sheet.rows_of(words.search, search);
    sheet.row(words.id, saved.id.to_string());
    sheet
}

pub(super) fn fact(fact: &FactRecord, view: &View) -> Sheet {
    let (words, times) = (view.words, &view.times);
    let mut sheet = Sheet::titled(fact.statement.clone(), fact.created_at);
    sheet.row(words.subject, fact.subject.clone());
    sheet.row(words.attribute, fact.attribute.clone());
    sheet.row(words.value, fact.value.clone());
    sheet.row(words.certainty, percent(fact.certainty));
    sheet.row(
        words.status,
        match &fact.status {
            FactStatus::Active => "active".to_owned(),
            FactStatus::Review => "review".to_owned(),
            FactStatus::Rejected => "rejected".to_owned(),
            FactStatus::Superseded { by } => format!("superseded ({by})"),
        },
    );
    sheet.row(words.since, times.full(fact.valid_from));
    sheet.maybe(words.until, fact.valid_until.map(|at| times.full(at)));
    sheet.row(words.seen, fact.seen.to_string());
    sheet.maybe(words.decided, fact.decided_at.map(|at| times.full(at)));
    let said_in =
        fact.sources.iter().map(|source| format!("{} ({})", times.full(source.said_at), source.conversation));
    sheet.rows_of(words.said_in, said_in);
    sheet.row(words.id, fact.id.to_string());
    sheet
}

pub(super) fn file(file: &FileRecord, view: &View) -> Sheet {
    let words = view.words;
    let mut sheet = Sheet::titled(file.name.clone(), file.created_at);
    sheet.row(words.kind, file.content_type.clone());
    sheet.row(words.size, size(file.size_bytes));
    match &file.path {
        Some(path) => sheet.named(words.path, [Named { name: path.clone(), path: Some(path.clone()) }]),
        None => sheet.row(words.left_out, words.yes),
    }
    sheet.maybe(words.with_message, file.message_id.map(|id| id.to_string()));
    sheet.row(words.id, file.id.to_string());
    sheet
}

/// Such as `1.4 MB`.
fn size(bytes: u64) -> String {
    let (mut whole, mut tenths, mut unit) = (bytes, 0, "B");
    for larger in ["kB", "MB", "GB", "TB"] {
        if whole < 1000 {
            break;
        }
        (tenths, whole, unit) = (whole % 1000 / 100, whole / 1000, larger);
    }
    if unit == "B" { format!("{whole} B") } else { format!("{whole}.{tenths} {unit}") }
}

pub(super) fn reminder(reminder: &ReminderRecord, view: &View) -> Sheet {
    let words = view.words;
    let mut sheet = Sheet::titled(view.times.full(reminder.at), reminder.created_at);
    sheet.prose(Some(&reminder.text));
    sheet.row(words.due, view.times.full(reminder.at));
    sheet.row(words.status, called(&reminder.state));
    sheet.maybe(words.memory, reminder.memory_id.map(|id| id.to_string()));
    sheet.row(words.id, reminder.id.to_string());
    sheet
}

pub(super) fn contact(contact: &ContactRecord, view: &View, names: &Names) -> Sheet {
    let (words, times) = (view.words, &view.times);
    let name = contact.name.clone().or_else(|| contact.phone.clone()).unwrap_or_else(|| contact.id.clone());
    let mut sheet = Sheet::titled(name, contact.first_at);
    sheet.maybe(words.phone, contact.phone.clone());
    sheet.row(words.rule, contact.rule.clone());
    sheet.maybe(words.category, contact.category_id.map(|id| names.category(id)));
    sheet.row(words.saved_count, contact.saved_count.to_string());
    sheet.row(words.first_at, times.full(contact.first_at));
    sheet.row(words.last_at, times.full(contact.last_at));
    sheet.row(words.id, contact.id.clone());
    sheet
}
