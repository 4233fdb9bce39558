use std::collections::BTreeSet;

use census_model::{
    Confidence, CredentialKind, Identity, IdentityKind, Mechanism, NatureKind, PrincipalSet, Provider, Severity, Trust,
    Workload, WorkloadState,
};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{last_use, subject},
    policies::{LISTED, Shown},
    powers::more,
};

pub(crate) static RULE: Rule = Rule {
    id: "machine-identity-used-by-humans",
    version: 1,
    title: "An identity that programs and people both use",
    severity: Severity::Medium,
    finding_types: &["USE-HUMAN"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "The evidence speaks for programs and for people: a role that a service, a pipeline or a workload becomes and \
                that people enter too, over SAML or from a role of IAM Identity Center; a user with a way in for programs and with a \
                console password, or with a second factor beside it.",
        why: "What a person does by a machine's identity carries no name in the log, escapes single sign-on and its second \
              factor's policy, and goes on when the person has left. And a person may do whatever the program may.",
        remedy: "Give people a role of their own, and take them out of this one: the statement of the trust policy that lets them \
                 in, or the password of the user.",
        limits: "A user with a working password and an active access key is console-and-key, and not reported again. That a \
                 person may enter is told, not that one did. A role that trusts an account or single identities says \
                 nothing of who those are. A second factor alone, without a password, may be for a program that asks for \
                 one: confidence is low.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in view.fixable() {
        let draft = match identity.kind {
            IdentityKind::AwsRole => role(view, identity),
            IdentityKind::AwsUser => user(view, identity),
            _ => None,
        };
        if let Some(draft) = draft {
            let reasons = identity.nature.reasons.iter().take(LISTED).map(|reason| format!("{}", Shown(reason)));
            let draft = draft
                .evidence("nature", format!("{}: {}", identity.nature.kind.as_str(), reasons.collect::<Vec<_>>().join(", ")))
                .remedy("give people an identity of their own, and take them out of this one")
                .command(["census", "explain", &identity.native_id]);
            findings.identity(identity, "", draft);
        }
    }
}

/// A role that people enter and programs run as.
fn role(view: &View<'_>, role: &Identity) -> Option<Draft> {
    let entries = peoples_entries(view, role);
    let workloads = view.index.workloads(&role.id).iter().copied();
    let workloads: Vec<&Workload> =
        workloads.filter(|one| one.state != Some(WorkloadState::Ended)).collect();
    let for_programs = matches!(role.nature.kind, NatureKind::Machine | NatureKind::Mixed);
    if entries.is_empty() || (!for_programs && workloads.is_empty()) {
        return None;
    }
    let mut draft = Draft::new(format!("people enter {}, which programs use", subject(view, role)));
    for entry in entries.into_iter().take(LISTED) {
        draft = draft.evidence("people", entry);
    }
    for workload in workloads.iter().take(LISTED) {
        let what = format!("{} `{}`", workload.kind.as_str(), Shown(&workload.native_id));
        draft = draft.evidence("runs as it", what);
    }
    Some(draft.facts(more(workloads.len(), "workloads")))
}

/// The trusts of a role by which people become it, in words.
fn peoples_entries(view: &View<'_>, role: &Identity) -> BTreeSet<String> {
    let entry = |trust: &&Trust| match &trust.who {
        PrincipalSet::External(issuer) if trust.mechanism == Mechanism::Saml => {
            Some(format!("over SAML, by `{}`", Shown(issuer)))
        }
        PrincipalSet::Identity(arn) if trust.mechanism == Mechanism::AssumeRole => {
            let set = view.index.permission_set(&view.index.native(arn)?.id)?;
            Some(format!("over IAM Identity Center, by permission set `{}`", Shown(&set.name)))
        }
        _ => None,
    };
    view.index.trusts(&role.id).iter().filter_map(entry).collect()
}

