//! Books (EPUB 3.3): the chapters in the order of reading.

use super::visit_part;
use crate::Reading;
use crate::archive::Archive;
use crate::error::{Flow, Stop};
use crate::html;
use crate::xml::{Attributes, Visitor};

use std::collections::{HashMap, HashSet};

pub(crate) fn read(reading: &mut Reading, bytes: &[u8]) -> Flow {
    let mut archive = Archive::open(bytes)?;
    let mut container = Container::default();
    visit_part(reading, &mut archive, "META-INF/container.xml", &mut container)?;
    let mut package = Package::default();
    visit_part(reading, &mut archive, &container.package, &mut package)?;
    let folder = container.package.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut chapters: Vec<String> =
        package.spine.iter().filter_map(|id| package.files.get(id)).map(|file| path(folder, file)).collect();
    if chapters.is_empty() {
        chapters = archive.names(|name| {
            [".xhtml", ".html", ".htm"].into_iter().any(|end| name.to_ascii_lowercase().ends_with(end))
        });
    }
    // A book has each chapter once, and cannot make more of one by naming it often.
    let mut seen = HashSet::new();
    let mut has_chapters = false;
    for name in chapters {
        if !seen.insert(name.clone()) {
            continue;
        }
        let Some(bytes) = archive.part(reading, &name)? else { continue };
        has_chapters = true;
        reading.writer.paragraph();
        html::read_decoded(reading, &bytes)?;
    }
    if has_chapters { Ok(()) } else { Err(Stop::broken("it has no chapters")) }
}

/// The name of a part, from a link to it that starts in a folder.
fn path(folder: &str, link: &str) -> String {
    let link = percent_decoded(link.split('#').next().unwrap_or_default());
    let mut names: Vec<&str> = folder.split('/').filter(|name| !name.is_empty()).collect();
    for name in link.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            _ => names.push(name),
        }
    }
    names.join("/")
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        let hex = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.filter(|_| *byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*byte);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Says where the description of the book is.
#[derive(Default)]
struct Container {
    package: String,
}

impl Visitor for Container {
    fn start(&mut self, _: &mut Reading, name: &str, attributes: &Attributes<'_>) -> Flow {
        if name == "rootfile" && self.package.is_empty() {
            self.package = attributes.get("full-path").unwrap_or_default();
        }
        Ok(())
    }

    fn end(&mut self, _: &mut Reading, _: &str) -> Flow {
        Ok(())
    }

    fn text(&mut self, _: &mut Reading, _: &str) -> Flow {
        Ok(())
    }
}

/// The description of the book: its title and authors, its files, and which of them are read in which order.
#[derive(Default)]
struct Package {
    is_shown: bool,
    files: HashMap<String, String>,
    spine: Vec<String>,
}

impl Visitor for Package {
    fn start(&mut self, _: &mut Reading, name: &str, attributes: &Attributes<'_>) -> Flow {
        match name {
            "title" | "creator" | "description" | "subject" => self.is_shown = true,
            "item" => {
                if let (Some(id), Some(file)) = (attributes.get("id"), attributes.get("href")) {
                    self.files.insert(id, file);
                }
            }
            "itemref" => self.spine.extend(attributes.get("idref")),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, reading: &mut Reading, _: &str) -> Flow {
        if std::mem::take(&mut self.is_shown) {
            reading.writer.line();
        }
        Ok(())
    }

    fn text(&mut self, reading: &mut Reading, text: &str) -> Flow {
        if self.is_shown { reading.writer.push_str(text) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_start_in_the_folder_of_the_package() {
        assert_eq!(path("OEBPS", "text/one%20two.xhtml#part"), "OEBPS/text/one two.xhtml");
        assert_eq!(path("a/b", "../../../c.html"), "c.html");
        assert_eq!(path("", "./c%zz.html"), "c%zz.html");
    }
}
