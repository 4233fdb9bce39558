use census_model::{Identity, OwnerStatus, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::{activity, date},
};

pub(crate) static RULE: Rule = Rule {
    id: "unowned-identity",
    version: 1,
    title: "An identity that nobody owns",
    severity: Severity::High,
    finding_types: &["OWN-UNOWNED"],
    providers: EVERY_PROVIDER,
    // That control is about who may register applications.
    except_controls: &[("CIS-AZURE", "5.0:5.14")],
    thresholds: &["unused_days", "role_unused_days", "new_identity_grace_days"],
    docs: Docs {
        finds: "Every source of ownership was read (registry, owners in the directory, owner tags, naming patterns, owners of accounts and subscriptions), and none \
                of them names an owner of this identity. Severity is medium where the identity holds no working \
                credential and has not been used lately.",
        why: "Nobody notices when such an identity is misused, nobody can say whether it is still needed, and nobody \
              answers when it must be changed.",
        remedy: "Find out who uses it (last use, trust policy, the workload that runs as it), register the owner, or \
                 retire the identity: first disable it, wait, then delete it.",
        limits: "An identity whose owner could not be determined because a source was unread has the status unknown \
                 and is not reported here; the coverage gap is. Identities that the provider manages and people's \
                 own accounts need no owner.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in view.fixable() {
        let Some(record) = view.owner(&identity.id) else { continue };
        if record.status != OwnerStatus::Unowned {
            continue;
        }
        let mut draft = Draft::new(format!("{} `{}` has no owner", identity.kind, identity.name))
            .evidence("owner", &*record.because)
            .evidence("registry", format!("{} entries read", view.ownership.entries))
            .evidence("nature", identity.nature.kind.as_str())
            .evidence("activity", activity(view, identity))
            .evidence("created", identity.created.map_or_else(|| "unknown".to_owned(), date))
            .remedy(
                "find who uses it, then register an owner; if nobody answers, disable it, wait, and delete it last",
            )
            .command(["census", "owners", "--unowned", "--suggest", "registry-stub.yaml"]);
        if is_dormant(view, identity) {
            draft =
                draft.severity(Severity::Medium).evidence("use", "no working credential and not used lately");
        }
        findings.identity(identity, "", draft);
    }
}

/// Known to be unable to act or unused, so that nothing is at stake today.
fn is_dormant(view: &View<'_>, identity: &Identity) -> bool {
    use census_model::{CredentialKind, CredentialStatus};
    let limit = view.unused_limit(identity);
    let dead = |status| matches!(status, CredentialStatus::Inactive | CredentialStatus::Expired);
    let can_act = view
        .index
        .credentials(&identity.id)
        .iter()
        .any(|c| c.kind != CredentialKind::MfaDevice && !dead(c.status));
    !can_act && view.idle(&identity.last_used, identity.created, limit).is_some()
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{ClaimSource, Identity, Manager};

    use crate::testing::{Case, not_since, not_visible};
    let mut cases = vec![
        Case::fires("a machine user", |w| {
            let user = w.user("ci");
            w.owner(&user, OwnerStatus::Unowned, &[]);
        })
        .severity(Severity::High),
        Case::fires("a role unused for a year", |w| {
            let role = w.add(Identity { last_used: not_since(365), ..fixtures::role("old") });
            w.owner(&role, OwnerStatus::Unowned, &[]);
        })
        .severity(Severity::Medium),
        Case::fires("an unused user whose key still works", |w| {
            let user = w.add(Identity { last_used: not_since(365), ..fixtures::user("old") });
            w.key(&user, "AKIA1", |_| ());
            w.owner(&user, OwnerStatus::Unowned, &[]);
        })
        .severity(Severity::High),
        Case::fires("a user whose key was used, by which it says so", |w| {
            let user = w.add(Identity { last_used: not_since(365), ..fixtures::user("ci") });
            w.key(&user, "AKIA1", |key| key.last_used = fixtures::used(3));
            w.owner(&user, OwnerStatus::Unowned, &[]);
        })
        .severity(Severity::High)
        .says("last used on 2026-05-29, for s3 in eu-west-1, by access-key/AKIA1"),
        Case::fires("a role whose use is not visible is not called dormant", |w| {
            let role = w.add(Identity { last_used: not_visible(), ..fixtures::role("dark") });
            w.owner(&role, OwnerStatus::Unowned, &[]);
        })
        .severity(Severity::High)
        .says("not visible"),
        Case::silent("a role that AWS manages", |w| {
            let manager = Manager { name: "aws".into(), evidence: "/aws-service-role/".into() };
            let role = w.add(Identity { managed_by: Some(manager), ..fixtures::role("slr") });
            w.owner(&role, OwnerStatus::Unowned, &[]);
        }),
        Case::silent("no record at all", |w| {
            w.user("ci");
        }),
    ];
    for status in [
        OwnerStatus::Registered,
        OwnerStatus::Inferred,
        OwnerStatus::Conflict,
        OwnerStatus::Departed,
        OwnerStatus::Unknown,
        OwnerStatus::NotApplicable,
    ] {
        cases.push(Case::silent(format!("status {status}"), move |w| {
            let user = w.user("ci");
            w.owner(&user, status, &[(ClaimSource::FreeTag, "ops")]);
        }));
    }
    cases
}
