//! What can be brought in: finds out what a file is, by its content and not by its name, and reads items out of archives of our own and of
//! other services. No AWS and no clock. Whatever comes in may be hostile: what is read is bounded, and nothing in an archive is taken for
//! a path of ours.
//!
//! Each kind of archive is a row of `READERS`: how it is recognised, and how it is read. Reading gives one item after the other, each
//! with the [`Place`] behind it, from where the same archive can be read on later, elsewhere.

mod archive;
mod attached;
mod attachments;
mod chat;
mod chatgpt;
mod claude;
mod dates;
mod directory;
mod elements;
mod entity;
mod entity_file;
mod entity_message;
mod entity_text;
mod entry_reader;
mod error;
mod fields;
mod item;
mod json_files;
mod keys;
mod khoj;
mod librechat;
mod lines;
mod loose;
mod made;
mod markdown;
mod mem0;
mod members;
mod moment;
mod objects;
mod open_webui;
mod options;
mod out;
mod own;
mod prose;
mod scan;
mod shape;
mod source;
mod table;
mod text;
mod tree;
mod whatsapp;

pub use attachments::Attachments;
pub use entity::{Bringing, MadeMemory};
pub use entity_file::FileSeed;
pub use entity_message::Standing;
pub use error::ImportError;
pub use item::{Given, Item, NewFile, NewMemory, NewMessage, Place, Trouble};
pub use options::Options;
pub use source::Source;

use std::io::Read;
use std::ops::ControlFlow;

use app_domain::ImportFormat;

use archive::Archive;
use out::Out;

/// What an archive as a whole is given behind: everything that its entries have.
const LAST: u32 = u32::MAX;

/// A kind of archive.
struct Reader {
    format: ImportFormat,
    /// Whether an archive is of this kind, by its content.
    recognises: fn(&mut Archive<'_>) -> bool,
    /// Gives its items.
    read: fn(&mut Archive<'_>, &Options, &mut Out<'_>) -> Result<ControlFlow<()>, ImportError>,
}

/// Every kind of archive. The first that recognises an archive reads it, so what is most particular stands first.
const READERS: &[Reader] = &[
    Reader { format: ImportFormat::MemoryApp, recognises: own::recognises, read: own::read },
    Reader { format: ImportFormat::Chatgpt, recognises: chatgpt::recognises, read: chatgpt::read },
    Reader { format: ImportFormat::Claude, recognises: claude::recognises, read: claude::read },
    Reader { format: ImportFormat::Librechat, recognises: librechat::recognises, read: librechat::read },
    Reader { format: ImportFormat::OpenWebui, recognises: open_webui::recognises, read: open_webui::read },
    Reader { format: ImportFormat::Khoj, recognises: khoj::recognises, read: khoj::read },
    Reader { format: ImportFormat::Mem0, recognises: mem0::recognises, read: mem0::read },
    Reader { format: ImportFormat::Whatsapp, recognises: whatsapp::recognises, read: whatsapp::read },
    Reader { format: ImportFormat::Csv, recognises: table::recognises, read: table::read },
    Reader { format: ImportFormat::Json, recognises: objects::recognises, read: objects::read },
    // Any text can be Markdown: it stands last.
    Reader { format: ImportFormat::Markdown, recognises: markdown::recognises, read: markdown::read },
];

/// What an archive is.
///
/// # Errors
/// If it is nothing that can be brought in, is not opened because it is made to do harm, or if the source fails.
pub fn detect(source: &mut dyn Source, options: &Options) -> Result<ImportFormat, ImportError> {
    let mut archive = Archive::of(source, &options.timezone)?;
    for reader in READERS {
        let is_it = (reader.recognises)(&mut archive);
        archive.check()?;
        if is_it {
            return Ok(reader.format);
        }
    }
    Err(ImportError::Unknown("nothing in it is known".to_owned()))
}

/// Gives the items of an archive, from a place on that was given with one of them, until there are no more or it is told to stop.
/// The same archive has the same items in the same order.
///
/// # Errors
/// If the archive cannot be read as a whole, or if the source fails. What was given until then is right.
pub fn read(
    source: &mut dyn Source,
    format: ImportFormat,
    options: &Options,
    from: Place,
    give: &mut dyn FnMut(Given) -> ControlFlow<()>,
) -> Result<(), ImportError> {
    let mut archive = Archive::of(source, &options.timezone)?;
    let reader = READERS.iter().find(|reader| reader.format == format);
    let reader =
        reader.ok_or_else(|| ImportError::Unknown(format!("{} is not read here", format.as_str())))?;
    let mut out = Out::new(give, from, archive.watch());
    if (reader.read)(&mut archive, options, &mut out)?.is_continue() {
        out.entry(LAST);
        // Whoever has had enough of these has had enough.
        let _ = archive.left_out(&mut out);
    }
    Ok(())
}

/// The bytes of one file in an archive (of several, see [`Attachments`]), by the name of its entry, or `None` if there is no such entry. They are checked while they are
/// read: bytes that are not what the archive says are an error at the end of them.
///
/// # Errors
/// If the archive or the entry cannot be read, or if the source fails.
pub fn attachment<'a>(
    source: &'a mut dyn Source,
    path: &str,
) -> Result<Option<Box<dyn Read + 'a>>, ImportError> {
    Attachments::of(source)?.open(source, path)
}
