//! Reads archives, and makes ZIPs as nobody should.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use app_domain::ImportFormat;
use app_import::{Given, ImportError, Item, NewMemory, Options, Place};
use zip::write::SimpleFileOptions;

/// What an archive is, by its content.
pub(crate) fn detected(bytes: &[u8]) -> Result<ImportFormat, ImportError> {
    app_import::detect(&mut Cursor::new(bytes), &Options::default())
}

pub(crate) fn given(
    bytes: &[u8],
    format: ImportFormat,
    options: &Options,
    from: Place,
) -> Result<Vec<Given>, ImportError> {
    let mut all = Vec::new();
    let mut give = |given| {
        all.push(given);
        ControlFlow::Continue(())
    };
    app_import::read(&mut Cursor::new(bytes), format, options, from, &mut give)?;
    Ok(all)
}

pub(crate) fn items(bytes: &[u8], format: ImportFormat) -> Vec<Item> {
    with(bytes, format, &Options::default())
}

pub(crate) fn with(bytes: &[u8], format: ImportFormat, options: &Options) -> Vec<Item> {
    given(bytes, format, options, Place::default()).unwrap().into_iter().map(|given| given.item).collect()
}

pub(crate) fn memories(items: &[Item]) -> Vec<&NewMemory> {
    items
        .iter()
        .filter_map(|item| if let Item::Memory(memory) = item { Some(&**memory) } else { None })
        .collect()
}

/// What is said of the archive, and of what cannot be brought in.
pub(crate) fn said(items: &[Item]) -> Vec<String> {
    let said = items.iter().filter_map(|item| match item {
        Item::Warning(warning) => Some(warning.clone()),
        Item::Trouble(trouble) => Some(format!("{} {}: {}", trouble.kind, trouble.key, trouble.reason)),
        _ => None,
    });
    said.collect()
}

/// From every place that was given, exactly the rest comes.
pub(crate) fn assert_goes_on(bytes: &[u8], format: ImportFormat, options: &Options) {
    let all = given(bytes, format, options, Place::default()).unwrap();
    let places = std::iter::once(Place::default()).chain(all.iter().map(|given| given.next));
    for (count, place) in places.enumerate() {
        let rest = given(bytes, format, options, place).unwrap();
        let told =
            |given: &[Given]| given.iter().map(|given| (given.item.clone(), given.next)).collect::<Vec<_>>();
        assert_eq!(told(&rest), told(&all[count..]), "from {place:?}");
    }
    assert!(all.windows(2).all(|pair| pair[0].next < pair[1].next && pair[0].permille <= pair[1].permille));
    assert!(all.iter().all(|given| given.permille <= 1000));
}

pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An entry as it is written, and as the directory has it.
#[derive(Clone)]
pub(crate) struct Forged {
    pub(crate) name: Vec<u8>,
    pub(crate) content: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) crc: u32,
    pub(crate) size: u32,
    pub(crate) packed: u32,
    /// Where the directory says it begins, if that is a lie.
    pub(crate) start: Option<u32>,
    pub(crate) attributes: u32,
}

impl Forged {
    /// An honest one.
    pub(crate) fn stored(name: &str, content: &[u8]) -> Self {
        let size = u32::try_from(content.len()).unwrap();
        Self {
            name: name.as_bytes().to_vec(),
            content: content.to_vec(),
            method: 0,
            flags: 0,
            crc: crc32fast::hash(content),
            size,
            packed: size,
            start: None,
            attributes: 0,
        }
    }

    fn header(&self) -> Vec<u8> {
        let mut header = Vec::new();
        for field in [20, self.flags, self.method, 0, 0] {
            header.extend(field.to_le_bytes());
        }
        for field in [self.crc, self.packed, self.size] {
            header.extend(field.to_le_bytes());
        }
        header.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        header.extend([0, 0]);
        header
    }
}

pub(crate) fn forged(entries: &[Forged]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let start = entry.start.unwrap_or(u32::try_from(file.len()).unwrap());
        file.extend(b"PK\x03\x04");
        file.extend(entry.header());
        file.extend(&entry.name);
        file.extend(&entry.content);
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(entry.header());
        directory.extend([0; 6]);
        directory.extend(entry.attributes.to_le_bytes());
        directory.extend(start.to_le_bytes());
        directory.extend(&entry.name);
    }
    let (start, size) = (u32::try_from(file.len()).unwrap(), u32::try_from(directory.len()).unwrap());
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(count);
    file.extend(count);
    file.extend(size.to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}

pub(crate) fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}
