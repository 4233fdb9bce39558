//! Techniques: the ways in which a principal of AWS becomes another one, or gives itself what it has not.
//!
//! They are data: `privilege/data/aws-techniques.toml`, whose header explains its fields and says where it comes from.

use std::{collections::BTreeMap, sync::LazyLock};

use census_model::{
    Severity, Technique as Described, TechniqueCategory, TechniqueConfidence, TechniqueId, WorkloadKind,
    WorkloadState,
};
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::technique_data;

use super::access::Boundary;

const DATA: &str = include_str!("../../data/aws-techniques.toml");

/// A technique.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Technique {
    /// Its id.
    pub id: Box<str>,
    /// The permissions in short.
    pub name: Box<str>,
    /// What makes it.
    pub category: TechniqueCategory,
    /// How bad it is before the context counts.
    pub severity: Severity,
    /// How well it is established. Only documented ones raise a level.
    pub confidence: TechniqueConfidence,
    /// Where it is described.
    pub sources: Vec<Box<str>>,
    /// What the caller does, as a verb phrase.
    pub says: Box<str>,
    /// What it gives.
    pub becomes: Becomes,
    /// Who can do it; everybody where it does not say.
    pub caller: Option<CallerKind>,
    /// What it is done to.
    pub target: TargetKind,
    /// The kinds of workload, where that is the target.
    #[serde(default, deserialize_with = "workload_kinds")]
    pub workload: Vec<WorkloadKind>,
    /// The states that the workload may be in, as far as its state is known.
    #[serde(default)]
    pub states: Vec<WorkloadState>,
    /// The service principals, one of which the role must trust.
    #[serde(default)]
    pub service: Vec<Box<str>>,
    /// What must exist, all of it.
    #[serde(default)]
    pub exists: Vec<Precondition>,
    /// What no policy shows and the step depends on.
    pub outsider: Option<Box<str>>,
    /// Actions that make it easier and are not needed.
    #[serde(default)]
    pub helps: Vec<Box<str>>,
    /// By what kinds of technique the caller becomes the target that it has changed.
    #[serde(default)]
    pub then: Vec<TechniqueCategory>,
    /// What holds a denial of the caller's that it takes away.
    pub takes: Option<Takes>,
    /// Whether what it makes keeps the permissions boundary that it has to be made with.
    #[serde(default)]
    pub keeps_boundary: bool,
    /// The permissions without which it fails.
    pub needs: Vec<Need>,
}

/// A permission that a technique takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// One of these actions.
    pub any: Vec<Box<str>>,
    /// On what.
    pub on: On,
    /// The condition keys that the step itself fixes. `$service` is the service that the role is passed to,
    /// `$administrator` the policy `AdministratorAccess`, `$administers` that or another one by which its owner administers
    /// the account, `$denying` the managed policy that is taken away, `$boundary` the boundary that is.
    #[serde(default)]
    pub with: BTreeMap<Box<str>, Box<str>>,
    /// By type of resource, the names of those that will do among the ones that AWS offers to all accounts. The account's own
    /// may do, too.
    #[serde(default)]
    pub offered: BTreeMap<Box<str>, Vec<Box<str>>>,
    /// What is needed on the same policy too where that has as many versions as there can be.
    pub when_full: Option<Box<str>>,
    /// What has become of the resource's own policy by then.
    #[serde(default)]
    pub policy: ResourcePolicy,
}

/// What has become of a resource's own policy when a permission is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourcePolicy {
    /// It is as it was read.
    #[default]
    AsRead,
    /// The caller has made it allow everything.
    Rewritten,
}

