//! What the file leaves open, what is refused and what is never kept.

use census_model::{Provider, ScopeId};

use super::*;

const READ: &str = "lambda:ListFunctions";

#[test]
fn without_the_file_everything_that_runs_is_open_once() {
    let folder = Folder::complete().without(FILE);
    let estate = folder.read();
    assert_eq!(gaps(&estate), [format!("not-provided {READ}")]);
    assert!(estate.is_complete(), "what nobody provided is no failure");
    let open = gap(&estate, &format!("not-provided {READ}"));
    assert!(open.detail.contains(FILE) && open.concerns(&function()));
    let scope = ScopeId::new(format!("aws:account/{ACCOUNT}"));
    assert_eq!(open.scope.as_ref(), Some(&scope));
    // A scan does not read them yet, and says so.
    let estate = folder.clone().gaps(vec![]).read();
    assert_eq!(gap(&estate, &format!("not-requested {READ}")).affects, Vec::<Text>::new());
    assert!(estate.is_complete());
    for read in ["ec2:DescribeInstances", READ] {
        let denied = Gap::new(Provider::Aws, Some(scope.clone()), read, GapReason::Denied, "x", Vec::new());
        let estate = folder.clone().gaps(vec![denied]).read();
        assert_eq!(gaps(&estate), [format!("denied {read}")]);
        assert!(!estate.gaps.iter().any(|gap| &*gap.read == READ && gap.reason != GapReason::Denied));
    }
    // An empty list is an answer.
    let estate = listed(&json!([])).read();
    assert!(!estate.gaps.iter().any(|gap| &*gap.read == READ));
    let more = json!({"Workloads": [], "IsTruncated": true});
    assert_eq!(gaps(&listed(&more).read()), [format!("truncated {READ}")]);
}

#[test]
fn what_is_listed_twice_is_there_once_and_must_not_differ() {
    let one = entry("lambda_function", &function());
    let same = with(one.clone(), &json!({"role_arn": arn("role/r"), "tags": []}));
    let other = with(one.clone(), &json!({"role_arn": arn("role/host")}));
    let estate = listed(&json!([one, same])).read();
    assert_eq!((workloads(&estate).len(), gaps(&estate)), (1, Vec::new()));
    let kept = listed(&json!([one, other, one])).read();
    assert_eq!((workloads(&kept).len(), gaps(&kept)), (1, vec![format!("inconsistent {READ}")]));
    assert_eq!(texts(&gap(&kept, &format!("inconsistent {READ}")).affects), [function()]);
    let turned = listed(&json!([other, one])).read();
    assert_eq!(workloads(&turned), workloads(&kept), "whatever the order, the same one stays");
}

#[test]
fn errors_name_the_entry_and_the_field() {
    let good = entry("lambda_function", &function());
    let without = |field: &str| {
        let mut entry = good.clone();
        entry.as_object_mut().unwrap().remove(field);
        entry
    };
    let but = |fields: Value| with(good.clone(), &fields);
    let group = arn("group/g");
    for (broken, part) in [
        (without("arn"), "[1].arn: missing field `arn`"),
        (without("type"), "[1].type: missing field `type`"),
        (but(json!({"arn": "f"})), "[1].arn: `f` is not the ARN of a resource"),
        (
            but(json!({"arn": "arn:aws:lambda:eu-west-1:444455556666:function:f"})),
            "[1].arn: `arn:aws:lambda:eu-west-1:444455556666:function:f` belongs to account 444455556666",
        ),
        (but(json!({"type": 7})), "[1].type: invalid type: integer"),
        (but(json!({"name": ["canary"]})), "[1].name: invalid type: sequence"),
        (but(json!({"role_arn": {"canary": 1}})), "[1].role_arn: invalid type: map"),
        (but(json!({"role_arn": "r"})), "[1].role_arn: `r` is not the ARN of an IAM role"),
        (but(json!({"role_arn": group})), "is not the ARN of an IAM role"),
        (but(json!({"administration_role_arn": group})), "[1].administration_role_arn"),
        (
            but(json!({"instance_profile_arn": arn("role/r")})),
            "[1].instance_profile_arn: `arn:aws:iam::111122223333:role/r` is not the ARN of an IAM instance profile",
        ),
        (but(json!({"state": {"Name": "canary"}})), "[1].state: invalid type: map"),
        (but(json!({"tags": "canary"})), "[1].tags: invalid type: string"),
        (but(json!({"tags": {"team": {"canary": 1}}})), "[1].tags.team: invalid type: map"),
        (but(json!({"tags": [{"Value": "canary"}]})), "[1].tags[0].Key: missing field `Key`"),
        (json!("canary"), "[1]: invalid type: string"),
    ] {
        let folder = listed(&json!([good, broken]));
        let error = folder.error();
        assert!(error.starts_with(&format!("`accounts/{ACCOUNT}/{FILE}`: ")), "{error}");
        assert!(error.contains(part) && !error.contains("canary"), "{broken}: {error}");
        // A stranger's answer must not keep a scan from reading the rest.
        let estate = folder.gaps(vec![]).read();
        assert_eq!(gaps(&estate), [format!("invalid {READ}")]);
        identity(&estate, "role/r");
        assert_eq!(workloads(&estate), Vec::<&Workload>::new());
    }
}

#[test]
fn environments_and_other_fields_stay_out() {
    let plain = entry("lambda_function", &function());
    let careless = with(
        plain.clone(),
        &json!({
            "environment": {"Variables": {"PASSWORD": "canary"}}, "Environment": {"canary": "canary"}, "user_data": "canary",
            "definition": "canary", "env": ["canary"], "code": {"repository": "https://user:canary@example.com"},
        }),
    );
    let estate = serde_json::to_string(&listed(&json!([careless])).read()).unwrap();
    assert!(!estate.contains("canary"));
    assert_eq!(estate, serde_json::to_string(&listed(&json!([plain])).read()).unwrap());
    let text = careless.to_string();
    let parsed: crate::documents::Workload<'_> = serde_json::from_str(&text).unwrap();
    assert!(!serde_json::to_string(&parsed).unwrap().contains("canary"), "nor in a document that is saved");
}
