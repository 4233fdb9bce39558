//! What would make the estate wrong is an error that names file, place and field.

use serde_json::json;

use super::*;

#[test]
fn a_missing_required_field_names_file_place_and_field() {
    for (list, item, fields) in [
        ("UserDetailList", user("u"), ["Arn", "UserName", "UserId"]),
        ("RoleDetailList", role("r"), ["Arn", "RoleName", "AssumeRolePolicyDocument"]),
    ] {
        for field in fields {
            let mut broken = item.clone();
            broken.as_object_mut().unwrap().remove(field);
            let error = Folder::complete().details(&json!({list: [item, broken]})).error();
            let expected = format!(
                "`accounts/{ACCOUNT}/authorization-details.json`: {list}[1].{field}: missing field `{field}`"
            );
            assert!(error.starts_with(&expected), "{error}");
        }
    }
}

#[test]
fn broken_json_names_line_and_column() {
    let error = Folder::complete().of_account("access-keys.json", "[\n  {\"UserName\": }\n]").error();
    assert!(error.contains("access-keys.json`: line 2 column 16: expected value"), "{error}");
    let whole = details(&json!({"UserDetailList": [user("u")]})).to_string();
    let error =
        Folder::complete().of_account("authorization-details.json", &whole[..whole.len() / 2]).error();
    assert!(error.contains("authorization-details.json`: line 1") && error.contains("EOF"), "{error}");
}

