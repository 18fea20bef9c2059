//! Brings an archive of a gigabyte in and takes it out again, on a stack of its own: `load-archive 200000 5000`, so many messages of so many
//! bytes. Says how long that took beside `jq -c .` and a copy of the same bytes, and the most memory that a worker has had.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod memory;
#[path = "../processes.rs"]
mod processes;
mod written;

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use e2e::{Person, Stack};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::memory::Watch;
use crate::written::{counted, write};

/// How long each way may take.
const PATIENCE: Duration = Duration::from_secs(2 * 3600);
/// The most memory that a worker may take, in MB.
const MOST_MB: u64 = 200;
/// Access tokens last for a quarter of an hour.
const SIGN_IN_EVERY: Duration = Duration::from_secs(600);

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).map(|number| number.parse::<usize>());
    let messages = arguments.next().transpose()?.unwrap_or(200_000);
    let bytes = arguments.next().transpose()?.unwrap_or(5_000);
    let folder = Path::new("target/load-archive");
    std::fs::create_dir_all(folder)?;
    let (source, copy) = (folder.join("in.jsonl"), folder.join("out.zip"));
    write(&source, messages, bytes)?;
    let size = std::fs::metadata(&source)?.len();
    println!("{messages} messages, {:.0} MB", size as f64 / 1e6);

    let jq_s = timed(|| jq(&source))?;
    let copy_s = timed(|| std::fs::copy(&source, folder.join("copy.jsonl")).map(drop).map_err(Into::into))?;
    let stack = Arc::new(Stack::start()?);
    let mut person = Person::registered(&stack).await;
    pause_indexer(&stack).await?;

    let watch = Watch::of(stack.process()?, stack.output("ImportWorkerFunctionName"));
    let begun = Instant::now();
    let import = bring_in(&stack, &mut person, &source).await?;
    let import_s = begun.elapsed().as_secs_f64();
    let import_mb = watch.stop();
    ensure!(import["status"] == "completed", "the import ended so: {import}");

    let watch = Watch::of(stack.process()?, stack.output("ExportWorkerFunctionName"));
    let begun = Instant::now();
    let export = take_out(&stack, &mut person, &copy).await?;
    let export_s = begun.elapsed().as_secs_f64();
    let export_mb = watch.stop();

    let verified = app_archive::verify(&mut BufReader::new(File::open(&copy)?));
    let verified = verified.map_err(|error| anyhow::anyhow!("the export does not verify: {error}"))?;
    println!("verified: {verified:?}");
    let (sent, got) = (counted(BufReader::new(File::open(&source)?))?, written::counted_in_zip(&copy)?);
    ensure!(sent == got, "what came out is not what went in: {sent:?}, {got:?}");
    ensure!(sent.messages == messages as u64, "not all messages are there: {sent:?}");

    println!("\nway     seconds   MB/s   times jq   times copy   peak RSS in MB");
    for (way, seconds, mb) in [
        ("jq -c .", jq_s, 0),
        ("copy", copy_s, 0),
        ("import", import_s, import_mb),
        ("export", export_s, export_mb),
    ] {
        let rate = size as f64 / 1e6 / seconds;
        println!("{way:8}{seconds:7.1} {rate:6.1} {:10.1} {:12.1} {mb:16}", seconds / jq_s, seconds / copy_s);
    }
    println!("exported {} bytes, counts {}", export["sizeBytes"], export["counts"]);
    ensure!(import_mb > 0 && export_mb > 0, "no worker was seen");
    ensure!(import_mb <= MOST_MB && export_mb <= MOST_MB, "a worker has taken more than {MOST_MB} MB");
    Ok(())
}

/// What is to be found is another matter, and on this machine its work would be most of what is measured.
async fn pause_indexer(stack: &Stack) -> anyhow::Result<()> {
    let lambda = aws_sdk_lambda::Client::new(&stack.aws());
    let sources = lambda.list_event_source_mappings().function_name(stack.output("IndexerFunctionName"));
    for source in sources.send().await?.event_source_mappings() {
        let id = source.uuid().context("a name")?;
        lambda.update_event_source_mapping().uuid(id).enabled(false).send().await?;
    }
    Ok(())
}

fn timed(work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed().as_secs_f64())
}

fn jq(source: &Path) -> anyhow::Result<()> {
    let jq = Command::new("jq").args(["-c", "."]).stdin(File::open(source)?).stdout(Stdio::null()).status();
    ensure!(jq.context("jq is what is compared with")?.success(), "jq failed");
    Ok(())
}

async fn bring_in(stack: &Arc<Stack>, person: &mut Person, source: &Path) -> anyhow::Result<Value> {
    let bytes = std::fs::read(source)?;
    let begun = person.post("/imports", &json!({"fileName": "in.jsonl", "sizeBytes": bytes.len()})).await;
    ensure!(begun.status == 201, "{}", begun.body);
    let mut upload = reqwest::Client::new().put(begun.body["upload"]["url"].as_str().context("an address")?);
    for (name, value) in begun.body["upload"]["headers"].as_object().context("headers")? {
        upload = upload.header(name, value.as_str().context("a header")?);
    }
    ensure!(upload.body(bytes).send().await?.status() == 200, "the upload failed");
    let path = format!("/imports/{}", begun.body["import"]["id"].as_str().context("an id")?);
    let started = person.post(&format!("{path}/start"), &json!({})).await;
    ensure!(started.status == 202, "{}", started.body);
    follow(stack, person, &path, "import").await
}

async fn take_out(stack: &Arc<Stack>, person: &mut Person, to: &Path) -> anyhow::Result<Value> {
    let asked = person.post("/exports", &json!({"format": "zip"})).await;
    ensure!(asked.status == 202, "{}", asked.body);
    let path = format!("/exports/{}", asked.body["export"]["id"].as_str().context("an id")?);
    let export = follow(stack, person, &path, "export").await?;
    ensure!(export["status"] == "completed", "the export ended so: {export}");
    let mut file = File::create(to)?;
    let mut download = reqwest::get(export["downloadUrl"].as_str().context("a link")?).await?.bytes_stream();
    while let Some(piece) = download.next().await {
        file.write_all(&piece?)?;
    }
    Ok(export)
}

/// Asks every two seconds until a job has ended.
async fn follow(stack: &Arc<Stack>, person: &mut Person, path: &str, name: &str) -> anyhow::Result<Value> {
    let (begun, mut signed_in, mut told) = (Instant::now(), Instant::now(), Instant::now());
    while begun.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_secs(2)).await;
        if signed_in.elapsed() > SIGN_IN_EVERY {
            let login = json!({"email": person.email, "password": person.password});
            let login = Person::stranger(stack).post("/auth/login", &login).await;
            *person = person.with_token(login.body["accessToken"].as_str().context("a token")?);
            signed_in = Instant::now();
        }
        let reply = person.get(path).await;
        if reply.status != 200 {
            println!("{name}: asking was answered with {}", reply.status);
            continue;
        }
        let job = reply.body[name].clone();
        if !["queued", "running"].iter().any(|status| job["status"] == *status) {
            return Ok(job);
        }
        if told.elapsed() > Duration::from_secs(20) {
            println!("{name} after {:.0} s: {}", begun.elapsed().as_secs_f64(), job["progress"]);
            told = Instant::now();
        }
    }
    anyhow::bail!("the {name} takes too long")
}
