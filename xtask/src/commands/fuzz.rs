//! `cargo xtask fuzz`: the fuzz targets under libFuzzer, with the stable compiler.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};
use census_fuzz::{Target, mutate, seeds};
use census_model::Digest;

use super::{cargo, repository, say};

/// What makes the compiler count which code runs. These are LLVM's own options: the stable compiler hands them through.
const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// The longest input, in bytes, and the seconds after which one counts as endless.
const LONGEST: u32 = 4096;
const ENDLESS: u32 = 10;
/// Inputs that are tried to make a found one smaller.
const SMALLER: u32 = 20_000;

/// Try the policy engine with inputs that follow the code they reach; what breaks it goes to fuzz/regressions.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// For how long, over all targets
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Only this target
    #[arg(long, value_parser = target)]
    target: Option<Target>,
    /// Where chance begins; the same begins the same
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

fn target(name: &str) -> Result<Target, String> {
    let known = Target::ALL.map(Target::as_str).join("`, `");
    Target::named(name).ok_or_else(|| format!("no such target; there are `{known}`"))
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let program = build()?;
    let folder = repository().join("target/fuzz");
    let dictionary = folder.join("dictionary");
    fs::write(&dictionary, words()).with_context(|| format!("cannot write `{}`", dictionary.display()))?;
    let inputs = seeds::all().context("cannot read the cases of the policy engine")?;
    let targets = args.target.map_or_else(|| Target::ALL.to_vec(), |target| vec![target]);
    let each = (args.seconds / u32::try_from(targets.len())?).max(1);
    let mut broken = 0;
    for target in targets {
        let corpus = folder.join("corpus").join(target.as_str());
        fs::create_dir_all(&corpus)?;
        for text in inputs.get(&target).into_iter().flatten() {
            fs::write(corpus.join(Digest::new("fuzz").part(text).hex(8)), text)?;
        }
        let fuzzer = Fuzzer { program: &program, target, corpus, folder: &folder };
        if let Some(input) = fuzzer.run(args.seed, each, &dictionary)? {
            say(&format!("{}: broken by `{}`", target.as_str(), fuzzer.keep(&input)?.display()));
            broken += 1;
        }
    }
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The dictionary in libFuzzer's format.
fn words() -> String {
    mutate::dictionary().iter().map(|word| format!("\"{word}\"\n")).collect()
}

fn build() -> Result<PathBuf> {
    let version = Command::new("rustc").arg("-vV").output().context("cannot run rustc")?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let folder = repository().join("target/fuzz");
    // With a target named, build scripts and macros are built without the counters.
    let status = Command::new(cargo())
        .args(["build", "--quiet", "--locked", "--package", "census-fuzz", "--features", "libfuzzer"])
        .args(["--bin", "fuzz", "--profile", "fuzz", "--target", host])
        .arg("--target-dir")
        .arg(&folder)
        .current_dir(repository())
        .env("RUSTFLAGS", COVERAGE.join(" "))
        .status()
        .context("cannot run cargo")?;
    if !status.success() {
        bail!("the fuzzer does not build\nhelp: it needs a C++ compiler, for libFuzzer");
    }
    Ok(folder.join(host).join("fuzz/fuzz"))
}

struct Fuzzer<'a> {
    program: &'a Path,
    target: Target,
    corpus: PathBuf,
    folder: &'a Path,
}

impl Fuzzer<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command.env("CENSUS_FUZZ_TARGET", self.target.as_str()).env("RUST_BACKTRACE", "0");
        command
    }

    /// Fuzzes; gives the input that broke something.
    fn run(&self, seed: u32, seconds: u32, dictionary: &Path) -> Result<Option<PathBuf>> {
        let found = self.folder.join("found").join(self.target.as_str());
        _ = fs::remove_dir_all(&found);
        fs::create_dir_all(&found)?;
        let output = self
            .command()
            .arg(&self.corpus)
            .arg(format!("-dict={}", dictionary.display()))
            .arg(format!("-artifact_prefix={}/", found.display()))
            .args([format!("-seed={seed}"), format!("-max_total_time={seconds}")])
            .args([format!("-max_len={LONGEST}"), format!("-timeout={ENDLESS}")])
            .args(["-print_final_stats=1", "-reload=0", "-use_value_profile=1", "-verbosity=1"])
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot run `{}`", self.program.display()))?;
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        let path = self.folder.join(format!("{}.log", self.target.as_str()));
        fs::write(&path, &log)?;
        say(&self.report(&log));
        // libFuzzer also keeps what was merely slow; that is told from its name.
        let broke = |path: &PathBuf| !path.to_string_lossy().contains("slow-unit-");
        let input = fs::read_dir(&found)?.filter_map(|entry| Some(entry.ok()?.path())).find(broke);
        if input.is_none() && !output.status.success() {
            bail!(
                "the fuzzer of `{}` ended with {}; see `{}`",
                self.target.as_str(),
                output.status,
                path.display()
            );
        }
        if input.is_some() {
            let panicked = log.lines().skip_while(|line| !line.contains("panicked at")).take(4);
            panicked.for_each(say);
        }
        Ok(input)
    }

    /// One line of what libFuzzer counted.
    fn report(&self, log: &str) -> String {
        let number = |name: &str| {
            let line = log.lines().rev().find_map(|line| line.strip_prefix(&format!("stat::{name}:")));
            line.map_or("?", str::trim).to_owned()
        };
        let after = |name: &str| {
            let line = log.lines().rev().find(|line| line.starts_with('#') && line.contains(name));
            let words = line.and_then(|line| line.split_once(name)).map(|(_, rest)| rest.split_whitespace());
            words.and_then(|mut words| words.next()).unwrap_or("?").to_owned()
        };
        format!(
            "{}: {} inputs, {} a second; {} places and {} behaviours reached; slowest input {} s",
            self.target.as_str(),
            number("number_of_executed_units"),
            number("average_exec_per_sec"),
            after("cov:"),
            after("ft:"),
            number("slowest_unit_time_sec"),
        )
    }

    /// Keeps an input, made as small as it will get, where a test replays it.
    fn keep(&self, input: &Path) -> Result<PathBuf> {
        let smaller = self.folder.join("smaller");
        fs::copy(input, &smaller)?;
        let log = self
            .command()
            .arg("-minimize_crash=1")
            .args([format!("-runs={SMALLER}"), "-max_total_time=20".to_owned()])
            .arg(format!("-exact_artifact_path={}", smaller.display()))
            .arg(input)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        log.context("cannot make the input smaller")?;
        let text = fs::read(&smaller)?;
        let folder = seeds::folder().join("regressions").join(self.target.as_str());
        fs::create_dir_all(&folder)?;
        let kept = folder.join(Digest::new("fuzz").part(&String::from_utf8_lossy(&text)).hex(8));
        fs::File::create(&kept)?.write_all(&text)?;
        Ok(kept)
    }
}