#[test]
fn a_different_document_under_the_name_is_refused() {
    for (name, text, part) in [
        ("authorization-details.json", r#"{"Users":[]}"#, "missing field `UserDetailList`"),
        ("authorization-details.json", "[]", "expected"),
        ("access-keys.json", r#"{"Users":[]}"#, "missing field `AccessKeyMetadata`"),
        ("account-summary.json", "[]", "expected"),
        ("credential-report.json", r#"{"State":"COMPLETE"}"#, "missing field `Content`"),
        ("credential-report.json", r#"{"Content":"%%%"}"#, "Base64"),
        ("credential-report.csv", "{}", "the column `user` is missing"),
        ("oidc-providers.json", r#"[{"Arn":"x"}]"#, "`x` is not the ARN of a oidc-provider"),
        ("resource-policies.json", r#"{"Version":"2012-10-17"}"#, "missing field `ResourcePolicies`"),
        ("resource-policies.json", r#"[{"policy":null}]"#, "[0].resource: missing field `resource`"),
        ("resource-policies.json", r#"[{"resource":"x"}]"#, "[0].resource: `x` is not the ARN of a resource"),
        ("workloads.json", r#"{"Functions":[]}"#, "missing field `Workloads`"),
    ] {
        let folder = Folder::complete().without("credential-report.csv").of_account(name, text);
        let error = folder.error();
        assert!(error.contains(name) && error.contains(part), "{name}: {error}");
    }
}

#[test]
fn the_report_is_checked_by_header_name_and_line() {
    let report = |text: &str| Folder::complete().of_account("credential-report.csv", text);
    // The order of the columns and unknown ones do not matter.
    let turned = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').map(str::trim).collect();
        cells.reverse();
        format!("new,{}", cells.join(","))
    };
    let estate = report(&format!("{}\n{}\n", turned(HEADER), turned(ROOT_ROW))).read();
    assert!(identity(&estate, "root").created.is_some());
    let with_info = format!("{HEADER},additional_credentials_info\n{ROOT_ROW},N/A\n");
    assert_eq!(gaps(&report(&with_info).read()), Vec::<String>::new());

    for (text, parts) in [
        (HEADER.replace("mfa_active,", ""), ["line 1", "the column `mfa_active` is missing"]),
        (format!("{HEADER}\nx,y\n"), ["line 2", "found record with 2 fields"]),
        (
            format!("{HEADER}\n{}\n", ROOT_ROW.replace(",true,", ",canary,")),
            ["line 2, column `mfa_active`", "must be true"],
        ),
        (
            format!("{HEADER}\n{}\n", ROOT_ROW.replace("2020-01-01T00:00:00+00:00", "canary")),
            ["line 2, column `user_creation_time`", "not a time"],
        ),
        (
            format!("{HEADER}\n{}\n", ROOT_ROW.replace("111122223333", "444455556666")),
            ["row 1", "444455556666"],
        ),
    ] {
        let error = report(&text).error();
        assert!(parts.iter().all(|part| error.contains(part)) && !error.contains("canary"), "{error}");
    }
}

#[test]
fn files_of_two_accounts_do_not_mix() {
    let foreign = with(user("u"), &json!({"Arn": "arn:aws:iam::444455556666:user/u"}));
    let error = Folder::complete().details(&json!({"UserDetailList": [foreign]})).error();
    assert!(error.contains("UserDetailList[0].Arn") && error.contains("444455556666"), "{error}");
    let china = with(role("r"), &json!({"Arn": format!("arn:aws-cn:iam::{ACCOUNT}:role/r")}));
    let error = Folder::complete().details(&json!({"RoleDetailList": [role("a"), china]})).error();
    assert!(error.contains("RoleDetailList[1].Arn") && error.contains("partition"), "{error}");
    let group = with(user("u"), &json!({"Arn": arn("group/u")}));
    let error = Folder::complete().details(&json!({"UserDetailList": [group]})).error();
    assert!(error.contains("is not the ARN of a user"), "{error}");
}

#[test]
fn resources_of_two_accounts_do_not_mix() {
    let own = format!("arn:aws:sqs:eu-west-1:{ACCOUNT}:orders");
    let listed = |resource: &str| {
        let list = json!([{"resource": own, "policy": null}, {"resource": resource, "policy": null}]);
        Folder::complete().of_account("resource-policies.json", &list.to_string())
    };
    let error = listed("arn:aws:sqs:eu-west-1:444455556666:orders").error();
    assert!(
        error.contains("resource-policies.json`: [1].resource") && error.contains("444455556666"),
        "{error}"
    );
    let error = listed("arn:aws-cn:s3:::lake").error();
    assert!(error.contains("[1].resource") && error.contains("is not in partition aws"), "{error}");
    // A bucket's ARN names no account, wherever it stands.
    assert_eq!(gaps(&listed("arn:aws:s3:::lake").read()), Vec::<String>::new());
    let bucket = Folder::default().file("resource-policies.json", r#"[{"resource":"arn:aws:s3:::lake"}]"#);
    assert!(bucket.error().contains("holds no ARN that tells the account"), "{}", bucket.error());
    let queue = Folder::default().file("resource-policies.json", json!([{"resource": own}]).to_string());
    assert_eq!(texts(&queue.read().targets), [format!("aws:account/{ACCOUNT}")]);
}

#[test]
fn the_shorthand_is_one_account_whose_id_the_arns_tell() {
    let text = details(&json!({"RoleDetailList": [role("r")]})).to_string();
    let bare = Folder::default().file("authorization-details.json", &text);
    let estate = bare.read();
    assert_eq!(texts(&estate.targets), [format!("aws:account/{ACCOUNT}")]);
    assert!(estate.scopes.values().all(|scope| scope.scanned));
    identity(&estate, "role/r");
    identity(&estate, "root");
    assert!(bare.clone().of_account("account-summary.json", "{}").error().contains("also under `accounts/`"));
    let empty = details(&json!({})).to_string();
    let error = Folder::default().file("authorization-details.json", &empty).error();
    assert!(error.contains("accounts/<account id>/"), "{error}");
    // A China account's root user has an ARN of China.
    let china = text.replace("arn:aws:", "arn:aws-cn:");
    let estate = Folder::default().file("authorization-details.json", &china).read();
    assert!(estate.identities.iter().any(|one| &*one.native_id == "arn:aws-cn:iam::111122223333:root"));
}

#[test]
fn folders_without_documents_or_with_odd_names() {
    let nothing = Folder::default().file("README.md", "x").error();
    assert!(nothing.contains("no document of provider `aws`"), "{nothing}");
    let odd = Folder::default().file("accounts/prod/authorization-details.json", "{}").error();
    assert!(odd.contains("prod") && odd.contains("twelve digits"), "{odd}");
    // A folder of an account is an account, even if nothing in it is read.
    let estate = Folder::default().of_account("identity-center.json", "[]").read();
    identity(&estate, "root");
    assert!(gaps(&estate).contains(&"not-provided iam:GetAccountAuthorizationDetails".to_owned()));
}
