//! What is known of the use of a single action: what a source tells, and what no source can.

use census_model::{LastUse, Observed, OtherActions, Usage};
use jiff::Timestamp;

use super::catalogue;

/// What is known of the use of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'u> {
    /// It was used.
    Used(&'u LastUse),
    /// Whoever would have seen it did not, since then.
    NotSince(Timestamp),
    /// Nobody can tell.
    Untold,
}

/// Permissions that calls of other services check, so that no source sees their use: in no log, and not in what IAM
/// knows of last accessed services and actions.
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>: `iam:PassRole`.
/// - The others: actions of the Service Authorization Reference that are no operations of their service's API, which
///   WAF, Fault Injection Service and log delivery check.
const CHECKED_ELSEWHERE: [&str; 13] = [
    "ec2:AssociateVerifiedAccessInstanceWebAcl",
    "ec2:DisassociateVerifiedAccessInstanceWebAcl",
    "ec2:GetVerifiedAccessInstanceWebAcl",
    "ec2:InjectApiError",
    "ec2:InjectVolumeIOLatency",
    "ec2:PauseVolumeIO",
    "ec2:SendSpotInstanceInterruptions",
    "elasticloadbalancing:AllowVendedLogDeliveryForResource",
    "elasticloadbalancing:CreateWebACLAssociation",
    "elasticloadbalancing:DeleteWebACLAssociation",
    "elasticloadbalancing:SetWebAcl",
    "iam:PassRole",
    "rds:CrossRegionCommunication",
];

/// Permissions that calls of other names of the same service check, so that their use is not told once the service is
/// used: tags that a call sets, what a session carries, and actions that are no operations of the API.
const CHECKED_WITHIN: [&str; 17] = [
    "ec2:AttachApplianceToNatGateway",
    "ec2:AttachResourcesToPlacementGroup",
    "ec2:CreateTags",
    "ec2:DetachApplianceFromNatGateway",
    "ec2:DetachResourcesFromPlacementGroup",
    "ec2:ImportByoipCidrToIpam",
    "ecs:Poll",
    "ecs:PutSystemLogEvents",
    "ecs:StartTelemetrySession",
    "iam:TagInstanceProfile",
    "iam:TagPolicy",
    "iam:TagRole",
    "iam:TagUser",
    "rds:AddTagsToResource",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

/// Services of which CloudTrail holds every call as a management event, so that a log of those shows what was not
/// called. Services with data events are missing, and so are those whose calls a trail may leave out (KMS).
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html>
const RECORDED: [&str; 16] = [
    "access-analyzer",
    "acm",
    "autoscaling",
    "batch",
    "cloudformation",
    "codepipeline",
    "ec2",
    "ecs",
    "elasticloadbalancing",
    "guardduty",
    "iam",
    "organizations",
    "ram",
    "rds",
    "route53",
    "secretsmanager",
];

/// Whether a log of management events holds every call of a service, given in lower case.
pub fn is_recorded(service: &str) -> bool {
    RECORDED.binary_search(&service).is_ok()
}

fn is_among(list: &[&str], service: &str, action: &str) -> bool {
    list.iter()
        .filter_map(|one| one.split_once(':'))
        .any(|(of, name)| of.eq_ignore_ascii_case(service) && name.eq_ignore_ascii_case(action))
}

/// The name of an action as the catalogue spells it, where it has it: `getobject` of `s3` is `GetObject`.
pub fn spelt<'n>(service: &str, action: &'n str) -> &'n str {
    catalogue::service(service).and_then(|known| known.action(action)).map_or(action, |known| known.name)
}

/// What is known of a service, by its namespace in lower case.
pub fn service<'u>(usage: &'u Usage, service: &str) -> Seen<'u> {
    match usage.services.get(service) {
        Some(known) => seen(&known.last_used),
        None => unlisted(usage, service),
    }
}

/// What is known of an action, by the service's namespace in lower case and its name as the catalogue spells it.
pub fn action<'u>(usage: &'u Usage, service: &str, action: &str) -> Seen<'u> {
    let known = match usage.services.get(service) {
        None => unlisted(usage, service),
        Some(known) => match (known.actions.get(action), &known.last_used, known.others) {
            (Some(named), ..) => seen(named),
            (None, Observed::NotSince(since), _) => Seen::NotSince(*since),
            (None, _, OtherActions::NotSince(since)) => Seen::NotSince(since),
            (None, _, OtherActions::Untracked) => Seen::Untold,
        },
    };
    let is_used = || matches!(self::service(usage, service), Seen::Used(_) | Seen::Untold);
    match known {
        Seen::NotSince(_) if is_among(&CHECKED_ELSEWHERE, service, action) => Seen::Untold,
        Seen::NotSince(_) if is_among(&CHECKED_WITHIN, service, action) && is_used() => Seen::Untold,
        known => known,
    }
}

/// Whether none of a service's actions can have been used since then: it was not, and nothing of it is checked when
/// another service is called.
pub fn is_all_unused(usage: &Usage, service: &str) -> bool {
    let elsewhere = CHECKED_ELSEWHERE.iter().filter_map(|one| one.split_once(':'));
    matches!(self::service(usage, service), Seen::NotSince(_))
        && !elsewhere.into_iter().any(|(of, _)| of == service)
}

/// Whether all that is known of a service's use is that it was used, or not even that: nothing tells its actions apart.
pub fn is_known_as_a_whole(usage: &Usage, service: &str) -> bool {
    match usage.services.get(service) {
        None => unlisted(usage, service) == Seen::Untold,
        Some(known) => {
            known.actions.is_empty()
                && known.others == OtherActions::Untracked
                && !matches!(known.last_used, Observed::NotSince(_))
        }
    }
}

/// A service that no source lists: a log of every call of the service says that there was none.
fn unlisted<'u>(usage: &Usage, service: &str) -> Seen<'u> {
    let logs = usage.sources.iter().filter(|source| source.kind.holds_all_management());
    match logs.map(|source| source.from).min() {
        Some(from) if is_recorded(service) => Seen::NotSince(from),
        _ => Seen::Untold,
    }
}

fn seen(observed: &Observed<LastUse>) -> Seen<'_> {
    match observed {
        Observed::Known(used) => Seen::Used(used),
        Observed::NotSince(since) => Seen::NotSince(*since),
        Observed::NotVisible(_) => Seen::Untold,
    }
}
