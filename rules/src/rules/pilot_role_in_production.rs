use census_model::{IdentityKind, Provider, Severity, Workload, WorkloadKind, WorkloadState};

use crate::{
    Docs, Draft, Findings, Rule, View,
    environments::{Environment, of_identity, of_workload},
    policies::{LISTED, Shown},
    powers::more,
};

pub(crate) static RULE: Rule = Rule {
    id: "pilot-role-in-production",
    version: 1,
    title: "Production runs as a role that was made for something else",
    severity: Severity::High,
    finding_types: &["RISK-DRIFT", "ENV-CROSS"],
    providers: &[Provider::Aws],
    // How the organization is structured is another matter.
    except_controls: &[("CIS-AWS", "7.0:2.1.4"), ("CIS-GCP", "5.0:1.1.3")],
    thresholds: &[],
    docs: Docs {
        finds: "A workload that is production, by its own tag (`environment`, `env`, `stage`) or else by the tags and \
                names of its account and the units above, runs as a role whose own tag or name says development, test, \
                pilot or the like. One finding a role. Severity is medium where only a name says what the role is for.",
        why: "What was made to try something out was given whatever made it work, was reviewed as a trial and has an owner \
              who thinks that it is over. Production that rests on it inherits all of that.",
        remedy: "Give the workload a role that was made and reviewed for production, and retire the other one. If the \
                 role is production's after all, correct its tag and its registration.",
        limits: "Only tags and names are looked at. A workload without a tag in an account that says nothing is taken for \
                 neither. Words that contradict each other say nothing.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for role in view.of_kind(IdentityKind::AwsRole) {
        let Some((Environment::Other, says)) = of_identity(role) else { continue };
        let workloads = view.index.workloads(&role.id).iter().copied().filter(runs);
        let in_production: Vec<(&Workload, String)> =
            workloads.filter_map(|one| Some((one, production(view, one)?))).collect();
        if in_production.is_empty() {
            continue;
        }
        let severity = if says.is_tag { RULE.severity } else { Severity::Medium };
        let title = format!("production runs as role `{}`, which was made for something else", Shown(&role.name));
        let mut draft = Draft::new(title).severity(severity).evidence("role", says.text);
        for (workload, says) in in_production.iter().take(LISTED) {
            let what = format!("{} `{}`: {says}", workload.kind.as_str(), Shown(&workload.native_id));
            draft = draft.evidence("workload", what);
        }
        draft = draft
            .facts(more(in_production.len(), "workloads"))
            .remedy("give the workload a role that was made for production, or correct the role's tag")
            .command(["census", "explain", &role.native_id]);
        findings.identity(role, "", draft);
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

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::{self as fixtures, ACCOUNT};
    use census_model::Scope;

    use crate::testing::{Case, World, run_as};
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
    vec![
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
