//! EC2 instances and launch templates.
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>

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

pub(crate) static EC2: Service = Service {
    name: "ec2",
    host: "ec2",
    signing: "ec2",
    id: "EC2",
    protocol: Protocol::Ec2Query { version: "2016-11-15" },
    fips: Fips::Suffix(GOV),
    offered: Offered::Everywhere,
};

pub(super) const DESCRIBE_INSTANCES: Call = Call {
    read: declared(
        "ec2",
        "DescribeInstances",
        &["ec2:DescribeInstances"],
        "instances with their instance profile, state and tags; user data is not in the answer",
    ),
    service: &EC2,
    http: Http::Named,
    probe: r#"{"MaxResults": 5}"#,
};

pub(super) const DESCRIBE_LAUNCH_TEMPLATE_VERSIONS: Call = Call {
    read: declared(
        "ec2",
        "DescribeLaunchTemplateVersions",
        &["ec2:DescribeLaunchTemplateVersions"],
        "the instance profiles of launch templates, in their default and latest version; user data is dropped \
              unread",
    ),
    service: &EC2,
    http: Http::Named,
    probe: r#"{"LaunchTemplateVersion": ["$Latest"], "MaxResults": 5}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Instances {
    #[serde(default)]
    reservation_set: Items<Reservation>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reservation {
    #[serde(default)]
    instances_set: Items<Instance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instance {
    instance_id: Option<String>,
    instance_state: Option<State>,
    iam_instance_profile: Option<Associated>,
    #[serde(default)]
    tag_set: Items<Tag>,
}

#[derive(Deserialize)]
struct State {
    name: Option<String>,
}

/// A running instance has its profile by ARN.
#[derive(Deserialize)]
struct Associated {
    arn: Option<String>,
}

/// A template may name it instead.
#[derive(Deserialize)]
struct Profile {
    arn: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Tag {
    key: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Versions {
    #[serde(default)]
    launch_template_version_set: Items<Version>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    launch_template_id: Option<String>,
    launch_template_name: Option<String>,
    launch_template_data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    iam_instance_profile: Option<Profile>,
}

pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    instances(place, &mut found).await;
    launch_templates(place, &mut found).await;
    found
}

async fn instances(place: &Place<'_>, found: &mut Found) {
    let split = |page: Instances| (page.reservation_set.into_vec(), page.next_token);
    let input = json!({"MaxResults": 1000});
    let listing = place.list(&DESCRIBE_INSTANCES, input, "NextToken", split).await;
    let reservations = found.listed(&DESCRIBE_INSTANCES, listing);
    for one in reservations.into_iter().flat_map(|one| one.instances_set.into_vec()) {
        let tags = one.tag_set.into_vec().into_iter();
        let tags = tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())));
        let entry = one.instance_id.map(|id| {
            Entry::new("ec2_instance", place.arn("ec2", &format!("instance/{id}")))
                .profile(one.iam_instance_profile.and_then(|profile| profile.arn))
                .state(one.instance_state.and_then(|state| state.name))
                .tags(tags)
        });
        found.add(&DESCRIBE_INSTANCES, entry);
    }
}

/// Without a template's name the versions of all are described.
async fn launch_templates(place: &Place<'_>, found: &mut Found) {
    let call = &DESCRIBE_LAUNCH_TEMPLATE_VERSIONS;
    let split = |page: Versions| (page.launch_template_version_set.into_vec(), page.next_token);
    // A page holds at most 200.
    let input = json!({"LaunchTemplateVersion": ["$Default", "$Latest"], "MaxResults": 200});
    let listing = place.list(call, input, "NextToken", split).await;
    // One entry a template, with the profiles of both versions.
    let mut templates: BTreeMap<String, Entry> = BTreeMap::new();
    for one in found.listed(call, listing) {
        let Some(id) = one.launch_template_id else {
            found.add(call, None);
            continue;
        };
        let arn = place.arn("ec2", &format!("launch-template/{id}"));
        let entry = templates
            .remove(&id)
            .unwrap_or_else(|| Entry::new("launch_template", arn).name(one.launch_template_name));
        let profile = one.launch_template_data.and_then(|data| data.iam_instance_profile);
        templates.insert(id, entry.profile(profile.and_then(|profile| profile.arn.or(profile.name))));
    }
    for entry in templates.into_values() {
        found.add(call, Some(entry));
    }
}
