//! From the records of an archive of our own to units. Ids stay what they are; of a record that breaks a rule, its owner is told which.

use app_archive::{ArchivedFile, FileRecord, InvalidRecord, Record};

use crate::compose::Composer;
use crate::context::Parent;
use crate::piece::{Line, Outcome};
use crate::units::{Bringable, Bytes, Called, Filing, Unit, What};

const NO_ACCOUNT: &str = "An account is not brought in: this one stays as it is.";
const NO_CONTACT: &str =
    "Contacts belong to the WhatsApp number that they write to: they come back when they write again.";
const NO_BYTES: &str = "The export was made without the files themselves.";

impl Composer<'_> {
    /// Adds what becomes of a record.
    pub(crate) fn record(&mut self, record: Record) {
        let owner = self.bringing.owner;
        match record {
            Record::Account(account) => {
                let line = Line::new("account", &account.id.to_string());
                self.units.push(Unit::settled(line, Outcome::Skipped, NO_ACCOUNT));
            }
            Record::Contact(contact) => {
                let line = Line::new("contact", &contact.id);
                self.units.push(Unit::settled(line, Outcome::Skipped, NO_CONTACT));
            }
            Record::Settings(settings) => {
                let made = settings.settings().map(|it| What::Settings(Box::new(it)));
                self.made(Line::new("settings", "settings"), made);
            }
            Record::Category(category) => {
                let (id, key) = (category.id, category.id.to_string());
                let line = Line::new("category", &key).named(id).at(category.version);
                let made = category.category(owner).map(|it| What::Category(Box::new(it), Called::Id(id)));
                if !self.made(line, made) {
                    self.context.map(id, None);
                }
            }
            Record::SavedSearch(search) => {
                let line = Line::new("savedSearch", &search.id.to_string()).named(search.id);
                let line = Line { updated_at: Some(search.updated_at.max(search.created_at)), ..line };
                let made = search.saved_search().map(|it| What::SavedSearch(Box::new(it)));
                self.made(line, made);
            }
            Record::Fact(fact) => {
                let line = Line::new("fact", &fact.id.to_string()).named(fact.id).at(fact.version);
                self.made(line, fact.fact(owner).map(|it| What::Fact(Box::new(it))));
            }
            Record::Memory(memory) => {
                let (id, key) = (memory.id, memory.id.to_string());
                let line = Line::new("memory", &key).named(id).at(memory.fields.version);
                let made = memory.memory(owner);
                let absent = made.as_ref().err().map(ToString::to_string);
                let updated_at = made.as_ref().ok().map(|memory| memory.updated_at);
                self.begin(Parent { id: Some(id), updated_at, absent, ..Parent::of(&key) });
                self.made(line, made.map(|it| What::Memory(Box::new(it), Filing::Own)));
            }
            Record::Version(version) => {
                let (id, number) = (version.memory_id, version.fields.version);
                let line = Line::new("version", &format!("{id}/{number}")).under(id).at(number);
                self.made(line, version.memory(owner).map(|it| What::Version(Box::new(it))));
            }
            Record::File(file) => self.archived(file),
            Record::Message(message) => {
                let line = Line::new("message", &message.id.to_string()).named(message.id);
                let line = line.under(message.memory_id).at(message.version);
                self.made(line, message.message(owner).map(|it| What::Message(Box::new(it))));
            }
            Record::Conversation(conversation) => {
                let key = conversation.id.to_string();
                let line = Line::new("conversation", &key).named(conversation.id);
                let updated_at = conversation.updated_at.max(conversation.created_at);
                let line = Line { updated_at: Some(updated_at), ..line };
                let made = conversation.conversation(owner).map(|it| What::Conversation(Box::new(it)));
                let absent = made.as_ref().err().map(ToString::to_string);
                self.begin(Parent { updated_at: Some(updated_at), absent, ..Parent::of(&key) });
                self.made(line, made);
            }
            Record::Turn(turn) => {
                let line = Line::new("turn", &turn.id.to_string()).named(turn.id).under(turn.conversation_id);
                self.made(line, turn.turn(owner).map(|it| What::Turn(Box::new(it))));
            }
            Record::Reminder(reminder) => {
                let line = Line::new("reminder", &reminder.id.to_string()).named(reminder.id);
                self.made(line, reminder.reminder(owner).map(|it| What::Reminder(Box::new(it))));
            }
        }
    }

    /// Adds what was made of a record. False if it breaks a rule.
    fn made(&mut self, line: Line, made: Result<What, InvalidRecord>) -> bool {
        let is_made = made.is_ok();
        self.units.push(match made {
            Ok(what) => Unit { line, what },
            Err(invalid) => Unit::settled(line, Outcome::Failed, &format!("{invalid}.")),
        });
        is_made
    }

    fn archived(&mut self, record: FileRecord) {
        let line = Line::new("file", &record.id.to_string()).named(record.id);
        let file = match record.file() {
            Ok(file) => file,
            Err(invalid) => {
                self.units.push(Unit::settled(line, Outcome::Failed, &format!("{invalid}.")));
                return;
            }
        };
        let ArchivedFile { id, name, content_type, size_bytes, attached, path, created_at, updated_at } =
            file;
        let Some(path) = path else {
            self.units.push(Unit::settled(line, Outcome::Skipped, NO_BYTES));
            return;
        };
        let file = Bringable {
            id,
            owner: self.bringing.owner,
            name,
            declared: content_type,
            size_bytes: Some(size_bytes),
            attached,
            created_at,
            updated_at,
            bytes: Bytes::At(path),
        };
        let line = match attached {
            Some(attached) => line.under(attached.memory),
            None => line,
        };
        self.units.push(Unit { line, what: What::File(Box::new(file)) });
    }
}
