//! Roles and the instance profiles that hold them.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Attachment, Effect, EstateBuilder, Gap, GapId, GapReason, Grant, Identity, IdentityId, IdentityKind,
    LastUse, Manager, Observed, Provider, Text, Via, Workload, WorkloadId, WorkloadKind,
};
use census_privilege::aws::trust::trusts;
use jiff::{SignedDuration, Timestamp};

use super::{
    account::{Account, identity_id},
    arn::Arn,
    nature::Evidence,
    person::{aliases, tags},
    policies::{Attachments, Carried},
};
use crate::documents::{AuthorizationDetails, InstanceProfile, RoleDetail};

/// How far AWS looks back for the last use of a role.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html>
pub(super) const LOOK_BACK: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The name under which a role's trust policy is attached to the role.
const TRUST_POLICY: &str = "AssumeRolePolicyDocument";

/// Paths that only AWS can create roles under.
const RESERVED_PATHS: [(&str, &str); 3] = [
    ("/aws-service-role/", "aws"),
    ("/aws-reserved/sso.amazonaws.com/", "aws-identity-center"),
    ("/aws-reserved/", "aws"),
];

/// The roles that each instance profile holds, by its ARN.
pub(super) type Profiles<'f> = BTreeMap<&'f str, BTreeSet<IdentityId>>;

/// Adds the roles with their trusts, what they carry, and instance profiles, which it returns.
pub(super) fn read<'f>(
    account: &Account<'_>,
    details: &'f AuthorizationDetails<'f>,
    attachments: &mut Attachments<'f>,
    estate: &mut EstateBuilder,
) -> Profiles<'f> {
    let roles = account.each(&details.role_detail_list, |role| role.arn.as_str(), estate);
    let use_gap =
        roles.iter().any(|role| role.role_last_used.is_none()).then(|| use_not_told(account, estate));
    let mut profiles = BTreeMap::new();
    for role in roles {
        let id = identity_id(&role.arn);
        let mut evidence = Evidence::default();
        trust(account, role, &id, attachments, &mut evidence, estate);
        estate.identity(identity(account, role, &id, evidence, use_gap.as_ref()));
        let carried = Carried {
            holder: Attachment::Identity(id.clone()),
            affects: id.as_str().into(),
            inline: &role.role_policy_list,
            managed: &role.attached_managed_policies,
            boundary: role.permissions_boundary.as_ref(),
        };
        attachments.add(carried, estate);
        for profile in &role.instance_profile_list {
            let (known, runs_as) = profiles
                .entry(profile.arn.as_str())
                .or_insert_with(|| (profile, BTreeSet::<IdentityId>::new()));
            if format!("{profile:?}") < format!("{known:?}") {
                *known = profile;
            }
            runs_as.insert(id.clone());
            runs_as.extend(profile.roles.iter().map(|role| identity_id(&role.arn)));
        }
    }
    for (profile, runs_as) in profiles.values() {
        estate.workload(workload(account, profile, runs_as));
    }
    profiles.into_iter().map(|(arn, (_, runs_as))| (arn, runs_as)).collect()
}

/// The trust policy: as trusts, as evidence, and as a policy of the role as a resource, where its denials stay.
fn trust<'f>(
    account: &Account<'_>,
    role: &'f RoleDetail<'f>,
    id: &IdentityId,
    attachments: &mut Attachments<'f>,
    evidence: &mut Evidence,
    estate: &mut EstateBuilder,
) {
    let (policy, document) = attachments.texts.trust(&role.assume_role_policy_document, id.as_str(), estate);
    estate.grant(Grant {
        attached_to: Attachment::Resource(role.arn.as_str().into()),
        via: Via::Inline { name: TRUST_POLICY.into() },
        policy: Some(policy),
        effect: Effect::Allow,
        scope: account.scope.clone(),
        activation: census_model::Activation::Standing,
        condition: None,
    });
    match document {
        None => evidence.neutral("trust policy not understood"),
        Some(document) => {
            for trust in trusts(id, &document) {
                evidence.trust(&trust);
                estate.trust(trust);
            }
        }
    }
}

fn identity(
    account: &Account<'_>,
    role: &RoleDetail<'_>,
    id: &IdentityId,
    mut evidence: Evidence,
    use_gap: Option<&GapId>,
) -> Identity {
    let path = role.path.as_deref().or_else(|| Arn::parse(&role.arn).map(Arn::path)).unwrap_or("/");
    let managed_by = RESERVED_PATHS
        .iter()
        .find(|(reserved, _)| path.starts_with(reserved))
        .map(|(_, name)| Manager { name: (*name).into(), evidence: format!("path {path}").into() });
    match &managed_by {
        Some(manager) if &*manager.name == "aws-identity-center" => evidence.human(format!("path {path}")),
        Some(_) => evidence.machine(format!("path {path}")),
        None => {}
    }
    let created = role.create_date.map(|at| at.0);
    Identity {
        id: id.clone(),
        native_id: role.arn.as_str().into(),
        aliases: aliases([Some(role.role_name.as_str()), Some(role.role_id.as_str())]),
        immutable_id: Some(role.role_id.as_str().into()),
        provider: Provider::Aws,
        kind: IdentityKind::AwsRole,
        nature: evidence.nature(),
        scope: account.scope.clone(),
        name: role.role_name.as_str().into(),
        path: Some(path.into()),
        tags: tags(&role.tags),
        created,
        disabled: false,
        managed_by,
        last_used: last_used(account, role, created, use_gap),
        deleted: None,
        application: None,
        person: None,
    }
}

fn last_used(
    account: &Account<'_>,
    role: &RoleDetail<'_>,
    created: Option<Timestamp>,
    use_gap: Option<&GapId>,
) -> Observed<LastUse> {
    let window = || {
        let begin = account.clock.checked_sub(LOOK_BACK).unwrap_or(Timestamp::UNIX_EPOCH);
        Observed::NotSince(created.map_or(begin, |created| created.max(begin)))
    };
    match (&role.role_last_used, use_gap) {
        (Some(used), _) => used.last_used_date.map_or_else(window, |at| {
            let region: Option<Text> = used.region.as_deref().filter(|r| !r.is_empty()).map(Text::from);
            Observed::Known(LastUse { at: at.0, service: None, region })
        }),
        (None, Some(gap)) => Observed::NotVisible(gap.clone()),
        // There is a gap whenever a role lacks the field.
        (None, None) => window(),
    }
}

/// The gap for roles whose entry has no last use at all, not even an empty one.
fn use_not_told(account: &Account<'_>, estate: &mut EstateBuilder) -> GapId {
    estate.gap(Gap::new(
        Provider::Aws,
        Some(account.scope.clone()),
        "iam:GetRole",
        GapReason::NotProvided,
        "roles in the document lack `RoleLastUsed`",
        Vec::new(),
    ))
}

fn workload(
    account: &Account<'_>,
    profile: &InstanceProfile<'_>,
    runs_as: &BTreeSet<IdentityId>,
) -> Workload {
    Workload {
        id: WorkloadId::new(Account::id(&profile.arn)),
        native_id: profile.arn.as_str().into(),
        kind: WorkloadKind::AwsInstanceProfile,
        name: profile.instance_profile_name.as_str().into(),
        scope: account.scope.clone(),
        runs_as: runs_as.iter().cloned().collect(),
        uses: Vec::new(),
        state: None,
        created: profile.create_date.map(|at| at.0),
        tags: tags(&profile.tags),
    }
}
