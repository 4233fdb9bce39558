//! Users, groups, roles, their policies, trusts and nature.

use census_model::{
    Attachment, Effect, Grant, IdentityId, IdentityKind, LastUse, Mechanism, NatureKind, Observed,
    PrincipalSet, Via,
};
use serde_json::{Value, json};

use super::*;

fn grants<'e>(estate: &'e Estate, holder: &Attachment) -> Vec<&'e Grant> {
    estate.grants.iter().filter(|grant| grant.attached_to == *holder).collect()
}

fn of(resource: &str) -> Attachment {
    Attachment::Identity(IdentityId::new(format!("aws:{}", arn(resource))))
}

fn text<'e>(estate: &'e Estate, grant: &Grant) -> &'e str {
    &estate.policies[grant.policy.as_ref().unwrap()].text
}

#[test]
fn an_account_as_the_command_line_prints_it() {
    let key = json!({"Key": "team", "Value": "data"});
    let estate = Folder::complete()
        .details(&json!({
            "UserDetailList": [with(user("deploy"), &json!({
                "Path": "/ci/", "Arn": arn("user/ci/deploy"), "GroupList": ["ops"], "Tags": [key],
                "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy/limit")},
                "UserPolicyList": inline("own", &policy("s3:*")),
                "AttachedManagedPolicies": [{"PolicyName": "read", "PolicyArn": "arn:aws:iam::aws:policy/read"}],
            }))],
            "GroupDetailList": [{
                "Path": "/", "GroupName": "ops", "GroupId": "AGPAops", "Arn": arn("group/ops"),
                "CreateDate": "2024-01-01T00:00:00+00:00", "GroupPolicyList": inline("ops", &policy("ec2:*")),
                "AttachedManagedPolicies": [],
            }],
            "Policies": [
                {"PolicyName": "limit", "Arn": arn("policy/limit"), "DefaultVersionId": "v2", "PolicyVersionList": [
                    {"VersionId": "v1", "IsDefaultVersion": false, "Document": policy("old:*")},
                    {"VersionId": "v2", "IsDefaultVersion": true, "Document": policy("new:*")}]},
                {"Arn": "arn:aws:iam::aws:policy/read", "PolicyVersionList": [
                    {"VersionId": "v9", "IsDefaultVersion": true, "Document": policy("s3:Get*")}]},
            ],
        }))
        .report(&[&row("deploy", "false,N/A,N/A,N/A", NO_KEYS).replace("user/deploy", "user/ci/deploy")])
        .read();
    assert_eq!(gaps(&estate), Vec::<String>::new());
    assert!(estate.is_complete());
    assert_eq!(texts(&estate.targets), [format!("aws:account/{ACCOUNT}")]);

    let deploy = identity(&estate, "user/ci/deploy");
    assert_eq!(deploy.kind, IdentityKind::AwsUser);
    assert_eq!((&*deploy.name, deploy.path.as_deref()), ("deploy", Some("/ci/")));
    assert_eq!(texts(&deploy.aliases), ["AIDAdeploy", "deploy"]);
    assert_eq!(deploy.immutable_id.as_deref(), Some("AIDAdeploy"));
    assert_eq!(deploy.created, Some(at("2024-01-01T00:00:00Z")));
    assert_eq!(deploy.tags.get("team").map(|v| &**v), Some("data"));
    assert_eq!(deploy.last_used, Observed::NotSince(at("2024-01-01T00:00:00Z")));

    let own = grants(&estate, &of("user/ci/deploy"));
    let find = |test: fn(&Via) -> bool| *own.iter().find(|grant| test(&grant.via)).unwrap();
    let boundary = find(|via| matches!(via, Via::Boundary { .. }));
    assert_eq!(boundary.effect, Effect::Ceiling);
    assert!(text(&estate, boundary).contains("new:*"), "the default version counts");
    assert!(text(&estate, find(|via| matches!(via, Via::Inline { .. }))).contains("s3:*"));
    let managed = find(|via| matches!(via, Via::Managed { .. }));
    assert!(text(&estate, managed).contains("s3:Get*"));
    assert_eq!(managed.effect, Effect::Allow);

    let group = &estate.groups[0];
    assert_eq!(group.immutable_id.as_deref(), Some("AGPAops"));
    assert_eq!((&estate.memberships[0].group, &estate.memberships[0].member), (&group.id, &deploy.id));
    assert!(text(&estate, grants(&estate, &Attachment::Group(group.id.clone()))[0]).contains("ec2:*"));
}

