//! The same requests decided by `@cloud-copilot/iam-simulate`, a black box: it is no dependency of the project, its code
//! was not read, and only what its README and its types document is called.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use census_privilege::aws::simulate::{Reply, Simulator, Verdict};
use serde::Deserialize;

use super::{
    folder, named,
    verdicts::{Worker, output},
};
use crate::verdicts::{Kind, Requests, Work, World};

/// What asks it, for Node.js.
const DRIVER: &str = include_str!("peer.cjs");

/// How many decisions that differ are listed.
const LISTED: usize = 10;

/// What the driver prints.
#[derive(Deserialize)]
struct Peer {
    cpu_seconds: f64,
    peak_mebibytes: f64,
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Decision(String),
    Refused(String),
}

/// What came of comparing.
#[derive(Default)]
struct Comparison {
    agreeing: u64,
    differing: Vec<String>,
    refused: Vec<String>,
}

/// Lets both decide and prints how they compare.
pub(super) fn run(worker: &Worker, peer: &Path, count: u64) -> Result<()> {
    if !peer.join("node_modules/@cloud-copilot/iam-simulate").is_dir() {
        bail!(
            "there is no `@cloud-copilot/iam-simulate` in {}\nhelp: run `npm install @cloud-copilot/iam-simulate` there",
            named(peer)
        );
    }
    let peer = peer.canonicalize().with_context(|| format!("cannot find {}", named(peer)))?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "the same lines, census / @cloud-copilot/iam-simulate\n{:>12}  {:>9}  {:>12}  {:>8}  {:>10}  {:>10}  {:>7}  {:>7}  {:>7}",
        "kind", "lines", "peer / CPU s", "peak MiB", "ratio", "anew ratio", "agree", "differ", "refused"
    )?;
    let mut all = Comparison::default();
    for kind in Kind::ALL {
        let lines = lines(kind, count)?;
        let answers: Peer = decide(&peer, kind, &lines)?;
        let ratio = |work| -> Result<f64> {
            Ok(answers.cpu_seconds / worker.figures(work, kind, count)?.cpu_seconds.max(1e-6))
        };
        let (kept, anew) = (ratio(Work::Lines)?, ratio(Work::LinesAnew)?);
        let compared = compare(kind, &lines, &answers.answers)?;
        let (name, each) = (kind.as_str(), count as f64 / answers.cpu_seconds.max(1e-6));
        let (peak, agree) = (answers.peak_mebibytes, compared.agreeing);
        let (differ, refused) = (compared.differing.len(), compared.refused.len());
        write!(out, "{name:>12}  {count:>9}  {each:>12.0}  {peak:>8.0}  {kept:>9.1}x  {anew:>9.1}x")?;
        writeln!(out, "  {agree:>7}  {differ:>7}  {refused:>7}")?;
        all.differing.extend(compared.differing);
        all.refused.extend(compared.refused);
    }
    list("decisions that differ", &all.differing)?;
    list("requests that the peer refuses", &all.refused)
}

fn compare(kind: Kind, lines: &[String], answers: &[Answer]) -> Result<Comparison> {
    let mut simulator = Simulator::default();
    let mut compared = Comparison::default();
    for (line, answer) in lines.iter().zip(answers) {
        let own = simulator.answer(line).reply;
        match answer {
            Answer::Refused(why) => compared.refused.push(format!("{}: {why}", kind.as_str())),
            Answer::Decision(theirs) if is_allowed(&own) == (theirs == "Allowed") => compared.agreeing += 1,
            Answer::Decision(theirs) => {
                let own = serde_json::to_string(&own)?;
                compared
                    .differing
                    .push(format!("{}: peer {theirs}, census {own}\n    {line}", kind.as_str()));
            }
        }
    }
    Ok(compared)
}

fn is_allowed(reply: &Reply) -> bool {
    matches!(reply, Reply::Decided { decision: Verdict::Allowed, .. })
}

fn lines(kind: Kind, count: u64) -> Result<Vec<String>> {
    let world = World::new(kind);
    let mut requests = Requests::new(&world);
    (0..count).map(|_| requests.line()).collect()
}

fn decide(peer: &Path, kind: Kind, lines: &[String]) -> Result<Peer> {
    let folder = folder();
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", named(&folder)))?;
    let write = |name: String, text: &str| -> Result<PathBuf> {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", named(&path)))?;
        Ok(path)
    };
    let driver = write("peer.cjs".to_owned(), DRIVER)?;
    let requests = write(format!("requests-{}.jsonl", kind.as_str()), &(lines.join("\n") + "\n"))?;
    let answers: Peer = output(Path::new("node"), [&driver, peer, &requests])?;
    if answers.answers.len() == lines.len() {
        Ok(answers)
    } else {
        bail!("the peer answered {} of {} requests", answers.answers.len(), lines.len())
    }
}

fn list(title: &str, found: &[String]) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{title}: {}", found.len())?;
    found.iter().take(LISTED).try_for_each(|one| writeln!(out, "  {one}"))?;
    Ok(())
}