/// What a technique gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Becomes {
    /// The caller acts as the target, as it is.
    Target,
    /// The caller has any permission that its limits leave it.
    SelfRaised,
    /// The caller acts as the target, which has any permission that its limits leave it.
    TargetRaised,
    /// The target, which the caller has yet to become, has any permission that the caller gives it.
    RaisesTarget,
    /// The target, which the caller has yet to become, has no permissions boundary.
    FreesTarget,
    /// The caller without its permissions boundary.
    SelfFreed,
    /// The caller without a policy that denies it something.
    SelfUndenied,
    /// The caller with what a policy that it has, or its boundary, said in an older version.
    SelfReverted,
    /// The caller with a tag that a condition asks for.
    SelfTagged,
    /// The caller is in the group too.
    Member,
    /// The caller acts as a new principal with any permission.
    Administrator,
    /// Nothing that leads anywhere.
    Nothing,
}

/// What holds a denial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Takes {
    /// An inline policy.
    Inline,
    /// The attachment of a managed policy.
    Attachment,
    /// The text of a customer managed policy.
    Text,
    /// A membership in a group that has the policy.
    Membership,
}

/// Who can use a technique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallerKind {
    /// An IAM user.
    User,
    /// A role.
    Role,
    /// A role that IAM Identity Center keeps for a permission set.
    ReservedRole,
}

/// What a technique is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// The caller itself, or something new.
    None,
    /// A user.
    User,
    /// A role.
    Role,
    /// A group.
    Group,
    /// A customer managed policy.
    Policy,
    /// Something that runs as a role.
    Workload,
    /// A SAML provider that roles trust.
    SamlProvider,
    /// An OpenID Connect provider that roles trust.
    OidcProvider,
    /// A permission set of IAM Identity Center.
    PermissionSet,
}

/// On what a permission is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum On {
    /// The target.
    Target,
    /// The customer managed policy that is the permissions boundary of something new.
    NewBoundary,
    /// A group that the target is in.
    TargetGroup,
    /// A customer managed policy that the target has.
    TargetPolicy,
    /// A group whose members administer the account, whatever else they have.
    AdminGroup,
    /// The workload.
    Workload,
    /// Something that the caller names or chooses.
    New,
    /// Nothing in particular.
    None,
    /// Something of the caller's own.
    #[serde(untagged)]
    Own(Possession),
}

/// What the caller has of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Possession {
    /// Itself.
    #[serde(rename = "self")]
    Identity,
    /// A group that it is in.
    #[serde(rename = "own-group")]
    Group,
    /// A customer managed policy that it has, directly or through a group.
    #[serde(rename = "own-policy")]
    Policy,
    /// The same that may have a version whose text was not read.
    UnreadVersion,
    /// The customer managed policy that is its permissions boundary.
    #[serde(rename = "own-boundary")]
    Boundary,
    /// The same that may have a version whose text was not read.
    UnreadBoundary,
    /// The same once the caller has given itself any permission.
    RaisedBoundary,
}

/// What must exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precondition {
    /// An instance profile with the role.
    InstanceProfile,
    /// A DynamoDB table with a stream, or another source of events.
    DynamodbStream,
    /// An ECS cluster.
    EcsCluster,
    /// A container instance in an ECS cluster.
    EcsContainerInstance,
    /// An ECS task definition.
    EcsTaskDefinition,
    /// A Glue job.
    GlueJob,
    /// An Auto Scaling group that starts instances from the launch template.
    AutoscalingGroup,
    /// A group to which the permission set is assigned in the role's account.
    AssignedGroup,
    /// The user has a console password.
    LoginProfile,
    /// The user has none.
    NoLoginProfile,
    /// The user has fewer than two access keys.
    FreeKeySlot,
    /// The user has two access keys.
    FullKeySlots,
    /// The user has a second factor.
    MfaDevice,
    /// The user has a disabled access key.
    InactiveKey,
}

impl Technique {
    /// Whether what it makes has a permissions boundary.
    pub(super) fn bounds_what_is_new(&self) -> bool {
        self.needs.iter().any(|need| need.with.values().any(|value| &**value == "$boundary"))
    }

