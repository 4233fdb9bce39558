//! Users, roles and groups with what they carry.

use census_fixtures::{access_key, account_scope, console_password, credential, role, root, user};
use census_model::{
    Attachment, CredentialKind, CredentialStatus, Effect, EstateBuilder, Grant, Group, GroupId, Identity,
    IdentityId, Manager, Membership, Policy, PolicyId, PolicyKind, Via, Workload, WorkloadId, WorkloadKind,
};
use census_privilege::aws::{
    document::Document,
    policy::{Policy as Compiled, PolicyType},
    trust::trusts,
};
use serde_json::{Value, json};

use super::{
    case::{Case, Holder},
    estate::{Reference, tags},
};

/// Policies of AWS, as far as cases need them. <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/>
/// `ReadOnlyAccess` and `ViewOnlyAccess` are excerpts.
const OF_AWS: [(&str, &str); 5] = [
    ("AdministratorAccess", r#"[{"Effect":"Allow","Action":"*","Resource":"*"}]"#),
    (
        "IAMFullAccess",
        r#"[{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount","organizations:DescribeOrganization","organizations:ListPolicies"],"Resource":"*"}]"#,
    ),
    (
        "PowerUserAccess",
        r#"[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},
        {"Effect":"Allow","Action":["account:GetAccountInformation","account:ListRegions","iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles","organizations:DescribeOrganization"],"Resource":"*"}]"#,
    ),
    (
        "ReadOnlyAccess",
        r#"[{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Scan","ec2:Describe*","iam:Get*","iam:List*","lambda:Get*","lambda:List*","s3:Get*","s3:List*"],"Resource":"*"}]"#,
    ),
    (
        "ViewOnlyAccess",
        r#"[{"Effect":"Allow","Action":["dynamodb:ListTables","ec2:DescribeInstances","iam:ListRoles","iam:ListUsers","lambda:ListFunctions","s3:ListAllMyBuckets"],"Resource":"*"}]"#,
    ),
];

/// Whom only AWS's backup service may become: the trust of roles that say none.
const NOBODY: &str =
    r#"{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}"#;

/// Adds everybody.
pub(crate) fn add(place: &str, case: &Case, estate: &mut EstateBuilder) {
    if case.root {
        estate.identity(root());
    }
    let mut carrier = Carrier { place, case, estate };
    for (name, holder) in &case.groups {
        carrier.group(&Reference::of_kind(place, "group", name), holder);
    }
    for (name, holder) in &case.users {
        carrier.user(&Reference::of_kind(place, "user", name), holder);
    }
    for (name, holder) in &case.roles {
        carrier.role(&Reference::of_kind(place, "role", name), holder);
    }
}

/// A policy of statements, checked as what it is attached as.
pub(crate) fn policy(
    place: &str,
    statements: &[String],
    kind: PolicyType,
    estate: &mut EstateBuilder,
) -> PolicyId {
    let read = |text: &String| -> Value {
        serde_json::from_str(text).unwrap_or_else(|e| panic!("{place}: {e}: {text}"))
    };
    let statements: Vec<Value> = statements.iter().map(read).collect();
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let (document, text) =
        Document::parse_canonical(&text).unwrap_or_else(|e| panic!("{place}: {e}: {text}"));
    if let Err(error) = Compiled::compile(&document, kind) {
        panic!("{place}: {error}, as {kind}: {text}");
    }
    estate.policy(Policy::new(PolicyKind::AwsDocument, text))
}

struct Carrier<'c, 'e> {
    place: &'c str,
    case: &'c Case,
    estate: &'e mut EstateBuilder,
}

impl Carrier<'_, '_> {
    fn group(&mut self, who: &Reference<'_>, holder: &Holder) {
        let is_bare = holder.trust.is_none() && holder.boundary.is_none() && holder.groups.is_empty();
        assert!(is_bare && !holder.instance_profile, "{}: a group has policies alone", self.place);
        let id = group_id(who);
        self.estate.group(Group {
            id: id.clone(),
            native_id: who.arn("/").into(),
            immutable_id: None,
            name: who.name.into(),
            scope: account_scope(who.account),
            created: None,
            role_assignable: false,
            membership_rule: None,
            kept_elsewhere: false,
        });
        self.carry(who, &Attachment::Group(id), holder);
    }

    fn user(&mut self, who: &Reference<'_>, holder: &Holder) {
        let is_user = holder.trust.is_none() && !holder.instance_profile;
        assert!(is_user, "{}: {} is a user, whom no trust policy opens", self.place, who.name);
        let user = self.identity(who, holder, user(who.name));
        let keys = holder.access_keys + holder.inactive_keys;
        for number in 0..keys {
            let mut key = access_key(&user, &format!("AKIA{number}"));
            if number >= holder.access_keys {
                key.status = CredentialStatus::Inactive;
            }
            self.estate.credential(key);
        }
        if holder.password {
            self.estate.credential(console_password(&user));
        }
        if holder.mfa {
            self.estate.credential(credential(&user, CredentialKind::MfaDevice, "mfa"));
        }
        for name in &holder.groups {
            assert!(self.case.groups.contains_key(name), "{}: there is no group `{name}`", self.place);
            let group = group_id(&Reference::of_kind(self.place, "group", name));
            self.estate.membership(Membership {
                group,
                member: user.id.clone(),
                through: Vec::new(),
                activation: census_model::Activation::Standing,
            });
        }
        self.estate.identity(user);
    }

