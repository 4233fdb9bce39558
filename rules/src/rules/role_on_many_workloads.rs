use std::collections::{BTreeMap, BTreeSet};

use census_model::{Identity, IdentityKind, Provider, Severity, Workload, WorkloadKind, WorkloadState};

use crate::{
    Docs, Draft, Findings, Rule, View,
    policies::{LISTED, Shown},
    powers::more,
};

pub(crate) static RULE: Rule = Rule {
    id: "role-on-many-workloads",
    version: 1,
    title: "One role that many workloads run as",
    severity: Severity::Medium,
    finding_types: &["USE-REUSE"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &["workloads_per_role"],
    docs: Docs {
        finds: "More distinct workloads run as a role than the threshold allows. Instances of one Auto Scaling group are \
                one, revisions of one task definition are one, and what only hands a role on (instance profiles, launch \
                templates, groups, running tasks) does not count. Severity is high where the role is an administrator \
                or can become one, low where all of them are of one CloudFormation stack.",
        why: "The role must allow what any of them needs, so each may do what all others may, the log cannot tell them \
              apart, and the role can be neither narrowed nor retired without asking everybody.",
        remedy: "Give each application a role of its own, beginning with those that need the most and the least.",
        limits: "Which workloads are one application is not known; those without the tag of a stack count one by one. \
                 Workloads that could not be read are not counted, and what has ended is not either.",
    },
    check,
};

/// The tag that Auto Scaling sets on what it starts.
const GROUP: &str = "aws:autoscaling:groupName";
/// The tag that CloudFormation sets on what a stack made.
const STACK: &str = "aws:cloudformation:stack-name";

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for role in view.of_kind(IdentityKind::AwsRole) {
        let mut distinct: BTreeMap<&str, &Workload> = BTreeMap::new();
        for workload in view.index.workloads(&role.id).iter().copied().filter(counts) {
            distinct.entry(key(workload)).or_insert(workload);
        }
        if distinct.len() > view.thresholds.workloads_per_role as usize {
            let workloads: Vec<&Workload> = distinct.into_values().collect();
            findings.identity(role, "", draft(view, role, &workloads));
        }
    }
}

/// Whether a workload is one of its own.
fn counts(workload: &&Workload) -> bool {
    use WorkloadKind as K;
    let hands_on = matches!(
        workload.kind,
        K::AwsInstanceProfile
            | K::AwsLaunchTemplate
            | K::AwsAutoscalingGroup
            | K::AwsEcsContainerInstance
            | K::AwsEcsTask
    );
    !hands_on && workload.state != Some(WorkloadState::Ended)
}

/// What tells it from others.
fn key(workload: &Workload) -> &str {
    let id = &*workload.native_id;
    match workload.kind {
        WorkloadKind::AwsEc2Instance => workload.tags.get(GROUP).map_or(id, |group| group),
        // `task-definition/family:revision`
        WorkloadKind::AwsEcsTaskDefinition => id.rsplit_once(':').map_or(id, |(family, _)| family),
        _ => id,
    }
}

fn draft(view: &View<'_>, role: &Identity, workloads: &[&Workload]) -> Draft {
    let kinds: BTreeSet<&str> = workloads.iter().map(|one| one.kind.as_str()).collect();
    let stacks: BTreeSet<Option<&str>> =
        workloads.iter().map(|one| one.tags.get(STACK).map(|name| &**name)).collect();
    let one_stack = stacks.len() == 1 && !stacks.contains(&None);
    let powerful = view.reach(&role.id).is_some_and(|reach| reach.level.is_powerful());
    let severity = match (powerful, one_stack) {
        (true, _) => Severity::High,
        (false, true) => Severity::Low,
        (false, false) => RULE.severity,
    };
    let title = format!(
        "{} workloads of {} kinds run as role `{}`",
        workloads.len(),
        kinds.len(),
        Shown(&role.name)
    );
    let listed = workloads.iter().take(LISTED);
    let mut draft = Draft::new(title).severity(severity);
    for workload in listed {
        draft = draft.evidence("workload", format!("{} `{}`", workload.kind.as_str(), Shown(&workload.native_id)));
    }
    draft
        .facts(more(workloads.len(), "workloads"))
        .evidence("threshold", view.thresholds.workloads_per_role.to_string())
        .remedy("give each application a role of its own")
        .command(["census", "explain", &role.native_id])
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::Level;

    use crate::testing::{Case, World, run_as};
    fn functions(w: &mut World, count: usize, tags: &[(&str, &str)]) -> Identity {
        let role = w.role("shared");
        for at in 0..count {
            let arn = format!("arn:aws:lambda:eu-west-1:111122223333:function:f{at}");
            run_as(w, &role, WorkloadKind::AwsLambdaFunction, &arn, tags);
        }
        role
    }
    vec![
        Case::fires("six functions", |w| {
            functions(w, 6, &[]);
        })
        .severity(Severity::Medium)
        .says("6 workloads of 1 kinds"),
        Case::fires("an administrator's", |w| {
            let role = functions(w, 6, &[]);
            w.reach(&role, Level::Admin);
        })
        .severity(Severity::High),
        Case::fires("all of one stack", |w| {
            functions(w, 6, &[("aws:cloudformation:stack-name", "shop")]);
        })
        .severity(Severity::Low),
        Case::fires("beyond a threshold of its own", |w| {
            w.thresholds.workloads_per_role = 1;
            functions(w, 2, &[]);
        }),
        Case::silent("as many as the threshold", |w| {
            functions(w, 5, &[]);
        }),
        Case::silent("instances of one group", |w| {
            let role = w.role("web");
            for at in 0..9 {
                let arn = format!("arn:aws:ec2:eu-west-1:111122223333:instance/i-{at}");
                run_as(w, &role, WorkloadKind::AwsEc2Instance, &arn, &[("aws:autoscaling:groupName", "web")]);
            }
        }),
        Case::silent("revisions of one task definition", |w| {
            let role = w.role("task");
            for at in 0..9 {
                let arn = format!("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:{at}");
                run_as(w, &role, WorkloadKind::AwsEcsTaskDefinition, &arn, &[]);
            }
        }),
        Case::silent("what only hands the role on", |w| {
            let role = w.role("web");
            for at in 0..9 {
                let arn = format!("arn:aws:iam::111122223333:instance-profile/p{at}");
                run_as(w, &role, WorkloadKind::AwsInstanceProfile, &arn, &[]);
            }
        }),
    ]
}
