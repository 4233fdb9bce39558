use std::collections::BTreeMap;

use census_model::{Gap, GapReason, Provider, ScopeId, Severity, Text};

use crate::{Docs, Draft, EVERY_PROVIDER, Findings, Rule, View};

pub(crate) static RULE: Rule = Rule {
    id: "coverage-gap",
    version: 1,
    title: "Something that was asked for could not be read",
    severity: Severity::High,
    finding_types: &["COV-GAP"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A read failed in a scope: denied, throttled, broken off, not understood, or contradicted by another \
                source. One finding a scope and read. Severity is medium where sources contradict each other and low \
                where the API does not offer the read.",
        why: "What was not read is not clean. Everything that rests on it stays unknown until it is read.",
        remedy: "Denied: give the scanning role or application the permissions that `census permissions` prints for the cloud. Throttled: \
                 scan again more slowly. Broken off: scan again.",
        limits: "What was left out on purpose, or what a folder of documents does not hold, is listed among the gaps \
                 but is no finding.",
    },
    check,
};

/// How many gaps of one read a finding lists.
const LISTED: usize = 10;

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let mut reads: BTreeMap<(Provider, ScopeId, &Text), Vec<&Gap>> = BTreeMap::new();
    for gap in view.estate().gaps.iter().filter(|gap| gap.reason.is_failure()) {
        let scope = gap.scope.clone().unwrap_or_else(|| ScopeId::new(gap.provider.as_str()));
        reads.entry((gap.provider, scope, &gap.read)).or_default().push(gap);
    }
    for ((provider, scope, read), mut gaps) in reads {
        gaps.sort_by(|a, b| a.id.cmp(&b.id));
        let severity = gaps.iter().map(|gap| severity(gap.reason)).max().unwrap_or(RULE.severity);
        let mut draft = Draft::new(format!("{read} could not be read completely in {scope}"))
            .severity(severity)
            .remedy(remedy(provider, &gaps));
        for gap in gaps.iter().take(LISTED) {
            let affected = match gap.affects.len() {
                0 => String::new(),
                n => format!(", concerns {n}: {}", first(&gap.affects)),
            };
            draft = draft.evidence(gap.reason.as_str(), format!("{} ({}{affected})", gap.detail, gap.id));
        }
        if gaps.len() > LISTED {
            draft = draft.evidence("more", format!("{} more gaps of this read", gaps.len() - LISTED));
        }
        if gaps.iter().any(|gap| gap.reason == GapReason::Denied) {
            draft = draft.command(["census", "permissions", provider.as_str(), "--check"]);
        }
        findings.scope(&scope, provider, read, draft);
    }
}

fn first(affected: &[Text]) -> String {
    let listed: Vec<&str> = affected.iter().take(3).map(|one| &**one).collect();
    let dots = if affected.len() > listed.len() { ", ..." } else { "" };
    format!("{}{dots}", listed.join(", "))
}

fn severity(reason: GapReason) -> Severity {
    match reason {
        GapReason::Inconsistent => Severity::Medium,
        GapReason::Unsupported => Severity::Low,
        _ => Severity::High,
    }
}

fn remedy(provider: Provider, gaps: &[&Gap]) -> String {
    let mut words: Vec<&str> = gaps
        .iter()
        .map(|gap| match gap.reason {
            GapReason::Denied if provider == Provider::Azure => "give the scanning application this permission",
            GapReason::Denied => "give the scanning role this permission",
            GapReason::Throttled => "scan again with a lower rate",
            GapReason::Invalid => "look at the answer that was not understood; the evidence names it",
            GapReason::Inconsistent => "scan again later, when the provider's sources agree",
            GapReason::Unsupported => "nothing helps on this endpoint; judge what rests on it by hand",
            _ => "scan again",
        })
        .collect();
    words.sort_unstable();
    words.dedup();
    words.join("; ")
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::Case;
    let reasons = [
        (GapReason::Denied, Severity::High),
        (GapReason::Throttled, Severity::High),
        (GapReason::Failed, Severity::High),
        (GapReason::Truncated, Severity::High),
        (GapReason::Invalid, Severity::High),
        (GapReason::Inconsistent, Severity::Medium),
        (GapReason::Unsupported, Severity::Low),
    ];
    let mut cases: Vec<Case> = reasons
        .into_iter()
        .map(|(reason, severity)| {
            Case::fires(reason.as_str(), move |w| {
                w.gap("iam:ListAccessKeys", reason);
            })
            .severity(severity)
        })
        .collect();
    cases.extend([
        Case::fires("two reasons of one read are one finding", |w| {
            w.gap("iam:ListAccessKeys", GapReason::Denied);
            w.gap("iam:ListAccessKeys", GapReason::Throttled);
        }),
        Case::fires("many users", |w| {
            for n in 0..12 {
                let affects = vec![format!("user-{n}").into()];
                let scope = Some(census_fixtures::account_scope(census_fixtures::ACCOUNT));
                w.estate.gap(Gap::new(
                    Provider::Aws,
                    scope,
                    "iam:ListSSHPublicKeys",
                    GapReason::Denied,
                    "no",
                    affects,
                ));
            }
        })
        .says("2 more gaps"),
        Case::fires("two reads", |w| {
            w.gap("iam:ListAccessKeys", GapReason::Denied);
            w.gap("iam:GetCredentialReport", GapReason::Denied);
        })
        .times(2),
        Case::fires("without a scope", |w| {
            w.estate.gap(Gap::new(
                Provider::Aws,
                None,
                "organizations:ListRoots",
                GapReason::Denied,
                "no",
                Vec::new(),
            ));
        }),
        Case::silent("left out on purpose", |w| {
            w.gap("iam:ListAccessKeys", GapReason::NotRequested);
        }),
        Case::silent("not provided", |w| {
            w.gap("iam:ListAccessKeys", GapReason::NotProvided);
        }),
    ]);
    cases
}
