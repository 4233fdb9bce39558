//! Who owns what in the company, what the rules found there, and two rules to list.

use std::collections::BTreeMap;

use census_fixtures::account_scope;
use census_model::{
    Claim, ClaimSource, Command, Confidence, Controls, Estate, Evidence, Finding, Fingerprint, Ghost,
    Identity, OwnerRecord, OwnerStatus, Ownership, Remedy, RuleId, Severity, Subject,
};
use census_reports::RuleInfo;

use crate::company::{HOSTILE, SANDBOX, denied_keys};

fn claim(source: ClaimSource, owner: &str, label: &str, value: &str, place: &str) -> Claim {
    Claim {
        source,
        business_owner: Some(owner.into()),
        technical_steward: None,
        evidence: vec![Evidence::new(label, value).from_source(place)],
    }
}

pub(crate) fn ownership(estate: &Estate) -> Ownership {
    let mut records = BTreeMap::new();
    for identity in &estate.identities {
        let record = |status, owner: Option<&str>, claims, because: &str| OwnerRecord {
            status,
            business_owner: owner.map(Into::into),
            technical_steward: None,
            claims,
            gaps: Vec::new(),
            parties: Vec::new(),
            departed: Vec::new(),
            successors: Vec::new(),
            registration: None,
            life: None,
            because: because.into(),
        };
        let registry = |owner: &str, line: u32| {
            let place = format!("registry.yaml:{line}");
            claim(ClaimSource::RegistryRecord, owner, "registry", &identity.name, &place)
        };
        let found = match &*identity.name {
            "ci-deploy" => {
                let claims = vec![
                    registry("payments@example.com", 3),
                    claim(ClaimSource::FreeTag, "ops@example.com", "tag", "team=ops", "tags"),
                ];
                let mut found = record(
                    OwnerStatus::Registered,
                    Some("payments@example.com"),
                    claims,
                    "a registry record names payments@example.com",
                );
                found.technical_steward = Some("jo@example.com".into());
                found
            }
            "backup" => record(
                OwnerStatus::Inferred,
                Some("=storage@example.com"),
                vec![claim(ClaimSource::RequiredTag, "=storage@example.com", "tag", "owner", "tags")],
                "the tag `owner` names =storage@example.com; no registry record does",
            ),
            "disputed" => record(
                OwnerStatus::Conflict,
                None,
                vec![registry("a@example.com", 8), registry("b@example.com", 9)],
                "two registry records disagree",
            ),
            "left-behind" => record(
                OwnerStatus::Departed,
                Some("gone@example.com"),
                vec![registry("gone@example.com", 12)],
                "gone@example.com has left",
            ),
            "unowned-job" | HOSTILE => record(OwnerStatus::Unowned, None, vec![], "no source names anyone"),
            "tester" | "anna" => {
                let mut found = record(OwnerStatus::Unknown, None, vec![], "tags were not read");
                found.gaps = vec![denied_keys().id];
                found
            }
            _ => record(OwnerStatus::NotApplicable, None, vec![], "nobody here can own it"),
        };
        records.insert(identity.id.clone(), found);
    }
    let ghost = Ghost {
        identity: "arn:aws:iam::111122223333:role/was-here".into(),
        location: "registry.yaml:15".into(),
        business_owner: Some("past@example.com".into()),
        gaps: Vec::new(),
    };
    Ownership { records, ghosts: vec![ghost], entries: 6, ..Ownership::default() }
}

/// A finding about an identity.
pub(crate) fn finding(rule: &str, severity: Severity, identity: &Identity, title: &str) -> Finding {
    let rule = RuleId::new(rule);
    Finding {
        fingerprint: Fingerprint::new(&rule, identity.binding_id(), ""),
        rule,
        rule_version: 1,
        severity,
        confidence: Confidence::High,
        subject: Subject::Identity(identity.id.clone()),
        title: title.into(),
        evidence: vec![Evidence::new("created", "2025-01-17").from_source("credential-report.csv")],
        controls: Controls::from([("OWASP-NHI-2025".into(), vec!["NHI1:2025".into(), "NHI7:2025".into()])])
            .into(),
        remedy: Remedy {
            text: "Ask the owner, then remove it.".into(),
            commands: vec![Command::new(["aws", "iam", "get-user", "--user-name", &identity.name])],
        },
    }
}

pub(crate) fn findings(estate: &Estate) -> Vec<Finding> {
    let by_name = |name: &str| estate.identities.iter().find(|i| &*i.name == name).unwrap();
    let mut found = vec![
        finding(
            "trust-open",
            Severity::Critical,
            by_name("ci-deploy"),
            "anyone may become the role ci-deploy",
        ),
        finding(
            "access-key-old",
            Severity::High,
            by_name("backup"),
            "the access key of backup is 500 days old",
        ),
        finding("unowned", Severity::Medium, by_name("unowned-job"), "nobody owns the role unowned-job"),
        finding("unowned", Severity::Medium, by_name(HOSTILE), &format!("nobody owns the user {HOSTILE}")),
        finding("role-unused", Severity::Low, by_name("left-behind"), "the role left-behind is not used"),
    ];
    let rule = RuleId::new("registry-ghost");
    let entry = Subject::RegistryEntry {
        identity: "arn:aws:iam::111122223333:role/was-here".into(),
        location: "registry.yaml:15".into(),
    };
    found.push(Finding {
        subject: entry,
        fingerprint: Fingerprint::new(&rule, "was-here", ""),
        confidence: Confidence::Low,
        ..finding("registry-ghost", Severity::Low, by_name("backup"), "a registry entry matches no identity")
    });
    let rule = RuleId::new("coverage-gap");
    found.push(Finding {
        subject: Subject::Scope(account_scope(SANDBOX)),
        fingerprint: Fingerprint::new(&rule, SANDBOX, ""),
        remedy: Remedy::default(),
        ..finding("coverage-gap", Severity::Info, by_name("backup"), "part of sandbox could not be read")
    });
    found
}

/// Two rules to list.
pub(crate) fn rules() -> [RuleInfo<'static>; 2] {
    [
        RuleInfo {
            id: "unowned",
            version: 1,
            title: "nobody owns the identity",
            severity: Severity::Medium,
            docs: "An identity that nobody owns is never reviewed,\nand never retired.\n\n# What to do\n\n- Register an owner,\n  by name.\n- Or remove it.\n\n```text\nidentity:   deploy\n\nowner:      jo\n```\n",
            controls: vec![("OWASP-NHI-2025", "NHI1:2025")],
        },
        RuleInfo {
            id: "access-key-old",
            version: 2,
            title: "an access key is older than its limit",
            severity: Severity::High,
            docs: "A key that is never changed is known to more and more places as the years go by, and it takes only one of them to leak it.",
            controls: Vec::new(),
        },
    ]
}
