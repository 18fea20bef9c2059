//! What processes have after many requests of many kinds.

use crate::events;
use crate::measures::Measures;
use crate::mixed::{Asked, Mixed};
use crate::people::Person;
use crate::report::Column;

const COLUMNS: &[Column] = &[
    ("program", "memory"),
    ("requests", "mixed requests"),
    ("failed", "not 2xx or 3xx"),
    ("rssMb", "RSS MB"),
    ("refusal", "the first of those"),
];
/// Functions that keep what they search, and take longer. They get a tenth of the requests, and state what they need.
const LARGE: [&str; 3] = ["ai", "ai-stream", "search"];
/// The share of requests that may be refused. With more of them, it would be the memory of refusing.
const MAX_FAILED: f64 = 0.1;

impl Measures<'_> {
    /// What peers and functions have after many requests. Functions that are not asked by HTTP are not in it.
    pub(crate) fn memory(&mut self) -> anyhow::Result<()> {
        self.report.table("After many requests", COLUMNS);
        let setting = self.setting;
        for peer in [&setting.node, &setting.python] {
            let lambda = self.started(peer)?;
            let mut person = Person::registered(&lambda, "memory")?;
            person.save(&lambda, 20)?;
            let mut asked = Asked::new(&lambda);
            while asked.requests < self.arguments.mixed {
                asked.all(&[person.create(), person.list(), person.get(), person.list(), person.get()])?;
            }
            self.memory_row(&peer.name, &asked)?;
        }
        let (auth, memories) = (self.started(&setting.auth)?, self.started(&setting.memories)?);
        let for_administrators = self.started(&setting.auth.with(&[("SIGNUP_ROLE", "admin")]))?;
        let mut mixed = Mixed::new(self.cloud, &auth, &for_administrators, &memories)?;
        for function in &setting.functions {
            if !events::is_request(&events::first(&function.name)?) {
                continue;
            }
            mixed.sign_in(&auth)?;
            let is_large = LARGE.contains(&function.name.as_str());
            let count = if is_large { self.arguments.mixed.div_ceil(10) } else { self.arguments.mixed };
            let lambda = self.started(function)?;
            let mut asked = Asked::new(&lambda);
            while asked.requests < count {
                mixed.round(&function.name, &mut asked)?;
            }
            let rss = self.memory_row(&function.name, &asked)?;
            if !is_large {
                self.verdicts.add("RSS after mixed requests, MB", &function.name, rss, 30.0);
            }
        }
        Ok(())
    }

    /// The memory, unless it is that of refusing.
    fn memory_row(&mut self, name: &str, asked: &Asked<'_>) -> anyhow::Result<Option<f64>> {
        let is_work = asked.failed as f64 <= asked.requests as f64 * MAX_FAILED;
        let rss = asked.lambda.process().rss_mb()?;
        let rss = is_work.then_some(rss);
        self.report.row([
            name.into(),
            asked.requests.into(),
            asked.failed.into(),
            rss.into(),
            asked.refusal.clone().into(),
        ]);
        Ok(rss)
    }
}
