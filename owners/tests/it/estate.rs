//! Estates written as data.

use std::collections::BTreeMap;

use census_fixtures as fx;
use census_model::{
    Assignee, AssigneeKind, Credential, Estate, EstateBuilder, Gap, GapReason, Identity, IdentityId, Manager,
    Mechanism, Nature, NatureKind, Observed, PermissionSet, PrincipalSet, Provider, Scope, Trust, Workload,
    WorkloadId, WorkloadKind, WorkloadState,
};
use serde::Deserialize;

/// An identity: `{role: deploy}` and what differs from an ordinary one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct IdentitySpec {
    role: Option<String>,
    user: Option<String>,
    root: bool,
    account: Option<String>,
    path: Option<String>,
    tags: BTreeMap<String, String>,
    nature: Option<NatureKind>,
    /// A gap leaves open whether it is a person's own account.
    nature_open: bool,
    managed_by: Option<String>,
    immutable_id: Option<String>,
    without_immutable_id: bool,
    created_days_ago: Option<i64>,
    last_used_days_ago: Option<i64>,
    /// Its use could not be read.
    use_hidden: bool,
    disabled: bool,
    /// Nobody may assume the role.
    locked: bool,
    /// The user has a working access key.
    key: bool,
}

impl IdentitySpec {
    pub(crate) fn build(&self) -> Identity {
        let mut identity = match (&self.role, &self.user, self.root) {
            (Some(name), None, false) => fx::role(name),
            (None, Some(name), false) => fx::user(name),
            (None, None, true) => fx::root(),
            other => panic!("one of role, user and root: {other:?}"),
        };
        let account = self.account.as_deref().unwrap_or(fx::ACCOUNT);
        let kind = if self.role.is_some() { "role" } else { "user" };
        let arn = match self.root {
            true => format!("arn:aws:iam::{account}:root"),
            false => {
                format!(
                    "arn:aws:iam::{account}:{kind}{}{}",
                    self.path.as_deref().unwrap_or("/"),
                    identity.name
                )
            }
        };
        identity.id = IdentityId::new(format!("aws:{arn}"));
        identity.native_id = arn.into();
        identity.scope = fx::account_scope(account);
        identity.tags = self.tags.iter().map(|(k, v)| (k.as_str().into(), v.as_str().into())).collect();
        if let Some(kind) = self.nature {
            let open = self.nature_open.then(|| fx::denied("iam:GetCredentialReport").id);
            identity.nature =
                Nature { kind, reasons: vec!["fixture".into()], open: open.into_iter().collect() };
        }
        identity.managed_by = self
            .managed_by
            .as_ref()
            .map(|name| Manager { name: name.as_str().into(), evidence: "path".into() });
        let immutable = format!("AID{account}{kind}{}", identity.name);
        let immutable = self.immutable_id.clone().unwrap_or(immutable);
        identity.immutable_id = (!self.without_immutable_id).then(|| immutable.as_str().into());
        identity.aliases.extend(identity.immutable_id.clone());
        identity.disabled = self.disabled;
        if let Some(days) = self.last_used_days_ago {
            identity.last_used = fx::used(days);
        }
        if self.use_hidden {
            identity.last_used = Observed::NotVisible(fx::denied("iam:GetRole").id);
        }
        identity.created = self.created_days_ago.map(fx::days_ago).or(identity.created);
        identity
    }

    /// The account's own trust in a role, by which it is in use.
    fn trust(&self) -> Option<Trust> {
        let identity = self.build();
        (self.role.is_some() && !self.locked).then(|| Trust {
            becomes: identity.id,
            who: PrincipalSet::Account(fx::ACCOUNT.into()),
            except: Vec::new(),
            mechanism: Mechanism::AssumeRole,
            statement: "fixture".into(),
            condition: None,
        })
    }

    fn access_key(&self) -> Option<Credential> {
        self.key.then(|| fx::access_key(&self.build(), "AKIA1"))
    }
}

/// A scope other than the fixtures' account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopeSpec {
    account: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    not_scanned: bool,
    #[serde(default)]
    in_organization: bool,
}

