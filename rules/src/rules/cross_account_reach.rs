use census_model::{Identity, Provider, Reach, ReachAt, ScopeId, ScopeKind, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    powers::{place, powerful, role_of, weigh_at},
};

pub(crate) static RULE: Rule = Rule {
    id: "cross-account-reach",
    version: 2,
    title: "An identity that administers an account or subscription other than its own",
    severity: Severity::High,
    finding_types: &["PRIV-BROAD-SCOPE"],
    providers: EVERY_PROVIDER,
    // Those are about what an instance runs as, and about roles that people hold.
    except_controls: &[("CIS-GCP", "5.0:1.7"), ("CIS-GCP", "5.0:4.1")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity is administrator of an account that is not the one it lives in, or can become it; in Azure, a \
                managed identity of a subscription other than the one its resource lies in. Severity is medium where \
                only a condition that is open at run time gives that.",
        why: "Accounts and subscriptions are the strongest wall there is. An identity that administers beyond it carries an incident \
              from one account into the next, and the owners of the other account do not see it among theirs.",
        remedy: "Let it assume a role in the other account that may do just what is needed, and name the identity, \
                 not its whole account, in that role's trust policy. Keep identities that must administer many \
                 accounts in an account of their own.",
        limits: "Service principals of applications live in the tenant, beside all subscriptions, and are not meant; what \
                 administers a management group or the tenant is assignment-above-subscriptions, and what administers \
                 another cloud is cross-cloud-escalation. Reach into accounts that were not scanned is not seen. What the identity does in the other account \
                 below administration is not reported. What was not read lowers the confidence.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, reach) in powerful(view) {
        let Some(home) = home(view, identity) else { continue };
        let abroad = abroad(view, identity, reach, home);
        let Some(first) = abroad.first() else { continue };
        let more = match abroad.len() {
            1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        let title = format!(
            "{} `{}` is {} of {}{more}, beyond its own {}",
            identity.kind,
            identity.name,
            role_of(first.level),
            place(view, &first.scope),
            if identity.provider == Provider::Azure { "subscription" } else { "account" },
        );
        let conditional = abroad.iter().all(|at| at.conditional);
        let draft = Draft::new(title)
            .severity(if conditional { Severity::Medium } else { RULE.severity })
            .evidence("lives in", place(view, home));
        let remedy = match identity.provider {
            Provider::Azure => "give what runs there an identity of its own, or a role on just the resources that it needs",
            _ => "let it assume a role there that may do just what is needed, and that names it as trusted",
        };
        let draft = weigh_at(draft, view, reach, &abroad)
            .remedy(remedy)
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

/// The account that an identity lives in, or the subscription of a managed one; `None` of what lives in no such thing.
fn home<'a>(view: &View<'a>, identity: &'a Identity) -> Option<&'a ScopeId> {
    match identity.provider {
        Provider::Azure => subscription(view, &identity.scope),
        _ => Some(&identity.scope),
    }
}

fn subscription<'a>(view: &View<'a>, scope: &ScopeId) -> Option<&'a ScopeId> {
    let above = view.index.ancestors(scope);
    above.into_iter().find(|one| one.kind == ScopeKind::Subscription).map(|one| &one.id)
}

/// Where else of its cloud it is powerful, as the reach lists it.
fn abroad<'r>(view: &View<'_>, identity: &Identity, reach: &'r Reach, home: &ScopeId) -> Vec<&'r ReachAt> {
    let is_abroad = |at: &&ReachAt| {
        let known = view.estate().scopes.get(&at.scope);
        let is_of_cloud = known.is_none_or(|scope| scope.provider == identity.provider);
        is_of_cloud
            && match identity.provider {
                // What lies above its own subscription is not beyond it.
                Provider::Azure => subscription(view, &at.scope).is_some_and(|there| there != home),
                _ => at.scope != *home,
            }
    };
    reach.at.iter().filter(|at| at.level.is_powerful()).filter(is_abroad).collect()
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::{Bound, Confidence, Level};

    use crate::testing::{Case, World};
    const OTHER: &str = "999988887777";
    /// A second subscription of the tenant.
    fn other_subscription(w: &mut World) -> ScopeId {
        let id = ScopeId::new(format!("azure:subscription/{}", azure::OTHER_TENANT));
        let parent = Some(azure::tenant_scope());
        w.estate.scope(azure::scope(id.clone(), azure::OTHER_TENANT, ScopeKind::Subscription, parent));
        id
    }
    vec![
        Case::fires("administrator elsewhere", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).at(OTHER, Level::Admin);
        })
        .severity(Severity::High)
        .confidence(Confidence::High)
        .says(OTHER),
        Case::fires("on the way to it, in two accounts", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Escalates).at(OTHER, Level::Escalates).at("888877776666", Level::Escalates);
        })
        .says("and 1 more"),
        Case::fires("only under a condition", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).conditional().at(OTHER, Level::Admin);
        })
        .severity(Severity::Medium),
        Case::fires("a limit was not read", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).bound(Bound::Upper, "organizations:ListPolicies").at(OTHER, Level::Admin);
        })
        .confidence(Confidence::Low),
        Case::fires("a managed identity, in another subscription", |w| {
            let identity = w.azure(azure::system_assigned("jump-box"));
            let other = other_subscription(w);
            w.reach(&identity, Level::Admin).only_in(&other);
        })
        .says("beyond its own subscription")
        .says("an identity of its own"),
        Case::silent("a managed identity, in its own", |w| {
            let identity = w.azure(azure::user_assigned("deploy"));
            w.reach(&identity, Level::Admin).only_in(&azure::subscription_scope());
        }),
        Case::silent("a managed identity, above its own", |w| {
            let identity = w.azure(azure::user_assigned("deploy"));
            w.reach(&identity, Level::Admin).only_in(&azure::management_group_scope());
        }),
        Case::silent("a service principal, which lives in no subscription", |w| {
            let app = w.app("deploy");
            let other = other_subscription(w);
            w.reach(&app, Level::Admin).only_in(&other);
        }),
        Case::silent("another cloud", |w| {
            let identity = w.azure(azure::system_assigned("sync"));
            w.reach(&identity, Level::Escalates).at(census_fixtures::ACCOUNT, Level::Escalates);
            let role = w.role("deploy");
            w.reach(&role, Level::Escalates).only_in(&azure::tenant_scope());
        }),
        Case::silent("at home only", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin);
        }),
        Case::silent("no administration elsewhere", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).at(OTHER, Level::Sensitive);
        }),
        Case::silent("nothing is known", |w| {
            w.role("deploy");
        }),
    ]
}