/// A user with a way in for programs and one for people.
fn user(view: &View<'_>, user: &Identity) -> Option<Draft> {
    let active = |kind| view.active(&user.id, kind);
    let keys = active(CredentialKind::AccessKey);
    let passwords = active(CredentialKind::ConsolePassword);
    if !passwords.is_empty() && !keys.is_empty() {
        return None;
    }
    let programs = [
        CredentialKind::AccessKey,
        CredentialKind::SigningCertificate,
        CredentialKind::SshPublicKey,
        CredentialKind::ServiceSpecificCredential,
    ];
    let programs: Vec<_> = programs.into_iter().flat_map(active).collect();
    let first = programs.first()?;
    let draft = match (passwords.first(), active(CredentialKind::MfaDevice).first()) {
        (Some(password), _) if user.nature.kind == NatureKind::Mixed => {
            Draft::new(format!("people can sign in as {}, which programs use", subject(view, user)))
                .evidence("people", format!("console password, {}", last_use(&password.last_used)))
        }
        (None, Some(_)) if user.nature.kind != NatureKind::Human => {
            Draft::new(format!("{}, which programs use, has a person's second factor", subject(view, user)))
                .at_most(Confidence::Low)
                .evidence("people", "a second factor is registered, which a program seldom has")
        }
        _ => return None,
    };
    Some(draft.evidence("programs", format!("{}, {}", first.kind, last_use(&first.last_used))))
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{CredentialStatus, Observed, PermissionSet, WorkloadKind};

    use crate::testing::{Case, World, run_as};
    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:f";
    fn natured(mut identity: Identity, kind: NatureKind) -> Identity {
        identity.nature.kind = kind;
        identity
    }
    fn entered(w: &mut World, kind: NatureKind) -> Identity {
        let role = w.add(natured(fixtures::role("shared"), kind));
        let corp = PrincipalSet::External("arn:aws:iam::111122223333:saml-provider/corp".into());
        w.trust(&role, corp, Mechanism::Saml, "");
        role
    }
    let user = |kind: NatureKind, credentials: &'static [(CredentialKind, CredentialStatus)]| {
        move |w: &mut World| {
            let user = w.add(natured(fixtures::user("ci"), kind));
            for (kind, status) in credentials {
                w.credential(&user, *kind, |one| one.status = *status);
            }
        }
    };
    use CredentialKind::{AccessKey, ConsolePassword, MfaDevice, SshPublicKey};
    use CredentialStatus::{Active, Inactive};
    vec![
        Case::fires("a role for SAML that a function runs as", |w| {
            let role = entered(w, NatureKind::Human);
            run_as(w, &role, WorkloadKind::AwsLambdaFunction, FUNCTION, &[]);
        })
        .severity(Severity::Medium)
        .confidence(Confidence::High)
        .says(FUNCTION),
        Case::fires("a role that trusts SAML and a service", |w| {
            entered(w, NatureKind::Mixed);
        })
        .says("over SAML"),
        Case::fires("a service's role that people of a permission set may assume", |w| {
            let role = w.role("app");
            let people = w.role("AWSReservedSSO_Dev_1");
            w.estate.permission_set(PermissionSet {
                native_id: "arn:aws:sso:::permissionSet/ssoins-1/ps-1".into(),
                name: "Dev".into(),
                scope: people.scope.clone(),
                role: people.id.clone(),
                assigned: Observed::Known(Vec::new()),
            });
            w.trust(&role, PrincipalSet::Identity(people.native_id.clone()), Mechanism::AssumeRole, "");
        })
        .says("by permission set `Dev`"),
        Case::fires(
            "a password beside an SSH key",
            user(NatureKind::Mixed, &[(ConsolePassword, Active), (SshPublicKey, Active)]),
        )
        .confidence(Confidence::High)
        .says("people can sign in"),
        Case::fires(
            "a second factor beside a key",
            user(NatureKind::Machine, &[(MfaDevice, Active), (AccessKey, Active)]),
        )
        .confidence(Confidence::Low),
        Case::silent(
            "a password beside a key, which console-and-key tells",
            user(NatureKind::Mixed, &[(ConsolePassword, Active), (AccessKey, Active)]),
        ),
        Case::silent(
            "a password beside a key that is disabled",
            user(NatureKind::Mixed, &[(ConsolePassword, Active), (AccessKey, Inactive)]),
        ),
        Case::silent("a person's second factor", user(NatureKind::Human, &[(MfaDevice, Active), (ConsolePassword, Active)])),
        Case::silent("a key alone", user(NatureKind::Machine, &[(AccessKey, Active)])),
        Case::silent("a role for people only", |w| {
            entered(w, NatureKind::Human);
        }),
        Case::silent("a role for programs only", |w| {
            let role = w.role("app");
            run_as(w, &role, WorkloadKind::AwsLambdaFunction, FUNCTION, &[]);
        }),
        Case::silent("what the provider manages", |w| {
            let mut role = natured(fixtures::role("sso"), NatureKind::Mixed);
            role.managed_by = Some(census_model::Manager { name: "aws".into(), evidence: "path".into() });
            let role = w.add(role);
            let corp = PrincipalSet::External("arn:aws:iam::111122223333:saml-provider/corp".into());
            w.trust(&role, corp, Mechanism::Saml, "");
        }),
    ]
}