impl ScopeSpec {
    fn build(&self) -> Scope {
        let mut scope = fx::scope(&self.account);
        scope.scanned = !self.not_scanned;
        scope.parent = self.in_organization.then(|| "aws:organization/o-1".into());
        scope.tags = self.tags.iter().map(|(k, v)| (k.as_str().into(), v.as_str().into())).collect();
        scope
    }
}

/// A workload of the fixtures' account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkloadSpec {
    /// Its ARN.
    arn: String,
    /// The names of the roles that it runs as.
    #[serde(default)]
    runs_as: Vec<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    /// The name of a stack, if it is one.
    stack: Option<String>,
    #[serde(default)]
    ended: bool,
}

impl WorkloadSpec {
    pub(crate) fn build(&self) -> Workload {
        let role = |name: &String| IdentityId::new(format!("aws:arn:aws:iam::{}:role/{name}", fx::ACCOUNT));
        let kind = match self.stack {
            Some(_) => WorkloadKind::AwsCloudformationStack,
            None => WorkloadKind::AwsLambdaFunction,
        };
        Workload {
            id: WorkloadId::new(format!("aws:{}", self.arn)),
            native_id: self.arn.as_str().into(),
            kind,
            name: self.stack.as_deref().unwrap_or(&self.arn).into(),
            scope: fx::account_scope(fx::ACCOUNT),
            runs_as: self.runs_as.iter().map(role).collect(),
            uses: Vec::new(),
            state: self.ended.then_some(WorkloadState::Ended),
            created: None,
            tags: self.tags.iter().map(|(k, v)| (k.as_str().into(), v.as_str().into())).collect(),
        }
    }
}

/// A permission set that a role of the fixtures' account is kept for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PermissionSetSpec {
    /// The role's name.
    role: String,
    /// The groups, each with a name or none.
    groups: BTreeMap<String, Option<String>>,
    #[serde(default)]
    users: Vec<String>,
}

impl PermissionSetSpec {
    fn build(&self) -> PermissionSet {
        let group = |(id, name): (&String, &Option<String>)| Assignee {
            kind: AssigneeKind::Group,
            id: id.as_str().into(),
            name: name.as_deref().map(Into::into),
        };
        let user = |id: &String| Assignee { kind: AssigneeKind::User, id: id.as_str().into(), name: None };
        PermissionSet {
            native_id: "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef".into(),
            name: "Admin".into(),
            scope: fx::account_scope(fx::ACCOUNT),
            role: IdentityId::new(format!("aws:arn:aws:iam::{}:role/{}", fx::ACCOUNT, self.role)),
            assigned: Observed::Known(
                self.groups.iter().map(group).chain(self.users.iter().map(user)).collect(),
            ),
        }
    }
}

/// A gap about the fixtures' account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GapSpec {
    read: String,
    reason: GapReason,
    account: Option<String>,
    #[serde(default)]
    affects: Vec<String>,
}

impl GapSpec {
    pub(crate) fn build(&self) -> Gap {
        let scope = fx::account_scope(self.account.as_deref().unwrap_or(fx::ACCOUNT));
        let affects = self.affects.iter().map(|one| one.as_str().into()).collect();
        Gap::new(Provider::Aws, Some(scope), self.read.as_str(), self.reason, "fixture", affects)
    }
}

/// An estate of these.
pub(crate) fn build(
    identities: &[IdentitySpec],
    scopes: &[ScopeSpec],
    workloads: &[WorkloadSpec],
    permission_sets: &[PermissionSetSpec],
    gaps: &[GapSpec],
) -> Estate {
    let mut estate = EstateBuilder::new();
    workloads.iter().for_each(|workload| estate.workload(workload.build()));
    permission_sets.iter().for_each(|set| estate.permission_set(set.build()));
    scopes.iter().for_each(|scope| estate.scope(scope.build()));
    estate.scope(fx::scope(fx::ACCOUNT));
    for identity in identities {
        estate.identity(identity.build());
        identity.trust().into_iter().for_each(|trust| estate.trust(trust));
        identity.access_key().into_iter().for_each(|key| estate.credential(key));
    }
    gaps.iter().for_each(|gap| {
        estate.gap(gap.build());
    });
    fx::finish(estate)
}
