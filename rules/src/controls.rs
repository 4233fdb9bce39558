//! Finding types, and the controls of audit frameworks that they are evidence for. The data is
//! `data/controls.json`.

use std::{collections::BTreeMap, sync::OnceLock};

use census_model::{Controls, Provider, Severity, Text};
use serde::Deserialize;

const DATA: &str = include_str!("../data/controls.json");

/// The embedded data.
#[derive(Debug, Default, Deserialize)]
pub struct Catalogue {
    /// Finding types by key: `CRED-LONG-LIVED`.
    pub finding_types: BTreeMap<String, FindingType>,
    /// Frameworks by id: `OWASP-NHI-2025`.
    pub frameworks: BTreeMap<String, Framework>,
}

/// A kind of finding, independent of cloud and rule.
#[derive(Debug, Deserialize)]
pub struct FindingType {
    /// What is wrong, in a few words.
    pub title: String,
    /// The severity that the type has where a rule does not know better.
    pub default_severity: Severity,
}

/// An audit framework.
#[derive(Debug, Deserialize)]
pub struct Framework {
    /// Its full name.
    pub name: String,
    /// Where its controls were read.
    pub source: String,
    /// How far the controls were compared with that source.
    pub checked: Checked,
    /// What a reader should know about ids or editions.
    #[serde(default)]
    pub note: Option<String>,
    /// Its controls, in the framework's order.
    pub controls: Vec<Control>,
}

/// How far a framework's controls were compared with their source.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Checked {
    /// `true`: all of them; `false`: none.
    All(bool),
    /// In part; the words say which part.
    Partly(String),
}

impl Checked {
    /// Whether every control was compared.
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::All(true))
    }
}

/// One control of a framework.
#[derive(Debug, Deserialize)]
pub struct Control {
    /// Its id within the framework.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The finding types that are evidence for it.
    pub finding_types: Vec<String>,
}

/// The embedded data, parsed once. Empty when the embedded file is broken, which a test of this crate rules out.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| parse().unwrap_or_default())
}

fn parse() -> Result<Catalogue, serde_json::Error> {
    serde_json::from_str(DATA)
}

/// The provider that a framework is about; `None` for those about every provider. The second value is false for
/// frameworks about a system that no provider of ours is (Kubernetes, GitHub).
fn applies(framework: &str, provider: Option<Provider>) -> bool {
    match framework {
        "CIS-AWS" => provider == Some(Provider::Aws),
        "CIS-AZURE" => provider == Some(Provider::Azure),
        "CIS-GCP" => provider == Some(Provider::Gcp),
        "CIS-K8S" | "CIS-GITHUB" => false,
        _ => true,
    }
}

/// The controls for which findings of these types, about something of this provider, are evidence. Frameworks about
/// another system are left out.
pub fn controls_for(finding_types: &[&str], provider: Option<Provider>) -> Controls {
    let mut found = Controls::new();
    for (id, framework) in &catalogue().frameworks {
        if !applies(id, provider) {
            continue;
        }
        let mut controls: Vec<Text> = framework
            .controls
            .iter()
            .filter(|control| control.finding_types.iter().any(|t| finding_types.contains(&t.as_str())))
            .map(|control| control.id.as_str().into())
            .collect();
        controls.sort_unstable();
        controls.dedup();
        if !controls.is_empty() {
            found.insert(id.as_str().into(), controls);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_data_is_sound() {
        let data = parse().unwrap();
        assert!(data.finding_types.len() > 40 && data.frameworks.len() > 10);
        for (id, framework) in &data.frameworks {
            assert!(!framework.source.is_empty() && !framework.name.is_empty(), "{id}");
            let mut seen = std::collections::BTreeSet::new();
            for control in &framework.controls {
                assert!(seen.insert(&control.id), "{id}: {} twice", control.id);
                for finding_type in &control.finding_types {
                    assert!(
                        data.finding_types.contains_key(finding_type),
                        "{id} {}: {finding_type}",
                        control.id
                    );
                }
            }
        }
    }

    #[test]
    fn names_and_numbers_that_are_often_wrong() {
        let found = controls_for(&["CRED-LONG-LIVED"], Some(Provider::Aws));
        assert_eq!(&*found["OWASP-NHI-2025"], &["NHI7:2025".into()]);
        let every: Vec<&str> = catalogue().finding_types.keys().map(String::as_str).collect();
        let csf = &controls_for(&every, None)["NIST-CSF-2.0"];
        assert!(csf.contains(&"PR.AA-05".into()));
        assert!(!csf.iter().any(|id| id.starts_with("PR.AC-")), "withdrawn with CSF 2.0");
    }

    #[test]
    fn a_benchmark_of_one_cloud_is_no_evidence_for_another() {
        let aws = controls_for(&["CRED-LONG-LIVED"], Some(Provider::Aws));
        assert!(
            aws.contains_key("CIS-AWS") && !aws.contains_key("CIS-AZURE") && !aws.contains_key("CIS-K8S")
        );
        assert!(!controls_for(&["CRED-LONG-LIVED"], None).keys().any(|id| id.starts_with("CIS-")));
    }

    #[test]
    fn partly_checked_frameworks_stay_and_say_so() {
        let data = catalogue();
        assert!(data.frameworks["OWASP-NHI-2025"].checked.is_complete());
        assert!(!data.frameworks["CSA-MAESTRO"].checked.is_complete());
        assert!(controls_for(&["CRED-LONG-LIVED"], None).contains_key("CSA-MAESTRO"));
    }
}
