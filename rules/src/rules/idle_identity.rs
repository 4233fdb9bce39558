use census_model::{Confidence, CredentialKind, CredentialStatus, Identity, IdentityKind, Provider, Severity, Stated, TriggerKind};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Idle, Rule, View,
    docs::{date, idle_since, subject},
    entra::{delete_credential, fact, live},
    idleness::is_told,
    policies::LISTED,
    registered::registration,
};

pub(crate) static RULE: Rule = Rule {
    id: "idle-identity",
    version: 2,
    title: "An identity that rests for longer than it should",
    severity: Severity::Medium,
    finding_types: &["LIFE-IDLE"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &["unused_days", "role_unused_days", "new_identity_grace_days"],
    docs: Docs {
        finds: "An identity is known to be unused, by all its ways in, for longer than its registration says that it rests at \
                most (`used_every`); without such a word, for longer than the limit. Severity is low where nothing that \
                it holds works and nothing runs as it. The credentials of an application that still work are named.",
        why: "What is not used as often as it was registered for has lost its reason earlier than any general limit can tell: \
              a weekly job that has not run for a month is over, or broken. And an identity that nobody uses is misused \
              without anybody missing it.",
        remedy: "Ask the owner. Take away its credentials or what it may do, wait, and delete it last; or correct how often it \
                 is used.",
        limits: "A fact is one finding. Of a role that is unused beyond the limit role-unused tells, of a key access-key-unused, \
                 of a console password console-password-unused, and of what its own offboarding trigger should have retired \
                 for resting too long offboarding-trigger-fired; then this rule is silent. What is left to it are identities \
                 whose registration expects more than the general limit does, and those that have none of the above: users \
                 with SSH keys, certificates or service credentials only, or with nothing at all; and all of Azure, where the \
                 sign-ins of an identity are told, and not the use of each credential. A longer `used_every` \
                 makes all of them wait. What is not visible is not unused: usage-unknown. Root users ought to rest, and people of Entra ID are not asked about.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let apart = [IdentityKind::AwsRootUser, IdentityKind::EntraUser];
    for identity in view.fixable().filter(|identity| !apart.contains(&identity.kind)) {
        let registered = registration(view, identity);
        let promised = registered.and_then(|found| found.registration.used_every.as_ref());
        let limit = promised.map_or_else(|| view.unused_limit(identity), |every| every.value.most_days());
        let Some(idle) = rests(view, identity, limit) else { continue };
        let retired = registered
            .is_some_and(|found| found.life.fired().any(|trigger| trigger.kind == TriggerKind::Idle));
        if retired || is_told(view, identity) {
            continue;
        }
        let mut draft =
            Draft::new(format!("{} is unused for {} days", subject(view, identity), idle.days))
                .evidence("activity", idle_since(&idle))
                .evidence("created", identity.created.map_or_else(|| "unknown".to_owned(), date));
        draft = match promised {
            Some(every) => draft.facts([Stated::evidence(every, "used at least every")]),
            None => draft.evidence("limit", format!("{limit} days")),
        };
        let live = live(view, identity);
        draft = draft.facts(live.iter().take(LISTED).map(|one| fact("still works", one)));
        if !holds_anything(view, identity) {
            draft = draft.severity(Severity::Low).evidence("credentials", "none works, and nobody may assume it");
        }
        if let Some(first) = live.first() {
            draft = delete_credential(draft, identity, first);
        }
        let draft = draft
            .doubts(Confidence::Medium, view.contradictions(identity))
            .remedy("ask the owner; then take away its credentials or what it may do, wait, and delete it last")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

/// Since when nobody used it by any way in.
fn rests(view: &View<'_>, identity: &Identity, limit: u32) -> Option<Idle> {
    view.idle(&view.index.activity(identity).seen(), identity.created, limit)
}

/// Whether anybody could use it.
fn holds_anything(view: &View<'_>, identity: &Identity) -> bool {
    let dead = |status| matches!(status, CredentialStatus::Inactive | CredentialStatus::Expired);
    let mut credentials = view.index.credentials(&identity.id).iter();
    credentials.any(|one| one.kind != CredentialKind::MfaDevice && !dead(one.status))
        || (identity.provider == Provider::Azure && !view.index.workloads(&identity.id).is_empty())
        || !view.index.trusts(&identity.id).is_empty()
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{Evidence, Mechanism, PrincipalSet, Trigger, TriggerState};

    use crate::testing::{Case, World, days_ago, not_since, not_visible};
    fn weekly(w: &mut World, days: i64) -> Identity {
        let role = w.add(Identity { last_used: fixtures::used(days), ..fixtures::role("weekly") });
        w.used_every(&role, "P7D");
        let lambda = PrincipalSet::Service("lambda.amazonaws.com".into());
        w.trust(&role, lambda, Mechanism::AssumeRole, "");
        role
    }
    fn ssh(w: &mut World, used: &census_model::Observed<census_model::LastUse>) {
        let user = w.add(Identity { last_used: not_since(400), ..fixtures::user("git") });
        w.credential(&user, CredentialKind::SshPublicKey, |key| {
            key.created = days_ago(500);
            key.last_used = used.clone();
        });
    }
    vec![
        Case::fires("an application that nobody signs in as, with a secret", |w| {
            let mut app = fixtures::azure::service_principal("billing");
            app.last_used = crate::testing::not_since(200);
            let app = w.azure(app);
            w.secret(&app, "first", |secret| secret.last_used = crate::testing::not_visible());
        })
        .severity(Severity::Medium)
        .says("still works"),
        Case::fires("a managed identity that runs nothing", |w| {
            let mut identity = fixtures::azure::user_assigned("old");
            identity.last_used = crate::testing::not_since(200);
            w.azure(identity);
        })
        .severity(Severity::Low),
        Case::silent("an application whose sign-ins are not visible", |w| {
            let mut app = fixtures::azure::service_principal("billing");
            app.last_used = crate::testing::not_visible();
            let app = w.azure(app);
            w.secret(&app, "first", |_| ());
        }),
        Case::silent("a person of Entra ID", |w| {
            let mut ana = fixtures::azure::person("ana@brindlemoor.example");
            ana.last_used = crate::testing::not_since(200);
            w.azure(ana);
        }),

        Case::fires("a weekly job that has not run for a month", |w| {
            weekly(w, 30);
        })
        .severity(Severity::Medium)
        .says("used at least every")
        .says("registry.yaml:3"),
        Case::fires("an SSH key alone", |w| ssh(w, &not_since(400))).says("90 days"),
        Case::fires("nothing that works", |w| {
            let user = w.add(Identity { last_used: not_since(400), ..fixtures::user("old") });
            w.key(&user, "AKIA1", |key| {
                key.status = CredentialStatus::Inactive;
                key.last_used = not_since(400);
            });
        })
        .severity(Severity::Low),
        Case::silent("a weekly job that ran", |w| {
            weekly(w, 7);
        }),
        Case::silent("a weekly job over the limit, which role-unused tells", |w| {
            weekly(w, 91);
        }),
        Case::silent("a weekly job whose trigger fired", |w| {
            let role = weekly(w, 30);
            w.life(&role, |life| {
                life.triggers.push(Trigger {
                    kind: TriggerKind::Idle,
                    state: TriggerState::Fired(None),
                    evidence: Evidence::new("idle", "P14D"),
                });
            });
        }),
        Case::silent("a yearly job", |w| {
            let user = w.add(Identity { last_used: not_since(300), ..fixtures::user("yearly") });
            w.used_every(&user, "P1Y");
        }),
        Case::silent("a role over the limit", |w| {
            w.add(Identity { last_used: not_since(400), ..fixtures::role("old") });
        }),
        Case::silent("a key over the limit", |w| {
            let user = w.add(Identity { last_used: not_since(400), ..fixtures::user("old") });
            w.key(&user, "AKIA1", |key| {
                key.created = days_ago(500);
                key.last_used = not_since(400);
            });
        }),
        Case::silent("a user whose SSH key is used nobody knows when", |w| ssh(w, &not_visible())),
        Case::silent("a user whose key is used", |w| {
            let user = w.add(Identity { last_used: not_since(400), ..fixtures::user("ci") });
            w.key(&user, "AKIA1", |_| ());
        }),
        Case::silent("the root user, who ought to rest", |w| {
            w.add(Identity { last_used: not_since(400), ..fixtures::root() });
        }),
        Case::silent("young", |w| {
            w.add(Identity { last_used: not_since(400), created: days_ago(10), ..fixtures::user("new") });
        }),
    ]
}
