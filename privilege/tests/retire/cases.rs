//! What plans come to.

use census_fixtures::{ACCOUNT, access_key, console_password, credential, role, root, user};
use census_model::{
    Assignee, AssigneeKind, CredentialKind, CredentialStatus, GapReason, Identity, Manager, Observed,
    PermissionSet, PrincipalSet, Undo, Via, WorkloadKind, WorkloadState,
};
use census_privilege::aws::retire::{DENY_DOCUMENT, POLICY_NAME};

use crate::world::{World, outline};

fn check(name: &str, world: World, expected: &str) {
    let found = outline(&world.plan()).replace(DENY_DOCUMENT, "DENY");
    assert_eq!(found, expected.trim_end(), "{name}");
}

fn managed(mut it: Identity, path: &str, by: &str) -> Identity {
    it.path = Some(path.into());
    it.managed_by = Some(Manager { name: by.into(), evidence: format!("path {path}").into() });
    it
}

#[test]
fn a_user_with_everything() {
    let mut w = World::of(user("ci"));
    let it = w.it.clone();
    w.estate.credential(access_key(&it, "AKIA1"));
    let mut off = access_key(&it, "AKIA2");
    off.status = CredentialStatus::Inactive;
    w.estate.credential(off);
    w.estate.credential(console_password(&it));
    for (kind, id) in [
        (CredentialKind::SigningCertificate, "CERT1"),
        (CredentialKind::SshPublicKey, "APKA1"),
        (CredentialKind::ServiceSpecificCredential, "ACCA1"),
        (CredentialKind::MfaDevice, "any"),
    ] {
        w.estate.credential(credential(&it, kind, id));
    }
    w.group("robots");
    w.inline("own", r#"{"Statement":[]}"#);
    w.managed("ReadOnlyAccess");
    check("user", w, include_str!("plans/user.txt"));
}

#[test]
fn a_role_that_is_used() {
    let mut w = World::of(role("web"));
    let it = w.it.clone();
    w.workload(WorkloadKind::AwsInstanceProfile, "arn:aws:iam::111122223333:instance-profile/apps/web", None);
    let function = |name: &str| format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{name}");
    w.workload(WorkloadKind::AwsLambdaFunction, &function("idle"), Some(WorkloadState::Stopped));
    w.workload(WorkloadKind::AwsLambdaFunction, &function("orders"), Some(WorkloadState::Running));
    w.workload(WorkloadKind::AwsLambdaFunction, &function("old"), Some(WorkloadState::Ended));
    w.trust(&it, PrincipalSet::Service("lambda.amazonaws.com".into()), None);
    w.trust(&it, PrincipalSet::Deleted("AROAGONE000000000".into()), None);
    let arn = PrincipalSet::Identity(it.native_id.clone());
    let (sole, shared) = (role("sole"), role("shared"));
    w.trust(&sole, arn.clone(), None);
    w.trust(
        &shared,
        PrincipalSet::Identity(format!("arn:aws:sts::{ACCOUNT}:assumed-role/web/s").into()),
        None,
    );
    w.trust(&shared, PrincipalSet::Account(ACCOUNT.into()), None);
    w.estate.identity(sole);
    w.estate.identity(shared);
    let names = |element: &str| {
        format!(r#"{{"Statement":[{{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*",{element}}}]}}"#)
    };
    let principal = names(r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/web"}"#);
    w.resource("arn:aws:s3:::lake", Via::ResourcePolicy, &principal);
    w.resource(
        "arn:aws:kms:eu-west-1:111122223333:key/k",
        Via::KeyGrant { native_id: "g-1".into() },
        &principal,
    );
    let condition = r#""Principal":"*","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/web"}}"#;
    w.resource("arn:aws:sns:eu-west-1:111122223333:topic", Via::ResourcePolicy, &names(condition));
    let other = names(r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/web-2"}"#);
    w.resource("arn:aws:s3:::other", Via::ResourcePolicy, &other);
    w.inline("own", r#"{"Statement":[]}"#);
    w.registered(Some("P1Y"), Some("P90D"));
    check("role", w, include_str!("plans/role.txt"));
}

#[test]
fn nothing_depends_on_it_only_where_everything_was_read() {
    let mut w = World::of(role("lonely"));
    let plan = w.plan();
    assert_eq!((plan.dependents_seen(), plan.open().len()), (0, 0));
    w = World::of(role("lonely"));
    w.gap("lambda:ListFunctions", GapReason::NotRequested);
    w.gap("s3:GetBucketPolicy", GapReason::Denied);
    w.gap("iam:GetAccountAuthorizationDetails", GapReason::Truncated);
    check("gaps", w, include_str!("plans/gaps.txt"));
    // No service may become it, so that none of theirs runs as it.
    w = World::of(role("ci"));
    let it = w.it.clone();
    w.trust(&it, PrincipalSet::External("token.actions.githubusercontent.com".into()), None);
    w.gap("lambda:ListFunctions", GapReason::Denied);
    assert!(w.plan().open().is_empty());
}

#[test]
fn credentials_that_were_not_read_are_looked_up() {
    let mut w = World::of(user("ci"));
    let mut unnamed = access_key(&w.it, "slot-1");
    unnamed.key_id = None;
    w.estate.credential(unnamed);
    w.gap("iam:ListSSHPublicKeys", GapReason::Denied);
    check("unread", w, include_str!("plans/unread.txt"));
}

#[test]
fn what_others_keep() {
    let mut w = World::of(root());
    let it = w.it.clone();
    w.estate.credential(access_key(&it, "AKIAROOT"));
    check("root", w, include_str!("plans/root.txt"));
    let path = "/aws-service-role/support.amazonaws.com/";
    check(
        "service-linked",
        World::of(managed(role("AWSServiceRoleForSupport"), path, "aws")),
        include_str!("plans/service-linked.txt"),
    );
    let mut w = World::of(managed(
        role("AWSReservedSSO_Admin_1"),
        "/aws-reserved/sso.amazonaws.com/eu-west-1/",
        "aws-identity-center",
    ));
    let assignee = |kind, id: &str| Assignee { kind, id: id.into(), name: None };
    w.estate.permission_set(PermissionSet {
        native_id: "arn:aws:sso:::permissionSet/ssoins-1/ps-1".into(),
        name: "Admin".into(),
        scope: w.it.scope.clone(),
        role: w.it.id.clone(),
        assigned: Observed::Known(vec![
            assignee(AssigneeKind::Group, "g-1"),
            assignee(AssigneeKind::User, "u-1"),
        ]),
    });
    check("permission-set", w, include_str!("plans/permission-set.txt"));
}

#[test]
fn what_code_keeps_is_changed_first() {
    let mut it = role("app");
    for (key, value) in [
        ("aws:cloudformation:stack-name", "shop"),
        ("aws:cloudformation:stack-id", "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/1"),
        ("managed-by", "Terraform 1.9"),
        ("purpose", "reads the terraform state"),
    ] {
        it.tags.insert(key.into(), value.into());
    }
    check("code", World::of(it), include_str!("plans/code.txt"));
}

#[test]
fn the_denial_is_put_once_and_never_in_place_of_another_policy() {
    let mut w = World::of(user("off"));
    w.inline(POLICY_NAME, DENY_DOCUMENT);
    w.inline("own", r#"{"Statement":[]}"#);
    check("retired", w, include_str!("plans/retired.txt"));
    let first = |w: World| w.plan().stages[1].tasks[1].commands[0].shell().unwrap();
    let mut w = World::of(user("taken"));
    w.inline(POLICY_NAME, r#"{"Statement":[]}"#);
    assert!(first(w).contains("--policy-name census-retirement-2 "));
    let mut w = World::of(user("full"));
    w.inline("own", &format!(r#"{{"Statement":[],"Id":"{}"}}"#, "x".repeat(2_000)));
    assert_eq!(
        first(w),
        "aws iam attach-user-policy --user-name full --policy-arn arn:aws:iam::aws:policy/AWSDenyAll"
    );
}

#[test]
fn it_waits_as_long_as_it_may_rest() {
    for (used_every, idle, days) in [
        (None, None, 30),
        (Some("P7D"), None, 30),
        (None, Some("P90D"), 90),
        (Some("P1Y"), Some("P90D"), 366),
    ] {
        let mut w = World::of(role("job"));
        w.registered(used_every, idle);
        assert_eq!(w.plan().wait.days, days, "{used_every:?} {idle:?}");
    }
}

/// Whatever names it has, each command is one that can be pasted, or none; and what stage 1 does is taken back.
#[test]
fn hostile_names_and_undo() {
    for name in ["-rf", "file:///etc/passwd", "$(reboot)", "a\u{1b}[2Jb", "it's"] {
        let mut w = World::of(user(name));
        let it = w.it.clone();
        w.estate.credential(access_key(&it, "AKIA1"));
        let plan = w.plan();
        for task in &plan.stages[1].tasks {
            assert!(task.commands.len() == 1 || task.undo == Undo::Nothing, "{name:?}: {task:?}");
            let shells = task.commands.iter().filter_map(census_model::Command::shell);
            for shell in shells.filter(|shell| shell.contains("update-access-key")) {
                let is_json = name.starts_with('-') || name.starts_with("file");
                assert_eq!(shell.contains("--cli-input-json"), is_json, "{shell}");
                assert!(!shell.contains("\u{1b}"), "{shell}");
            }
        }
    }
}
