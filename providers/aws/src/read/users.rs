//! Users and groups.

use std::collections::{BTreeMap, HashMap};

use census_model::{
    Attachment, EstateBuilder, Gap, GapId, GapReason, Group, GroupId, Membership, Provider, Text,
};

use super::{
    account::{Account, identity_id},
    files::{Files, List, items, unique},
    join::same,
    person::User,
    policies::{Attachments, Carried},
    report::{ROOT, Row},
};
use crate::documents::{
    AccessKey, AuthorizationDetails, LoginProfile, ServiceSpecificCredential, SigningCertificate,
    SshPublicKey, UserDetail,
};

const DETAILS: &str = "iam:GetAccountAuthorizationDetails";
pub(super) const REPORT: &str = "iam:GetCredentialReport";

/// Adds the groups and what they carry. Gives their ids by name.
pub(super) fn groups<'f>(
    account: &Account<'_>,
    details: &'f AuthorizationDetails<'f>,
    attachments: &mut Attachments<'f>,
    estate: &mut EstateBuilder,
) -> HashMap<&'f str, GroupId> {
    let mut ids = HashMap::new();
    for group in account.each(&details.group_detail_list, |group| group.arn.as_str(), estate) {
        let id = GroupId::new(Account::id(&group.arn));
        estate.group(Group {
            id: id.clone(),
            native_id: group.arn.as_str().into(),
            immutable_id: group.group_id.as_deref().map(Text::from),
            name: group.group_name.as_str().into(),
            scope: account.scope.clone(),
            created: group.create_date.map(|at| at.0),
            role_assignable: false,
            membership_rule: None,
            kept_elsewhere: false,
        });
        let carried = Carried {
            affects: id.as_str().into(),
            holder: Attachment::Group(id.clone()),
            inline: &group.group_policy_list,
            managed: &group.attached_managed_policies,
            boundary: None,
        };
        attachments.add(carried, estate);
        ids.insert(group.group_name.as_str(), id);
    }
    ids
}

/// Everything that the documents say of one user.
#[derive(Default)]
pub(super) struct Person<'f> {
    pub(super) detail: Option<&'f UserDetail<'f>>,
    pub(super) row: Option<&'f Row>,
    pub(super) profile: Option<&'f LoginProfile<'f>>,
    pub(super) keys: Vec<&'f AccessKey<'f>>,
    pub(super) signing: Vec<&'f SigningCertificate<'f>>,
    pub(super) ssh: Vec<&'f SshPublicKey<'f>>,
    pub(super) specific: Vec<&'f ServiceSpecificCredential<'f>>,
}

impl Person<'_> {
    /// The ARN from whoever tells it.
    fn arn(&self, account: &Account<'_>, name: &str) -> String {
        let told = self.detail.map(|detail| detail.arn.as_str()).or(self.row.map(|row| row.arn.as_str()));
        told.map_or_else(|| account.arn(&format!("user/{name}")), str::to_owned)
    }
}

type People<'f> = BTreeMap<&'f str, Person<'f>>;

/// Adds the users with everything that is theirs.
pub(super) fn read<'f>(
    account: &Account<'_>,
    files: &'f Files<'f>,
    groups: &HashMap<&'f str, GroupId>,
    attachments: &mut Attachments<'f>,
    estate: &mut EstateBuilder,
) {
    let people = people(account, files, estate);
    let skew = skew(account, files, &people, estate);
    let mut lost: BTreeMap<&str, Vec<Text>> = BTreeMap::new();
    for (name, person) in &people {
        let arn = person.arn(account, name);
        let id = identity_id(&arn);
        let name = person.detail.map_or(*name, |detail| &detail.user_name);
        User { account, name, person, arn: &arn, id: &id, skew: skew.as_ref() }.add(estate);
        let Some(detail) = person.detail else { continue };
        let carried = Carried {
            holder: Attachment::Identity(id.clone()),
            affects: id.as_str().into(),
            inline: &detail.user_policy_list,
            managed: &detail.attached_managed_policies,
            boundary: detail.permissions_boundary.as_ref(),
        };
        attachments.add(carried, estate);
        for group in &detail.group_list {
            match groups.get(group.as_str()) {
                Some(group) => estate.membership(Membership {
                    group: group.clone(),
                    member: id.clone(),
                    through: Vec::new(),
                    activation: census_model::Activation::Standing,
                }),
                None => lost.entry(group).or_default().push(id.as_str().into()),
            }
        }
    }
    for (group, affects) in lost {
        let reason = if account.live { GapReason::Inconsistent } else { GapReason::NotProvided };
        let detail = format!("the document does not hold the group `{group}` of these users");
        estate.gap(Gap::new(Provider::Aws, Some(account.scope.clone()), DETAILS, reason, detail, affects));
    }
}

