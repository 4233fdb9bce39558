//! CODEOWNERS of GitHub: who owns the code of a repository.
//!
//! <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>:
//! patterns as in gitignore but for negation, ranges and escaped `#`; the last pattern that matches counts, and one
//! without owners takes them away.

use std::path::PathBuf;

use census_model::{Evidence, Text};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TerraformState;
use crate::registry::{Location, Problems, RegistryError, shown};

/// The largest CODEOWNERS file, in bytes: GitHub loads none of 3 MB or more.
pub const MAX_CODEOWNERS_BYTES: u64 = 3_000_000;

/// A file of a pipeline, for whose owner is asked where a pipeline becomes an identity.
pub(crate) const WORKFLOW: &str = ".github/workflows/workflow.yml";

/// A repository: who owns its code, and what it makes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepositoryConfig {
    /// Its name, `owner/name`, as trusts of pipelines write it.
    pub name: String,
    /// Its CODEOWNERS file, relative to the configuration file.
    pub codeowners: PathBuf,
    /// States of Terraform whose configuration lies in it.
    #[serde(default)]
    pub terraform: Vec<TerraformState>,
}

/// A CODEOWNERS file.
#[derive(Clone, Debug)]
pub struct Codeowners {
    name: Text,
    rules: Vec<Rule>,
    globs: GlobSet,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: Text,
    owners: Vec<Text>,
    line: u64,
}

impl Codeowners {
    /// Reads a CODEOWNERS file. `name` names it in locations and errors.
    ///
    /// # Errors
    /// When it is too large for GitHub, not UTF-8, or has a line that GitHub does not understand.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, RegistryError> {
        let mut problems = Problems::new(name);
        let mut globs = GlobSetBuilder::new();
        let mut rules = Vec::new();
        if bytes.len() as u64 >= MAX_CODEOWNERS_BYTES {
            problems.file("it is 3 MB or larger, GitHub does not load such a CODEOWNERS file");
            return Err(problems.into_error());
        }
        let Some(text) = crate::registry::decode(bytes, &mut problems) else {
            return Err(problems.into_error());
        };
        for (line, number) in text.lines().zip(1..) {
            let line = line.split_once(" #").map_or(line, |(line, _)| line).trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match rule(line, number) {
                Err(what) => problems.line(number, what),
                Ok((rule, both)) => {
                    for glob in both {
                        globs.add(glob);
                    }
                    rules.push(rule);
                }
            }
        }
        match globs.build() {
            Ok(globs) if problems.is_empty() => Ok(Self { name: name.into(), rules, globs }),
            Ok(_) => Err(problems.into_error()),
            Err(error) => {
                problems.file(format!("the patterns are too many or too long: {error}"));
                Err(problems.into_error())
            }
        }
    }

    /// The file, as it was named.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who owns a file of the repository, and the line that says so. Of several owners, any of whom may answer, the
    /// first counts; the line shows the others.
    pub(crate) fn owner_of(&self, path: &str) -> Option<(Text, Evidence)> {
        // Each rule has two globs.
        let last = self.globs.matches(path).into_iter().max()? / 2;
        let rule = self.rules.get(last)?;
        let owner = rule.owners.first()?;
        let location = Location { file: self.name.clone(), line: rule.line };
        let shown = format!("{} {}", rule.pattern, rule.owners.join(" "));
        Some((owner.clone(), Evidence::new("code owner", shown).from_source(location.to_string())))
    }
}

fn rule(line: &str, number: u64) -> Result<(Rule, [globset::Glob; 2]), String> {
    let mut words = words(line).into_iter();
    let pattern = words.next().unwrap_or_default();
    if pattern.starts_with('!') {
        return Err(format!("{} negates, which CODEOWNERS does not know", shown(&pattern)));
    }
    if pattern.contains('[') || line.starts_with("^[") {
        return Err(format!(
            "{}: ranges of characters, and sections as GitLab has them, are not CODEOWNERS of GitHub",
            shown(&pattern)
        ));
    }
    let owners: Vec<Text> = words.map(|owner| owner.as_str().into()).collect();
    if let Some(other) = owners.iter().find(|owner| !owner.contains('@')) {
        return Err(format!("{} is no owner, expected `@user`, `@org/team` or a mail address", shown(other)));
    }
    let globs = globs(&pattern)?;
    Ok((Rule { pattern: pattern.into(), owners, line: number }, globs))
}