#[test]
fn one_text_is_one_policy_in_whatever_form_it_comes() {
    let object = policy("s3:*");
    let plain = Value::String(serde_json::to_string_pretty(&object).unwrap());
    let encoded = object.to_string().bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let list: Vec<Value> = [object, plain, Value::String(encoded)]
        .iter()
        .enumerate()
        .map(|(i, document)| with(user(&format!("u{i}")), &json!({"UserPolicyList": inline("p", document)})))
        .collect();
    let estate = Folder::complete().details(&json!({"UserDetailList": list})).read();
    let ids: std::collections::BTreeSet<_> =
        estate.grants.iter().map(|grant| grant.policy.clone().unwrap()).collect();
    assert_eq!((estate.grants.len(), ids.len(), estate.policies.len()), (3, 1, 1));
}

#[test]
fn a_policy_that_does_not_read_is_kept_as_text_with_a_gap() {
    for broken in [json!("%7Bnot json"), json!({"Statement": 1}), json!(null), json!("")] {
        let broken_user = with(user("u"), &json!({"UserPolicyList": inline("p", &broken)}));
        let broken_role = with(role("r"), &json!({"AssumeRolePolicyDocument": broken}));
        let estate = Folder::complete()
            .details(&json!({"UserDetailList": [broken_user], "RoleDetailList": [broken_role]}))
            .report(&[&row("u", "false,N/A,N/A,N/A", NO_KEYS)])
            .read();
        assert_eq!(gaps(&estate), ["invalid iam:GetAccountAuthorizationDetails"], "{broken}");
        let affects = &gap(&estate, "invalid iam:GetAccountAuthorizationDetails").affects;
        for id in [&identity(&estate, "user/u").id, &identity(&estate, "role/r").id] {
            assert!(affects.iter().any(|one| **one == *id.as_str()), "{affects:?}");
        }
        assert_eq!(estate.policies.len(), 1);
        assert_eq!(identity(&estate, "role/r").nature.kind, NatureKind::Unknown);
        assert!(estate.trusts.is_empty());
    }
}

#[test]
fn the_last_use_of_a_role() {
    let used = |value: Value| with(role("r"), &json!({"RoleLastUsed": value}));
    let read = |role: Value| {
        let estate = Folder::complete().details(&json!({"RoleDetailList": [role]})).gaps(vec![]).read();
        identity(&estate, "role/r").last_used.clone()
    };
    assert_eq!(
        read(used(json!({"LastUsedDate": "2026-05-01T10:00:00.5Z", "Region": "eu-west-1"}))),
        Observed::Known(LastUse {
            at: at("2026-05-01T10:00:00.5Z"),
            service: None,
            region: Some("eu-west-1".into())
        })
    );
    // 400 days before the documents were collected; the role is older.
    assert_eq!(read(used(json!({}))), Observed::NotSince(at("2025-04-27T00:00:00Z")));
    let young = with(used(json!({})), &json!({"CreateDate": "2026-01-01T00:00:00Z"}));
    assert_eq!(read(young), Observed::NotSince(at("2026-01-01T00:00:00Z")));

    let mut silent = role("r");
    silent.as_object_mut().unwrap().remove("RoleLastUsed");
    let estate = Folder::complete().details(&json!({"RoleDetailList": [silent]})).read();
    assert_eq!(gaps(&estate), ["not-provided iam:GetRole"]);
    let gap = gap(&estate, "not-provided iam:GetRole");
    assert_eq!(identity(&estate, "role/r").last_used, Observed::NotVisible(gap.id.clone()));
}

#[test]
fn times_in_every_form() {
    for (time, expected) in [
        (json!("2024-02-03T04:05:06+00:00"), "2024-02-03T04:05:06Z"),
        (json!("2024-02-03T06:05:06+02:00"), "2024-02-03T04:05:06Z"),
        (json!("2024-02-03T04:05:06.789Z"), "2024-02-03T04:05:06.789Z"),
        (json!(1_706_933_106), "2024-02-03T04:05:06Z"),
        (json!(1_706_933_106.5), "2024-02-03T04:05:06.5Z"),
    ] {
        let estate = Folder::complete()
            .details(&json!({"UserDetailList": [with(user("u"), &json!({"CreateDate": time}))]}))
            .read();
        assert_eq!(identity(&estate, "user/u").created, Some(at(expected)), "{time}");
    }
    for wrong in [json!("yesterday"), json!(1e300), json!(true), json!(u64::MAX)] {
        let folder = Folder::complete()
            .details(&json!({"UserDetailList": [with(user("u"), &json!({"CreateDate": wrong}))]}));
        let error = folder.error();
        assert!(
            error.contains("UserDetailList[0].CreateDate") && error.contains("seconds since 1970"),
            "{error}"
        );
    }
}

