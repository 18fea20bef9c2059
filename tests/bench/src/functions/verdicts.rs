//! What was promised, and whether it is kept.

use serde_json::Value;

use crate::report::{Column, Report};

const COLUMNS: &[Column] =
    &[("what", "budget"), ("of", "of"), ("figure", "figure"), ("budget", "at most"), ("kept", "")];

/// The figures that there are budgets for.
#[derive(Default)]
pub(crate) struct Verdicts(Vec<(&'static str, String, f64, f64)>);

impl Verdicts {
    /// A figure, and what it may be at most.
    pub(crate) fn add(&mut self, what: &'static str, of: &str, figure: f64, at_most: f64) {
        self.0.push((what, of.to_owned(), figure, at_most));
    }

    /// Prints, for every budget, the worst figure and every one that is over it.
    pub(crate) fn print(self, report: &mut Report) {
        report.table("Budgets", COLUMNS);
        let mut names: Vec<&str> = Vec::new();
        for (what, ..) in &self.0 {
            if !names.contains(what) {
                names.push(what);
            }
        }
        for name in names {
            let mut all: Vec<_> = self.0.iter().filter(|(what, ..)| *what == name).collect();
            all.sort_by(|(_, _, one, most), (_, _, other, others_most)| {
                (other / others_most).total_cmp(&(one / most))
            });
            let shown = all.iter().filter(|(_, _, figure, most)| figure > most).count().max(1);
            for (what, of, figure, most) in all.into_iter().take(shown) {
                let of = if figure > most { of.clone() } else { format!("the worst, {of}") };
                let verdict = if figure > most { "**not met**" } else { "met" };
                report.row([
                    (*what).into(),
                    of.into(),
                    Value::from(*figure),
                    Value::from(*most),
                    verdict.into(),
                ]);
            }
        }
    }
}
