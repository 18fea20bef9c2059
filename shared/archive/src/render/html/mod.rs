//! `html`: web pages that need nothing else: no server, no network, no script but to search.
//!
//! Everything that came from a person or from those who wrote to them is text and stays text: pages are made of templates that escape what they
//! are given, links lead to pages and to kinds of files that browsers do not run, and a policy in each page lets no script through but
//! the archive's own, by its hash. Pages have a bounded size: a memory with many messages goes on on the next page.

mod data;
mod pages;
mod search;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::outline::{heading, is_below};
use super::sheet::Sheet;
use super::view::View;
use super::{Output, Renderer, StateError, kept, to_keep};
use crate::{Head, Kind, Record, Totals};
use data::{Article, State, id_of, part_of};
use pages::{Below, Index, Part, Piece, Top, begin, end, page_path};

/// A page that has passed this goes on on another.
const PAGE_BYTES: u64 = 192 * 1024;

pub(super) struct Html {
    view: View,
    state: State,
}

impl Html {
    pub(super) fn new(head: &Head, state: Option<&Value>) -> Result<Self, StateError> {
        Ok(Self { view: View::of(head), state: kept(state)? })
    }

    fn write(&self, piece: &str, out: &mut Output<'_>) {
        out.container.write(piece.as_bytes());
    }

    /// Ends the page, which leads to another if there is one.
    fn end_page(&mut self, next: Option<u32>, out: &mut Output<'_>) {
        let Some(part) = self.state.part else { return };
        if self.state.article.is_some() {
            let section = if self.state.group.is_some() { "</section>\n" } else { "" };
            self.write(&format!("{section}</article>\n"), out);
        }
        self.write(&end(&self.view, next.map(|next| format!("../{}", page_path(part, next)))), out);
        out.container.close();
    }

    fn begin_page(&mut self, part: Kind, number: u32, out: &mut Output<'_>) {
        (self.state.part, self.state.page) = (Some(part), number);
        (self.state.group, self.state.heading) = (None, None);
        self.state.anchors.clear();
        self.state.pages.insert(part, number);
        out.container.open(&page_path(part, number), self.view.head.exported_at);
        let previous = (number > 1).then(|| format!("../{}", page_path(part, number - 1)));
        self.write(&begin(&self.view, self.part_heading(part), previous), out);
    }

    fn part_heading(&self, part: Kind) -> &'static str {
        if part == Kind::Account { self.view.words.about_you } else { heading(part, self.view.words) }
    }

    /// The page that a record comes on, begun if need be.
    fn turn_over(&mut self, record: &Record, out: &mut Output<'_>) {
        let part = part_of(record);
        if self.state.part != Some(part) {
            self.end_page(None, out);
            self.state.article = None;
            // What is come to again, though nothing should be, goes on behind its pages.
            let pages = self.state.pages.get(&part).copied().unwrap_or_default();
            self.begin_page(part, pages + 1, out);
        } else if out.container.entry_bytes() >= PAGE_BYTES {
            let next = self.state.page + 1;
            self.end_page(Some(next), out);
            self.begin_page(part, next, out);
            if let Some(article) = self.state.article.clone().filter(|_| is_below(record)) {
                self.sub_heading(&article.heading, &article.anchor, out);
                let top = Top::continued(&article, self.state.page, &self.view);
                self.write(&top.text(), out);
            } else {
                self.state.article = None;
            }
        }
    }

    /// A heading over articles, once while it is the same.
    fn sub_heading(&mut self, heading: &str, anchor: &str, out: &mut Output<'_>) {
        if self.state.heading.as_deref() != Some(heading) {
            self.state.heading = Some(heading.to_owned());
            let anchor = self.state.anchors.insert(anchor.to_owned()).then_some(anchor);
            self.write(&pages::sub_heading(heading, anchor), out);
        }
    }

    /// A record that stands on its own.
    fn top(&mut self, record: &Record, sheet: &Sheet, out: &mut Output<'_>) {
        if self.state.article.take().is_some() {
            let section = if self.state.group.take().is_some() { "</section>\n" } else { "" };
            self.write(&format!("{section}</article>\n"), out);
        }
        let part = part_of(record);
        let by_month = matches!(part, Kind::Memory | Kind::Conversation);
        let (over, anchor) = match sheet.at.filter(|_| by_month) {
            Some(at) => {
                let (month, iso) = (self.view.times.month(at), self.view.times.iso_month(at));
                self.state.note_month(part, &month, &iso);
                (month, format!("month-{iso}"))
            }
            None => (heading(record.kind(), self.view.words).to_owned(), format!("kind-{}", record.kind())),
        };
        self.sub_heading(&over, &anchor, out);
        let article = Article { id: id_of(record), title: sheet.title.clone(), heading: over, anchor };
        self.write(&Top::of(&article, sheet, &self.view).text(), out);
        self.write(&Piece::of(record, sheet).text(), out);
        self.state.article = Some(article);
        self.state.last_turn = None;
    }

    /// A record below another.
    fn below(&mut self, record: &Record, sheet: &Sheet, out: &mut Output<'_>) {
        if self.state.group != Some(record.kind()) {
            let section = if self.state.group.is_some() { "</section>\n" } else { "" };
            self.write(section, out);
            self.write(&pages::group(heading(record.kind(), self.view.words)), out);
            self.state.group = Some(record.kind());
        }
        let branch = self.branch(record);
        self.write(&Below::of(record, sheet, branch, &self.view).text(), out);
        self.write(&Piece::of(record, sheet).text(), out);
        self.write("</div>\n", out);
    }

    /// That a turn does not follow the one before it.
    fn branch(&mut self, record: &Record) -> Option<(String, Option<String>)> {
        let Record::Turn(turn) = record else { return None };
        let before = self.state.last_turn.replace(turn.id.to_string());
        let parent = turn.parent_id.map(|id| id.to_string());
        let words = self.view.words;
        (parent != before).then(|| match parent {
            Some(parent) => {
                (format!("{} · {}", words.branch, words.follows), Some(format!("#turn-{parent}")))
            }
            None => (words.branch.to_owned(), None),
        })
    }
}