#[test]
fn trusts_and_the_nature_of_roles() {
    let saml = json!({"Federated": arn("saml-provider/corp")});
    let github = json!({"Federated": arn("oidc-provider/token.actions.githubusercontent.com")});
    let login = json!({"Federated": arn("oidc-provider/accounts.google.com")});
    let cases = [
        (
            "service",
            "/",
            json!({"Service": "lambda.amazonaws.com"}),
            NatureKind::Machine,
            "trusted by lambda.amazonaws.com",
        ),
        ("github", "/", github, NatureKind::Machine, "trusted by token.actions.githubusercontent.com"),
        ("saml", "/", saml.clone(), NatureKind::Human, "trusted by SAML provider corp"),
        ("login", "/", login, NatureKind::Unknown, "trusted by accounts.google.com"),
        (
            "account",
            "/",
            json!({"AWS": "444455556666"}),
            NatureKind::Unknown,
            "trusted by account 444455556666",
        ),
        ("open", "/", json!("*"), NatureKind::Unknown, "trusted by anyone"),
        (
            "slr",
            "/aws-service-role/x.amazonaws.com/",
            json!({"AWS": "*"}),
            NatureKind::Machine,
            "path /aws-service-role/x.amazonaws.com/",
        ),
        (
            "sso",
            "/aws-reserved/sso.amazonaws.com/eu-west-1/",
            saml,
            NatureKind::Human,
            "path /aws-reserved/sso.amazonaws.com/eu-west-1/",
        ),
    ];
    let roles: Vec<Value> = cases
        .iter()
        .map(|(name, path, who, ..)| {
            with(
                role(name),
                &json!({"Path": path, "Arn": arn(&format!("role{path}{name}")),
                                     "AssumeRolePolicyDocument": trust(who)}),
            )
        })
        .collect();
    let estate = Folder::complete().details(&json!({"RoleDetailList": roles})).read();
    for (name, path, _, kind, reason) in cases {
        let role = identity(&estate, &format!("role{path}{name}"));
        assert_eq!(role.nature.kind, kind, "{name}");
        assert!(role.nature.reasons.iter().any(|one| **one == *reason), "{name}: {:?}", role.nature.reasons);
    }
    let manager =
        |resource: &str| identity(&estate, resource).managed_by.as_ref().map(|m| m.name.to_string());
    assert_eq!(manager("role/aws-service-role/x.amazonaws.com/slr").as_deref(), Some("aws"));
    assert_eq!(
        manager("role/aws-reserved/sso.amazonaws.com/eu-west-1/sso").as_deref(),
        Some("aws-identity-center")
    );
    assert_eq!(manager("role/service"), None);

    let trust = estate.trusts.iter().find(|t| t.becomes.as_str().ends_with("role/service")).unwrap();
    assert_eq!(trust.who, PrincipalSet::Service("lambda.amazonaws.com".into()));
    assert_eq!(trust.mechanism, Mechanism::AssumeRole);
    // The text itself stays with the role as a resource: denials in it make no trust.
    let resource = Attachment::Resource(arn("role/service").into());
    assert!(text(&estate, grants(&estate, &resource)[0]).contains("lambda.amazonaws.com"));
}

#[test]
fn a_reserved_name_without_the_path_is_nobody_elses() {
    let estate =
        Folder::complete().details(&json!({"RoleDetailList": [role("AWSServiceRoleForSupport")]})).read();
    assert_eq!(identity(&estate, "role/AWSServiceRoleForSupport").managed_by, None);
}

#[test]
fn instance_profiles_run_as_their_roles() {
    let profile = json!([{"InstanceProfileName": "web", "InstanceProfileId": "AIPA1", "Arn": arn("instance-profile/web"),
                          "CreateDate": "2024-01-01T00:00:00Z", "Path": "/", "Roles": [{"Arn": arn("role/r"), "RoleName": "r"}]}]);
    let estate = Folder::complete()
        .details(&json!({"RoleDetailList": [with(role("r"), &json!({"InstanceProfileList": profile}))]}))
        .read();
    let [workload] = estate.workloads.as_slice() else { panic!("{:?}", estate.workloads) };
    assert_eq!((&*workload.name, workload.runs_as.len()), ("web", 1));
    assert_eq!(workload.runs_as[0], identity(&estate, "role/r").id);
}

#[test]
fn stand_ins_that_leave_fields_out_read_too() {
    let estate = Folder::complete()
        .details(&json!({
            "RoleDetailList": [{
                "RoleName": "r", "RoleId": "AROAr", "Arn": arn("role/team/r"),
                "AssumeRolePolicyDocument": trust(&json!({"Service": "ec2.amazonaws.com"})),
                "AttachedManagedPolicies": [{"PolicyArn": arn("policy/p")}], "Tags": null, "RoleLastUsed": {},
                "PermissionsBoundary": {"PermissionsBoundaryType": "PermissionsBoundaryPolicy",
                                        "PermissionsBoundaryArn": arn("policy/p")},
            }],
            "Policies": [{"Arn": arn("policy/p"), "PolicyVersionList": [{"Document": policy("a:b")}]}],
        }))
        .read();
    assert_eq!(gaps(&estate), Vec::<String>::new());
    assert_eq!(identity(&estate, "role/team/r").path.as_deref(), Some("/team/"));
    assert_eq!(grants(&estate, &of("role/team/r")).len(), 2);
}

