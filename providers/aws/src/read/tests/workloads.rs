//! What runs as a role.

mod file;

use census_model::{Resource, ResourceKind, Workload, WorkloadKind, WorkloadState};
use serde_json::{Value, json};

use super::*;

const FILE: &str = "workloads.json";

/// The ARN of something in a region.
fn regional(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:{resource}")
}

fn function() -> String {
    regional("lambda", "function:f")
}

/// An entry with a role.
fn entry(kind: &str, arn: &str) -> Value {
    json!({"type": kind, "name": "n", "arn": arn, "role_arn": super::arn("role/r")})
}

/// A folder with two roles, one of which an instance profile holds.
fn listed(list: &Value) -> Folder {
    let profile = json!([{"InstanceProfileName": "web", "Arn": arn("instance-profile/web")}]);
    let host = with(role("host"), &json!({"InstanceProfileList": profile}));
    Folder::complete()
        .details(&json!({"RoleDetailList": [role("r"), host]}))
        .of_account(FILE, &list.to_string())
}

/// The workloads of the file, without instance profiles.
fn workloads(estate: &Estate) -> Vec<&Workload> {
    let is_listed = |one: &&Workload| one.kind != WorkloadKind::AwsInstanceProfile;
    estate.workloads.iter().filter(is_listed).collect()
}

/// The one workload of a file with one entry.
fn workload(one: &Value) -> Workload {
    let estate = listed(&json!([one])).read();
    assert_eq!(gaps(&estate), Vec::<String>::new(), "{one}");
    assert_eq!(estate.resources, Vec::<Resource>::new(), "{one}");
    let [workload] = workloads(&estate)[..] else { panic!("{one}: {:?}", estate.workloads) };
    workload.clone()
}

fn runs_as(workload: &Workload) -> Vec<String> {
    let id = |id: &census_model::IdentityId| id.as_str().replace(&format!("aws:{}", arn("role/")), "");
    workload.runs_as.iter().map(id).collect()
}

#[test]
fn every_type_becomes_its_kind() {
    use WorkloadKind as W;
    let arn = regional("x", "thing/one");
    for (word, kind) in [
        ("apprunner_service", W::AwsApprunnerService),
        ("autoscaling_group", W::AwsAutoscalingGroup),
        ("bedrock_agent", W::AwsBedrockAgent),
        ("bedrock_agentcore_code_interpreter", W::AwsAgentcoreCodeInterpreter),
        ("cloudformation_stack", W::AwsCloudformationStack),
        ("cloudformation_stack_set", W::AwsCloudformationStackSet),
        ("codebuild_project", W::AwsCodebuildProject),
        ("ec2_instance", W::AwsEc2Instance),
        ("ecs_container_instance", W::AwsEcsContainerInstance),
        ("ecs_service", W::AwsEcsTask),
        ("ecs_task", W::AwsEcsTask),
        ("ecs_task_definition", W::AwsEcsTaskDefinition),
        ("glue_dev_endpoint", W::AwsGlueDevEndpoint),
        ("glue_job", W::AwsGlueJob),
        ("lambda_function", W::AwsLambdaFunction),
        ("launch_template", W::AwsLaunchTemplate),
        ("sagemaker_notebook_instance", W::AwsSagemakerNotebookInstance),
        ("scheduler_schedule", W::AwsSchedulerSchedule),
        ("sfn_state_machine", W::AwsStateMachine),
        ("state_machine", W::AwsStateMachine),
        ("emr_cluster", W::Other("emr_cluster".into())),
    ] {
        let one = workload(&entry(word, &arn));
        assert_eq!((&one.kind, &*one.native_id, one.id.as_str()), (&kind, &*arn, &*format!("aws:{arn}")));
        assert_eq!((&*one.name, runs_as(&one), one.state), ("n", vec!["r".to_owned()], None), "{word}");
        assert_eq!(one.scope.as_str(), format!("aws:account/{ACCOUNT}"));
        assert_eq!(one.uses, Vec::<Text>::new());
        // A known type stays a workload without a role: one may be given to it.
        if !matches!(kind, W::Other(_)) {
            let bare = workload(&json!({"type": word, "arn": arn, "role_arn": null}));
            assert_eq!((&bare.kind, &*bare.name, runs_as(&bare).len()), (&kind, "one", 0));
        }
    }
}

#[test]
fn tables_clusters_and_unknown_things_are_resources() {
    let (table, cluster) = (regional("dynamodb", "table/orders"), regional("ecs", "cluster/main"));
    let stream = format!("{table}/stream/2026-01-01T00:00:00.000");
    let estate = listed(&json!([
        {"type": "dynamodb_table", "name": "orders", "arn": table, "stream_arn": stream, "tags": {"team": "shop"}},
        {"type": "ecs_cluster", "arn": cluster},
        {"type": "sns_topic", "arn": regional("sns", "news"), "role_arn": ""},
    ]))
    .read();
    assert_eq!(workloads(&estate), Vec::<&Workload>::new());
    let seen: Vec<_> =
        estate.resources.iter().map(|one| (&one.kind, &*one.name, texts(&one.parts))).collect();
    assert_eq!(
        seen,
        [
            (&ResourceKind::AwsDynamodbTable, "orders", vec![stream.as_str()]),
            (&ResourceKind::AwsEcsCluster, "main", vec![]),
            (&ResourceKind::Other("sns_topic".into()), "news", vec![]),
        ]
    );
    assert_eq!(
        (estate.resources[0].id.as_str(), &*estate.resources[0].native_id),
        (&*format!("aws:{table}"), &*table)
    );
    assert_eq!(estate.resources[0].tags[&Text::from("team")], Text::from("shop"));
}

