//! What is wrong with a registry file, and where.

use std::fmt;

use census_model::Text;

/// How many problems of one file are listed; the rest are counted.
const LISTED: usize = 50;

/// How many problems of one file are looked for. What has more is another file than was meant.
const LOOKED_FOR: usize = 1_000;

/// The longest excerpt of a file that a message quotes, in characters.
const EXCERPT: usize = 80;

/// One thing that is wrong with a registry file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it was named.
    pub file: Text,
    /// The line, counted from 1; `None`: the file as a whole.
    pub line: Option<u64>,
    /// YAML: the character in the line; CSV: the cell in the row. Both counted from 1.
    pub column: Option<u64>,
    /// What is wrong and what to do.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file)?;
        if let Some(line) = self.line {
            write!(f, " line {line}")?;
        }
        if let Some(column) = self.column {
            write!(f, " column {column}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Why a registry file cannot be used. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryError {
    /// The problems, in the order of the file.
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub omitted: usize,
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        if self.omitted > 0 {
            write!(f, "\nand {} more problems", self.omitted)?;
        }
        Ok(())
    }
}

impl std::error::Error for RegistryError {}

/// Collects the problems of one file.
#[derive(Debug)]
pub(crate) struct Problems {
    file: Text,
    found: Vec<Problem>,
}

impl Problems {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.into(), found: Vec::new() }
    }

    pub(crate) fn name(&self) -> &Text {
        &self.file
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether there is no point in reading on.
    pub(crate) fn are_too_many(&self) -> bool {
        self.found.len() >= LOOKED_FOR
    }

    /// A problem of the file as a whole.
    pub(crate) fn file(&mut self, what: impl Into<String>) {
        self.push(None, None, what.into());
    }

    /// A problem of a line.
    pub(crate) fn line(&mut self, line: u64, what: impl Into<String>) {
        self.push(Some(line), None, what.into());
    }

    /// A problem at a place.
    pub(crate) fn at(&mut self, place: Place, what: impl Into<String>) {
        self.push(Some(place.line), Some(place.column), what.into());
    }

    fn push(&mut self, line: Option<u64>, column: Option<u64>, what: String) {
        self.found.push(Problem { file: self.file.clone(), line, column, what });
    }

    pub(crate) fn into_error(mut self) -> RegistryError {
        self.found.sort_by_key(|problem| (problem.line, problem.column));
        let omitted = self.found.len().saturating_sub(LISTED);
        self.found.truncate(LISTED);
        RegistryError { problems: self.found, omitted }
    }
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

/// An excerpt of a file for a message: in backticks, cut, and with control characters made visible.
pub(crate) fn shown(text: &str) -> String {
    format!("`{}`", excerpt(text, EXCERPT))
}

/// At most so many characters of a text, with control characters made visible.
pub(crate) fn excerpt(text: &str, limit: usize) -> String {
    let mut excerpt: String = text.chars().take(limit).flat_map(visible).collect();
    if text.chars().nth(limit).is_some() {
        excerpt.push('…');
    }
    excerpt
}

/// What is said of a text with a control character.
pub(crate) fn control_character(text: &str, c: char) -> String {
    format!("{} holds the control character {}, remove it", shown(text), c.escape_unicode())
}

fn visible(c: char) -> impl Iterator<Item = char> {
    let plain = c.is_alphanumeric() || c.is_ascii_graphic() || c == ' ';
    let escaped = (!plain).then(|| c.escape_unicode());
    escaped.into_iter().flatten().chain(plain.then_some(c))
}
