//! Whose keys count: OpenSSH's `allowed_signers` format (ssh-keygen(1), ALLOWED SIGNERS).

use census_model::Text;
use jiff::Timestamp;
use ssh_key::{PublicKey, public::KeyData};

use super::{NAMESPACE, signature::unsupported};
use crate::registry::{Problems, RegistryError, decode, shown};

/// Keys, for whom and since when they count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedSigners {
    name: Text,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    principals: PatternList,
    /// Nothing: whatever a signature is for.
    namespaces: Option<PatternList>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    key: KeyData,
}

/// Who is asked for.
pub(super) struct Wanted<'a> {
    pub(super) principal: &'a str,
    pub(super) key: &'a KeyData,
    pub(super) at: Timestamp,
}

/// Why a key does not count, the nearest miss last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Refusal {
    UnknownKey,
    OtherPrincipal,
    OtherNamespace,
    OtherTime,
}

impl AllowedSigners {
    /// Reads the file.
    ///
    /// # Errors
    /// When a line is not right, or asks for what is not supported here: certificate authorities, and times without `Z`,
    /// which mean another instant on every machine. Each problem with its line.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, RegistryError> {
        let mut problems = Problems::new(name);
        let mut entries = Vec::new();
        let text = decode(bytes, &mut problems).unwrap_or_default();
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match Entry::parse(line) {
                Ok(entry) => entries.push(entry),
                Err(why) => problems.line(number, why),
            }
            if problems.are_too_many() {
                break;
            }
        }
        if problems.is_empty() { Ok(Self { name: name.into(), entries }) } else { Err(problems.into_error()) }
    }

    /// The file.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether a key counts for somebody at a time.
    pub(super) fn allows(&self, wanted: &Wanted<'_>) -> Result<(), Refusal> {
        let mut nearest = Refusal::UnknownKey;
        for entry in &self.entries {
            match entry.allows(wanted) {
                Ok(()) => return Ok(()),
                Err(refusal) => nearest = nearest.max(refusal),
            }
        }
        Err(nearest)
    }
}

impl Entry {
    fn parse(line: &str) -> Result<Self, String> {
        let (principals, rest) = word(line)?;
        let principals = PatternList::parse(&principals)?;
        let mut entry = Options::default();
        let mut rest = rest;
        // A type of keys holds no `=` and is no option.
        let (first, after) = word(rest)?;
        if is_options(&first) {
            entry = Options::parse(rest.get(..rest.len() - after.len()).unwrap_or_default().trim())?;
            rest = after;
        }
        let key = PublicKey::from_openssh(rest.trim())
            .map_err(|error| format!("there is no public key behind who it is for: {error}"))?;
        match key.algorithm() {
            ssh_key::Algorithm::Ed25519
            | ssh_key::Algorithm::SkEd25519
            | ssh_key::Algorithm::SkEcdsaSha2NistP256
            | ssh_key::Algorithm::Ecdsa { curve: ssh_key::EcdsaCurve::NistP256 } => {}
            other => return Err(unsupported(&other)),
        }
        let Options { namespaces, after, before } = entry;
        Ok(Self { principals, namespaces, after, before, key: key.key_data().clone() })
    }

    fn allows(&self, wanted: &Wanted<'_>) -> Result<(), Refusal> {
        if self.key != *wanted.key {
            return Err(Refusal::UnknownKey);
        }
        if !self.principals.matches(wanted.principal) {
            return Err(Refusal::OtherPrincipal);
        }
        if self.namespaces.as_ref().is_some_and(|namespaces| !namespaces.matches(NAMESPACE)) {
            return Err(Refusal::OtherNamespace);
        }
        let (early, late) = (
            self.after.is_some_and(|after| wanted.at < after),
            self.before.is_some_and(|before| wanted.at > before),
        );
        if early || late { Err(Refusal::OtherTime) } else { Ok(()) }
    }
}

/// The options of an entry.
#[derive(Default)]
struct Options {
    namespaces: Option<PatternList>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
}

/// Whether a word is options: OpenSSH takes for them whatever is no type of keys.
fn is_options(word: &str) -> bool {
    let name = word.split(['=', ',']).next().unwrap_or_default().to_ascii_lowercase();
    word.contains('=') || name == "cert-authority"
}

