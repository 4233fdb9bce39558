//! Entries of `Action` and `NotAction` that match nothing in the catalogue of AWS's actions.

use census_model::StatementEffect;
use census_privilege::aws::{
    catalogue::{Known, known},
    document::{Element, Statement},
};

use crate::policies::Shown;

/// Actions that the catalogue does not have and AWS itself writes into policies: the default policy of SNS topics.
const WRITTEN_BY_AWS: &[&str] = &["sns:receive"];

/// An entry that matches no action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unknown {
    pub(crate) action: String,
    pub(crate) service: Service,
    effect: StatementEffect,
    entry: Entry,
    statement: String,
}

/// Whether the catalogue has the service of an action that it does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    Known,
    Unknown,
}

/// Where an action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Entry {
    Action,
    NotAction,
}

/// The unknown actions of a statement.
pub(crate) fn unknown_of(statement: &Statement) -> impl Iterator<Item = Unknown> {
    let (entry, actions) = match &statement.action {
        Element::Only(actions) => (Entry::Action, actions),
        Element::AllBut(actions) => (Entry::NotAction, actions),
    };
    let judged = actions.iter().filter(|action| action.contains(':') && !is_written_by_aws(action));
    judged.filter_map(move |action| {
        let service = match known(action) {
            Known::All | Known::Some => return None,
            Known::UnknownAction => Service::Known,
            Known::UnknownService => Service::Unknown,
        };
        let (action, statement_label) = (action.clone(), statement.label.clone());
        Some(Unknown { action, service, effect: statement.effect, entry, statement: statement_label })
    })
}

fn is_written_by_aws(action: &str) -> bool {
    WRITTEN_BY_AWS.iter().any(|written| written.eq_ignore_ascii_case(action))
}

impl Unknown {
    /// Whether somebody may do more than whoever wrote the entry meant.
    pub(crate) fn was_to_protect(&self) -> bool {
        matches!(
            (self.effect, self.entry),
            (StatementEffect::Deny, Entry::Action) | (StatementEffect::Allow, Entry::NotAction)
        )
    }

    /// The entry in words.
    pub(crate) fn says(&self) -> String {
        let (service, _) = self.action.split_once(':').unwrap_or_default();
        let missing = match self.service {
            Service::Known => format!("`{}` has no such action", Shown(service)),
            Service::Unknown => format!("no service has the prefix `{}`", Shown(service)),
        };
        let place = match (self.effect, self.entry) {
            (StatementEffect::Allow, Entry::Action) => "allowed by",
            (StatementEffect::Allow, Entry::NotAction) => "spared by the allowing `NotAction` of",
            (StatementEffect::Deny, Entry::Action) => "denied by",
            (StatementEffect::Deny, Entry::NotAction) => "spared by the denying `NotAction` of",
        };
        let (action, label) = (Shown(&self.action), Shown(&self.statement));
        format!("`{action}`, {place} statement `{label}`: {missing}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What AWS writes itself is only listed while the catalogue does not have it.
    #[test]
    fn what_aws_writes_is_not_in_the_catalogue() {
        for action in WRITTEN_BY_AWS {
            assert_eq!(known(action), Known::UnknownAction, "{action}");
        }
    }
}