#[test]
fn an_instance_profile_stands_for_its_roles() {
    let instance = regional("ec2", "instance/i-0abc");
    let (web, gone) = (arn("instance-profile/web"), arn("instance-profile/gone"));
    for (profile, role, expected) in [
        (Some(&web), None, vec!["host"]),
        (Some(&web), Some("host"), vec!["host"]),
        (Some(&web), Some("r"), vec!["host", "r"]),
        (Some(&gone), Some("r"), vec!["r"]),
        (Some(&gone), None, vec![]),
        (None, Some("r"), vec!["r"]),
    ] {
        for kind in ["ec2_instance", "launch_template", "batch_compute_environment"] {
            let role = role.map(|name| arn(&format!("role/{name}")));
            let one = workload(
                &json!({"type": kind, "arn": instance, "instance_profile_arn": profile, "role_arn": role}),
            );
            assert_eq!(runs_as(&one), expected, "{kind} {profile:?} {role:?}");
            assert_eq!(texts(&one.uses), profile.map(|arn| arn.as_str()).into_iter().collect::<Vec<_>>());
        }
    }
    // A role that no document tells of is named all the same.
    let foreign = "arn:aws:iam::444455556666:role/far";
    let one = workload(&with(entry("lambda_function", &function()), &json!({"role_arn": foreign})));
    assert_eq!(one.runs_as[0].as_str(), format!("aws:{foreign}"));
}

#[test]
fn a_stack_set_runs_as_its_administration_role_alone() {
    let set = json!({"type": "cloudformation_stack_set", "name": "baseline",
        "arn": regional("cloudformation", "stackset/baseline:1"), "execution_role_name": "AWSCloudFormationStackSetExecutionRole",
        "administration_role_arn": arn("role/r"), "role_arn": arn("role/host")});
    let one = workload(&set);
    assert_eq!(
        (runs_as(&one), texts(&one.uses)),
        (vec!["r".to_owned()], vec!["AWSCloudFormationStackSetExecutionRole"])
    );
    let managed = workload(&with(set, &json!({"administration_role_arn": null, "role_arn": null})));
    assert_eq!(runs_as(&managed), Vec::<String>::new());
}

#[test]
fn what_is_named_is_named_by_its_arn_where_the_file_lists_it() {
    let template = regional("ec2", "launch-template/lt-0web");
    let cluster = regional("ecs", "cluster/main");
    let group = regional("autoscaling", "autoScalingGroup:u:autoScalingGroupName/web");
    let machine = regional("ecs", "container-instance/main/1");
    let elsewhere = template.replace("eu-west-1", "us-east-1");
    for (template_named, cluster_named, expected) in [
        (template.as_str(), cluster.as_str(), [template.as_str(), cluster.as_str()]),
        ("lt-0web", "main", [&template, &cluster]),
        ("web", "main", [&template, &cluster]),
        ("lt-0other", "other", ["lt-0other", "other"]),
        (&elsewhere, "main", [&elsewhere, &cluster]),
    ] {
        let estate = listed(&json!([
            {"type": "launch_template", "name": "web", "arn": template, "instance_profile_arn": arn("instance-profile/web")},
            // Its name is the id of the other, and its id is the other's in another region.
            {"type": "launch_template", "name": "lt-0web", "arn": regional("ec2", "launch-template/lt-0evil")},
            {"type": "launch_template", "name": "web", "arn": elsewhere},
            {"type": "ecs_cluster", "name": "main", "arn": cluster},
            {"type": "autoscaling_group", "name": "web", "arn": group, "launch_template": template_named},
            {"type": "ecs_container_instance", "arn": machine, "cluster": cluster_named, "role_arn": arn("role/r"),
             "instance_profile_arn": arn("instance-profile/web"), "status": "ACTIVE"},
        ]))
        .read();
        let find =
            |arn: &str| workloads(&estate).into_iter().find(|one| *one.native_id == *arn).unwrap().clone();
        assert_eq!(texts(&find(&group).uses), [expected[0]]);
        let machine = find(&machine);
        let mut uses = vec![expected[1].to_owned(), arn("instance-profile/web")];
        uses.sort_unstable();
        assert_eq!(texts(&machine.uses), uses);
        assert_eq!(
            (runs_as(&machine), machine.state),
            (vec!["host".into(), "r".into()], Some(WorkloadState::Running))
        );
    }
}

