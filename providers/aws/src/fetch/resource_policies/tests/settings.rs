//! What stands beside a policy: grants on keys, and how S3 Block Public Access is set.

use super::*;

/// What the document says of a resource under a key.
fn said(batch: &Batch, resource: &str, key: &str) -> Value {
    let path = AccountFile::ResourcePolicies.path(ACCOUNT).unwrap();
    let (_, bytes, ..) = batch.files.iter().find(|file| file.0 == path).unwrap();
    let entries: Vec<Value> = serde_json::from_slice(bytes).unwrap();
    entries.iter().find(|one| one["resource"] == resource).map_or(Value::Null, |one| one[key].clone())
}

#[tokio::test]
async fn grants_stand_beside_the_policy_of_their_key() {
    let key = arn("kms", "key/k");
    let batch = read(|_, _, _| None).await;
    let grant =
        |id: &str| json!({"GrantId": id, "GranteePrincipal": "AIDAEXAMPLE", "Operations": ["Decrypt"]});
    assert_eq!(said(&batch, &key, "grants"), json!([grant("g")]));
    let pages = move |operation: &str, _: &str, before: usize| match (operation, before) {
        ("ListGrants", 0) => {
            Some(json(&json!({"Grants": [grant("first")], "Truncated": true, "NextMarker": "m"})))
        }
        ("ListGrants", _) => Some(refusal("AccessDeniedException")),
        _ => None,
    };
    let batch = read(pages).await;
    assert_eq!(failures(&batch), [("kms:ListGrants", GapReason::Truncated, vec![&*key])]);
    assert_eq!(said(&batch, &key, "grants"), json!([grant("first")]));
    let denied = |operation: &str, _: &str, _: usize| {
        (operation == "ListGrants").then(|| refusal("AccessDeniedException"))
    };
    let batch = read(denied).await;
    assert_eq!(failures(&batch), [("kms:ListGrants", GapReason::Denied, vec![&*key])]);
    assert_eq!(said(&batch, &key, "grants"), Value::Null);
}

#[tokio::test]
async fn a_bucket_is_asked_how_public_access_is_set_where_its_policy_names_everybody() {
    let (lake, account) = ("arn:aws:s3:::lake", format!("arn:aws:iam::{ACCOUNT}:root"));
    let setting = "public_access_block";
    let batch = read(|_, _, _| None).await;
    assert_eq!(said(&batch, lake, setting), Value::Null, "nobody is let in");
    let set = |block: &Value| (block["BlockPublicPolicy"].clone(), block["RestrictPublicBuckets"].clone());
    assert_eq!(set(&said(&batch, &account, setting)), (json!(true), json!(false)));
    let open = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}"#;
    let public = |operation: &str| (operation == "GetBucketPolicy").then(|| (200, open.to_owned()));
    let batch = read(move |operation, _, _| {
        (operation == "GetBucketBlock").then(|| (200, block(true))).or_else(|| public(operation))
    })
    .await;
    assert_eq!(set(&said(&batch, lake, setting)), (json!(true), json!(true)));
    let none = "<Error><Code>NoSuchPublicAccessBlockConfiguration</Code></Error>";
    let batch = read(move |operation, _, _| {
        operation.ends_with("Block").then(|| (404, none.to_owned())).or_else(|| public(operation))
    })
    .await;
    assert_eq!(failures(&batch), []);
    for of in [lake, &account] {
        assert_eq!(set(&said(&batch, of, setting)), (json!(false), json!(false)), "{of}");
    }
    let denied = "<Error><Code>AccessDenied</Code></Error>";
    let batch = read(move |operation, _, _| {
        operation.ends_with("Block").then(|| (403, denied.to_owned())).or_else(|| public(operation))
    })
    .await;
    let expected = [
        ("s3:GetAccountPublicAccessBlock", GapReason::Denied, vec!["arn:aws:s3:::*"]),
        ("s3:GetBucketPublicAccessBlock", GapReason::Denied, vec![lake]),
    ];
    assert_eq!(failures(&batch), expected);
    assert_eq!(said(&batch, lake, setting), Value::Null, "not known");
}
