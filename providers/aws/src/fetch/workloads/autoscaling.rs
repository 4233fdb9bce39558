//! Auto Scaling groups, and the launch configurations of those without a launch template.
//! <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, GOV, Http, Items, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static AUTOSCALING: Service = Service {
    name: "autoscaling",
    host: "autoscaling",
    signing: "autoscaling",
    id: "Auto Scaling",
    protocol: Protocol::Query { version: "2011-01-01" },
    fips: Fips::Suffix(GOV),
    offered: Offered::Everywhere,
};

pub(super) const DESCRIBE_AUTO_SCALING_GROUPS: Call = Call {
    read: declared(
        "autoscaling",
        "DescribeAutoScalingGroups",
        &["autoscaling:DescribeAutoScalingGroups"],
        "groups and the launch template or configuration that they start instances from",
    ),
    service: &AUTOSCALING,
    http: Http::Named,
    probe: r#"{"MaxRecords": 1}"#,
};

pub(super) const DESCRIBE_LAUNCH_CONFIGURATIONS: Call = Call {
    read: declared(
        "autoscaling",
        "DescribeLaunchConfigurations",
        &["autoscaling:DescribeLaunchConfigurations"],
        "the instance profiles of launch configurations, if a group uses one; user data is dropped unread",
    ),
    service: &AUTOSCALING,
    http: Http::Named,
    probe: r#"{"MaxRecords": 1}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Groups {
    #[serde(default)]
    auto_scaling_groups: Items<Group>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    #[serde(rename = "AutoScalingGroupARN")]
    arn: Option<String>,
    auto_scaling_group_name: Option<String>,
    launch_configuration_name: Option<String>,
    launch_template: Option<Template>,
    mixed_instances_policy: Option<Mixed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mixed {
    launch_template: Option<MixedTemplate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MixedTemplate {
    launch_template_specification: Option<Template>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    launch_template_id: Option<String>,
    launch_template_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Configurations {
    #[serde(default)]
    launch_configurations: Items<Configuration>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    launch_configuration_name: Option<String>,
    iam_instance_profile: Option<String>,
}

impl Group {
    fn template(&mut self) -> Option<String> {
        let mixed = self.mixed_instances_policy.take();
        let mixed = mixed.and_then(|mixed| mixed.launch_template?.launch_template_specification);
        let template = self.launch_template.take().or(mixed)?;
        template.launch_template_id.or(template.launch_template_name)
    }
}

pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let split = |page: Groups| (page.auto_scaling_groups.into_vec(), page.next_token);
    let input = json!({"MaxRecords": 100});
    let listing = place.list(&DESCRIBE_AUTO_SCALING_GROUPS, input, "NextToken", split).await;
    let groups = found.listed(&DESCRIBE_AUTO_SCALING_GROUPS, listing);
    let configured = groups.iter().any(|group| group.launch_configuration_name.is_some());
    let profiles = if configured { launch_configurations(place, &mut found).await } else { BTreeMap::new() };
    for mut group in groups {
        let template = group.template();
        let profile = group.launch_configuration_name.as_ref().and_then(|name| profiles.get(name));
        let entry = group.arn.map(|arn| {
            Entry::new("autoscaling_group", arn)
                .name(group.auto_scaling_group_name)
                .launch_template(template)
                .profile(profile.cloned())
        });
        found.add(&DESCRIBE_AUTO_SCALING_GROUPS, entry);
    }
    found
}

/// The instance profiles of launch configurations, by ARN or name, by the configuration's name.
async fn launch_configurations(place: &Place<'_>, found: &mut Found) -> BTreeMap<String, String> {
    let call = &DESCRIBE_LAUNCH_CONFIGURATIONS;
    let split = |page: Configurations| (page.launch_configurations.into_vec(), page.next_token);
    let listing = place.list(call, json!({"MaxRecords": 100}), "NextToken", split).await;
    let configurations = found.listed(call, listing);
    let named = |one: Configuration| Some((one.launch_configuration_name?, one.iam_instance_profile?));
    configurations.into_iter().filter_map(named).collect()
}
