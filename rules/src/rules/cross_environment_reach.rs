use census_model::{ReachAt, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    environments::{Environment, across, home},
    policies::LISTED,
    powers::{place, powerful, weigh_at},
};

pub(crate) static RULE: Rule = Rule {
    id: "cross-environment-reach",
    version: 2,
    title: "An identity that administers across the wall between production and the rest",
    severity: Severity::High,
    finding_types: &["ENV-CROSS"],
    providers: EVERY_PROVIDER,
    // Those are about how the tree is cut.
    except_controls: &[("CIS-AWS", "7.0:2.1.4"), ("CIS-GCP", "5.0:1.1.3")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity of an account for development or tests is administrator of one for production, or can \
                become it: severity high. The other way round it is medium. An identity whose registration names an \
                environment counts as of that one, wherever it lives. What an account is for is read from its \
                tag `environment`, `env` or `stage`, else from its name, else from the tags and names of the units \
                above it.",
        why: "Development is open to more people and to untried code. Whoever gets in there gets into production, \
              and what is tried there happens there.",
        remedy: "Give production identities of its own, and let nothing outside assume them. Where one pipeline \
                 serves both, keep it in an account of its own and give it one role for each.",
        limits: "Only words that are common for environments are understood; an account or a registration that says \
                 nothing, or says both, is passed by. What is registered for something else and reaches into \
                 production in its own account is pilot-role-in-production. Reach into accounts that were not scanned is not seen. What \
                 was not read lowers the confidence.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, reach) in powerful(view) {
        // Most reach no further than their own account.
        if reach.at.iter().all(|at| at.scope == identity.scope) {
            continue;
        }
        let Some((own, says)) = home(view, identity) else { continue };
        let across = across(view, identity, reach, own);
        let Some((first, _)) = across.first() else { continue };
        let (from, to) = match own {
            Environment::Production => ("production", "what is not production"),
            Environment::Other => ("what is not production", "production"),
        };
        let title = format!(
            "{} `{}` reaches from {from} into {to}: {}",
            identity.kind,
            identity.name,
            place(view, &first.scope)
        );
        let conditional = across.iter().all(|(at, _)| at.conditional);
        let severe = own == Environment::Other && !conditional;
        let at: Vec<&ReachAt> = across.iter().map(|(at, _)| *at).collect();
        let draft = Draft::new(title)
            .severity(if severe { RULE.severity } else { Severity::Medium })
            .evidence("lives in", format!("{}, {from} by {says}", place(view, &identity.scope)));
        let mut draft = weigh_at(draft, view, reach, &at);
        for (_, says) in across.iter().take(LISTED) {
            draft = draft.evidence("environment", format!("{to} by {says}"));
        }
        let draft = draft
            .remedy("give production identities of its own, and one role for each environment to what serves both")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::{self as fixtures, ACCOUNT};
    use census_model::{Bound, Confidence, Level, Scope, ScopeId, ScopeKind};

    use crate::testing::{Case, World, stated};
    const OTHER: &str = "999988887777";
    fn named(w: &mut World, account: &str, name: &str) {
        w.estate.scope(Scope { name: Some(name.into()), ..fixtures::scope(account) });
    }
    fn reaching(w: &mut World) {
        let role = w.role("deploy");
        w.reach(&role, Level::Admin).at(OTHER, Level::Admin);
    }
    let from_to = |from: &'static str, to: &'static str| {
        move |w: &mut World| {
            named(w, ACCOUNT, from);
            named(w, OTHER, to);
            reaching(w);
        }
    };
    vec![
        Case::fires("from development into production", from_to("acme-dev", "acme-prod"))
            .severity(Severity::High)
            .confidence(Confidence::High)
            .says("name `acme-prod` of 999988887777"),
        Case::fires("from production into a sandbox", from_to("Production EU", "sandbox"))
            .severity(Severity::Medium),
        Case::fires("by tags, which weigh more than names", |w| {
            let tags = |value: &str| [("Environment".into(), value.into())].into();
            let scope = fixtures::scope(ACCOUNT);
            w.estate.scope(Scope { tags: tags("test"), name: Some("prod-like".into()), ..scope });
            w.estate.scope(Scope { tags: tags("prod"), ..fixtures::scope(OTHER) });
            reaching(w);
        })
        .says("tag Environment=prod"),
        Case::fires("by the unit above", |w| {
            let unit = ScopeId::new("aws:ou/ou-1");
            w.estate.scope(Scope {
                id: unit.clone(),
                native_id: "ou-1".into(),
                kind: ScopeKind::OrganizationalUnit,
                name: Some("Production".into()),
                ..fixtures::scope("0")
            });
            named(w, ACCOUNT, "build-nonprod");
            w.estate.scope(Scope { parent: Some(unit), name: Some("shop".into()), ..fixtures::scope(OTHER) });
            reaching(w);
        })
        .says("of ou-1"),
        Case::fires("a limit was not read", |w| {
            named(w, ACCOUNT, "dev");
            named(w, OTHER, "prod");
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).bound(Bound::Upper, "organizations:ListPolicies").at(OTHER, Level::Admin);
        })
        .confidence(Confidence::Low),
        Case::fires("registered for tests, from an account of unknown use", |w| {
            named(w, ACCOUNT, "shop");
            named(w, OTHER, "prod");
            reaching(w);
            let role = fixtures::role("deploy");
            w.registered(&role, |one| one.environment = Some(stated("test")));
        })
        .severity(Severity::High)
        .says("registered environment `test` (registry.yaml:3)"),
        Case::silent("registered for production, from an account for development", |w| {
            named(w, ACCOUNT, "dev");
            named(w, OTHER, "prod");
            reaching(w);
            w.registered(&fixtures::role("deploy"), |_| ());
        }),
        Case::silent("registered for an environment that is not understood", |w| {
            named(w, ACCOUNT, "dev");
            named(w, OTHER, "prod");
            reaching(w);
            w.registered(&fixtures::role("deploy"), |one| one.environment = Some(stated("shared")));
        }),
        Case::silent("between two for production", from_to("prod-eu", "prod-us")),
        Case::silent("between development and tests", from_to("dev", "test")),
        Case::silent("into an account of unknown use", from_to("dev", "shop")),
        Case::silent("from an account of unknown use", from_to("shop", "prod")),
        Case::silent("into one whose name says both", from_to("dev", "prod-test")),
        Case::silent("no administration there", |w| {
            named(w, ACCOUNT, "dev");
            named(w, OTHER, "prod");
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).at(OTHER, Level::Sensitive);
        }),
    ]
}
