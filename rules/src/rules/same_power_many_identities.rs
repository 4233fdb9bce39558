use std::collections::{BTreeMap, BTreeSet};

use census_model::{Condition, Effect, Grant, Identity, Level, PolicyId, Reach, ScopeId, Severity};
use jiff::Timestamp;

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    policies::{LISTED, attached, holder, policy},
    powers::{is_machine, more, powerful, role_of, severity, weigh},
};

pub(crate) static RULE: Rule = Rule {
    id: "same-power-many-identities",
    version: 1,
    title: "Several machine identities with the very same great power",
    severity: Severity::Medium,
    finding_types: &["PRIV-ADMIN"],
    providers: EVERY_PROVIDER,
    // Those are about the root user's keys, about single policies and roles, how many owners there are, and who reviews
    // them.
    except_controls: &[
        ("CIS-AWS", "7.0:2.4"),
        ("CIS-AWS", "7.0:2.14"),
        ("CIS-AZURE", "6.0:5.3.3"),
        ("CIS-AZURE", "6.0:5.3.4"),
        ("CIS-AZURE", "6.0:5.7"),
    ],
    thresholds: &[],
    docs: Docs {
        finds: "Three or more identities of one account or tenant that programs use hold the very same policies, or the same roles in \
                the same places, with the same limits, and are administrators or can become one. One finding a group; its \
                subject is the oldest of them. Severity is low where a condition that is open at run time decides for the oldest.",
        why: "Programs that do different things rarely need the same. Equal power means that it was copied, and each \
              copy is one more way in to the same place.",
        remedy: "Give each what it needs. Where they are truly one program, let them share one role or managed \
                 identity that each instance uses.",
        limits: "Policies are compared by their text, so that two that come to the same are not found. What trust \
                 policies and resources' own policies give is not compared. An identity with a policy that could not \
                 be read is passed by. The finding moves to another identity when the oldest one goes.",
    },
    check,
};

/// From how many on it is no chance.
const SEVERAL: usize = 3;

/// What members of a group have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Power<'a> {
    scope: &'a ScopeId,
    level: Level,
    policies: BTreeSet<Held<'a>>,
}

/// A policy as it is held: what it does, which text, where and under which condition.
type Held<'a> = (Effect, &'a PolicyId, &'a ScopeId, Option<&'a Condition>);

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let mut groups: BTreeMap<Power<'_>, Vec<(&Identity, &Reach)>> = BTreeMap::new();
    for (identity, reach) in powerful(view).filter(|(identity, _)| is_machine(identity)) {
        let Some(policies) = policies(view, identity).filter(|policies| !policies.is_empty()) else {
            continue;
        };
        let power = Power { scope: &identity.scope, level: reach.level, policies };
        groups.entry(power).or_default().push((identity, reach));
    }
    for (power, mut members) in groups {
        if members.len() < SEVERAL {
            continue;
        }
        // The oldest is the one that is there whoever comes later.
        let age = |one: &Identity| one.created.unwrap_or(Timestamp::MAX);
        members.sort_by(|(a, _), (b, _)| (age(a), a.binding_id()).cmp(&(age(b), b.binding_id())));
        let Some((oldest, reach)) = members.first() else { continue };
        let title = format!(
            "`{}` and {} other machine identities hold the same policies, and each is {}",
            oldest.name,
            members.len() - 1,
            role_of(power.level)
        );
        let mut draft = Draft::new(title).severity(severity(reach, RULE.severity, Severity::Low));
        for (member, _) in members.iter().take(LISTED) {
            draft = draft.evidence("identity", format!("{} `{}`", member.kind, member.native_id));
        }
        draft = draft.facts(more(members.len(), "identities"));
        let grants: Vec<_> = attached(view, oldest).collect();
        for grant in grants.iter().take(LISTED) {
            let what = format!("{}, for `{}` attached to {}", policy(grant), oldest.name, holder(view, grant));
            draft = draft.evidence("policy", what);
        }
        let draft = weigh(draft.facts(more(grants.len(), "policies")), view, reach)
            .remedy("give each what it needs, or let those that are one program share one role")
            .command(["census", "explain", &oldest.native_id]);
        findings.identity(oldest, "", draft);
    }
}

