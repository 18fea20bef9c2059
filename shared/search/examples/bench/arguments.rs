//! What a bench is told: `[SIZES] [--out FOLDER] [--python PYTHON]`.

use std::fs;
use std::path::PathBuf;

/// How much to measure, and where to put it.
pub(crate) struct Arguments {
    /// How many memories, one run for each.
    pub(crate) sizes: Vec<usize>,
    /// Where the figures go as JSON.
    pub(crate) file: Option<PathBuf>,
    /// What runs the peers.
    pub(crate) python: String,
}

impl Arguments {
    /// Those of this process. The file gets the name of the bench.
    pub(crate) fn read(bench: &str) -> Self {
        let mut read = Self { sizes: Vec::new(), file: None, python: "python3".to_owned() };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--out" => {
                    let folder = PathBuf::from(arguments.next().expect("a folder"));
                    fs::create_dir_all(&folder).expect("the folder can be made");
                    read.file = Some(folder.join(format!("{bench}.json")));
                }
                "--python" => read.python = arguments.next().expect("a Python"),
                size => read.sizes.push(size.parse().expect("a number of memories")),
            }
        }
        // Vectors come in clusters, and queries are drawn from memories.
        assert!(read.sizes.iter().all(|&size| size >= 1_000), "a thousand memories or more");
        if read.sizes.is_empty() {
            read.sizes = vec![10_000, 100_000];
        }
        read
    }
}