/// Everyone whom any document names.
fn people<'f>(account: &Account<'_>, files: &'f Files<'f>, estate: &mut EstateBuilder) -> People<'f> {
    let mut people = People::new();
    let details = files.details.as_ref().map_or(&[][..], |details| &details.user_detail_list);
    for detail in account.each(details, |user| user.arn.as_str(), estate) {
        let person = people.entry(detail.user_name.as_str()).or_default();
        if person.detail.is_none() {
            person.detail = Some(detail);
        } else {
            // Names are unique in an account, so the user was made anew between two pages. No name holds a colon.
            people.entry(detail.arn.as_str()).or_default().detail = Some(detail);
        }
    }
    let rows = files.report.iter().flat_map(|report| &report.rows).filter(|row| row.user != ROOT);
    let (rows, conflicts) = unique(rows, |row| row.user.as_str());
    if !conflicts.is_empty() {
        let affects = conflicts.iter().map(|name| Text::from(*name)).collect();
        account.inconsistent(REPORT, "the report holds these users twice, with differences", affects, estate);
    }
    for row in rows {
        let person = people.entry(row.user.as_str()).or_default();
        // A report may be older than the user: then its row tells of another one, deleted since, of the same name.
        let created = person.detail.and_then(|detail| detail.create_date).map(|at| at.0).zip(row.created);
        if created.is_none_or(|(detail, row)| same(detail, row)) {
            person.row = Some(row);
        }
    }
    fn listed<T: PartialEq + std::fmt::Debug>(list: &List<T>, id: impl Fn(&T) -> (&str, &str)) -> Vec<&T> {
        unique(items(list).map(|(_, item)| item), id).0
    }
    for key in listed(&files.access_keys, |one| (&one.user_name, &one.access_key_id)) {
        people.entry(key.user_name.as_str()).or_default().keys.push(key);
    }
    for profile in listed(&files.login_profiles, |one| (&one.user_name, "")) {
        people.entry(profile.user_name.as_str()).or_default().profile = Some(profile);
    }
    for one in listed(&files.signing, |one| (&one.user_name, &one.certificate_id)) {
        people.entry(one.user_name.as_str()).or_default().signing.push(one);
    }
    for one in listed(&files.ssh, |one| (&one.user_name, &one.ssh_public_key_id)) {
        people.entry(one.user_name.as_str()).or_default().ssh.push(one);
    }
    for one in listed(&files.specific, |one| (&one.user_name, &one.service_specific_credential_id)) {
        people.entry(one.user_name.as_str()).or_default().specific.push(one);
    }
    // The root user has a reading of its own.
    people.remove(ROOT);
    people
}

/// Users that are in one source and not in the other: one was made or deleted while the documents were fetched, or
/// the report is older. One gap for all of them.
fn skew(
    account: &Account<'_>,
    files: &Files<'_>,
    people: &People<'_>,
    estate: &mut EstateBuilder,
) -> Option<GapId> {
    let (details, report) = (files.details.is_some(), files.report.is_some());
    // Where pages are missing, users are missing for a reason that has its own gap.
    let details_are_complete = details && account.open.details.is_complete();
    let differs = |person: &Person<'_>| {
        (report && person.row.is_none()) || (details_are_complete && person.detail.is_none())
    };
    let affects: Vec<Text> = people
        .iter()
        .filter(|(_, person)| differs(person))
        .map(|(name, person)| identity_id(&person.arn(account, name)).as_str().into())
        .collect();
    (!affects.is_empty()).then(|| {
        let detail = format!(
            "{} users are not in all of authorization details, credential report and lists",
            affects.len()
        );
        account.inconsistent(REPORT, &detail, affects, estate)
    })
}
