//! Archives as a worker writes them, with or without interruptions.

use std::collections::BTreeMap;

use app_archive::{
    AccountRecord, CategoryRecord, ContactRecord, Container, ContainerState, ConversationRecord, Counts,
    FactRecord, FileRecord, Head, MemoryRecord, MessageRecord, Output, Record, ReminderRecord, Renderer,
    SavedSearchRecord, SettingsRecord, Shape, Spool, Totals, TurnRecord, Unreadables, VersionRecord,
    enclosed, renderer,
};
use app_domain::{ExportFormat, ExportSpec};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::people::{
    at, category, conversation, fact, file, memory, message, owner, reminder, saved_search, settings, turn,
};

/// What a worker does at safe points.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Safe {
    /// There are none.
    Never,
    /// After so many steps it settles.
    Settles(usize),
    /// After so many steps it settles, and another process goes on.
    Dies(usize),
}

/// An export with its files, each as its path and its bytes.
pub(crate) struct Export {
    pub(crate) head: Head,
    pub(crate) records: Vec<Record>,
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) unreadable: Unreadables,
}

impl Export {
    pub(crate) fn of(format: ExportFormat) -> Self {
        let head = Head { exported_at: at(7), account: owner(), spec: ExportSpec::of(format) };
        Self { head, records: one_of_each(), files: Vec::new(), unreadable: Unreadables::default() }
    }

    /// The same with a file whose bytes are there.
    pub(crate) fn with_files(mut self) -> Self {
        self.head.spec.options.files = true;
        for record in &mut self.records {
            if let Record::File(file) = record {
                let path = format!("files/{}/a ü.bin", file.id);
                file.path = Some(path.clone());
                self.files.push((path, noise(300_000)));
            }
        }
        self
    }

    pub(crate) fn write(&self, safe: Safe) -> Vec<u8> {
        Writing::new(self, safe).whole()
    }
}

/// Bytes that do not compress.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut number = 0x9e37_79b9_u32;
    let next = || {
        number ^= number << 13;
        number ^= number >> 17;
        number ^= number << 5;
        number as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn some<S: Strategy>(strategy: S) -> S::Value {
    strategy.new_tree(&mut TestRunner::deterministic()).unwrap().current()
}

/// A record of each kind, in order.
pub(crate) fn one_of_each() -> Vec<Record> {
    let account = AccountRecord {
        id: owner(),
        email: "ada@example.com".to_owned(),
        username: None,
        first_name: "Ada".to_owned(),
        last_name: "L".to_owned(),
        created_at: at(0),
    };
    let contact = ContactRecord {
        id: "0".repeat(32),
        phone: Some("+4915550002222".to_owned()),
        name: Some("Bob".to_owned()),
        rule: "save".to_owned(),
        category_id: None,
        saved_count: 3,
        first_at: at(1),
        last_at: at(2),
    };
    vec![
        Record::Account(account),
        Record::Settings(SettingsRecord::of(&some(settings()))),
        Record::Category(CategoryRecord::of(&some(category()))),
        Record::SavedSearch(SavedSearchRecord::of(&some(saved_search()))),
        Record::Fact(FactRecord::of(&some(fact()))),
        Record::Memory(MemoryRecord::of(&some(memory()))),
        Record::Version(VersionRecord::of(&some(memory()))),
        Record::File(FileRecord::of(&some(file()), None)),
        Record::Message(MessageRecord::of(&some(message()))),
        Record::Conversation(ConversationRecord::of(&some(conversation()))),
        Record::Turn(TurnRecord::of(&some(turn()))),
        Record::Reminder(ReminderRecord::of(&some(reminder()))),
        Record::Contact(contact),
    ]
}

/// A worker that writes an export.
struct Writing<'a> {
    export: &'a Export,
    safe: Safe,
    steps: usize,
    container: Container,
    renderer: Box<dyn Renderer>,
    index: Vec<String>,
    out: Vec<u8>,
    spools: BTreeMap<Spool, Vec<Vec<u8>>>,
}

impl<'a> Writing<'a> {
    fn new(export: &'a Export, safe: Safe) -> Self {
        let shape = if export.head.spec.is_archive() { Shape::Archive } else { Shape::Single };
        Self {
            export,
            safe,
            steps: 0,
            container: Container::new(shape),
            renderer: renderer(&export.head, None).unwrap(),
            index: Vec::new(),
            out: Vec::new(),
            spools: BTreeMap::new(),
        }
    }

    fn whole(mut self) -> Vec<u8> {
        let mut totals = Totals { unreadable: self.export.unreadable.clone(), ..Totals::default() };
        let passes = self.renderer.passes();
        for (pass, kinds) in passes.iter().enumerate() {
            self.render(|renderer, out| renderer.begin(pass, out));
            for record in self.export.records.iter().filter(|record| kinds.contains(&record.kind())) {
                if pass == 0 {
                    *Counts::entry(&mut totals.counts, record.kind()).or_default() += 1;
                }
                self.render(|renderer, out| renderer.record(record, out));
            }
            self.render(|renderer, out| renderer.end(pass, out));
        }
        for line in std::mem::take(&mut self.index) {
            self.render(|renderer, out| renderer.index(&line, out));
        }
        self.render(|renderer, out| renderer.finish(&totals, out));
        if self.container.shape() == Shape::Archive {
            self.ends(&totals);
        }
        self.settle();
        assert_eq!(self.container.written(), self.out.len() as u64);
        self.out
    }

    fn ends(&mut self, totals: &Totals) {
        for (path, bytes) in &self.export.files {
            self.container.open(path, at(9));
            for piece in bytes.chunks(70_000) {
                self.container.store(piece);
                self.step();
            }
        }
        for (path, text) in enclosed(&self.export.head) {
            self.container.open(path, at(10));
            self.container.write(text.as_bytes());
            self.step();
        }
        self.container.close();
        self.settle();
        for piece in self.spools.get(&Spool::Sums).cloned().unwrap_or_default() {
            self.container.sums(&piece);
            self.step();
        }
        self.container.manifest(&self.export.head, totals);
        self.settle();
        for piece in self.spools.get(&Spool::Directory).cloned().unwrap_or_default() {
            self.container.directory(&piece);
            self.step();
        }
        self.container.end();
    }

    fn render(&mut self, call: impl FnOnce(&mut dyn Renderer, &mut Output<'_>)) {
        let mut out = Output { container: &mut self.container, index: &mut self.index };
        call(self.renderer.as_mut(), &mut out);
        self.step();
    }

    fn step(&mut self) {
        self.steps += 1;
        match self.safe {
            Safe::Settles(every) | Safe::Dies(every) if self.steps.is_multiple_of(every) => self.settle(),
            _ => {}
        }
    }

    fn settle(&mut self) {
        let state = serde_json::to_string(&self.container.settle()).unwrap();
        assert!(state.len() < 2_000, "{state}");
        self.out.extend(self.container.take());
        for (spool, piece) in self.container.spooled() {
            self.spools.entry(spool).or_default().push(piece);
        }
        assert_eq!((self.container.pending(), self.container.written()), (0, self.out.len() as u64));
        if let Safe::Dies(_) = self.safe {
            let state: ContainerState = serde_json::from_str(&state).unwrap();
            self.container = Container::resume(state);
            let kept: Value = serde_json::from_str(&self.renderer.state().to_string()).unwrap();
            self.renderer = renderer(&self.export.head, Some(&kept)).unwrap();
        }
    }
}