#[test]
fn states_in_the_words_of_the_services() {
    use WorkloadState::{Ended, Running, Stopped};
    let state = |fields: &Value| workload(&with(entry("ec2_instance", &function()), fields)).state;
    for (word, expected) in [
        ("running", Some(Running)),
        ("InService", Some(Running)),
        ("ACTIVE", Some(Running)),
        ("READY", Some(Running)),
        ("stopped", Some(Stopped)),
        ("Stopping", Some(Stopped)),
        ("terminated", Some(Ended)),
        ("shutting-down", Some(Ended)),
        ("DELETED", Some(Ended)),
        ("DELETE_COMPLETE", Some(Ended)),
        ("Failed", Some(Ended)),
        ("perhaps", None),
        ("", None),
    ] {
        assert_eq!(state(&json!({"state": word})), expected, "{word}");
        assert_eq!(state(&json!({"status": word})), expected, "{word}");
    }
    assert_eq!(state(&json!({"state": "stopped", "status": "ok"})), Some(Stopped));
    assert_eq!(state(&json!({"state": "", "status": "running"})), Some(Running));
    assert_eq!(state(&json!({"state": null})), None);
}

#[test]
fn tags_in_every_form() {
    for form in [
        json!({"team": "shop", "cost": ""}),
        json!([{"Key": "team", "Value": "shop"}, {"Key": "cost"}]),
        json!([{"key": "cost", "value": ""}, {"key": "team", "value": "shop"}, {"key": "team", "value": "zoo"}]),
    ] {
        let tags = workload(&with(entry("lambda_function", &function()), &json!({"tags": form}))).tags;
        let tags: Vec<_> = tags.iter().map(|(key, value)| (&**key, &**value)).collect();
        assert_eq!(tags, [("cost", ""), ("team", "shop")], "{form}");
    }
    for none in [json!(null), json!([]), json!({})] {
        assert!(
            workload(&with(entry("lambda_function", &function()), &json!({"tags": none}))).tags.is_empty()
        );
    }
}

#[test]
fn hostile_names_stay_as_they_are_and_change_nothing_else() {
    for name in
        ["=cmd|'/C calc'!A0", "\u{1b}[2J\u{202e}", "<script>", "two\nlines", "../../etc/passwd", "a\u{0}b"]
    {
        let kind = format!("emr_{name}");
        let one = workload(&with(
            entry(&kind, &function()),
            &json!({"name": name, "tags": {name: name}, "cluster": name}),
        ));
        assert_eq!(
            (&*one.name, &one.kind, texts(&one.uses)),
            (name, &WorkloadKind::Other(kind.into()), vec![name])
        );
        assert_eq!(&*one.tags[&Text::from(name)], name);
    }
}

#[test]
fn roles_and_profiles_may_be_several_and_named_without_their_path() {
    let arn_of = |name: &str| arn(&format!("role/{name}"));
    let one = json!({"type": "x", "arn": regional("x", "thing/one")});
    for (fields, expected) in [
        (json!({"role_arn": [arn_of("r"), arn_of("host"), null, ""]}), vec!["host", "r"]),
        (json!({"role_arn": "", "role_name": "r"}), vec!["r"]),
        (json!({"role_name": ["gone", "host"]}), vec!["gone", "host"]),
        (json!({"instance_profile_name": "web"}), vec!["host"]),
        (json!({"instance_profile_name": ["web"], "role_arn": arn_of("r")}), vec!["host", "r"]),
    ] {
        assert_eq!(runs_as(&workload(&with(one.clone(), &fields))), expected, "{fields}");
    }
    let unknown = workload(&with(one, &json!({"instance_profile_name": "no-such"})));
    assert_eq!((runs_as(&unknown), texts(&unknown.uses)), (Vec::<String>::new(), vec!["no-such"]));
}

#[test]
fn a_role_with_which_the_service_acts_is_used_and_not_run_as() {
    let task = entry("ecs_task_definition", &regional("ecs", "task-definition/t:1"));
    let task = workload(&with(task, &json!({"execution_role_arn": arn("role/host")})));
    assert_eq!((runs_as(&task), texts(&task.uses)), (vec!["r".to_owned()], vec![&*arn("role/host")]));
}

#[test]
fn a_container_instance_runs_as_the_instance_that_it_is() {
    let instance = json!({
        "type": "ec2_instance", "arn": regional("ec2", "instance/i-1"),
        "instance_profile_arn": arn("instance-profile/web"),
    });
    let container = |id: &str| {
        let arn = regional("ecs", &format!("container-instance/c/{id}"));
        json!({"type": "ecs_container_instance", "arn": arn, "cluster": "c", "instance": id})
    };
    let estate = listed(&json!([instance, container("i-1"), container("i-2")])).read();
    let found: Vec<Vec<String>> = workloads(&estate)
        .into_iter()
        .filter(|one| one.kind == WorkloadKind::AwsEcsContainerInstance)
        .map(runs_as)
        .collect();
    assert_eq!(found, [vec!["host".to_owned()], Vec::new()]);
}
