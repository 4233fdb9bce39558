//! What a person may do about a finding. Census never runs any of it.

use serde::{Deserialize, Serialize};

use crate::Text;

/// A command line as words; only [`Command::shell`] turns it into text, so no name is ever pasted unquoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Command(Vec<Text>);

impl Command {
    /// A command from its words, the program first.
    pub fn new<I>(words: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Text>,
    {
        Self(words.into_iter().map(Into::into).collect())
    }

    /// The command for a POSIX shell, every word quoted where it must be. `None` when a word holds a control
    /// character: nobody should paste that.
    pub fn shell(&self) -> Option<String> {
        if self.0.iter().any(|word| word.chars().any(char::is_control)) {
            return None;
        }
        shlex::try_join(self.0.iter().map(AsRef::as_ref)).ok()
    }
}

/// What to do, in words and, where it helps, as commands a person may choose to run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// What to do and why in this order.
    pub text: Text,
    /// Commands for it, in order.
    pub commands: Vec<Command>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_control_characters_make_no_command() {
        let delete = |name: &str| Command::new(["aws", "iam", "delete-user", "--user-name", name]).shell();
        assert_eq!(delete("ci").as_deref(), Some("aws iam delete-user --user-name ci"));
        assert_eq!(delete("$(reboot)").as_deref(), Some("aws iam delete-user --user-name '$(reboot)'"));
        assert_eq!(delete("it's").as_deref(), Some("aws iam delete-user --user-name \"it's\""));
        assert_eq!(delete("").as_deref(), Some("aws iam delete-user --user-name ''"));
        for hidden in ["a\nb", "a\u{1b}[2Jb", "a\0b", "a\u{85}b"] {
            assert_eq!(delete(hidden), None);
        }
    }
}
