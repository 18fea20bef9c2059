//! What was promised, and whether it is kept.

use crate::report::{Column, Report};

const COLUMNS: &[Column] =
    &[("what", "budget"), ("of", "of"), ("figure", "figure"), ("budget", "at most"), ("kept", "")];

/// The figures that there are budgets for.
#[derive(Default)]
pub(crate) struct Verdicts(Vec<Verdict>);

struct Verdict {
    what: String,
    of: String,
    figure: Option<f64>,
    at_most: f64,
}

impl Verdicts {
    /// A figure, unless there is none that counts, and what it may be at most.
    pub(crate) fn add(&mut self, what: &str, of: &str, figure: impl Into<Option<f64>>, at_most: f64) {
        let (what, of) = (what.to_owned(), of.to_owned());
        self.0.push(Verdict { what, of, figure: figure.into(), at_most });
    }

    /// Prints, for every budget, the worst figure and every one that is over it or missing.
    pub(crate) fn print(self, report: &mut Report) {
        report.table("Budgets", COLUMNS);
        let mut names: Vec<&str> = Vec::new();
        for Verdict { what, .. } in &self.0 {
            if !names.contains(&what.as_str()) {
                names.push(what);
            }
        }
        for name in names {
            let mut all: Vec<_> = self.0.iter().filter(|verdict| verdict.what == name).collect();
            all.sort_by(|one, other| other.share().total_cmp(&one.share()));
            let shown = all.iter().filter(|verdict| !verdict.is_met()).count().max(1);
            for verdict in all.into_iter().take(shown) {
                let of = &verdict.of;
                let of = if verdict.is_met() { format!("the worst, {of}") } else { of.clone() };
                report.row([
                    verdict.what.as_str().into(),
                    of.into(),
                    verdict.figure.into(),
                    verdict.at_most.into(),
                    verdict.in_words().into(),
                ]);
            }
        }
    }
}

impl Verdict {
    /// How much of the budget is used, which may be everything where nobody knows.
    fn share(&self) -> f64 {
        self.figure.map_or(f64::INFINITY, |figure| figure / self.at_most)
    }

    fn is_met(&self) -> bool {
        self.figure.is_some_and(|figure| figure <= self.at_most)
    }

    fn in_words(&self) -> &'static str {
        match self.figure {
            Some(_) if self.is_met() => "met",
            Some(_) => "**not met**",
            None => "**not measured**",
        }
    }
}