impl Options {
    fn parse(text: &str) -> Result<Self, String> {
        let mut options = Self::default();
        for option in split(text, ',')? {
            let (name, value) = option.split_once('=').unwrap_or((&option, ""));
            let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
            match name.to_ascii_lowercase().as_str() {
                "cert-authority" => {
                    return Err(
                        "certificate authorities are not supported, list each key by itself".to_owned()
                    );
                }
                "namespaces" => set(&mut options.namespaces, name, PatternList::parse(value)?)?,
                "valid-after" => set(&mut options.after, name, instant(value)?)?,
                "valid-before" => set(&mut options.before, name, instant(value)?)?,
                _ => return Err(format!("unknown option {}", shown(name))),
            }
        }
        Ok(options)
    }
}

fn set<T>(field: &mut Option<T>, name: &str, value: T) -> Result<(), String> {
    if field.replace(value).is_some() { Err(format!("option `{name}` appears twice")) } else { Ok(()) }
}

/// `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, with `Z`.
fn instant(text: &str) -> Result<Timestamp, String> {
    let wrong = || format!("{} is not a time, write it like `20260601Z` or `202606011200Z`", shown(text));
    let Some(digits) = text.strip_suffix('Z') else {
        return Err(format!(
            "{} means another instant on every machine, write it in UTC and with a `Z`: `20260601Z`",
            shown(text)
        ));
    };
    let padded = match digits.len() {
        8 => format!("{digits}000000"),
        12 => format!("{digits}00"),
        14 => digits.to_owned(),
        _ => return Err(wrong()),
    };
    if !padded.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let part = |from: usize, to: usize| padded.get(from..to).unwrap_or_default();
    let (day, time) = (
        format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8)),
        format!("{}:{}:{}", part(8, 10), part(10, 12), part(12, 14)),
    );
    format!("{day}T{time}Z").parse().map_err(|_| wrong())
}

/// The next word, without the quotes that may stand around it, and what follows.
fn word(text: &str) -> Result<(String, &str), String> {
    let text = text.trim_start();
    let mut quoted = false;
    let end = text.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        !quoted && matches!(c, ' ' | '\t')
    });
    if quoted && end.is_none() {
        return Err("a quote is not closed".to_owned());
    }
    let (word, rest) = text.split_at(end.map_or(text.len(), |(at, _)| at));
    if word.is_empty() {
        return Err("it ends early, expected who it is for, options, and a public key".to_owned());
    }
    let bare = word.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(word);
    Ok((bare.to_owned(), rest))
}

/// The parts between separators that stand outside quotes.
fn split(text: &str, separator: char) -> Result<Vec<String>, String> {
    let mut quoted = false;
    let mut parts = vec![String::new()];
    for c in text.chars() {
        quoted ^= c == '"';
        match parts.last_mut() {
            Some(last) if quoted || c != separator => last.push(c),
            _ => parts.push(String::new()),
        }
    }
    if quoted { Err("a quote is not closed".to_owned()) } else { Ok(parts) }
}

/// Patterns with commas between them (ssh_config(5), PATTERNS): `*` and `?`, and `!` before what is not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PatternList(Vec<String>);

impl PatternList {
    fn parse(text: &str) -> Result<Self, String> {
        let patterns: Vec<String> = text.split(',').map(str::to_owned).collect();
        let nothing = |pattern: &String| pattern.trim_start_matches('!').is_empty();
        if patterns.iter().any(nothing) {
            return Err(format!("{} holds an empty pattern", shown(text)));
        }
        Ok(Self(patterns))
    }

    /// One that is not meant decides, whatever else matches.
    fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut found = false;
        for pattern in &self.0 {
            match pattern.strip_prefix('!') {
                Some(not) if glob(not, &text) => return false,
                Some(_) => {}
                None => found |= glob(pattern, &text),
            }
        }
        found
    }
}

