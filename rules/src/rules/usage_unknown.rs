use census_model::{Activity, CredentialKind, CredentialStatus, Identity, Mechanism, OwnerStatus, Provider, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::{slot, subject},
    powers::is_machine,
    registered::ownable,
};

pub(crate) static RULE: Rule = Rule {
    id: "usage-unknown",
    version: 1,
    title: "Nobody can tell whether an identity is used",
    severity: Severity::Info,
    finding_types: &["LIFE-USAGE-UNKNOWN"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A machine's identity that is registered, or that nobody owns, can be used: a credential of it works or \
                somebody may assume it or runs as it. But a use that may have been is not visible: the credential report or the last use \
                was not read, or the cloud tells none for this kind of credential. The evidence names the gap.",
        why: "Such an identity can neither be called used nor idle. An offboarding trigger that waits for idleness never fires, \
              and a reviewer is asked without the one fact that answers most.",
        remedy: "Read what is missing: the gap names the call and the permission. In AWS `--deep` asks for the use of services, and \
                 `--cloudtrail` reads the company's own logs; in Azure the sign-ins of service principals take a report that \
                 comes with a licence of Entra ID. Where the cloud tells nothing, ask whoever operates it.",
        limits: "An identity that was seen in use by one way in is known to be used, whatever is hidden of the others. Identities \
                 with an inferred owner are left out, and people's and the provider's.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, record) in ownable(view).filter(|(identity, _)| is_machine(identity)) {
        let asked = record.registration.is_some() || record.status == OwnerStatus::Unowned;
        if !asked || !can_be_used(view, identity) {
            continue;
        }
        let activity = view.index.activity(identity);
        let Activity::NotVisible { gap: id, .. } = activity else { continue };
        let gap = match view.index.gap(id) {
            Some(gap) => format!("{} was not fully read ({}, {})", gap.read, gap.reason, gap.id),
            None => id.to_string(),
        };
        let mut draft =
            Draft::new(format!("whether {} is used cannot be told", subject(view, identity))).evidence("not visible", gap);
        if let Some(credential) = activity.credential() {
            draft = draft.evidence("of", slot(credential));
        }
        let draft = draft
            .evidence("owner", &*record.because)
            .remedy("read what the gap names, or ask whoever operates it")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

/// Whether a credential may work, or somebody may assume it.
fn can_be_used(view: &View<'_>, identity: &Identity) -> bool {
    let dead = |status| matches!(status, CredentialStatus::Inactive | CredentialStatus::Expired);
    let mut credentials = view.index.credentials(&identity.id).iter();
    credentials.any(|one| one.kind != CredentialKind::MfaDevice && !dead(one.status))
        || (identity.provider == Provider::Azure && !view.index.workloads(&identity.id).is_empty())
        || view.index.trusts(&identity.id).iter().any(|trust| trust.mechanism != Mechanism::Other)
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{ClaimSource, GapReason, NatureKind, PrincipalSet};

    use crate::testing::{Case, World, not_since, not_visible};
    fn dark(w: &mut World, status: OwnerStatus) -> Identity {
        let gap = w.gap("iam:GetCredentialReport", GapReason::Denied);
        let user = w.add(Identity { last_used: not_since(400), ..fixtures::user("ci") });
        w.owner(&user, status, &[]);
        w.key(&user, "AKIA1", |key| key.last_used = census_model::Observed::NotVisible(gap.clone()));
        user
    }
    vec![
        Case::fires("an application whose sign-ins are not visible", |w| {
            let mut app = census_fixtures::azure::service_principal("billing");
            app.last_used = crate::testing::not_visible();
            let app = w.azure(app);
            w.secret(&app, "first", |secret| secret.last_used = crate::testing::not_visible());
            w.registered(&app, |_| ());
        }),
        Case::silent("an application that signed in, by whichever secret", |w| {
            let app = w.app("billing");
            w.secret(&app, "first", |secret| secret.last_used = crate::testing::not_visible());
            w.registered(&app, |_| ());
        }),

        Case::fires("an unowned user's key", |w| {
            dark(w, OwnerStatus::Unowned);
        })
        .severity(Severity::Info)
        .says("iam:GetCredentialReport was not fully read")
        .says("access-key/AKIA1"),
        Case::fires("a registered one's", |w| {
            let user = dark(w, OwnerStatus::Registered);
            w.registered(&user, |_| ());
        }),
        Case::fires("a role", |w| {
            let role = w.add(Identity { last_used: not_visible(), ..fixtures::role("dark") });
            w.registered(&role, |_| ());
            let lambda = PrincipalSet::Service("lambda.amazonaws.com".into());
            w.trust(&role, lambda, Mechanism::AssumeRole, "");
        }),
        Case::silent("a role that nobody may assume", |w| {
            let role = w.add(Identity { last_used: not_visible(), ..fixtures::role("dark") });
            w.registered(&role, |_| ());
        }),
        Case::silent("its owner is inferred", |w| {
            dark(w, OwnerStatus::Inferred);
        }),
        Case::silent("a person's", |w| {
            let mut user = fixtures::user("ann");
            user.nature.kind = NatureKind::Human;
            let user = w.add(Identity { last_used: not_visible(), ..user });
            w.registered(&user, |_| ());
            w.key(&user, "AKIA1", |key| key.last_used = not_visible());
        }),
        Case::silent("seen in use by another key", |w| {
            let user = dark(w, OwnerStatus::Unowned);
            w.key(&user, "AKIA2", |_| ());
        }),
        Case::silent("idle", |w| {
            let user = w.add(Identity { last_used: not_since(400), ..fixtures::user("ci") });
            w.owner(&user, OwnerStatus::Registered, &[(ClaimSource::RegistryRecord, "ann")]);
        }),
    ]
}