    /// What it leaves of a boundary that it gets rid of.
    pub(super) fn boundary_left(&self) -> Boundary {
        let is_on_policy = |need: &Need| {
            matches!(
                need.on,
                On::Own(Possession::Boundary | Possession::UnreadBoundary | Possession::RaisedBoundary)
            )
        };
        if self.needs.iter().any(is_on_policy) {
            Boundary::Rewritten
        } else if self.needs.iter().any(|need| need.with.contains_key("iam:PermissionsBoundary")) {
            Boundary::Replaced
        } else {
            Boundary::Gone
        }
    }

    /// As reports show it.
    pub fn described(&self) -> Described {
        Described {
            id: TechniqueId::new(&self.id),
            name: self.name.clone(),
            category: self.category,
            severity: self.severity,
            confidence: self.confidence,
            sources: self.sources.clone(),
        }
    }
}

/// Every technique, in the order of the data.
pub fn all() -> &'static [Technique] {
    // A test reads the data, so that none of it fails here.
    static ALL: LazyLock<Vec<Technique>> = LazyLock::new(|| technique_data::read(DATA).unwrap_or_default());
    &ALL
}

/// The names are those of [`WorkloadKind`] without the cloud.
fn workload_kinds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<WorkloadKind>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let kind = |name: &String| {
        serde_json::from_value(format!("aws-{name}").into())
            .map_err(|_| D::Error::custom(format!("`{name}` is no kind of workload")))
    };
    names.iter().map(kind).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::aws::catalogue;

    #[test]
    fn the_data_reads_and_every_id_is_there_once() {
        let techniques = technique_data::read::<Technique>(DATA).unwrap();
        let ids: BTreeSet<&str> = techniques.iter().map(|technique| &*technique.id).collect();
        assert!(techniques.len() > 100);
        assert_eq!(ids.len(), techniques.len());
        assert_eq!(all().len(), techniques.len());
    }

    #[test]
    fn every_action_is_one_of_aws_as_it_is_spelt_and_takes_what_it_is_asked_on() {
        for technique in all() {
            let actions =
                technique.needs.iter().flat_map(|need| need.any.iter().map(move |a| (a, Some(need.on))));
            for (action, on) in actions.chain(technique.helps.iter().map(|action| (action, None))) {
                let (service, found) =
                    catalogue::action(action).unwrap_or_else(|| panic!("{}: {action}", technique.id));
                assert_eq!(format!("{}:{}", service.prefix, found.name), **action, "{}", technique.id);
                if let Some(on) = on {
                    let takes_none = found.resources.is_empty();
                    assert_eq!(takes_none, on == On::None, "{}: {action} on {on:?}", technique.id);
                }
            }
            assert!(technique.becomes == Becomes::Nothing || !technique.needs.is_empty(), "{}", technique.id);
            assert_eq!(
                technique.becomes == Becomes::SelfUndenied,
                technique.takes.is_some(),
                "{}",
                technique.id
            );
            assert!(!technique.sources.is_empty(), "{}", technique.id);
        }
    }

    #[test]
    fn a_target_is_what_its_needs_and_effect_are_about() {
        for technique in all() {
            let on = |wanted: On| technique.needs.iter().any(|need| need.on == wanted);
            let is_workload = technique.target == TargetKind::Workload;
            assert_eq!(is_workload, !technique.workload.is_empty(), "{}", technique.id);
            assert_eq!(is_workload, on(On::Workload), "{}", technique.id);
            if matches!(technique.target, TargetKind::None | TargetKind::PermissionSet) {
                assert!(!on(On::Target) && !on(On::TargetPolicy), "{}", technique.id);
            }
            let is_change = matches!(technique.becomes, Becomes::RaisesTarget | Becomes::FreesTarget);
            assert_eq!(is_change, !technique.then.is_empty(), "{}", technique.id);
            let fixes_service =
                technique.needs.iter().any(|need| need.with.values().any(|value| &**value == "$service"));
            assert!(!fixes_service || !technique.service.is_empty(), "{}", technique.id);
        }
    }
}