    fn role(&mut self, who: &Reference<'_>, holder: &Holder) {
        let has_login = holder.password || holder.mfa || holder.access_keys + holder.inactive_keys > 0;
        assert!(!has_login && holder.groups.is_empty(), "{}: {} is a role", self.place, who.name);
        let role = self.identity(who, holder, role(who.name));
        let nobody = [NOBODY.to_owned()];
        let trust = holder.trust.as_deref().unwrap_or(&nobody);
        let policy = policy(self.place, trust, PolicyType::Trust, self.estate);
        let text = self.estate_text(trust);
        trusts(&role.id, &text).into_iter().for_each(|trust| self.estate.trust(trust));
        self.estate.grant(Grant {
            attached_to: Attachment::Resource(role.native_id.clone()),
            via: Via::Inline { name: "AssumeRolePolicyDocument".into() },
            policy: Some(policy),
            effect: Effect::Allow,
            scope: role.scope.clone(),
            activation: census_model::Activation::Standing,
            condition: None,
        });
        if holder.instance_profile {
            self.estate.workload(instance_profile(who, &role));
        }
        self.estate.identity(role);
    }

    fn estate_text(&self, statements: &[String]) -> Document {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
        Document::parse(&text).unwrap_or_else(|e| panic!("{}: {e}: {text}", self.place))
    }

    fn identity(&mut self, who: &Reference<'_>, holder: &Holder, made: Identity) -> Identity {
        let path = holder.path.as_deref().unwrap_or("/");
        let is_path = path.starts_with('/') && path.ends_with('/');
        assert!(is_path, "{}: a path begins and ends with a slash: `{path}`", self.place);
        let managed_by =
            [("/aws-service-role/", "aws"), ("/aws-reserved/sso.amazonaws.com/", "aws-identity-center")]
                .into_iter()
                .find(|(reserved, _)| path.starts_with(reserved))
                .map(|(_, name)| Manager { name: name.into(), evidence: format!("path {path}").into() });
        let identity = Identity {
            id: IdentityId::new(format!("aws:{}", who.arn(path))),
            native_id: who.arn(path).into(),
            scope: account_scope(who.account),
            path: Some(path.into()),
            tags: tags(&holder.tags),
            managed_by,
            ..made
        };
        self.carry(who, &Attachment::Identity(identity.id.clone()), holder);
        identity
    }

    fn carry(&mut self, who: &Reference<'_>, to: &Attachment, holder: &Holder) {
        let mut grants = Vec::new();
        if !holder.policies.is_empty() {
            let text = policy(self.place, &holder.policies, PolicyType::Identity, self.estate);
            grants.push((Via::Inline { name: "p".into() }, Some(text), Effect::Allow));
        }
        for name in &holder.managed {
            let (arn, statements) = self.managed(who, name);
            let text = policy(self.place, &statements, PolicyType::Identity, self.estate);
            grants.push((
                Via::Managed { native_id: arn.into(), name: name.as_str().into() },
                Some(text),
                Effect::Allow,
            ));
        }
        for name in &holder.unread {
            let arn = format!("arn:aws:iam::{}:policy/{name}", who.account);
            grants.push((
                Via::Managed { native_id: arn.into(), name: name.as_str().into() },
                None,
                Effect::Allow,
            ));
        }
        let boundary = || Via::Boundary {
            native_id: format!("arn:aws:iam::{}:policy/boundary-of-{}", who.account, who.name).into(),
        };
        if let Some(statements) = &holder.boundary {
            let text = policy(self.place, statements, PolicyType::Boundary, self.estate);
            grants.push((boundary(), Some(text), Effect::Ceiling));
        }
        if holder.unread_boundary {
            grants.push((boundary(), None, Effect::Ceiling));
        }
        let scope = account_scope(who.account);
        for (via, policy, effect) in grants {
            self.estate.grant(Grant {
                attached_to: to.clone(),
                via,
                policy,
                effect,
                scope: scope.clone(),
                activation: census_model::Activation::Standing,
                condition: None,
            });
        }
    }

    /// The ARN and the statements of a managed policy: the account's own, or AWS's.
    fn managed(&self, who: &Reference<'_>, name: &str) -> (String, Vec<String>) {
        if let Some(statements) = self.case.policies.get(name) {
            return (format!("arn:aws:iam::{}:policy/{name}", who.account), statements.clone());
        }
        let found = OF_AWS.iter().find(|(known, _)| *known == name);
        let (_, text) = found.unwrap_or_else(|| panic!("{}: there is no policy `{name}`", self.place));
        let statements: Vec<Value> = serde_json::from_str(text).unwrap();
        (format!("arn:aws:iam::aws:policy/{name}"), statements.iter().map(Value::to_string).collect())
    }
}

fn group_id(who: &Reference<'_>) -> GroupId {
    GroupId::new(format!("aws:{}", who.arn("/")))
}

fn instance_profile(who: &Reference<'_>, role: &Identity) -> Workload {
    let arn = format!("arn:aws:iam::{}:instance-profile/{}", who.account, who.name);
    Workload {
        id: WorkloadId::new(format!("aws:{arn}")),
        native_id: arn.into(),
        kind: WorkloadKind::AwsInstanceProfile,
        name: who.name.into(),
        scope: role.scope.clone(),
        runs_as: vec![role.id.clone()],
        uses: Vec::new(),
        state: None,
        created: None,
        tags: Default::default(),
    }
}
