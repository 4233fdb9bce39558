//! What runs as the roles: a function for each role that Lambda may take, an instance for each instance profile, and so
//! on, as far as the role was ever used.

use super::Company;
use crate::aws::{
    account::ListedAccount,
    clock::Stamp,
    details::{Place, Role},
    workload::Workload,
};

/// How long a role may be idle before the machine that runs as it counts as stopped, in minutes.
const IDLE: i64 = 30 * 24 * 60;

/// Adds them to every account but the sandbox, which handed nothing in.
pub(super) fn add(company: &mut Company) {
    let accounts = [
        &mut company.management,
        &mut company.security,
        &mut company.platform,
        &mut company.data,
        &mut company.dev,
    ];
    for account in accounts {
        let running = account.roles.iter().flat_map(|role| of(&account.place, role));
        let running = running.chain(clusters(account)).collect();
        account.workloads = Some(running);
    }
}

/// What runs as a role.
fn of(place: &Place, role: &Role) -> Vec<Workload> {
    let used = role.role_last_used.last_used_date;
    let service = role.assume_role_policy_document.services().next();
    let (Some(used), Some(service)) = (used, service) else { return Vec::new() };
    let part = |suffix: &str| role.role_name.strip_suffix(suffix).unwrap_or(&role.role_name);
    let one = |kind: &'static str, name: &str, service: &str, resource: &str| {
        let arn = arn(place, service, &format!("{resource}{name}"));
        vec![Workload::new(kind, name, arn).with("role_arn", &role.arn)]
    };
    let mut dice = place.dice("workload", &role.role_name);
    match service {
        "lambda.amazonaws.com" => one("lambda_function", part("-lambda"), "lambda", "function:"),
        "codebuild.amazonaws.com" => one("codebuild_project", part("-runner"), "codebuild", "project/"),
        "glue.amazonaws.com" => one("glue_job", part("-glue"), "glue", "job/"),
        "scheduler.amazonaws.com" => {
            one("scheduler_schedule", part("-schedule"), "scheduler", "schedule/default/")
        }
        "states.amazonaws.com" => one("state_machine", part("-workflow"), "states", "stateMachine:"),
        "ecs-tasks.amazonaws.com" if role.role_name.ends_with("-task") => {
            let name = part("-task");
            let arn = arn(place, "ecs", &format!("task-definition/{name}:{}", dice.between(3, 90)));
            vec![Workload::new("ecs_task_definition", name, arn).with("role_arn", &role.arn)]
        }
        "sagemaker.amazonaws.com" if role.role_name.ends_with("-notebook") => {
            one("sagemaker_notebook_instance", part("-notebook"), "sagemaker", "notebook-instance/")
        }
        "cloudformation.amazonaws.com" => vec![stack_set(place, role)],
        "ec2.amazonaws.com" => machines(place, role, used),
        _ => Vec::new(),
    }
}

/// The baseline of the member accounts.
fn stack_set(place: &Place, role: &Role) -> Workload {
    let mut dice = place.dice("stack-set", "baseline");
    let id = [8, 4, 4, 4, 12].map(|length| dice.hex(length)).join("-");
    let arn = arn(place, "cloudformation", &format!("stackset/baseline:{id}"));
    Workload::new("cloudformation_stack_set", "baseline", arn)
        .with("administration_role_arn", &role.arn)
        .with("execution_role_name", "OrganizationAccountAccessRole")
        .with("status", "ACTIVE")
}

/// A machine for each instance profile; those of a cluster are started by a group.
fn machines(place: &Place, role: &Role, used: Stamp) -> Vec<Workload> {
    let name = &role.role_name;
    let mut dice = place.dice("machine", name);
    let state = if used < Stamp::minutes_ago(IDLE) { "stopped" } else { "running" };
    let mut all = Vec::new();
    for profile in &role.instance_profile_list {
        let instance = arn(place, "ec2", &format!("instance/i-{}", dice.hex(17)));
        let instance = Workload::new("ec2_instance", name, instance).with("state", state);
        all.push(instance.with("instance_profile_arn", &profile.arn));
        if name.ends_with("-node") {
            let template = arn(place, "ec2", &format!("launch-template/lt-{}", dice.hex(17)));
            let group = arn(
                place,
                "autoscaling",
                &format!("autoScalingGroup:{}:autoScalingGroupName/{name}", dice.hex(32)),
            );
            all.push(Workload::new("autoscaling_group", name, group).with("launch_template", &template));
            let template = Workload::new("launch_template", name, template);
            all.push(template.with("instance_profile_arn", &profile.arn));
        }
    }
    all
}

/// The cluster that an account's tasks run in.
fn clusters(account: &ListedAccount) -> Option<Workload> {
    let has_tasks = account.roles.iter().any(|role| role.role_name.ends_with("-task"));
    let cluster = || Workload::new("ecs_cluster", "main", arn(&account.place, "ecs", "cluster/main"));
    has_tasks.then(cluster)
}

/// An ARN in the company's region.
fn arn(place: &Place, service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:eu-west-1:{}:{resource}", place.account)
}
