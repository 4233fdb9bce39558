use std::collections::BTreeSet;

use census_model::{IdentityKind, Provider, Severity, Workload, WorkloadState};

use crate::{
    Docs, Draft, Findings, Rule, View,
    policies::{LISTED, Shown},
    powers::more,
};

pub(crate) static RULE: Rule = Rule {
    id: "managed-identity-on-many-workloads",
    version: 1,
    title: "One managed identity that many resources run as",
    severity: Severity::Medium,
    finding_types: &["USE-REUSE"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &["workloads_per_role"],
    docs: Docs {
        finds: "More resources run as one user-assigned managed identity than the threshold allows. Severity is low where all of \
                them lie in one resource group.",
        why: "The identity must be allowed what any of them needs, so each may do what all others may, the log cannot tell \
              them apart, and it can be neither narrowed nor retired without asking everybody.",
        remedy: "Give each application an identity of its own, beginning with those that need the most and the least.",
        limits: "Which resources are one application is not known. Resources that could not be read are not counted, and what \
                 has ended is not either. An identity that reads images or writes metrics for a whole fleet may be meant so: \
                 raise the threshold, or accept the finding.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in view.of_kind(IdentityKind::AzureUserAssignedIdentity) {
        let workloads = view.index.workloads(&identity.id).iter().copied();
        let workloads: Vec<&Workload> =
            workloads.filter(|one| one.state != Some(WorkloadState::Ended)).collect();
        if workloads.len() <= view.thresholds.workloads_per_role as usize {
            continue;
        }
        let kinds: BTreeSet<&str> = workloads.iter().map(|one| one.kind.as_str()).collect();
        let places: BTreeSet<_> = workloads.iter().map(|one| &one.scope).collect();
        let title = format!(
            "{} resources of {} kinds run as managed identity `{}`",
            workloads.len(),
            kinds.len(),
            Shown(&identity.name)
        );
        let mut draft = Draft::new(title);
        if places.len() == 1 {
            draft = draft.severity(Severity::Low);
        }
        for workload in workloads.iter().take(LISTED) {
            let what = format!("{} `{}`", Shown(workload.kind.as_str()), Shown(&workload.native_id));
            draft = draft.evidence("resource", what);
        }
        let draft = draft
            .facts(more(workloads.len(), "resources"))
            .evidence("threshold", view.thresholds.workloads_per_role.to_string())
            .remedy("give each application an identity of its own")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;

    use crate::testing::{Case, World};
    let shared = |number: usize, state: Option<WorkloadState>, spread: bool| {
        move |w: &mut World| {
            let identity = w.azure(azure::user_assigned("shared"));
            for index in 0..number {
                let name = format!("app-{index}");
                let mut workload = azure::workload("microsoft.web/sites", &name, &[&identity], &[]);
                workload.state = state;
                if spread && index == 0 {
                    workload.scope = azure::subscription_scope();
                }
                w.estate.workload(workload);
            }
        }
    };
    vec![
        Case::fires("six, in two places", shared(6, None, true)).severity(Severity::Medium).says("6 resources"),
        Case::fires("six of one resource group", shared(6, None, false)).severity(Severity::Low),
        Case::silent("five", shared(5, None, true)),
        Case::silent("ended", shared(6, Some(WorkloadState::Ended), true)),
        Case::silent("each its own", |w| {
            for index in 0..6 {
                let identity = w.azure(azure::system_assigned(&format!("app-{index}")));
                let name = format!("app-{index}");
                w.estate.workload(azure::workload("microsoft.web/sites", &name, &[&identity], &[]));
            }
        }),
    ]
}
