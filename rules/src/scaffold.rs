//! The file of a new rule.

/// Why a name cannot be a rule's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleIdError {
    /// Not kebab-case.
    #[error("`{0}` is not a rule id, use lower-case words joined by dashes: `access-key-old`")]
    NotKebabCase(String),
    /// There is such a rule.
    #[error("there is already a rule `{0}`")]
    Taken(String),
}

/// The text of `src/rules/<id with underscores>.rs` for a new rule. It compiles once the file's name stands in
/// `src/rules/mod.rs`; its cases fail until the check is written.
///
/// # Errors
/// When the id is not kebab-case or is taken.
pub fn scaffold(id: &str) -> Result<String, RuleIdError> {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if !id.split('-').all(word) {
        return Err(RuleIdError::NotKebabCase(id.to_owned()));
    }
    if crate::find(id).is_some() {
        return Err(RuleIdError::Taken(id.to_owned()));
    }
    Ok(TEMPLATE.replace("RULE_ID", id))
}

const TEMPLATE: &str = r#"use census_model::Severity;

use crate::{Docs, EVERY_PROVIDER, Findings, Rule, View};

pub(crate) static RULE: Rule = Rule {
    id: "RULE_ID",
    version: 1,
    title: "What is wrong, in one line",
    severity: Severity::Medium,
    // Keys of `data/controls.json`.
    finding_types: &["LIFE-IDLE"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "What it finds.",
        why: "Why that matters.",
        remedy: "What to do about it.",
        limits: "What it does not say.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    // For each identity that is wrong:
    //     let draft = Draft::new("one line that names it").evidence("what", "fact").remedy("what to do");
    //     findings.identity(identity, "", draft);
    // What cannot be seen is not wrong: lower the confidence, or say nothing.
    let _ = (view, findings);
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::Case;
    vec![
        Case::fires("must fire", |w| {
            w.user("ci");
        }),
        Case::silent("must not fire", |w| {
            w.user("ci");
        }),
    ]
}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_rule_has_its_id_and_nothing_left_to_replace() {
        let text = scaffold("my-new-rule2").unwrap();
        assert!(text.contains("id: \"my-new-rule2\"") && !text.contains("RULE_ID"));
    }

    #[test]
    fn names_that_are_none() {
        for id in ["", "-", "a--b", "A", "a_b", "a b", "../x", "1a", "a-"] {
            assert!(matches!(scaffold(id), Err(RuleIdError::NotKebabCase(_))), "{id}");
        }
        assert!(matches!(scaffold("access-key-old"), Err(RuleIdError::Taken(_))));
    }
}