/// `*` stands for any characters, `?` for one. Takes time in the product of both lengths at most.
fn glob(pattern: &str, text: &[char]) -> bool {
    // Whether the pattern so far matches so many characters.
    let mut matched: Vec<bool> = std::iter::once(true).chain(text.iter().map(|_| false)).collect();
    for p in pattern.chars() {
        let mut next = Vec::with_capacity(matched.len());
        for (index, here) in matched.iter().enumerate() {
            let before = index.checked_sub(1);
            let earlier = before.and_then(|before| matched.get(before)).copied().unwrap_or(false);
            let same = || before.and_then(|before| text.get(before)).is_some_and(|c| p == '?' || p == *c);
            next.push(match p {
                '*' => *here || next.last().copied().unwrap_or(false),
                _ => earlier && same(),
            });
        }
        matched = next;
    }
    matched.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti a comment";

    fn parse(text: &str) -> Result<AllowedSigners, String> {
        AllowedSigners::parse("allowed_signers", text.as_bytes()).map_err(|error| error.to_string())
    }

    fn allows(options: &str, principal: &str, at: &str) -> Result<(), Refusal> {
        let signers = parse(&format!("{options} {KEY}\n")).unwrap();
        let key = PublicKey::from_openssh(KEY).unwrap();
        signers.allows(&Wanted { principal, key: key.key_data(), at: at.parse().unwrap() })
    }

    #[test]
    fn patterns_are_those_of_openssh() {
        for (pattern, text, matches) in [
            ("ada@example.com", "ada@example.com", true),
            ("ada@example.com", "Ada@example.com", false),
            ("ada@example.com", "ada@example.com.evil.example", false),
            ("*@example.com", "ada@example.com", true),
            ("a?a@*", "ada@x", true),
            ("a?a@*", "adda@x", false),
            ("*", "", true),
            ("**a*", "bab", true),
            ("ada,bob", "bob", true),
            ("*@example.com,!ada@example.com", "ada@example.com", false),
            ("!ada@example.com,*@example.com", "bob@example.com", true),
            ("!ada@example.com", "bob@example.com", false),
        ] {
            assert_eq!(PatternList::parse(pattern).unwrap().matches(text), matches, "{pattern} {text}");
        }
        assert!(PatternList::parse("ada,,bob").is_err());
    }

    #[test]
    fn options_count() {
        let noon = "2026-06-01T12:00:00Z";
        for (options, principal, expected) in [
            ("ada", "ada", Ok(())),
            ("\"ada,bob\"", "bob", Ok(())),
            ("ada", "bob", Err(Refusal::OtherPrincipal)),
            ("ada namespaces=\"git,census-*\"", "ada", Ok(())),
            ("ada namespaces=\"git\"", "ada", Err(Refusal::OtherNamespace)),
            ("ada valid-after=\"20260601Z\",valid-before=\"202606011201Z\"", "ada", Ok(())),
            ("ada valid-after=20260601120001Z", "ada", Err(Refusal::OtherTime)),
            ("ada valid-before=202606011200Z", "ada", Ok(())),
            ("ada valid-before=20260601115959Z", "ada", Err(Refusal::OtherTime)),
        ] {
            assert_eq!(allows(options, principal, noon), expected, "{options}");
        }
    }

    #[test]
    fn what_is_not_supported_is_refused_and_says_why() {
        for (line, reason) in [
            (format!("ada cert-authority {KEY}"), "certificate authorities"),
            (format!("ada cert-authority,namespaces=\"git\" {KEY}"), "certificate authorities"),
            (format!("ada valid-after=\"20260601\" {KEY}"), "another instant"),
            (format!("ada valid-after=\"20261301Z\" {KEY}"), "is not a time"),
            (format!("ada valid-after=\"soonZ\" {KEY}"), "is not a time"),
            (format!("ada verify-required=yes {KEY}"), "unknown option"),
            (format!("ada namespaces=a,namespaces=b {KEY}"), "twice"),
            ("ada".to_owned(), "ends early"),
            ("ada ssh-ed25519 notbase64!".to_owned(), "no public key"),
            ("\"ada".to_owned(), "not closed"),
        ] {
            let error = parse(&line).unwrap_err();
            assert!(error.contains(reason) && error.contains("line 1"), "{line}: {error}");
        }
        assert_eq!(parse("# nobody\n\n").unwrap().entries.len(), 0);
    }
}