/// `None` if one of them could not be read.
fn policies<'a>(view: &View<'a>, identity: &Identity) -> Option<BTreeSet<Held<'a>>> {
    let held = |grant: &'a Grant| {
        Some((grant.effect, grant.policy.as_ref()?, &grant.scope, grant.condition.as_ref()))
    };
    attached(view, identity).map(held).collect()
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{Attachment, Bound, Confidence, Nature, NatureKind, Policy, PolicyKind, Via};

    use crate::testing::{Case, World};
    fn alike(w: &mut World, count: usize, level: Level) -> Vec<Identity> {
        let make = |at: usize| {
            let role = w.role(&format!("r{at}"));
            w.allow(&role, "iam:*", "*", "");
            w.reach(&role, level);
            role
        };
        (0..count).map(make).collect()
    }
    fn owners(w: &mut World, place: impl Fn(usize) -> ScopeId) {
        for at in 0..3 {
            let app = w.app(&format!("app{at}"));
            let text = r#"[{"actions":["*"]}]"#;
            let policy = Some(w.estate.policy(Policy::new(PolicyKind::AzurePermissions, text)));
            let grant = fixtures::azure::role_assignment(&app.id, place(at), "Owner");
            w.estate.grant(Grant { policy, ..grant });
            w.reach(&app, Level::Admin);
        }
    }
    vec![
        Case::fires("three administrators", |w| {
            alike(w, 3, Level::Admin);
        })
        .severity(Severity::Medium)
        .confidence(Confidence::High)
        .says("`r0` and 2 other machine identities")
        .says("inline policy `iam:*`"),
        Case::fires("twelve that can become one", |w| {
            alike(w, 12, Level::Escalates);
        })
        .says("2 more identities"),
        Case::fires("the oldest is the subject", |w| {
            alike(w, 3, Level::Admin);
            let old = w.add(Identity { created: Some(fixtures::days_ago(900)), ..fixtures::role("z") });
            w.allow(&old, "iam:*", "*", "");
            w.reach(&old, Level::Admin);
        })
        .says("`z` and 3 other"),
        Case::fires("by a group's policy", |w| {
            let group = w.group("admins");
            let text = r#"{"Version":"2012-10-17","Statement":
                {"Effect":"Allow","Action":"iam:*","Resource":"*"}}"#;
            let via = Via::Inline { name: "all".into() };
            w.attach(Attachment::Group(group.clone()), via, Effect::Allow, text);
            for name in ["a", "b", "c"] {
                let user = w.user(name);
                w.member(&group, &user);
                w.reach(&user, Level::Admin);
            }
        })
        .says("group `admins`"),
        Case::fires("a limit was not read", |w| {
            for role in alike(w, 3, Level::Admin) {
                w.reach(&role, Level::Admin).bound(Bound::Upper, "organizations:ListPolicies");
            }
        })
        .confidence(Confidence::Low),
        Case::fires("three owners of one subscription", |w| {
            owners(w, |_| fixtures::azure::subscription_scope());
        }),
        Case::silent("owners of different places", |w| {
            owners(w, |at| match at {
                0 => fixtures::azure::tenant_scope(),
                1 => fixtures::azure::management_group_scope(),
                _ => fixtures::azure::subscription_scope(),
            });
        }),
        Case::silent("two", |w| {
            alike(w, 2, Level::Admin);
        }),
        Case::silent("no administrators", |w| {
            alike(w, 3, Level::Sensitive);
        }),
        Case::silent("one has another policy too", |w| {
            let roles = alike(w, 3, Level::Admin);
            w.allow(&roles[0], "s3:GetObject", "*", "");
        }),
        Case::silent("one is a person", |w| {
            alike(w, 2, Level::Admin);
            let nature = Nature { kind: NatureKind::Human, ..fixtures::user("ann").nature };
            let ann = w.add(Identity { nature, ..fixtures::user("ann") });
            w.allow(&ann, "iam:*", "*", "");
            w.reach(&ann, Level::Admin);
        }),
        Case::silent("one has a policy that was not read", |w| {
            let roles = alike(w, 3, Level::Admin);
            w.estate.grant(Grant {
                attached_to: Attachment::Identity(roles[0].id.clone()),
                via: Via::Inline { name: "dark".into() },
                policy: None,
                effect: Effect::Allow,
                scope: roles[0].scope.clone(), activation: census_model::Activation::Standing, condition: None });
        }),
        Case::silent("none has a policy", |w| {
            for name in ["a", "b", "c"] {
                let role = w.role(name);
                w.reach(&role, Level::Admin);
            }
        }),
    ]
}
