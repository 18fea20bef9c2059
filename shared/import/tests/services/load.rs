//! What a large export costs. Too slow for every day: `cargo test -p app-import --test services -- --ignored --nocapture`.

use std::io::{BufWriter, Write as _};
use std::ops::ControlFlow;
use std::time::Instant;

use app_domain::ImportFormat;
use app_import::{Item, Options, Place};

const CHATS: usize = 2_000;
const MESSAGES: usize = 100;
const WORDS: usize = 500;

/// The most memory that this process has had, in MiB.
fn peak_mib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
}

#[test]
#[ignore = "a gigabyte"]
fn a_gigabyte_of_chats_takes_no_more_memory_than_one_of_them() {
    let path = std::env::temp_dir().join(format!("services-load-{}.json", std::process::id()));
    let mut file = BufWriter::new(std::fs::File::create(&path).unwrap());
    let text = "Oats, rye and barley. ".repeat(WORDS / 2);
    write!(file, "[").unwrap();
    for chat in 0..CHATS {
        let comma = if chat == 0 { "" } else { "," };
        write!(
            file,
            r#"{comma}{{"id": "c{chat}", "create_time": 1.7e9, "current_node": "m{}", "mapping": {{"#,
            MESSAGES - 1
        )
        .unwrap();
        for n in 0..MESSAGES {
            let comma = if n == 0 { "" } else { "," };
            let parent = if n == 0 { "null".to_owned() } else { format!("\"m{}\"", n - 1) };
            write!(file, r#"{comma}"m{n}": {{"parent": {parent}, "message": {{"author": {{"role": "user"}}, "create_time": 1.7e9, "content": {{"content_type": "text", "parts": ["{text}"]}}}}}}"#).unwrap();
        }
        write!(file, "}}}}").unwrap();
    }
    write!(file, "]").unwrap();
    drop(file.into_inner().unwrap());
    let size = std::fs::metadata(&path).unwrap().len();
    let (before, begun, mut messages) = (peak_mib(), Instant::now(), 0);
    let mut source = std::fs::File::open(&path).unwrap();
    app_import::read(
        &mut source,
        ImportFormat::Chatgpt,
        &Options::default(),
        Place::default(),
        &mut |given| {
            messages += usize::from(matches!(given.item, Item::Message(_)));
            ControlFlow::Continue(())
        },
    )
    .unwrap();
    std::fs::remove_file(&path).unwrap();
    // Shown by `--nocapture`.
    let cost =
        format!("{} MiB in {:?}, peak {} MiB (before: {before})", size >> 20, begun.elapsed(), peak_mib());
    writeln!(std::io::stderr(), "{cost}").unwrap();
    assert_eq!(messages, CHATS * MESSAGES);
    assert!(peak_mib() - before < 64);
}
