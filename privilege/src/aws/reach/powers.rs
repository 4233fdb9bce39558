//! What weighs short of administration: reading secrets or data broadly, making credentials for others, changing or
//! destroying workloads, blinding logs.

use census_model::IdentityKind;

use super::{
    actions::{ActionNo, Actions},
    names::{NAME, filled},
    regions,
    world::World,
};
use crate::{
    aws::{
        access::{Question, actor::Actor, home_region},
        catalogue,
        document::Element,
        pattern::Pattern,
    },
    escalation::NodeId,
    truth::Truth,
};

/// What an operation is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// Secrets are read.
    Secrets,
    /// Others get credentials.
    Credentials,
    /// Others get permissions.
    Permissions,
    /// Data are read.
    Data,
    /// What runs is changed.
    Changes,
    /// Things are destroyed.
    Destroys,
    /// Nobody sees any more what happens.
    Blinds,
}

/// Operations that weigh if they are allowed on everything of their kind, by what they are worth.
const POWERS: [(&str, Kind, &str); 38] = [
    ("secretsmanager:GetSecretValue", Kind::Secrets, "reads every secret"),
    ("secretsmanager:BatchGetSecretValue", Kind::Secrets, "reads secrets by the dozen"),
    ("ssm:GetParameter", Kind::Secrets, "reads every parameter, and many hold secrets"),
    ("ssm:GetParameters", Kind::Secrets, "reads every parameter, and many hold secrets"),
    ("ssm:GetParametersByPath", Kind::Secrets, "reads every parameter, and many hold secrets"),
    ("kms:Decrypt", Kind::Secrets, "decrypts with every key"),
    ("iam:CreateAccessKey", Kind::Credentials, "makes access keys for every user"),
    ("iam:CreateLoginProfile", Kind::Credentials, "makes console passwords for users"),
    ("iam:UpdateLoginProfile", Kind::Credentials, "changes console passwords of users"),
    ("iam:CreateServiceSpecificCredential", Kind::Credentials, "makes credentials of services for users"),
    ("redshift:GetClusterCredentials", Kind::Credentials, "makes database credentials"),
    ("iam:AttachRolePolicy", Kind::Permissions, "gives every role permissions"),
    ("iam:PutRolePolicy", Kind::Permissions, "gives every role permissions"),
    ("iam:UpdateAssumeRolePolicy", Kind::Permissions, "decides who may become a role"),
    ("iam:CreatePolicyVersion", Kind::Permissions, "rewrites what policies allow"),
    ("iam:AttachUserPolicy", Kind::Permissions, "gives every user permissions"),
    ("iam:PutUserPolicy", Kind::Permissions, "gives every user permissions"),
    ("s3:PutBucketPolicy", Kind::Permissions, "opens buckets to others"),
    ("s3:GetObject", Kind::Data, "reads the objects of every bucket"),
    ("dynamodb:Scan", Kind::Data, "reads whole tables"),
    ("rds:CreateDBSnapshot", Kind::Data, "copies databases as a whole"),
    ("ec2:CreateSnapshot", Kind::Data, "copies disks as a whole"),
    ("ebs:GetSnapshotBlock", Kind::Data, "reads copies of disks"),
    ("sqs:ReceiveMessage", Kind::Data, "reads the messages of every queue"),
    ("lambda:UpdateFunctionCode", Kind::Changes, "changes the code of every function"),
    ("ssm:SendCommand", Kind::Changes, "runs commands on every machine"),
    ("cloudformation:UpdateStack", Kind::Changes, "changes every stack"),
    ("codebuild:StartBuild", Kind::Changes, "runs builds with commands of its own"),
    ("ec2:TerminateInstances", Kind::Destroys, "ends every machine"),
    ("s3:DeleteObject", Kind::Destroys, "deletes the objects of every bucket"),
    ("rds:DeleteDBInstance", Kind::Destroys, "deletes databases"),
    ("dynamodb:DeleteTable", Kind::Destroys, "deletes tables"),
    ("lambda:DeleteFunction", Kind::Destroys, "deletes functions"),
    ("secretsmanager:DeleteSecret", Kind::Destroys, "deletes secrets"),
    ("cloudtrail:StopLogging", Kind::Blinds, "stops the audit log"),
    ("cloudtrail:DeleteTrail", Kind::Blinds, "deletes the audit log's trail"),
    ("logs:DeleteLogGroup", Kind::Blinds, "deletes logs"),
    ("guardduty:DeleteDetector", Kind::Blinds, "switches threat detection off"),
];

/// An operation with its number.
pub(super) struct Power {
    pub(super) number: ActionNo,
    pub(super) action: &'static str,
    pub(super) kind: Kind,
    pub(super) why: &'static str,
}

