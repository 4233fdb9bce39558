//! Resources' own policies.

use census_model::{Attachment, Effect, GapReason, Grant, Provider, ScopeId, Via};
use serde_json::{Value, json};

use super::*;

const LAKE: &str = "arn:aws:s3:::lake";
const FILE: &str = "resource-policies.json";
const READ: &str = "s3:GetBucketPolicy";

fn queue() -> String {
    format!("arn:aws:sqs:eu-west-1:{ACCOUNT}:orders")
}

/// A policy that lets an account do one thing.
fn lets(account: &str, action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": account}, "Action": action, "Resource": "*"}]})
}

fn listed(list: &Value) -> Folder {
    Folder::complete().of_account(FILE, &list.to_string())
}

/// The policies of resources, without the trust policies of roles.
fn grants(estate: &Estate) -> Vec<&Grant> {
    estate.grants.iter().filter(|grant| grant.via == Via::ResourcePolicy).collect()
}

#[test]
fn a_policy_is_attached_to_its_resource_whether_it_is_an_object_or_text() {
    let policy = lets("444455556666", "s3:GetObject");
    let encoded = policy.to_string().replace('{', "%7B").replace('"', "%22");
    for form in [policy.clone(), policy.to_string().into(), encoded.into()] {
        let estate =
            listed(&json!([{"resource": LAKE, "policy": form}, {"resource": queue(), "policy": policy}]))
                .read();
        let [lake, orders] = grants(&estate)[..] else { panic!("{:?}", estate.grants) };
        assert_eq!(lake.attached_to, Attachment::Resource(LAKE.into()));
        assert_eq!(orders.attached_to, Attachment::Resource(queue().into()));
        assert_eq!((lake.effect, lake.scope.as_str()), (Effect::Allow, &*format!("aws:account/{ACCOUNT}")));
        assert_eq!(lake.policy, orders.policy, "one text, kept once");
        let text = &estate.policies[lake.policy.as_ref().unwrap()].text;
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), policy);
        assert_eq!(estate.policies.len(), 1);
        assert_eq!(gaps(&estate), Vec::<String>::new());
        assert!(estate.sources.iter().any(|source| source.document.ends_with(FILE)));
    }
}

#[test]
fn a_resource_without_a_policy_was_read_and_has_none() {
    for none in [json!({}), json!({"policy": null}), json!({"policy": ""}), json!({"policy": {}})] {
        let estate = listed(&json!([with(none, &json!({"resource": LAKE}))])).read();
        assert_eq!(grants(&estate), Vec::<&Grant>::new());
        assert_eq!(gaps(&estate), Vec::<String>::new());
        // Neither it nor one that the file does not list is open: the file is the complete list.
        let open =
            |gap: &Gap| &*gap.read == READ && (gap.concerns(LAKE) || gap.concerns("arn:aws:s3:::other"));
        assert!(!estate.gaps.iter().any(open));
    }
}

#[test]
fn without_the_file_every_resource_of_the_account_is_open_once() {
    let folder = Folder::complete().without(FILE);
    let estate = folder.read();
    assert_eq!(gaps(&estate), [format!("not-provided {READ}")]);
    assert!(estate.is_complete(), "what nobody provided is no failure");
    let open = gap(&estate, &format!("not-provided {READ}"));
    assert!(open.detail.contains(FILE) && open.concerns(LAKE) && open.concerns(&queue()));
    assert_eq!(open.scope.as_ref().map(ScopeId::as_str), Some(&*format!("aws:account/{ACCOUNT}")));
    // A scan does not read them yet, and says so.
    let estate = folder.clone().gaps(vec![]).read();
    assert_eq!(estate.gaps.iter().filter(|gap| &*gap.read == READ).count(), 1);
    assert!(gap(&estate, &format!("not-requested {READ}")).concerns(LAKE));
    assert!(estate.is_complete());
    // A fetch that says why is believed, whichever of the reads it was.
    for read in ["kms:GetKeyPolicy", READ] {
        let scope = ScopeId::new(format!("aws:account/{ACCOUNT}"));
        let denied = Gap::new(Provider::Aws, Some(scope), read, GapReason::Denied, "x", Vec::new());
        let estate = folder.clone().gaps(vec![denied]).read();
        assert_eq!(gaps(&estate), [format!("denied {read}")]);
        assert!(!estate.gaps.iter().any(|gap| &*gap.read == READ && gap.reason != GapReason::Denied));
    }
}

#[test]
fn a_text_that_is_not_understood_is_a_gap_about_its_resource() {
    for broken in [json!("canary"), json!({"Statement": [{"Effect": "Maybe"}]}), json!(["canary"]), json!(7)]
    {
        let estate = listed(&json!([
            {"resource": LAKE, "policy": broken},
            {"resource": queue(), "policy": lets(ACCOUNT, "sqs:SendMessage")}
        ]))
        .read();
        assert_eq!(gaps(&estate), [format!("invalid {READ}")], "{broken}");
        let open = gap(&estate, &format!("invalid {READ}"));
        assert!(open.concerns(LAKE) && !open.concerns(&queue()), "{:?}", open.affects);
        assert!(!open.detail.contains("canary"), "{}", open.detail);
        assert_eq!(grants(&estate).len(), 2, "the resource has a policy, whatever it says");
    }
}

