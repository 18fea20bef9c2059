//! Presentations (ECMA-376, part 1, section 19): the slides in the order of their numbers, each with its notes and diagrams.

use super::drawing::Drawing;
use super::visit_part;
use crate::Reading;
use crate::archive::Archive;
use crate::error::{Flow, Stop};

pub(crate) fn read(reading: &mut Reading, bytes: &[u8]) -> Flow {
    let mut archive = Archive::open(bytes)?;
    let slides = archive.names(|name| name.starts_with("ppt/slides/slide") && name.ends_with(".xml"));
    if slides.is_empty() {
        return Err(Stop::broken("it has no slides"));
    }
    let others = archive.names(|name| {
        let is_diagram = name.starts_with("ppt/diagrams/data");
        (is_diagram || name.starts_with("ppt/notesSlides/notesSlide")) && name.ends_with(".xml")
    });
    for name in slides.iter().chain(&others) {
        visit_part(reading, &mut archive, name, &mut Drawing::default())?;
        reading.writer.paragraph();
    }
    Ok(())
}
