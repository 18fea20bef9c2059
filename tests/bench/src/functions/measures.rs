//! The tables, one after the other.

use std::path::Path;

use anyhow::ensure;
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::cloud::Cloud;
use crate::lambda::{Host, Lambda, Program};
use crate::people::Person;
use crate::report::{Column, Report};
use crate::setting::Setting;
use crate::sizes::Size;
use crate::verdicts::Verdicts;
use crate::warm::{OPERATIONS, Subject, calls_only, measure, measure_one, noted};
use crate::{events, machine, starts};

const STARTS: &[Column] = &[
    ("program", "start"),
    ("mb", "MB"),
    ("zippedMb", "zipped"),
    ("firstPollMs", "first poll p50 ms"),
    ("timesHello", "times hello"),
    ("ofNode", "of Node.js"),
    ("rssMb", "RSS MB"),
];
const ANSWERS: &[Column] = &[
    ("program", "first answer"),
    ("way", "by"),
    ("status", "status"),
    ("calls", "calls"),
    ("connections", "TLS connections"),
    ("firstAnswerMs", "p50 ms"),
    ("timesPlain", "times plain HTTP"),
    ("ofNode", "of Node.js"),
];
const WARM: &[Column] = &[
    ("operation", "warm request"),
    ("program", "of"),
    ("calls", "calls"),
    ("cpuMs", "CPU ms"),
    ("beyondMs", "beyond the calls"),
    ("wallMs", "p50 ms"),
    ("wallP99Ms", "p99 ms"),
];
/// How functions are asked by somebody whom they know.
const SIGNED_IN: &str = "TLS, signed in";
/// Who makes the calls of our functions and nothing else, and who does all of it.
const CALLS: &str = "the same calls only";
const CALLS_AND_A_HASH: &str = "the same calls and a hash only";
const OURS: &str = "ours";

/// What is measured with, and what was measured.
pub(crate) struct Measures<'a> {
    pub(crate) host: Host,
    pub(crate) report: Report,
    pub(crate) verdicts: Verdicts,
    pub(crate) arguments: &'a Arguments,
    pub(crate) cloud: &'a Cloud,
    pub(crate) setting: &'a Setting,
    pub(crate) folder: &'a Path,
}