#[test]
fn a_resource_policy_that_names_nobody_is_a_gap_about_its_resource() {
    let estate = listed(&json!([
        {"resource": LAKE, "policy": policy("s3:GetObject")},
        {"resource": queue(), "policy": lets(ACCOUNT, "sqs:SendMessage")}
    ]))
    .read();
    assert_eq!(gaps(&estate), [format!("invalid {READ}")]);
    let open = gap(&estate, &format!("invalid {READ}"));
    assert!(open.concerns(LAKE) && !open.concerns(&queue()), "{:?}", open.affects);
    assert!(open.detail.contains("as a resource policy"), "{}", open.detail);
}

#[test]
fn a_resource_that_says_two_things_is_a_gap_and_keeps_both() {
    let (one, two) = (lets(ACCOUNT, "s3:GetObject"), lets(ACCOUNT, "s3:PutObject"));
    for (list, kept, differ) in [
        (json!([{"resource": LAKE, "policy": one}, {"resource": LAKE, "policy": two}]), 2, true),
        (json!([{"resource": LAKE, "policy": one}, {"resource": LAKE}]), 1, true),
        (json!([{"resource": LAKE, "policy": one}, {"resource": LAKE, "policy": one.to_string()}]), 1, false),
        (json!([{"resource": LAKE}, {"resource": LAKE, "policy": null}]), 0, false),
    ] {
        let estate = listed(&list).read();
        assert_eq!(grants(&estate).len(), kept, "{list}");
        let expected = if differ { vec![format!("inconsistent {READ}")] } else { Vec::new() };
        assert_eq!(gaps(&estate), expected, "{list}");
        assert!(!differ || texts(&gap(&estate, &expected[0]).affects) == [LAKE]);
    }
}

#[test]
fn missing_pages_are_truncated() {
    let page = |truncated: bool| json!({"ResourcePolicies": [{"resource": LAKE, "policy": null}], "IsTruncated": truncated});
    let estate = listed(&page(true)).read();
    assert_eq!(gaps(&estate), [format!("truncated {READ}")]);
    assert!(gap(&estate, &format!("truncated {READ}")).concerns(&queue()));
    assert_eq!(gaps(&listed(&page(false)).read()), Vec::<String>::new());
}

#[test]
fn a_roles_trust_policy_may_be_listed_and_must_not_differ() {
    let role = role("r");
    let listed = |policy: &Value| {
        listed(&json!([{"resource": role["Arn"], "policy": policy}]))
            .details(&json!({"RoleDetailList": [role]}))
            .read()
    };
    let same = listed(&role["AssumeRolePolicyDocument"]);
    assert_eq!(gaps(&same), Vec::<String>::new());
    assert_eq!((grants(&same).len(), same.policies.len()), (1, 1));
    for other in [trust(&json!({"AWS": "444455556666"})), Value::Null] {
        let estate = listed(&other);
        assert_eq!(gaps(&estate), [format!("inconsistent {READ}")]);
        assert_eq!(texts(&gap(&estate, &format!("inconsistent {READ}")).affects), [arn("role/r")]);
    }
}

#[test]
fn a_broken_file_of_a_scan_is_a_gap_and_of_a_person_an_error() {
    let folder = Folder::complete().of_account(FILE, r#"[{"resource":"canary"}]"#);
    assert!(folder.error().contains("is not the ARN of a resource"));
    let estate = folder.gaps(vec![]).read();
    assert_eq!(gaps(&estate), [format!("invalid {READ}")]);
    assert!(gap(&estate, &format!("invalid {READ}")).concerns(LAKE));
}

#[test]
fn public_access_is_known_where_the_file_says_so() {
    let estate = listed(&json!([
        {"resource": LAKE, "policy": null, "public_access_block": {"RestrictPublicBuckets": true}},
        {"resource": "arn:aws:s3:::other", "policy": null},
        {"resource": arn("root"), "public_access_block": {}},
    ]))
    .read();
    let known: Vec<(&str, bool)> = estate
        .public_access_blocks
        .iter()
        .map(|(of, block)| (&**of, block.restrict_public_buckets))
        .collect();
    assert_eq!(known, [(LAKE, true), (&*format!("aws:account/{ACCOUNT}"), false)]);
    assert_eq!(grants(&estate), Vec::<&Grant>::new());
    // Of two settings that differ none is relied on.
    let twice = ["true", "false"].map(|on| {
        json!({"resource": LAKE, "policy": null, "public_access_block": {"RestrictPublicBuckets": on == "true"}})
    });
    let estate = listed(&json!(twice)).read();
    assert!(!estate.public_access_blocks[LAKE].restrict_public_buckets);
}
