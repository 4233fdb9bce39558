//! The techniques that lead from one cloud into another: `privilege/data/crossing-techniques.toml`.

use std::sync::LazyLock;

use census_model::{
    Decision, Severity, Technique as Described, TechniqueCategory, TechniqueConfidence, TechniqueId, Text,
};
use serde::Deserialize;

use crate::{escalation::Certainty, technique_data};

const DATA: &str = include_str!("../../data/crossing-techniques.toml");

/// A technique.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Technique {
    pub(super) id: Box<str>,
    name: Box<str>,
    category: TechniqueCategory,
    severity: Severity,
    confidence: TechniqueConfidence,
    sources: Vec<Box<str>>,
    /// What the caller does, as a verb phrase.
    pub(super) says: Box<str>,
    /// What no document shows and the step depends on, where nothing is asked that would say so.
    pub(super) outsider: Box<str>,
}

/// A way over the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A token of Entra ID lets a program into a role of AWS.
    EntraToAws,
    /// A token of AWS lets a role or user into an identity of Entra ID.
    AwsToEntra,
    /// A token of an issuer outside lets whoever it names into a role of AWS.
    OutsideToAws,
    /// A token of an issuer outside lets whoever it names into an identity of Entra ID.
    OutsideToEntra,
}

impl Way {
    pub(super) const ALL: [Self; 4] =
        [Self::EntraToAws, Self::AwsToEntra, Self::OutsideToAws, Self::OutsideToEntra];

    fn id(self) -> &'static str {
        match self {
            Self::EntraToAws => "entra-to-aws-web-identity",
            Self::AwsToEntra => "aws-to-entra-web-identity",
            Self::OutsideToAws => "outside-to-aws-web-identity",
            Self::OutsideToEntra => "outside-to-entra-federated-credential",
        }
    }

    /// How steps name it; the techniques of clouds have smaller numbers.
    pub(super) fn number(self) -> u16 {
        match self {
            Self::EntraToAws => u16::MAX - 1,
            Self::AwsToEntra => u16::MAX - 2,
            Self::OutsideToAws => u16::MAX - 3,
            Self::OutsideToEntra => u16::MAX - 4,
        }
    }

    pub(super) fn of(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.number() == number)
    }

    pub(super) fn technique(self) -> Option<&'static Technique> {
        all().iter().find(|technique| *technique.id == *self.id())
    }
}

impl Technique {
    /// The step in words, with what no document shows where that alone makes it conditional: where something is proved that
    /// is open, the proof says what.
    pub(super) fn told(&self, with: &str, certainty: Certainty, proved: Option<Decision>) -> Text {
        match (certainty, proved) {
            (Certainty::Conditional, None | Some(Decision::Allowed)) => {
                format!("{}{with}; it depends on {}", self.says, self.outsider).into()
            }
            _ => format!("{}{with}", self.says).into(),
        }
    }
}

/// As reports show a technique of this id.
pub(crate) fn described(id: &TechniqueId) -> Option<Described> {
    let technique = all().iter().find(|technique| *technique.id == *id.as_str())?;
    Some(Described {
        id: id.clone(),
        name: technique.name.clone(),
        category: technique.category,
        severity: technique.severity,
        confidence: technique.confidence,
        sources: technique.sources.clone(),
    })
}

fn all() -> &'static [Technique] {
    // A test reads the data, so that none of it fails here.
    static ALL: LazyLock<Vec<Technique>> = LazyLock::new(|| technique_data::read(DATA).unwrap_or_default());
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_reads_and_every_way_has_its_technique() {
        let techniques = technique_data::read::<Technique>(DATA).unwrap();
        assert_eq!(techniques.len(), Way::ALL.len());
        for way in Way::ALL {
            let technique = way.technique().unwrap();
            // A way counts as it is told; none of these is in doubt.
            assert_eq!(technique.confidence, TechniqueConfidence::Documented, "{}", technique.id);
            assert!(!technique.sources.is_empty() && Way::of(way.number()) == Some(way));
        }
    }
}
