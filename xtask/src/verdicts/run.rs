//! Does the work and says what it used.

use std::{collections::BTreeMap, hint::black_box};

use anyhow::{Context, Result, bail};
use census_model::Index;
use census_privilege::aws::{
    access::{Access, Question},
    policy::{Policy, PolicyType},
    simulate::{Answer, Reply, Simulator, Verdict},
};
use serde::{Deserialize, Serialize};

use super::{Requests, World, estate};
use crate::commands::measure::Used;

/// How many requests are drawn at a time. Drawing is not measured, and what is drawn does not pile up.
const BATCH: u64 = 1000;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Work {
    /// Verdicts over an estate.
    Estate,
    /// Lines answered by one simulator, which keeps the policies that it compiled.
    Lines,
    /// Lines each answered by a new simulator.
    LinesAnew,
    /// Policy texts parsed and compiled.
    Parse,
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// Verdicts, or texts.
    pub(crate) count: u64,
    /// The bytes of lines or texts.
    pub(crate) bytes: u64,
    pub(crate) cpu_seconds: f64,
    /// Of the whole process.
    pub(crate) peak_mebibytes: f64,
    /// How often each was decided.
    pub(crate) decisions: BTreeMap<String, u64>,
}

impl Figures {
    /// Adds what some work uses.
    fn measure<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Result<T> {
        let before = Used::so_far()?;
        let result = black_box(work(self));
        let after = Used::so_far()?;
        self.cpu_seconds += after.cpu_seconds - before.cpu_seconds;
        self.peak_mebibytes = after.peak_mebibytes;
        Ok(result)
    }

    fn decided(&mut self, decision: &str) {
        self.count += 1;
        if let Some(times) = self.decisions.get_mut(decision) {
            *times += 1;
        } else {
            self.decisions.insert(decision.to_owned(), 1);
        }
    }

    /// How much of 100 was decided so.
    pub(crate) fn percent(&self, decision: &str) -> f64 {
        let times = self.decisions.get(decision).copied().unwrap_or_default();
        100.0 * times as f64 / self.count.max(1) as f64
    }
}

/// Does so much of the work.
pub(crate) fn run(work: Work, world: &World, count: u64) -> Result<Figures> {
    match work {
        Work::Estate => of_estate(world, count),
        Work::Lines => {
            let mut simulator = Simulator::default();
            of_lines(world, count, |line| simulator.answer(line))
        }
        Work::LinesAnew => of_lines(world, count, |line| Simulator::default().answer(line)),
        Work::Parse => of_texts(world, count),
    }
}

fn of_estate(world: &World, count: u64) -> Result<Figures> {
    let mut figures = Figures::default();
    let estate = estate::estate(world);
    let index = Index::new(&estate);
    let access = figures.measure(|_| Access::new(&index))?;
    let mut requests = Requests::new(world);
    while figures.count < count {
        let batch = (figures.count..count).take(BATCH as usize).map(|number| {
            let request = requests.draw().context("nothing to ask for")?;
            let identity = index.identity(&estate::id(request.principal)).context("a stranger asks")?;
            Ok((identity, request.question(world.kind, number)?))
        });
        let batch: Vec<(_, Question)> = batch.collect::<Result<_>>()?;
        figures.measure(|figures| {
            for (identity, question) in &batch {
                figures.decided(black_box(access.verdict(identity, question)).decision.as_str());
            }
        })?;
    }
    Ok(figures)
}

fn of_lines(world: &World, count: u64, mut answer: impl FnMut(&str) -> Answer) -> Result<Figures> {
    let mut figures = Figures::default();
    let mut requests = Requests::new(world);
    while figures.count < count {
        let size = BATCH.min(count - figures.count);
        let batch: Vec<String> = (0..size).map(|_| requests.line()).collect::<Result<_>>()?;
        figures.bytes += batch.iter().map(|line| line.len() as u64).sum::<u64>();
        figures.measure(|figures| {
            for line in &batch {
                match black_box(answer(line)).reply {
                    Reply::Decided { decision: Verdict::Allowed, .. } => figures.decided("allowed"),
                    Reply::Decided { decision: Verdict::Denied, .. } => figures.decided("denied"),
                    Reply::Decided { decision: Verdict::Conditional, .. } => figures.decided("conditional"),
                    Reply::Error { .. } => figures.decided("error"),
                }
            }
        })?;
    }
    if figures.decisions.contains_key("error") {
        bail!("the simulator refuses lines that are made up for it");
    }
    Ok(figures)
}

fn of_texts(world: &World, count: u64) -> Result<Figures> {
    let mut figures = Figures::default();
    let texts: Vec<&str> = world.texts().collect();
    while figures.count < count {
        figures.measure(|figures| {
            for text in &texts {
                figures.count += 1;
                figures.bytes += text.len() as u64;
                black_box(Policy::parse(text, PolicyType::Identity))?;
            }
            Ok::<_, anyhow::Error>(())
        })??;
    }
    Ok(figures)
}
