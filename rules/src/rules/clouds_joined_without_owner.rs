use std::collections::BTreeSet;

use census_model::{Identity, OwnerStatus, Provider, Severity};
use jiff::Timestamp;

use crate::{
    Docs, Draft, Findings, Rule, View,
    bridges::{Bridges, Joint, Trusting},
    clouds::cloud,
    docs::subject,
    policies::{LISTED, Shown},
    powers::{more, role_of},
    principals::statements,
};

pub(crate) static RULE: Rule = Rule {
    id: "clouds-joined-without-owner",
    version: 1,
    title: "Two clouds are joined by a trust that nobody answers for",
    severity: Severity::High,
    finding_types: &["OWN-UNOWNED"],
    providers: &[Provider::Aws, Provider::Azure],
    // That is about who may register applications.
    except_controls: &[("CIS-AZURE", "5.0:5.14")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity of one cloud is trusted by identities of another (a role of AWS takes the tokens of a program of \
                Entra ID, or the other way round), or one workload outside is trusted by identities of both: the same \
                repository, workspace or service account of one issuer. And none of those identities has an owner, \
                neither registered nor inferred, or their owners have left. One finding a joint; its subject is the \
                identity that is trusted, or the oldest of those that trust the workload. Severity is high where one of \
                them is an administrator or can become one, and medium otherwise.",
        why: "Whoever takes over the one gets from one cloud into the other, and neither cloud's people know of it. There is \
              nobody to ask whether the trust is still needed, on either side.",
        remedy: "Find out what the workload is for. Register one owner for all of the identities that it joins, or end the \
                 trust on one side.",
        limits: "An owner on either side, even one who is only inferred, is enough. Where ownership of any of them could not be \
                 determined, nothing is reported. Workloads outside are compared by issuer and the subject's part that \
                 names the repository or workspace; trusts that name them by another claim, by a wildcard or not at all \
                 are passed by, and so is a trust of a whole tenant. Assertions of SAML are not looked at. Whether the \
                 rest of a trust's condition is ever met is not judged.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let bridges = Bridges::of(view);
    for (joint, trusting) in bridges.all() {
        let joined = joined(joint, trusting);
        if !joined.iter().all(|identity| is_unowned(view, identity)) {
            continue;
        }
        let Some(on) = on(joint, trusting) else { continue };
        let distinguisher = match joint {
            Joint::Identity(_) => String::new(),
            Joint::Workload(one) => format!("{} {}", one.issuer, one.subject),
        };
        findings.identity(on, &distinguisher, draft(view, joint, trusting, &joined));
    }
}

/// All identities that a joint holds together, those of AWS first.
fn joined<'a>(joint: Joint<'a, '_>, trusting: &Trusting<'a>) -> Vec<&'a Identity> {
    let inside = match joint {
        Joint::Identity(identity) => Some(identity),
        Joint::Workload(_) => None,
    };
    let mut all: Vec<&Identity> = trusting.identities().chain(inside).collect();
    all.sort_by_key(|one| (one.provider, &one.id));
    all
}

/// What is not known is never unowned.
fn is_unowned(view: &View<'_>, identity: &Identity) -> bool {
    view.owner(&identity.id)
        .is_some_and(|record| matches!(record.status, OwnerStatus::Unowned | OwnerStatus::Departed))
}

/// The identity that the finding is about.
fn on<'a>(joint: Joint<'a, '_>, trusting: &Trusting<'a>) -> Option<&'a Identity> {
    match joint {
        Joint::Identity(identity) => Some(identity),
        // The oldest is the one that is there whoever comes later.
        Joint::Workload(_) => {
            let age = |one: &Identity| one.created.unwrap_or(Timestamp::MAX);
            trusting.identities().min_by(|a, b| (age(a), a.binding_id()).cmp(&(age(b), b.binding_id())))
        }
    }
}

