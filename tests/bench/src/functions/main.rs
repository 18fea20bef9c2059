//! Measures every function as Lambda starts and asks it, beside the least that there can be and beside what others would have written:
//! `bench-functions --bin-dir target/release --peers .local/bench-peers --out target/bench`.
//!
//! This program plays Lambda's Runtime API and AWS, and starts the bootstraps with the variables that `template.yaml` gives them. What counts are ratios of
//! one run.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::expect_used, reason = "a measurement that cannot go on should stop right there")]

mod arguments;
mod chain;
mod cloud;
mod events;
mod lambda;
mod machine;
mod measures;
mod memory;
mod mixed;
mod people;
mod process;
#[path = "../../../../shared/search/examples/bench/report.rs"]
mod report;
mod services;
mod setting;
mod sizes;
mod starts;
mod template;
mod threads;
mod verdicts;
mod warm;

use arguments::Arguments;
use chain::Chain;
use cloud::Cloud;
use lambda::Host;
use measures::Measures;
use report::Report;
use setting::Setting;
use verdicts::Verdicts;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::read()?;
    let chain = Chain::new()?;
    let cloud = Cloud::start(&chain)?;
    let folder = arguments.out.join("functions");
    std::fs::create_dir_all(&folder)?;
    let setting = Setting::new(&arguments, &cloud, &chain, &folder)?;
    let mut measures = Measures {
        host: Host::new(folder.join("logs"))?,
        report: Report::new(Some(arguments.out.join("functions.json"))),
        verdicts: Verdicts::default(),
        arguments: &arguments,
        cloud: &cloud,
        setting: &setting,
        folder: &folder,
    };
    machine::describe(&mut measures.report, &arguments.peers);
    measures.starts()?;
    measures.first_answers()?;
    measures.memory()?;
    measures.warm_requests()?;
    measures.end();
    Ok(())
}
