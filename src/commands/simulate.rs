//! `census simulate`: answers requests by the policies written beside them. The format is `docs/simulate.md`.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
};

use census_privilege::aws::simulate::{Answer, Reply, Simulator};
use census_reports::json_line;
use serde_json::Value;

use crate::{
    cli::{Globals, PolicyLanguage, SimulateArgs},
    commands::voice,
    exit::Outcome,
    lines::{Line, Lines},
    output,
    pipeline::Voice,
    problem::{Problem, note},
};

/// The longest line that is answered, in bytes.
const MAX_LINE_BYTES: usize = 16 << 20;

/// How many members that mean nothing are named; a file may make up a new one on every line.
const MAX_NAMED: usize = 20;

pub(crate) fn run(args: &SimulateArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let PolicyLanguage::Aws = args.language;
    let cannot_read = |error: io::Error| {
        Problem::failed(format!("cannot read `{}`: {error}", args.requests.display())).help(
            "name a file with a request a line, or `-` for stdin; docs/simulate.md says what a request is",
        )
    };
    let input = open(&args.requests).map_err(cannot_read)?;
    let mut desk = Desk::new(voice(globals));
    match desk.answer_all(input, io::stdout().lock()) {
        Err(Stop::Reading(error)) => return Err(cannot_read(error)),
        Err(Stop::Writing(error)) => output::delivered(Err(error))?,
        Ok(()) => {}
    }
    Ok(desk.outcome)
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    Ok(if path.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(File::open(path)?) })
}

/// Why not all lines were answered.
#[derive(Debug)]
enum Stop {
    Reading(io::Error),
    Writing(io::Error),
}

/// Where lines are answered.
struct Desk {
    simulator: Simulator,
    voice: Voice,
    /// The lines so far.
    lines: u64,
    /// The unknown members that a warning named, and at most one more.
    named: BTreeSet<String>,
    outcome: Outcome,
}

impl Desk {
    fn new(voice: Voice) -> Self {
        Self {
            simulator: Simulator::default(),
            voice,
            lines: 0,
            named: BTreeSet::new(),
            outcome: Outcome::Done,
        }
    }

    /// Answers every line, in order. Holds one line at a time, whatever the size of the input.
    fn answer_all(&mut self, input: impl Read, out: impl Write) -> Result<(), Stop> {
        let mut lines = Lines::new(BufReader::with_capacity(1 << 16, input), MAX_LINE_BYTES);
        let mut out = BufWriter::new(out);
        loop {
            // Whoever waits for an answer before asking on gets it: nothing is held back while a read may wait.
            if !lines.input().buffer().contains(&b'\n') {
                out.flush().map_err(Stop::Writing)?;
            }
            let Some(line) = lines.next().map_err(Stop::Reading)? else { return Ok(()) };
            if let Some(answer) = self.answer(&line) {
                let line = json_line(&answer).map_err(|error| Stop::Writing(io::Error::other(error)))?;
                writeln!(out, "{line}").map_err(Stop::Writing)?;
            }
        }
    }

    /// The answer to a line; none to an empty one.
    fn answer(&mut self, line: &Line<'_>) -> Option<Answer> {
        self.lines += 1;
        let mut answer = match *line {
            Line::TooLong => {
                error(format!("longer than {} MiB, the most that a line may have", MAX_LINE_BYTES >> 20))
            }
            Line::Bytes(bytes) if bytes.trim_ascii().is_empty() => return None,
            Line::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Err(problem) => error(format!("not UTF-8 from byte {} on", problem.valid_up_to() + 1)),
                Ok(text) => self.simulator.answer(text),
            },
        };
        if let Reply::Error { error } = &mut answer.reply {
            self.outcome = Outcome::Failed;
            error.insert_str(0, &format!("line {}: ", self.lines));
        }
        for name in self.simulator.take_notes() {
            self.warn(name);
        }
        Some(answer)
    }

    /// Names a member that means nothing, once: it may be a misspelt one, without which the answer is another.
    fn warn(&mut self, name: String) {
        if self.named.len() > MAX_NAMED || self.named.contains(&name) {
            return;
        }
        if self.voice == Voice::Normal {
            let line = self.lines;
            let text = if self.named.len() == MAX_NAMED {
                format!("line {line} and maybe others have still other members that no request has")
            } else {
                format!("`{name}` in line {line} is no member of a request, and changes no answer")
            };
            note("warning", &text);
        }
        self.named.insert(name);
    }
}

fn error(error: String) -> Answer {
    Answer { id: Value::Null, reply: Reply::Error { error } }
}
