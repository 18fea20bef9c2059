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
    ("ofNode", "of Node"),
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
    ("ofNode", "of Node"),
];
const MEMORY: &[Column] =
    &[("program", "memory"), ("requests", "mixed requests"), ("failed", "not 2xx"), ("rssMb", "RSS MB")];
const WARM: &[Column] = &[
    ("operation", "warm request"),
    ("program", "of"),
    ("calls", "calls"),
    ("cpuMs", "CPU ms"),
    ("beyondMs", "beyond the calls"),
    ("wallMs", "p50 ms"),
    ("wallP99Ms", "p99 ms"),
];
/// Functions that keep what they search, and take longer. They get a tenth of the requests, and state what they need.
const LARGE: [&str; 3] = ["ai", "ai-stream", "search"];

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
        self.report.table("From the start to the first poll", STARTS);
        for (place, (program, polled)) in programs.iter().zip(&polled).enumerate() {
            let is_ours = place >= peers.len();
            let size = is_ours.then(|| Size::of(program)).transpose()?;
            if let Some(size) = &size {
                self.verdicts.add("bootstrap, MB", &program.name, size.mb, 12.0);
                self.verdicts.add("bootstrap zipped, MB", &program.name, size.zipped_mb, 6.0);
                self.verdicts.add("first poll, times hello", &program.name, polled.ms / hello, 3.0);
                self.verdicts.add(
                    "first poll, of Node with SDK",
                    &program.name,
                    polled.ms / node,
                    1.0 / 25.0,
                );
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
                given.push(("TLS, signed in", by_tls.clone(), events::signed(&event, &token)));
            }
        }
        let programs: Vec<(Program, Value)> =
            given.iter().map(|(_, program, event)| (program.clone(), event.clone())).collect();
        let answered = starts::answers(&self.host, self.cloud, &programs, self.arguments.rounds)?;
        let (plain, node) = (answered[0].ms, answered[2].ms);
        self.report.table("From the start to the first answer", ANSWERS);
        for (place, ((way, program, _), answered)) in given.iter().zip(&answered).enumerate() {
            if place >= peers && *way == "TLS" && answered.calls == 1 {
                self.verdicts.add(
                    "first answer with one TLS call, times plain HTTP",
                    &program.name,
                    answered.ms / plain,
                    2.5,
                );
                self.verdicts.add(
                    "first answer with one TLS call, of Node with SDK",
                    &program.name,
                    answered.ms / node,
                    1.0 / 25.0,
                );
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

    /// What processes have after many requests of many kinds.
    pub(crate) fn memory(&mut self) -> anyhow::Result<()> {
        self.report.table("After many requests", MEMORY);
        let setting = self.setting;
        for peer in [&setting.node, &setting.python] {
            let lambda = self.started(peer)?;
            let mut person = Person::registered(&lambda, "memory")?;
            person.save(&lambda, 20)?;
            let mut asked =
                || Ok(vec![person.create(), person.list(), person.get(), person.list(), person.get()]);
            self.mixed(peer, &lambda, self.arguments.mixed, &mut asked)?;
        }
        let auth = self.started(&setting.auth)?;
        let memories = self.started(&setting.memories)?;
        let mut person = Person::registered(&auth, "mixed")?;
        person.save(&memories, 20)?;
        for function in &setting.functions {
            person.sign_in(&auth)?;
            let of_events = events::mixed(&function.name, &person.token)?;
            let lambda = self.started(function)?;
            let mut asked = || {
                Ok(match function.name.as_str() {
                    "memories" => person.mixed(),
                    "auth" => [of_events.clone(), vec![person.login()]].concat(),
                    _ => of_events.clone(),
                })
            };
            if asked()?.is_empty() {
                continue;
            }
            let is_large = LARGE.contains(&function.name.as_str());
            let count = if is_large { self.arguments.mixed.div_ceil(10) } else { self.arguments.mixed };
            let rss = self.mixed(function, &lambda, count, &mut asked)?;
            if !is_large {
                self.verdicts.add("RSS after mixed requests, MB", &function.name, rss, 30.0);
            }
        }
        Ok(())
    }

    fn mixed(
        &mut self,
        program: &Program,
        lambda: &Lambda,
        count: usize,
        asked: &mut dyn FnMut() -> anyhow::Result<Vec<Value>>,
    ) -> anyhow::Result<f64> {
        let (mut requests, mut failed) = (0, 0);
        while requests < count {
            for event in asked()? {
                let answer = lambda.invoke(&event)?.body;
                let status = answer["statusCode"].as_u64();
                ensure!(status.is_none_or(|status| status < 500), "{} answered {answer}", program.name);
                failed += usize::from(status.is_some_and(|status| !(200..300).contains(&status)));
                requests += 1;
            }
        }
        let rss = lambda.process().rss_mb()?;
        self.report.row([program.name.as_str().into(), requests.into(), failed.into(), rss.into()]);
        Ok(rss)
    }

    /// What requests cost when everything is warm.
    pub(crate) fn warm_requests(&mut self) -> anyhow::Result<()> {
        self.report.table("Warm requests", WARM);
        let setting = self.setting;
        let hello = self.started(&setting.hello)?;
        let (auth, memories) = (self.started(&setting.auth)?, self.started(&setting.memories)?);
        let (node, python) = (self.started(&setting.node)?, self.started(&setting.python)?);
        let mut subjects = vec![
            Subject::new("ours", &memories, &auth)?,
            Subject::new("node", &node, &node)?,
            Subject::new("python", &python, &python)?,
        ];
        let mut asked = Vec::new();
        for (operation, _) in OPERATIONS {
            asked.push((operation, noted(self.cloud, &mut subjects[0], operation)?));
        }
        let calls = calls_only(&self.host, self.cloud, &setting.calls, &asked, self.folder)?;
        let requests = self.arguments.requests;
        let took = measure_one(&hello, &subjects[0].person.get(), requests)?;
        self.warm_row("nothing", "hello", None, &took, None);
        for ((operation, fewer), (_, exchanges)) in OPERATIONS.into_iter().zip(&asked) {
            let count = requests.div_ceil(fewer);
            let only_calls = measure_one(&calls, &json!({"name": operation}), count)?;
            let is_login = operation == "login";
            let name = if is_login { "the same calls and a hash only" } else { "the same calls only" };
            self.warm_row(operation, name, Some(exchanges.len()), &only_calls, None);
            let took = measure(&mut subjects, operation, count)?;
            for (subject, took) in subjects.iter().zip(&took) {
                let beyond = (subject.name == "ours").then_some(took.cpu_ms - only_calls.cpu_ms);
                // Of a login the hash is nearly all: the rest is smaller than what one hash differs from another.
                if let Some(beyond) = beyond.filter(|_| !is_login) {
                    self.verdicts.add("warm CPU beyond the calls, ms", operation, beyond, 0.5);
                }
                let calls = beyond.map(|_| exchanges.len());
                self.warm_row(operation, &subject.name, calls, took, beyond);
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

    fn started(&self, program: &Program) -> anyhow::Result<Lambda> {
        let lambda = self.host.start(program)?;
        lambda.first_poll()?;
        Ok(lambda)
    }
}
