//! Warm requests: what one costs of a CPU, and how long it takes.

use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::{Map, Value, json};

use crate::cloud::{Cloud, Exchange};
use crate::lambda::{Host, Lambda, Program};
use crate::people::{Person, ok};
use crate::starts::percentile;

/// What is asked, and how many times fewer than the others.
pub(crate) const OPERATIONS: [(&str, usize); 4] = [("create", 1), ("list", 1), ("get", 1), ("login", 5)];
/// How many turns each has.
const TURNS: usize = 5;
/// How many memories there are before anything is measured.
const SAVED: usize = 100;

/// Something that answers these requests, or does a part of it.
pub(crate) struct Subject<'a> {
    pub(crate) name: String,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// It answers somebody, in one process or two.
    Whole { memories: &'a Lambda, auth: &'a Lambda, person: Person },
    /// It makes the calls alone.
    Calls(&'a Lambda),
}

/// What one request takes.
pub(crate) struct Took {
    pub(crate) cpu_ms: f64,
    pub(crate) wall_ms: f64,
    pub(crate) wall_p99_ms: f64,
}

impl<'a> Subject<'a> {
    /// With somebody who has just registered and saved something.
    pub(crate) fn new(name: &str, memories: &'a Lambda, auth: &'a Lambda) -> anyhow::Result<Self> {
        let mut person = Person::registered(auth, &name.replace(' ', "-"))?;
        person.save(memories, SAVED)?;
        Ok(Self { name: name.to_owned(), kind: Kind::Whole { memories, auth, person } })
    }

    /// The program of [`calls_only`].
    pub(crate) fn calls(name: &str, calls: &'a Lambda) -> Self {
        Self { name: name.to_owned(), kind: Kind::Calls(calls) }
    }

    /// An event of an operation, and who gets it.
    pub(crate) fn asked(&mut self, operation: &str) -> (&'a Lambda, Value) {
        match (&mut self.kind, operation) {
            (Kind::Calls(calls), _) => (*calls, json!({"name": operation})),
            (Kind::Whole { memories, person, .. }, "create") => (*memories, person.create()),
            (Kind::Whole { memories, person, .. }, "list") => (*memories, person.list()),
            (Kind::Whole { memories, person, .. }, "get") => (*memories, person.get()),
            (Kind::Whole { auth, person, .. }, _) => (*auth, person.login()),
        }
    }

    /// A token is good for a quarter of an hour, which the other operations may have taken.
    fn sign_in(&mut self) -> anyhow::Result<()> {
        match &mut self.kind {
            Kind::Whole { auth, person, .. } => person.sign_in(auth),
            Kind::Calls(_) => Ok(()),
        }
    }
}

/// Measures an operation of every subject, by turns.
pub(crate) fn measure(
    subjects: &mut [Subject<'_>],
    operation: &str,
    count: usize,
) -> anyhow::Result<Vec<Took>> {
    let mut sums = vec![Sum::default(); subjects.len()];
    for subject in &mut *subjects {
        subject.sign_in()?;
        for _ in 0..10 {
            let (lambda, event) = subject.asked(operation);
            ok(lambda, &event)?;
        }
    }
    for _ in 0..TURNS {
        for (subject, sum) in subjects.iter_mut().zip(&mut sums) {
            sum.add(count.div_ceil(TURNS), || Ok(subject.asked(operation)))?;
        }
    }
    Ok(sums.into_iter().map(Sum::took).collect())
}

/// Measures a program that always gets the same event.
pub(crate) fn measure_one(lambda: &Lambda, event: &Value, count: usize) -> anyhow::Result<Took> {
    for _ in 0..10 {
        ok(lambda, event)?;
    }
    let mut sum = Sum::default();
    sum.add(count, || Ok((lambda, event.clone())))?;
    Ok(sum.took())
}

#[derive(Clone, Default)]
struct Sum {
    cpu_ms: f64,
    wall_ms: Vec<f64>,
}

impl Sum {
    fn add<'a>(
        &mut self,
        count: usize,
        mut asked: impl FnMut() -> anyhow::Result<(&'a Lambda, Value)>,
    ) -> anyhow::Result<()> {
        let events = (0..count).map(|_| asked()).collect::<anyhow::Result<Vec<_>>>()?;
        let lambda = events.first().context("a request")?.0;
        let before = lambda.process().cpu_ms()?;
        for (lambda, event) in &events {
            let answered = lambda.invoke(event)?;
            ensure!(answered.status()? < 300, "{}", answered.body);
            self.wall_ms.push(answered.took.as_secs_f64() * 1e3);
        }
        self.cpu_ms += lambda.process().cpu_ms()? - before;
        Ok(())
    }

    fn took(self) -> Took {
        let count = self.wall_ms.len() as f64;
        Took {
            cpu_ms: self.cpu_ms / count,
            wall_ms: percentile(self.wall_ms.clone(), 0.5),
            wall_p99_ms: percentile(self.wall_ms, 0.99),
        }
    }
}

/// The calls that one request makes when everything is warm.
pub(crate) fn noted(
    cloud: &Cloud,
    subject: &mut Subject<'_>,
    operation: &str,
) -> anyhow::Result<Vec<Exchange>> {
    subject.sign_in()?;
    let mut fewest: Option<Vec<Exchange>> = None;
    for _ in 0..5 {
        let (lambda, event) = subject.asked(operation);
        cloud.note();
        ok(lambda, &event)?;
        let calls = cloud.take_noted()?;
        if fewest.as_ref().is_none_or(|fewest| calls.len() < fewest.len()) {
            fewest = Some(calls);
        }
    }
    fewest.context("at least one request")
}

/// Starts the program that makes these calls and nothing else.
pub(crate) fn calls_only(
    host: &Host,
    cloud: &Cloud,
    calls: &Program,
    all: &[(&str, Vec<Exchange>)],
    folder: &Path,
) -> anyhow::Result<Lambda> {
    let mut known = Map::new();
    for (operation, exchanges) in all {
        cloud.replay(exchanges);
        let asked = exchanges.iter().map(|exchange| json!([exchange.target, exchange.call]));
        known.insert((*operation).to_owned(), asked.collect());
    }
    let file = folder.join("calls.json");
    std::fs::write(&file, Value::Object(known).to_string())?;
    let endpoint = format!("{}{}", cloud.plain, crate::cloud::REPLAY);
    let file = file.to_string_lossy().into_owned();
    let lambda = host.start(&calls.with(&[("PEER_CALLS", &file), ("AWS_ENDPOINT_URL", &endpoint)]))?;
    lambda.first_poll()?;
    Ok(lambda)
}
