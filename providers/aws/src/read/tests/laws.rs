//! Properties of reading.

use census_model::{NatureKind, Observed};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// An account in which every kind of thing occurs, as documents by name.
fn rich(users: usize, roles: usize) -> Vec<(&'static str, Value)> {
    let inline = |action: &str| {
        json!([{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": action, "Resource": "*"},
            {"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
            {"Sid": "S", "Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}}])
    };
    let name = |n: usize| format!("u{n:02}");
    let user_list: Vec<Value> = (0..users)
        .map(|n| {
            with(user(&name(n)), &json!({
                "GroupList": ["g1", if n % 5 == 0 { "gone" } else { "g2" }],
                "UserPolicyList": inline(["s3:*", "ec2:*", "%7Bbroken"][n % 3]),
                "AttachedManagedPolicies": [{"PolicyName": "m", "PolicyArn": arn(["policy/m", "policy/none"][n % 2])}],
                "Tags": [{"Key": "b", "Value": "1"}, {"Key": "a", "Value": "2"}],
            }))
        })
        .collect();
    let role_list: Vec<Value> = (0..roles)
        .map(|n| {
            let principal = [json!({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}), json!("*"),
                             json!({"AWS": ["444455556666", "AROAEXAMPLEEXAMPLE123"]})][n % 3].clone();
            with(role(&format!("r{n:02}")), &json!({
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"},
                    {"Effect": "Allow", "Principal": {"AWS": "777788889999"}, "Action": "sts:AssumeRole",
                     "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}]},
                "InstanceProfileList": [{"InstanceProfileName": "shared", "Arn": arn("instance-profile/shared"), "Roles": []}],
                "RolePolicyList": inline("s3:*"),
            }))
        })
        .collect();
    let group = |name: &str| {
        json!({"GroupName": name, "GroupId": name, "Arn": arn(&format!("group/{name}")),
                                    "GroupPolicyList": inline("a:b"), "AttachedManagedPolicies": []})
    };
    let key = |n: usize, second: u8| {
        json!({"UserName": name(n), "AccessKeyId": format!("AKIA{n}{second}"),
        "Status": "Active", "CreateDate": format!("2025-01-01T00:00:0{second}Z")})
    };
    let report: Vec<Value> = (0..users)
        .filter(|n| n % 7 != 6)
        .map(|n| {
            let password = if n % 4 == 0 { "true,N/A,2025-01-01T00:00:00Z,N/A" } else { "false,N/A,N/A,N/A" };
            let keys = "false,true,2025-01-01T00:00:01Z,2026-01-01T00:00:00Z,eu-west-1,s3,true,2025-01-01T00:00:05Z,N/A,N/A,N/A,false,N/A,false,N/A";
            Value::String(row(&name(n), password, keys))
        })
        .chain([Value::String(ROOT_ROW.to_owned())])
        .collect();
    vec![
        (
            "authorization-details.json",
            details(&json!({
                "UserDetailList": user_list, "RoleDetailList": role_list, "GroupDetailList": [group("g1"), group("g2")],
                "Policies": [{"Arn": arn("policy/m"), "PolicyVersionList": [
                    {"VersionId": "v1", "IsDefaultVersion": false, "Document": policy("a:b")},
                    {"VersionId": "v2", "IsDefaultVersion": true, "Document": policy("c:d")}]}],
            })),
        ),
        ("access-keys.json", (0..users).flat_map(|n| [key(n, 1), key(n, 5)]).collect()),
        ("login-profiles.json", (0..users).step_by(4).map(|n| json!({"UserName": name(n)})).collect()),
        (
            "ssh-public-keys.json",
            (0..users)
                .step_by(3)
                .map(|n| json!({"UserName": name(n), "SSHPublicKeyId": format!("APKA{n}")}))
                .collect(),
        ),
        (
            "oidc-providers.json",
            json!([{"Arn": arn("oidc-provider/a"), "ClientIDList": ["x", "y"]}, {"Arn": arn("oidc-provider/b")}]),
        ),
        ("saml-providers.json", json!([{"Arn": arn("saml-provider/a")}, {"Arn": arn("saml-provider/b")}])),
        ("account-summary.json", json!({"SummaryMap": {"Users": users, "Roles": roles + 1}})),
        ("resource-policies.json", resources(roles)),
        ("workloads.json", workloads(roles)),
        ("report", Value::Array(report)),
    ]
}

/// Resources with policies of several statements, as an object and as text, with none, with one that is not
/// understood, and one that stands there twice with a difference.
fn resources(roles: usize) -> Value {
    let policy = |who: &str, action: &str| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": who}, "Action": action, "Resource": "*"},
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"},
            {"Sid": "S", "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:*",
             "Resource": "*"}]})
    };
    let queue = |name: &str| format!("arn:aws:sqs:eu-west-1:{ACCOUNT}:{name}");
    (0..roles)
        .map(|n| {
            let policy = policy(&arn(&format!("role/r{n:02}")), "s3:GetObject");
            json!({"resource": format!("arn:aws:s3:::b{n}"), "policy": policy})
        })
        .chain([
            json!({"resource": queue("text"), "policy": policy(ACCOUNT, "sqs:SendMessage").to_string()}),
            json!({"resource": queue("none"), "policy": null}),
            json!({"resource": queue("broken"), "policy": "%7Bbroken"}),
            json!({"resource": queue("twice"), "policy": policy(ACCOUNT, "sqs:SendMessage")}),
            json!({"resource": queue("twice"), "policy": policy(ACCOUNT, "sqs:ReceiveMessage")}),
            json!({"resource": queue("twice")}),
        ])
        .collect()
}

/// Workloads of several types that name one another, one that stands there twice with a difference, and resources.
fn workloads(roles: usize) -> Value {
    let thing = |resource: &str| format!("arn:aws:x:eu-west-1:{ACCOUNT}:{resource}");
    let tags = json!([{"Key": "b", "Value": "1"}, {"Key": "a", "Value": "2"}, {"Key": "a", "Value": "3"}]);
    let kinds = ["lambda_function", "codebuild_project", "unheard"];
    (0..roles)
        .map(|n| {
            json!({"type": kinds[n % kinds.len()], "arn": thing(&format!("f/{n}")),
                   "role_arn": arn(&format!("role/r{n:02}")), "tags": tags})
        })
        .chain([
            json!({"type": "launch_template", "name": "t", "arn": thing("launch-template/lt-1"),
                   "instance_profile_arn": arn("instance-profile/shared")}),
            json!({"type": "autoscaling_group", "arn": thing("group/g"), "launch_template": "t"}),
            json!({"type": "ec2_instance", "arn": thing("instance/twice"), "state": "running"}),
            json!({"type": "ec2_instance", "arn": thing("instance/twice"), "state": "stopped"}),
            json!({"type": "dynamodb_table", "arn": thing("table/t"), "stream_arn": thing("table/t/stream/1")}),
        ])
        .collect()
}

fn folder(documents: &[(&'static str, Value)]) -> Folder {
    documents.iter().fold(Folder::default(), |folder, (name, document)| match *name {
        "report" => {
            let rows: Vec<&str> = document.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            folder.of_account("credential-report.csv", &format!("{HEADER}\n{}\n", rows.join("\n")))
        }
        name => folder.of_account(name, &document.to_string()),
    })
}

/// Shuffles every list of a document; inside policies only the statements.
fn shuffle(value: &mut Value, seed: &mut u64) {
    match value {
        Value::Object(object) if object.contains_key("Effect") => {}
        Value::Object(object) => object.values_mut().for_each(|item| shuffle(item, seed)),
        Value::Array(items) => {
            items.iter_mut().for_each(|item| shuffle(item, seed));
            for at in (1..items.len()).rev() {
                *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                items.swap(at, (*seed >> 33) as usize % (at + 1));
            }
        }
        _ => {}
    }
}

/// Adds a secret to every object, under a name that no document has and under names that some have.
fn plant(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(plant),
        Value::Object(object) => {
            for (name, item) in object.iter_mut() {
                if !name.ends_with("Document") && name != "policy" && name != "SummaryMap" {
                    plant(item);
                }
            }
            for name in ["Unheard", "SecretAccessKey", "ServicePassword", "CertificateBody", "PrivateKey"] {
                object.insert(name.to_owned(), json!({"canary": ["canary-7f3a"]}));
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Law 3: order never changes a byte. Lists of actions and values are left as they are: the laws speak of
    /// statements, documents, pages and items.
    #[test]
    fn order_never_shows(users in 1usize..12, roles in 0usize..8, mut seed: u64) {
        let documents = rich(users, roles);
        let expected = serde_json::to_string(&folder(&documents).read()).unwrap();
        let shuffled: Vec<_> = documents
            .into_iter()
            .map(|(name, mut document)| {
                shuffle(&mut document, &mut seed);
                (name, document)
            })
            .collect();
        prop_assert_eq!(serde_json::to_string(&folder(&shuffled).read()).unwrap(), expected);
    }

    /// Law 4: whoever is in a document is in the estate, once.
    #[test]
    fn everyone_is_there_once(users in 1usize..12, roles in 0usize..8) {
        let estate = folder(&rich(users, roles)).read();
        let ids: std::collections::BTreeSet<_> = estate.identities.iter().map(|one| &one.id).collect();
        prop_assert_eq!(ids.len(), estate.identities.len());
        prop_assert_eq!(ids.len(), users + roles + 1);
    }

    /// Law 2: a file less never makes anyone certain, used or unused who was not so before.
    #[test]
    fn a_file_less_proves_nothing_more(users in 1usize..12, without in 1usize..10) {
        let documents = rich(users, 3);
        // With a manifest, whose clock does not depend on what the files hold.
        let whole = folder(&documents).gaps(vec![]).read();
        let mut fewer = documents;
        let (name, _) = fewer.remove(without);
        let less = folder(&fewer).gaps(vec![]).read();
        for before in &whole.identities {
            let after = less.identities.iter().find(|one| one.id == before.id);
            let Some(after) = after else { return Err(TestCaseError::fail(format!("{} is lost", before.id))) };
            let natures = (before.nature.kind, after.nature.kind);
            prop_assert!(
                natures.0 == natures.1 || natures.1 == NatureKind::Unknown || before.kind == census_model::IdentityKind::AwsRootUser,
                "without {}: {} was {:?} and is {:?}", name, before.id, natures.0, natures.1
            );
            let visible = before.last_used == after.last_used || matches!(after.last_used, Observed::NotVisible(_));
            prop_assert!(visible, "without {}: {:?} became {:?}", name, before.last_used, after.last_used);
        }
        let new = less.gaps.iter().any(|gap| !whole.gaps.iter().any(|known| known.id == gap.id));
        prop_assert!(new || name == "login-profiles.json", "without {}", name);
    }
}

#[test]
fn secrets_in_unknown_fields_stay_out() {
    let mut documents = rich(9, 6);
    let expected = serde_json::to_string(&folder(&documents).read()).unwrap();
    for (_, document) in documents.iter_mut().filter(|(name, _)| *name != "report") {
        plant(document);
    }
    let planted = serde_json::to_string(&folder(&documents).read()).unwrap();
    assert!(serde_json::to_string(&documents).unwrap().contains("canary"));
    assert!(!planted.contains("canary"));
    assert_eq!(planted, expected, "unknown fields change nothing");
}