/// All of them.
pub(super) fn all(actions: &mut Actions) -> Vec<Power> {
    let power = |&(action, kind, why): &(&'static str, Kind, &'static str)| Power {
        number: actions.number(action),
        action,
        kind,
        why,
    };
    POWERS.iter().map(power).collect()
}

/// Whether a principal may do it to everything of the kind, if only in one region; with what was asked. That is asked of
/// something of which no policy can know the name: what may be done to that may be done to all but a few.
pub(super) fn broadly(world: &World<'_, '_>, id: NodeId, power: &Power) -> (Truth, Option<Question>) {
    let none = (Truth::No, None);
    let (Some(node), Some(actor)) = (world.node(id), world.actor(id)) else { return none };
    let Some(account) = world.accounts.get(node.account) else { return none };
    let mut best = none;
    let mut regions = named_regions(actor, world.actions.lower(power.number), account.partition);
    regions.extend(regions::others(world, actor, account).into_iter().map(str::to_owned));
    for region in regions {
        for resource in anything(power.action, account.partition, &region, account.id) {
            let truth = world.may(actor, power.action, resource.clone(), question);
            if truth > best.0 {
                best = (truth, question(power.action, &resource));
            }
            if truth == Truth::Yes {
                return best;
            }
        }
    }
    best
}

fn question(action: &'static str, resource: &str) -> Option<Question> {
    let mut question = Question::new(action, resource).ok()?;
    question.leave_region_to_caller();
    Some(question)
}

/// The actions that make credentials of a user.
const MINTING: [&str; 3] = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"];

/// How many users are tried for one pattern.
const TRIED: usize = 32;

/// Whether a principal may make credentials of another user of its account, if only of one; by which action, for whom, and
/// what was asked.
pub(super) fn mints_for_somebody(
    world: &World<'_, '_>,
    id: NodeId,
    powers: &[Power],
) -> Option<(Truth, &'static str, String, Question)> {
    let (node, actor) = (world.node(id)?, world.actor(id)?);
    let (own, _) = node.identity()?;
    let account = world.accounts.get(node.account)?;
    let minting =
        powers.iter().filter(|power| MINTING.contains(&power.action) && node.mask.has(power.number));
    for power in minting {
        for glob in globs(actor, world.actions.lower(power.number)) {
            let pattern = Pattern::glob(&glob);
            let users = account.identities.iter().filter_map(|id| world.node(*id)?.identity());
            let meant = users.filter(|(user, _)| {
                user.kind == IdentityKind::AwsUser
                    && user.id != own.id
                    && pattern.matches_fixed(&user.native_id)
            });
            for (user, _) in meant.take(TRIED) {
                let Ok(question) = Question::new(power.action, &user.native_id) else { continue };
                let truth = world.access.may(actor, &world.access.aim(question.clone()));
                if truth != Truth::No {
                    return Some((truth, power.action, user.native_id.to_string(), question));
                }
            }
        }
    }
    None
}

/// The resources that the principal's policies name for an action, sorted.
fn globs(actor: &Actor<'_, '_>, action: &str) -> Vec<String> {
    let mut found: Vec<String> = actor
        .giving()
        .flat_map(|(policy, _)| policy.statements.iter())
        .filter(|statement| statement.names_action(action))
        .flat_map(|statement| match statement.resource() {
            Some(Element::Only(patterns)) => {
                patterns.iter().filter_map(|pattern| pattern.as_glob(actor.facts())).collect()
            }
            _ => vec!["*".to_owned()],
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Some region, then those that the principal's policies name for the action.
fn named_regions(actor: &Actor<'_, '_>, action: &str, partition: &str) -> Vec<String> {
    let mut named: Vec<String> = globs(actor, action)
        .iter()
        .filter_map(|glob| glob.split(':').nth(3).map(str::to_owned))
        .filter(|region| !region.is_empty() && !region.contains(['*', '?']))
        .collect();
    named.sort_unstable();
    named.dedup();
    named.insert(0, home_region(partition).to_owned());
    named
}

/// Resources of no particular name that an action may be called on: of the type that it must name, else of any type.
fn anything(action: &str, partition: &str, region: &str, account: &str) -> Vec<String> {
    let Some((service, known)) = catalogue::action(action) else { return Vec::new() };
    let required: Vec<_> = known.resources.iter().filter(|resource| resource.required).collect();
    let types = if required.is_empty() { known.resources.iter().collect() } else { required };
    let mut found: Vec<String> = types
        .iter()
        .filter_map(|resource| service.resource_type(resource.resource_type))
        .map(|resource_type| filled(resource_type.arn, (partition, region, account), NAME))
        .collect();
    if found.is_empty() {
        found.push("*".to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_power_is_an_action_of_aws_as_it_is_spelt() {
        for (action, ..) in POWERS {
            let found = catalogue::action(action)
                .map(|(service, found)| format!("{}:{}", service.prefix, found.name));
            assert_eq!(found.as_deref(), Some(action));
        }
    }
}