impl Measures<'_> {
    /// Sizes, and how soon the first event is asked for.
    pub(crate) fn starts(&mut self) -> anyhow::Result<()> {
        let setting = self.setting;
        let peers = [&setting.floor, &setting.hello, &setting.node, &setting.node_bundled, &setting.python];
        let programs: Vec<Program> = peers.into_iter().chain(&setting.functions).cloned().collect();
        let polled = starts::polls(&self.host, &programs, self.arguments.rounds)?;
        let (hello, node) = (polled[1].ms, polled[2].ms);
        let of_node = format!("first poll, of {} with SDK", setting.node.name);
        self.report.table("From the start to the first poll", STARTS);
        for (place, (program, polled)) in programs.iter().zip(&polled).enumerate() {
            let is_ours = place >= peers.len();
            let size = is_ours.then(|| Size::of(program)).transpose()?;
            if let Some(size) = &size {
                self.verdicts.add("bootstrap, MB", &program.name, size.mb, 12.0);
                self.verdicts.add("bootstrap zipped, MB", &program.name, size.zipped_mb, 6.0);
                self.verdicts.add("first poll, times hello", &program.name, polled.ms / hello, 3.0);
                self.verdicts.add(&of_node, &program.name, polled.ms / node, 1.0 / 25.0);
            }
            self.report.row([
                program.name.as_str().into(),
                size.as_ref().map(|size| size.mb).into(),
                size.map(|size| size.zipped_mb).into(),
                polled.ms.into(),
                (polled.ms / hello).into(),
                (polled.ms / node).into(),
                polled.rss_mb.into(),
            ]);
        }
        Ok(())
    }

    /// How soon a first event is answered: one that nobody has signed, for which functions that answer HTTP make one call, and the same signed.
    pub(crate) fn first_answers(&mut self) -> anyhow::Result<()> {
        let setting = self.setting;
        let token = self.person("first")?.token;
        let one = json!({"name": "one", "httpMethod": "GET", "path": "/one"});
        let mut given = vec![
            ("plain HTTP", setting.calls.with(&[("PEER_PLAIN", "1")]), one.clone()),
            ("TLS", setting.calls_by_tls.clone(), one.clone()),
            ("TLS", setting.peer_by_tls(&setting.node), one.clone()),
            ("TLS", setting.peer_by_tls(&setting.node_bundled), one.clone()),
            ("TLS", setting.peer_by_tls(&setting.python), one),
        ];
        let peers = given.len();
        for (function, by_tls) in setting.functions.iter().zip(&setting.by_tls) {
            let event = events::first(&function.name)?;
            given.push(("plain HTTP", function.clone(), event.clone()));
            given.push(("TLS", by_tls.clone(), event.clone()));
            if events::has_token(&event) {
                given.push((SIGNED_IN, by_tls.clone(), events::signed(&event, &token)));
            }
        }
        let programs: Vec<(Program, Value)> =
            given.iter().map(|(_, program, event)| (program.clone(), event.clone())).collect();
        let answered = starts::answers(&self.host, self.cloud, &programs, self.arguments.rounds)?;
        let (plain, node) = (answered[0].ms, answered[2].ms);
        let of_node = format!("first answer with one TLS call, of {} with SDK", setting.node.name);
        self.report.table("From the start to the first answer", ANSWERS);
        for (place, ((way, program, _), answered)) in given.iter().zip(&answered).enumerate() {
            if place >= peers && *way == "TLS" && answered.calls == 1 {
                self.verdicts.add(
                    "first answer with one TLS call, times plain HTTP",
                    &program.name,
                    answered.ms / plain,
                    2.5,
                );
                self.verdicts.add(&of_node, &program.name, answered.ms / node, 1.0 / 25.0);
            }
            if *way == SIGNED_IN {
                let is_done = answered.status.as_u64().is_some_and(|status| (200..400).contains(&status));
                ensure!(is_done, "{} answers {} to somebody who is signed in", program.name, answered.status);
            }
            if *way == "TLS" && program.name == "whatsapp" && answered.status == 200 {
                self.verdicts.add("cold webhook answers, p99 ms", &program.name, answered.p99_ms, 50.0);
            }
            self.report.row([
                program.name.as_str().into(),
                (*way).into(),
                answered.status.clone(),
                answered.calls.into(),
                answered.connections.into(),
                answered.ms.into(),
                (answered.ms / plain).into(),
                (answered.ms / node).into(),
            ]);
        }
        Ok(())
    }

    /// What requests cost when everything is warm.
    pub(crate) fn warm_requests(&mut self) -> anyhow::Result<()> {
        self.report.table("Warm requests", WARM);
        let setting = self.setting;
        let hello = self.started(&setting.hello)?;
        let (auth, memories) = (self.started(&setting.auth)?, self.started(&setting.memories)?);
        let (node, python) = (self.started(&setting.node)?, self.started(&setting.python)?);
        let mut ours = Subject::new(OURS, &memories, &auth)?;
        let mut asked = Vec::new();
        for (operation, _) in OPERATIONS {
            asked.push((operation, noted(self.cloud, &mut ours, operation)?));
        }
        let requests = self.arguments.requests;
        let took = measure_one(&hello, &ours.asked("get").1, requests)?;
        self.warm_row("nothing", "hello", None, &took, None);
        let calls = calls_only(&self.host, self.cloud, &setting.calls, &asked, self.folder)?;
        let mut subjects = vec![
            Subject::calls(CALLS, &calls),
            ours,
            Subject::new(&setting.node.name, &node, &node)?,
            Subject::new(&setting.python.name, &python, &python)?,
        ];
        for ((operation, fewer), (_, exchanges)) in OPERATIONS.into_iter().zip(&asked) {
            let took = measure(&mut subjects, operation, requests.div_ceil(fewer))?;
            let only_calls = took[0].cpu_ms;
            let is_login = operation == "login";
            for (subject, took) in subjects.iter().zip(&took) {
                let beyond = (subject.name == OURS).then_some(took.cpu_ms - only_calls);
                // Of a login the hash is nearly all: the rest is smaller than what one hash differs from another.
                if let Some(beyond) = beyond.filter(|_| !is_login) {
                    self.verdicts.add("warm CPU beyond the calls, ms", operation, beyond, 0.5);
                }
                let is_calls = subject.name == CALLS;
                let calls = (is_calls || beyond.is_some()).then_some(exchanges.len());
                let name = if is_calls && is_login { CALLS_AND_A_HASH } else { subject.name.as_str() };
                self.warm_row(operation, name, calls, took, beyond);
            }
        }
        Ok(())
    }

    fn warm_row(
        &mut self,
        operation: &str,
        name: &str,
        calls: Option<usize>,
        took: &crate::warm::Took,
        beyond: Option<f64>,
    ) {
        self.report.row([
            operation.into(),
            name.into(),
            calls.into(),
            took.cpu_ms.into(),
            beyond.into(),
            took.wall_ms.into(),
            took.wall_p99_ms.into(),
        ]);
    }

    /// Prints the budgets, and writes everything.
    pub(crate) fn end(mut self) {
        self.verdicts.print(&mut self.report);
        println!("\nLoad at the end: {}", machine::load());
        self.report.write();
    }

    /// Somebody who is signed in and has something.
    fn person(&self, name: &str) -> anyhow::Result<Person> {
        let (auth, memories) = (self.started(&self.setting.auth)?, self.started(&self.setting.memories)?);
        let mut person = Person::registered(&auth, name)?;
        person.save(&memories, 20)?;
        Ok(person)
    }

    /// A program that waits for its first event.
    pub(crate) fn started(&self, program: &Program) -> anyhow::Result<Lambda> {
        let lambda = self.host.start(program)?;
        lambda.first_poll()?;
        Ok(lambda)
    }
}