impl Renderer for Html {
    fn passes(&self) -> Vec<Vec<Kind>> {
        vec![Kind::ALL.to_vec()]
    }

    fn begin(&mut self, _: usize, _: &mut Output<'_>) {}

    fn record(&mut self, record: &Record, out: &mut Output<'_>) {
        self.state.names.note(record);
        let sheet = Sheet::of(record, &self.view, &self.state.names);
        self.turn_over(record, out);
        // What is below something stands behind it; if it ever does not, it stands on its own.
        if is_below(record) && self.state.article.is_some() {
            self.below(record, &sheet, out);
        } else {
            self.top(record, &sheet, out);
        }
        let path = page_path(part_of(record), self.state.page);
        let above =
            self.state.article.as_ref().filter(|_| is_below(record)).map(|article| article.title.as_str());
        out.index.push(search::line(&path, record, &sheet, above, &self.view));
    }

    fn end(&mut self, _: usize, out: &mut Output<'_>) {
        self.end_page(None, out);
        (self.state.part, self.state.article, self.state.group) = (None, None, None);
    }

    fn index(&mut self, line: &str, out: &mut Output<'_>) {
        let exported_at = self.view.head.exported_at;
        self.state.shard = search::add(self.state.shard, line, exported_at, out.container);
    }

    fn finish(&mut self, totals: &Totals, out: &mut Output<'_>) {
        if self.state.shard > 0 {
            search::end(out.container);
        }
        let words = self.view.words;
        let parts = self.state.pages.keys().map(|part| Part {
            first: page_path(*part, 1),
            heading: self.part_heading(*part),
            months: self
                .state
                .months_of(*part)
                .map(|month| {
                    (format!("{}#month-{}", page_path(*part, month.page), month.iso), month.name.clone())
                })
                .collect(),
        });
        let unreadable = &totals.unreadable;
        let unread = (!unreadable.is_empty()).then_some((words.unreadable, unreadable.count));
        let counts = totals.counts.iter().map(|(kind, count)| (heading(*kind, words), *count));
        let counts = counts.chain(unread).collect();
        let index = Index { view: &self.view, shards: self.state.shard, parts: parts.collect(), counts };
        out.container.open("index.html", self.view.head.exported_at);
        self.write(&index.text(), out);
        out.container.close();
    }

    fn state(&self) -> Value {
        to_keep(&self.state)
    }
}