#[test]
fn registered_issuers() {
    let estate = Folder::complete()
        .of_account(
            "oidc-providers.json",
            &json!([{"Arn": arn("oidc-provider/token.actions.githubusercontent.com"),
                     "Url": "https://token.actions.githubusercontent.com", "ClientIDList": ["b", "a", "a"],
                     "CreateDate": "2024-01-01T00:00:00Z", "Tags": [{"Key": "k", "Value": "v"}]}])
            .to_string(),
        )
        .of_account(
            "saml-providers.json",
            &json!({"SAMLProviderList": [{"Arn": arn("saml-provider/corp"), "EntityId": "https://idp.acme.example",
                                          "ValidUntil": "2030-01-01T00:00:00Z"}]})
            .to_string(),
        )
        .read();
    let [oidc, saml] = estate.issuers.as_slice() else { panic!("{:?}", estate.issuers) };
    assert_eq!(oidc.issuer.as_deref(), Some("token.actions.githubusercontent.com"));
    assert_eq!(texts(&oidc.audiences), ["a", "b"]);
    assert_eq!(saml.expires, Some(at("2030-01-01T00:00:00Z")));
    assert_eq!(gaps(&estate), Vec::<String>::new());

    // `aws iam list-open-id-connect-providers` prints ARNs only.
    let bare = json!({"OpenIDConnectProviderList": [{"Arn": arn("oidc-provider/gitlab.com")}]}).to_string();
    let estate = Folder::complete().of_account("oidc-providers.json", &bare).read();
    assert_eq!(estate.issuers[0].issuer.as_deref(), Some("gitlab.com"));
    assert_eq!(gaps(&estate), ["not-provided iam:GetOpenIDConnectProvider"]);
    let gap = gap(&estate, "not-provided iam:GetOpenIDConnectProvider");
    assert_eq!(texts(&gap.affects), [estate.issuers[0].id.as_str()]);
}

#[test]
fn whose_assertions_a_provider_takes() {
    let metadata = r#"<EntityDescriptor entityID="https://sts.windows.net/7a1f/" ID="_1"><X>canary</X></EntityDescriptor>"#;
    let read = |providers: Value| {
        let estate = Folder::complete().of_account("saml-providers.json", &providers.to_string()).read();
        assert!(!serde_json::to_string(&estate).unwrap().contains("canary"), "metadata is not kept");
        let [saml] = estate.issuers.as_slice() else { panic!("{:?}", estate.issuers) };
        (saml.issuer.as_deref().map(str::to_owned), gaps(&estate))
    };
    let found = || (Some("https://sts.windows.net/7a1f/".to_owned()), Vec::<String>::new());
    let entra = arn("saml-provider/entra");
    // As `aws iam get-saml-provider` prints it, as a fetch writes it, and both.
    assert_eq!(read(json!([{"Arn": entra, "SAMLMetadataDocument": metadata}])), found());
    assert_eq!(read(json!([{"Arn": entra, "EntityId": "https://sts.windows.net/7a1f/"}])), found());
    assert_eq!(
        read(
            json!([{"Arn": entra, "EntityId": "https://sts.windows.net/7a1f/", "SAMLMetadataDocument": ""}])
        ),
        found()
    );
    // `aws iam list-saml-providers` prints no metadata; Identity Center's own provider needs none.
    let open = (None, vec!["not-provided iam:GetSAMLProvider".to_owned()]);
    assert_eq!(read(json!([{"Arn": entra}])), open);
    assert_eq!(read(json!([{"Arn": entra, "SAMLMetadataDocument": null}])), open);
    assert_eq!(read(json!([{"Arn": entra, "SAMLMetadataDocument": "<EntityDescriptor>"}])), open);
    let identity_center = arn("saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE");
    assert_eq!(read(json!([{"Arn": identity_center}])), (None, Vec::new()));
}

#[test]
fn hostile_names_stay_data() {
    let name = "a\u{1b}[31m\u{202e}=cmd|'/c'!<script>\"\n../../x";
    let estate = Folder::complete()
        .details(&json!({"UserDetailList": [user(name)]}))
        .of_account(
            "access-keys.json",
            &json!([{"UserName": name, "AccessKeyId": "AKIA1", "Status": "Active"}]).to_string(),
        )
        .read();
    assert_eq!(&*identity(&estate, &format!("user/{name}")).name, name);
    assert_eq!(credentials(&estate, &format!("user/{name}")).len(), 1);
}
