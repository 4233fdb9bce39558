use census_model::{Identity, IdentityKind, Level, ReachAt, Severity, Workload, WorkloadKind, WorkloadState};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::subject,
    environments::{Environment, Witness, across, environment, home, of_identity, of_workload},
    policies::{LISTED, Shown},
    powers::{is_machine, more, weigh_at},
};

pub(crate) static RULE: Rule = Rule {
    id: "pilot-role-in-production",
    version: 2,
    title: "An identity that was made for something else serves or reaches production",
    severity: Severity::High,
    finding_types: &["RISK-DRIFT", "ENV-CROSS"],
    providers: EVERY_PROVIDER,
    // How the organization is structured is another matter.
    except_controls: &[("CIS-AWS", "7.0:2.1.4"), ("CIS-GCP", "5.0:1.1.3")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity is registered for development, tests, a pilot or the like (`environment`, or a `risk_class` \
                that speaks of a trial), or, where its registration says nothing, has a tag or a name that says so. And \
                a workload that is production runs as it, or it reaches into an account that is production. A workload \
                is production by its own tag (`environment`, `env`, `stage`), else by the tags and names of its account \
                and the units above; an account by the latter. One finding an identity. Severity is medium where only a \
                name says what it is for, and where all that it has in production is limited or conditional.",
        why: "What was made to try something out was given whatever made it work, was reviewed as a trial and has an owner \
              who thinks that it is over. Production that rests on it, or that it can reach, inherits all of that.",
        remedy: "Give the workload an identity that was made and reviewed for production, and retire the other one, or \
                 take away what it has there. If it is production's after all, correct its registration and its tag.",
        limits: "Only registrations, tags and names are looked at. What says nothing is taken for neither; words that \
                 contradict each other, and a registered environment that is not understood, say nothing. By its tag or \
                 name alone an identity reaches production only where it can do what weighs (sensitive or more). What \
                 cross-environment-reach reports is not repeated. Of people's identities only the registered are \
                 looked at.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in view.fixable().filter(|one| one.kind != IdentityKind::AwsRootUser) {
        let Some((Environment::Other, said)) = of_identity(view, identity) else { continue };
        if said.by != Witness::Registration && !is_machine(identity) {
            continue;
        }
        let workloads = view.index.workloads(&identity.id).iter().copied().filter(runs);
        let workloads: Vec<(&Workload, String)> =
            workloads.filter_map(|one| Some((one, production(view, one)?))).collect();
        let reached = reached(view, identity, said.by);
        if workloads.is_empty() && reached.is_empty() {
            continue;
        }
        let weighs = |(at, _): &(&ReachAt, _)| at.level >= Level::Sensitive && !at.conditional;
        let severe = said.by != Witness::Name && (!workloads.is_empty() || reached.iter().any(weighs));
        let does = if workloads.is_empty() { "reaches production" } else { "serves production" };
        let title = format!("{} {does}, but was made for something else", subject(view, identity));
        let mut draft = Draft::new(title)
            .severity(if severe { RULE.severity } else { Severity::Medium })
            .evidence("made for", said.text);
        for (workload, says) in workloads.iter().take(LISTED) {
            let what = format!("{} `{}`: {says}", workload.kind.as_str(), Shown(&workload.native_id));
            draft = draft.evidence("workload", what);
        }
        draft = draft.facts(more(workloads.len(), "workloads"));
        if let Some(reach) = view.reach(&identity.id).filter(|_| !reached.is_empty()) {
            let at: Vec<&ReachAt> = reached.iter().map(|(at, _)| *at).collect();
            // A workload that runs as it is certain, whatever was not read about its reach.
            if workloads.is_empty() {
                draft = weigh_at(draft, view, reach, &at);
            }
            for (at, says) in reached.iter().take(LISTED) {
                draft = draft.evidence("production", format!("{} where {says}", at.level));
            }
        }
        draft = draft
            .remedy("give production an identity that was made for it, or correct what this one is registered for")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

fn runs(workload: &&Workload) -> bool {
    workload.kind != WorkloadKind::AwsInstanceProfile && workload.state != Some(WorkloadState::Ended)
}

/// What says that a workload is production.
fn production(view: &View<'_>, workload: &Workload) -> Option<String> {
    let (environment, says) = of_workload(view, workload)?;
    (environment == Environment::Production).then_some(says)
}

/// The accounts that are production where an identity can do something, and what says that they are.
fn reached<'a>(view: &View<'a>, identity: &Identity, by: Witness) -> Vec<(&'a ReachAt, String)> {
    let Some(reach) = view.reach(&identity.id) else { return Vec::new() };
    let least = if by == Witness::Registration { Level::Limited } else { Level::Sensitive };
    let told: Vec<_> = match home(view, identity) {
        Some((home, _)) => across(view, identity, reach, home).into_iter().map(|(at, _)| &at.scope).collect(),
        None => Vec::new(),
    };
    let here = reach.at.iter().filter(|at| at.level >= least && !told.contains(&&at.scope));
    here.filter_map(|at| {
        let (environment, says) = environment(view, &at.scope)?;
        (environment == Environment::Production).then_some((at, says))
    })
    .collect()
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::{self as fixtures, ACCOUNT};
    use census_model::{Bound, Confidence, NatureKind, Scope};

    use crate::testing::{Case, World, run_as, stated};
    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:f";
    fn role(w: &mut World, name: &str, tags: &[(&str, &str)], workload: &[(&str, &str)]) {
        let mut role = fixtures::role(name);
        role.tags = tags.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        let role = w.add(role);
        run_as(w, &role, WorkloadKind::AwsLambdaFunction, FUNCTION, workload);
    }
    fn account(w: &mut World, name: &str) {
        w.estate.scope(Scope { name: Some(name.into()), ..fixtures::scope(ACCOUNT) });
    }
    /// An identity of this name that can do so much in the production account.
    fn reaching(w: &mut World, name: &str, level: Level) -> Identity {
        account(w, "acme-production");
        let role = w.role(name);
        w.reach(&role, level);
        role
    }
    fn registered(w: &mut World, role: &Identity, environment: &'static str) {
        w.registered(role, |one| one.environment = Some(stated(environment)));
    }
    vec![
        Case::fires("registered for tests, with power in production", |w| {
            let role = reaching(w, "bot", Level::Admin);
            registered(w, &role, "Test");
        })
        .severity(Severity::High)
        .confidence(Confidence::High)
        .says("registered environment `Test`")
        .says("admin in account 111122223333"),
        Case::fires("registered for a pilot, with anything in production", |w| {
            let role = reaching(w, "bot", Level::Limited);
            registered(w, &role, "pilot");
        })
        .severity(Severity::Medium),
        Case::fires("registered under the risk class of a pilot", |w| {
            let role = reaching(w, "bot", Level::Sensitive);
            w.registered(&role, |one| {
                one.environment = None;
                one.risk_class = Some(stated("Pilot"));
            });
        })
        .says("registered risk class `Pilot`"),
        Case::fires("registered for development, which a workload of production runs as", |w| {
            role(w, "bot", &[("env", "prod")], &[("env", "prod")]);
            registered(w, &fixtures::role("bot"), "dev");
        })
        .severity(Severity::High),
        Case::fires("by its name, with what weighs in production", |w| {
            reaching(w, "chat-poc", Level::Sensitive);
        })
        .severity(Severity::Medium),
        Case::fires("only under a condition", |w| {
            account(w, "prod");
            let role = w.role("bot");
            w.reach(&role, Level::Admin).conditional();
            registered(w, &role, "test");
        })
        .severity(Severity::Medium),
        Case::fires("a limit was not read", |w| {
            account(w, "prod");
            let role = w.role("bot");
            w.reach(&role, Level::Admin).bound(Bound::Upper, "organizations:ListPolicies");
            registered(w, &role, "test");
        })
        .confidence(Confidence::Low),
        Case::silent("by its name, with less in production", |w| {
            reaching(w, "chat-poc", Level::Limited);
        }),
        Case::silent("registered for production, whatever its name", |w| {
            let role = reaching(w, "chat-poc", Level::Admin);
            w.registered(&role, |_| ());
        }),
        Case::silent("registered for an environment that is not understood", |w| {
            let role = reaching(w, "chat-poc", Level::Admin);
            registered(w, &role, "shared");
        }),
        Case::silent("registered for tests, with nothing in production", |w| {
            let role = reaching(w, "bot", Level::None);
            registered(w, &role, "test");
        }),
        Case::silent("registered for tests, of unknown reach", |w| {
            let role = reaching(w, "bot", Level::Unknown);
            registered(w, &role, "test");
        }),
        Case::silent("administrator of another account, which another rule says", |w| {
            let other = "999988887777";
            w.estate.scope(Scope { name: Some("prod".into()), ..fixtures::scope(other) });
            let role = w.role("bot");
            w.reach(&role, Level::None).at(other, Level::Admin);
            registered(w, &role, "test");
        }),
        Case::silent("a person's own, by its name", |w| {
            account(w, "prod");
            let mut user = fixtures::user("dev");
            user.nature.kind = NatureKind::Human;
            let user = w.add(user);
            w.reach(&user, Level::Admin);
        }),
        Case::fires("tags of both", |w| role(w, "bot", &[("env", "dev")], &[("Environment", "production")]))
            .severity(Severity::High)
            .says("env=dev")
            .says("Environment=production"),
        Case::fires("a pilot's", |w| role(w, "bot", &[("stage", "pilot")], &[("env", "prod")])),
        Case::fires("by its name", |w| role(w, "chat-poc", &[], &[("env", "prod")])).severity(Severity::Medium),
        Case::fires("in the production account", |w| {
            account(w, "acme-production");
            role(w, "bot", &[("env", "test")], &[]);
        })
        .says("acme-production"),
        Case::silent("a test in the production account", |w| {
            account(w, "acme-production");
            role(w, "bot", &[("env", "test")], &[("env", "test")]);
        }),
        Case::silent("production all the way", |w| role(w, "bot", &[("env", "prod")], &[("env", "prod")])),
        Case::silent("its tag goes before its name", |w| {
            role(w, "poc-reader", &[("env", "production")], &[("env", "prod")]);
        }),
        Case::silent("a role that says nothing", |w| role(w, "bot", &[], &[("env", "prod")])),
        Case::silent("a workload that says nothing", |w| role(w, "bot", &[("env", "dev")], &[])),
        Case::silent("a tag that contradicts itself", |w| {
            role(w, "bot", &[("env", "dev and prod")], &[("env", "prod")]);
        }),
    ]
}