fn draft(
    view: &View<'_>,
    joint: Joint<'_, '_>,
    trusting: &Trusting<'_>,
    joined: &[&Identity],
) -> Draft {
    let clouds: BTreeSet<Provider> = trusting.identities().map(|one| one.provider).collect();
    let clouds: Vec<&str> = clouds.into_iter().map(cloud).collect();
    let clouds = clouds.join(" and ");
    let title = match joint {
        Joint::Identity(identity) => format!(
            "{} of {} gets into {clouds}, and nobody owns it there or here",
            subject(view, identity),
            cloud(identity.provider)
        ),
        Joint::Workload(one) => {
            let (subject, issuer) = (Shown(&one.subject), Shown(&one.issuer));
            format!("`{subject}` of `{issuer}` gets into {clouds}, and nobody owns what it becomes")
        }
    };
    let level = |one: &Identity| view.reach(&one.id).map(|reach| reach.level);
    let powerful = joined.iter().any(|one| level(one).is_some_and(|level| level.is_powerful()));
    let mut draft = Draft::new(title).severity(if powerful { RULE.severity } else { Severity::Medium });
    if let Joint::Workload(one) = joint {
        let trusted = format!("`{}` of `{}`", Shown(&one.subject), Shown(&one.issuer));
        draft = draft.evidence("trusted", trusted);
    }
    for one in joined.iter().take(LISTED) {
        let because = view.owner(&one.id).map_or("", |record| &record.because);
        let power = level(one).map(|level| format!(", {}", role_of(level))).unwrap_or_default();
        draft = draft.evidence(
            &format!("in {}", cloud(one.provider)),
            format!("{} `{}`{power}; {}", one.kind, Shown(&one.native_id), Shown(because)),
        );
    }
    draft
        .facts(more(joined.len(), "identities"))
        .facts(statements(trusting.trusts.iter().copied().take(LISTED)))
        .facts(more(trusting.trusts.len(), "trust statements"))
        .remedy("find out what it is for and register one owner for all of it, or end the trust on one side")
        .command(["census", "owners", "--unowned"])
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::{Level, Mechanism, PrincipalSet};

    use crate::testing::{Case, World};
    const GITHUB: &str = "token.actions.githubusercontent.com";
    const CLUSTER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/ABC";
    const ENTRA: &str = "sts.windows.net/7a1f0000-0000-4000-8000-000000000001";
    /// A role that trusts this subject of an issuer, or those that it stands for.
    fn role(w: &mut World, name: &str, issuer: &str, subject: &str) -> Identity {
        let role = w.role(name);
        let who = PrincipalSet::External(format!("arn:aws:iam::111122223333:oidc-provider/{issuer}").into());
        let condition = format!(r#"{{"StringLike":{{"{issuer}:sub":"{subject}"}}}}"#);
        w.trust(&role, who, Mechanism::WebIdentity, &condition);
        w.owner(&role, OwnerStatus::Unowned, &[]);
        role
    }
    fn app(w: &mut World, name: &str, issuer: &str, subject: &str) -> Identity {
        let app = w.app(name);
        w.estate.trust(azure::federated(&app, &format!("https://{issuer}"), subject));
        w.owner(&app, OwnerStatus::Unowned, &[]);
        app
    }
    /// A managed identity and a role that takes its tokens.
    fn crossing(w: &mut World) -> (Identity, Identity) {
        let identity = w.azure(azure::system_assigned("sync"));
        w.owner(&identity, OwnerStatus::Unowned, &[]);
        let role = role(w, "deploy", &format!("{ENTRA}/"), &identity.native_id);
        (identity, role)
    }
    fn both(w: &mut World, in_aws: &str, in_azure: &str) -> (Identity, Identity) {
        (role(w, "deploy", GITHUB, in_aws), app(w, "release", GITHUB, in_azure))
    }
    let mut cases = vec![
        Case::fires("a managed identity that a role of AWS trusts", |w| {
            crossing(w);
        })
        .severity(Severity::Medium)
        .says("azure-system-assigned-identity `sync` of Azure gets into AWS")
        .says("role/deploy"),
        Case::fires("where the role is an administrator", |w| {
            let (_, role) = crossing(w);
            w.reach(&role, Level::Admin);
        })
        .severity(Severity::High)
        .says("an administrator"),
        Case::fires("a role of AWS that an application trusts", |w| {
            let role = w.role("deploy");
            w.owner(&role, OwnerStatus::Departed, &[]);
            app(w, "directory", "3f2a.tokens.sts.global.api.aws", &role.native_id);
        })
        .says("aws-role `deploy` of AWS gets into Azure"),
        Case::fires("two roles that trust one identity are one finding", |w| {
            let (identity, _) = crossing(w);
            role(w, "second", &format!("{ENTRA}/"), &identity.native_id);
        })
        .says("role/second"),
        Case::fires("one repository, by different branches", |w| {
            both(w, "repo:acme/app:*", "repo:acme/app:environment:prod");
        })
        .severity(Severity::Medium)
        .says("`repo:acme/app` of `token.actions.githubusercontent.com` gets into AWS and Azure"),
        Case::fires("one service account of a cluster", |w| {
            role(w, "deploy", CLUSTER, "system:serviceaccount:shop:api");
            app(w, "release", CLUSTER, "system:serviceaccount:shop:api");
        }),
        Case::fires("two repositories, each in both clouds", |w| {
            both(w, "repo:acme/app:*", "repo:acme/app:environment:prod");
            role(w, "other", GITHUB, "repo:acme/web:*");
            app(w, "another", GITHUB, "repo:acme/web:environment:prod");
        })
        .times(2),
        Case::silent("two repositories", |w| {
            both(w, "repo:acme/app:*", "repo:acme/web:environment:prod");
        }),
        Case::silent("two service accounts of a cluster", |w| {
            role(w, "deploy", CLUSTER, "system:serviceaccount:shop:api");
            app(w, "release", CLUSTER, "system:serviceaccount:shop:web");
        }),
        Case::silent("one service account's name in two clusters", |w| {
            role(w, "deploy", CLUSTER, "system:serviceaccount:shop:api");
            app(w, "release", "westeurope.oic.prod-aks.azure.com/t/c", "system:serviceaccount:shop:api");
        }),
        Case::silent("any repository of one tenant", |w| {
            both(w, "repo:acme/*", "repo:acme/app:environment:prod");
        }),
        Case::silent("only one cloud trusts it", |w| {
            role(w, "deploy", GITHUB, "repo:acme/app:*");
            role(w, "second", GITHUB, "repo:acme/app:*");
        }),
        Case::silent("an identity that is not of the estate", |w| {
            role(w, "deploy", &format!("{ENTRA}/"), azure::SUBSCRIPTION);
        }),
        Case::silent("an identity of that id, and another tenant's issuer", |w| {
            let identity = w.azure(azure::system_assigned("sync"));
            w.owner(&identity, OwnerStatus::Unowned, &[]);
            role(w, "deploy", &format!("sts.windows.net/{}/", azure::OTHER_TENANT), &identity.native_id);
        }),
        Case::silent("a trust within Entra ID", |w| {
            let identity = w.azure(azure::system_assigned("sync"));
            w.owner(&identity, OwnerStatus::Unowned, &[]);
            app(w, "release", &format!("login.microsoftonline.com/{}/v2.0", azure::TENANT), &identity.native_id);
        }),
        Case::silent("no record of one side", |w| {
            let (identity, _) = crossing(w);
            w.ownership.records.remove(&identity.id);
        }),
    ];
    for status in [
        OwnerStatus::Registered,
        OwnerStatus::Inferred,
        OwnerStatus::Conflict,
        OwnerStatus::Unknown,
        OwnerStatus::NotApplicable,
    ] {
        cases.push(Case::silent(format!("the side of Azure is {status}"), move |w| {
            let (identity, _) = crossing(w);
            w.owner(&identity, status, &[]);
        }));
        cases.push(Case::silent(format!("the side of AWS is {status}"), move |w| {
            let (role, _) = both(w, "repo:acme/app:*", "repo:acme/app:environment:prod");
            w.owner(&role, status, &[]);
        }));
    }
    cases
}