/// Words with spaces between them; a backslash keeps a space in a word.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match (c, characters.peek()) {
            ('\\', Some(' ')) => word.extend(characters.next()),
            (' ' | '\t', _) => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// What a pattern matches by itself, and what lies below what it matches.
fn globs(pattern: &str) -> Result<[globset::Glob; 2], String> {
    let folder = pattern.ends_with('/');
    let inner = pattern.trim_start_matches('/').trim_end_matches('/');
    // A slash at the beginning or in the middle ties a pattern to the top of the repository.
    let tied = pattern.starts_with('/') || inner.contains('/');
    let inner = if inner.is_empty() { "**" } else { inner };
    let anchored = if tied { inner.to_owned() } else { format!("**/{inner}") };
    // `docs/*` matches what lies in `docs`, not what lies below that; `*` by itself matches everything.
    let one_level = tied && inner.ends_with("/*");
    let itself = if folder { format!("{anchored}/**") } else { anchored.clone() };
    let below = if one_level { itself.clone() } else { format!("{anchored}/**") };
    let build = |glob: &str| {
        GlobBuilder::new(glob)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|error| format!("{} is no pattern: {}", shown(pattern), error.kind()))
    };
    Ok([build(&itself)?, build(&below)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(text: &str, path: &str) -> Option<String> {
        let file = Codeowners::parse("CODEOWNERS", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        file.owner_of(path).map(|(owner, _)| owner.to_string())
    }

    /// What GitHub's page says of each kind of pattern.
    #[test]
    fn patterns_match_as_documented() {
        for (pattern, path, matches) in [
            ("*", "a/b/c.rs", true),
            ("*.js", "a/b.js", true),
            ("*.js", "a/b.ts", false),
            ("/build/logs/", "build/logs/a/b.txt", true),
            ("/build/logs/", "x/build/logs/a.txt", false),
            ("docs/*", "docs/getting-started.md", true),
            ("docs/*", "docs/build-app/troubleshooting.md", false),
            ("docs/*", "x/docs/a.md", false),
            ("apps/", "apps/a.rs", true),
            ("apps/", "x/apps/y/a.rs", true),
            ("apps/", "apps", false),
            ("/docs/", "docs/a/b.md", true),
            ("/docs/", "x/docs/a.md", false),
            ("/apps/github", "apps/github/a.rs", true),
            ("/apps/github", "apps/github2/a.rs", false),
            ("**/logs", "deep/down/logs/x", true),
            ("**/logs", "logs/x", true),
            ("/infra/**/iam.tf", "infra/a/b/iam.tf", true),
            ("infra", "a/infra/b.tf", true),
            ("INFRA/", "infra/a.tf", false),
            ("a\\ b/", "a b/c.tf", true),
        ] {
            let found = owner(&format!("{pattern} @octo"), path);
            assert_eq!(found.is_some(), matches, "{pattern} {path}");
        }
    }

    #[test]
    fn the_last_pattern_counts_and_one_without_owners_takes_them_away() {
        let text =
            "# all\n* @org/all\n/apps/ @octocat @second # inline\n/apps/github\n*.md docs@example.com\n";
        assert_eq!(owner(text, "README").as_deref(), Some("@org/all"));
        assert_eq!(owner(text, "apps/x.rs").as_deref(), Some("@octocat"));
        assert_eq!(owner(text, "apps/github/x.rs"), None);
        assert_eq!(owner(text, "apps/github/x.md").as_deref(), Some("docs@example.com"));
        assert_eq!(owner("/x @a\n", "y"), None);
    }

    #[test]
    fn what_github_does_not_understand_is_refused_with_its_line() {
        for (line, part) in [
            ("!x @a", "negates"),
            ("[Section] @a", "GitLab"),
            ("^[Section]", "GitLab"),
            ("a[bc] @a", "ranges"),
            ("x somebody", "`somebody` is no owner"),
        ] {
            let error = Codeowners::parse("CODEOWNERS", format!("* @a\n{line}\n").as_bytes()).unwrap_err();
            let text = error.to_string();
            assert!(text.contains(part) && text.contains("line 2"), "{line}: {text}");
        }
        assert!(Codeowners::parse("CODEOWNERS", &vec![b'#'; 3_000_000]).is_err());
    }
}
