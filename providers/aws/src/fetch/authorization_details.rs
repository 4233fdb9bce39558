//! Users, groups, roles and managed policies with their texts: one paged call for the whole account.

use std::collections::BTreeMap;

use aws_sdk_iam::{
    operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput as Answer, types,
};
use census_model::{GapReason, Text};
use census_provider_api::{DeclaredRead, Need};

use super::{
    account::{Account, identity, time},
    identity_center::Reserved,
    service_last_accessed,
    workloads::Trusted,
};
use crate::{
    client::{Failure, Page, Partition, marker, pages},
    documents::{
        AccountFile, AttachedPolicy, AuthorizationDetails, GroupDetail, InlinePolicy, InstanceProfile, Json,
        ManagedPolicy, PermissionsBoundary, PolicyVersion, ProfileRole, RoleDetail, RoleLastUsed, Str, Tag,
        UserDetail,
    },
};

pub(super) const GET_ACCOUNT_AUTHORIZATION_DETAILS: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "GetAccountAuthorizationDetails",
    permissions: &["iam:GetAccountAuthorizationDetails"],
    part: None,
    need: Need::Scope,
    why: "users, groups, roles, instance profiles, policies and trusts, 1,000 a call",
};

/// Entities a page; the most that the API takes.
const PAGE_SIZE: i32 = 1000;

/// The users of an account: identity id by name.
pub(super) type Users = BTreeMap<String, Text>;

/// What later reads need to know of the details.
pub(super) struct Known {
    /// The users.
    pub(super) users: Users,
    /// Which services can become a role.
    pub(super) trusted: Trusted,
    /// The roles that IAM Identity Center keeps, if all of them are known.
    pub(super) reserved: Option<Reserved>,
}

/// Reads the details; gives what is known if all of them are.
pub(super) async fn read(account: &mut Account<'_>, partition: Partition) -> Option<Known> {
    account.step("users, roles and policies");
    let api = account.api;
    let answer = pages(|from| async move {
        let request = api.iam.get_account_authorization_details().max_items(PAGE_SIZE).set_marker(from);
        let answer = api.call(&GET_ACCOUNT_AUTHORIZATION_DETAILS, request.send()).await?;
        page(answer)
    })
    .await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => {
            account.gap(&GET_ACCOUNT_AUTHORIZATION_DETAILS, failure, Vec::new());
            return None;
        }
    };
    let mut details = AuthorizationDetails { is_truncated: answer.cut.is_some(), ..Default::default() };
    let mut dropped = 0;
    for (page, incomplete) in answer.pages {
        details.user_detail_list.extend(page.user_detail_list);
        details.group_detail_list.extend(page.group_detail_list);
        details.role_detail_list.extend(page.role_detail_list);
        details.policies.extend(page.policies);
        dropped += incomplete;
    }
    let items = details.user_detail_list.len()
        + details.group_detail_list.len()
        + details.role_detail_list.len()
        + details.policies.len();
    account.write(AccountFile::AuthorizationDetails, &details, items, answer.cut.as_ref());
    if account.options.deep {
        account.candidates = Some(service_last_accessed::candidates(&details));
    }
    account.incomplete_entries(&GET_ACCOUNT_AUTHORIZATION_DETAILS, dropped);
    if let Some(cut) = answer.cut {
        account.gap(&GET_ACCOUNT_AUTHORIZATION_DETAILS, cut, Vec::new());
        return None;
    }
    let users = details.user_detail_list.iter();
    let users = users.map(|user| (user.user_name.as_str().to_owned(), identity(&user.arn))).collect();
    // An entry that was dropped may be a role.
    let trusted = if dropped == 0 { Trusted::of(&details.role_detail_list) } else { Trusted::Any };
    let reserved = (dropped == 0).then(|| Reserved::of(&details.role_detail_list, partition));
    Some(Known { users, trusted, reserved })
}

/// A page in the form of documents, with the number of entries that could not be taken.
type Details = (AuthorizationDetails<'static>, usize);

fn page(answer: Answer) -> Result<Page<Details>, Failure> {
    if answer.user_detail_list.is_none() && answer.role_detail_list.is_none() && answer.policies.is_none() {
        let detail = "GetAccountAuthorizationDetails: the answer holds none of its lists";
        return Err(Failure::client(GapReason::Invalid, detail));
    }
    let next = marker(answer.is_truncated, answer.marker);
    let mut dropped = 0;
    let details = AuthorizationDetails {
        user_detail_list: all(answer.user_detail_list, &mut dropped, user),
        group_detail_list: all(answer.group_detail_list, &mut dropped, group),
        role_detail_list: all(answer.role_detail_list, &mut dropped, role),
        policies: all(answer.policies, &mut dropped, managed_policy),
        is_truncated: false,
    };
    Ok(Page { items: (details, dropped), next })
}

/// Converts a list, counting what lacks something essential.
fn all<T, U>(list: Option<Vec<T>>, dropped: &mut usize, convert: fn(T, &mut usize) -> Option<U>) -> Vec<U> {
    let mut converted = Vec::new();
    for item in list.unwrap_or_default() {
        match convert(item, dropped) {
            Some(item) => converted.push(item),
            None => *dropped += 1,
        }
    }
    converted
}

fn text(value: Option<String>) -> Option<Str<'static>> {
    value.map(Str::from)
}

fn user(user: types::UserDetail, dropped: &mut usize) -> Option<UserDetail<'static>> {
    Some(UserDetail {
        path: text(user.path),
        user_name: text(user.user_name)?,
        user_id: text(user.user_id)?,
        arn: text(user.arn)?,
        create_date: user.create_date.as_ref().and_then(time),
        user_policy_list: all(user.user_policy_list, dropped, inline_policy),
        group_list: user.group_list.unwrap_or_default().into_iter().map(Str::from).collect(),
        attached_managed_policies: all(user.attached_managed_policies, dropped, attached_policy),
        permissions_boundary: user.permissions_boundary.and_then(boundary),
        tags: tags(user.tags),
    })
}

fn group(group: types::GroupDetail, dropped: &mut usize) -> Option<GroupDetail<'static>> {
    Some(GroupDetail {
        path: text(group.path),
        group_name: text(group.group_name)?,
        group_id: text(group.group_id),
        arn: text(group.arn)?,
        create_date: group.create_date.as_ref().and_then(time),
        group_policy_list: all(group.group_policy_list, dropped, inline_policy),
        attached_managed_policies: all(group.attached_managed_policies, dropped, attached_policy),
    })
}

fn role(role: types::RoleDetail, dropped: &mut usize) -> Option<RoleDetail<'static>> {
    Some(RoleDetail {
        path: text(role.path),
        role_name: text(role.role_name)?,
        role_id: text(role.role_id)?,
        arn: text(role.arn)?,
        create_date: role.create_date.as_ref().and_then(time),
        assume_role_policy_document: Json::policy(&role.assume_role_policy_document?),
        instance_profile_list: role
            .instance_profile_list
            .unwrap_or_default()
            .into_iter()
            .map(instance_profile)
            .collect(),
        role_policy_list: all(role.role_policy_list, dropped, inline_policy),
        attached_managed_policies: all(role.attached_managed_policies, dropped, attached_policy),
        permissions_boundary: role.permissions_boundary.and_then(boundary),
        tags: tags(role.tags),
        role_last_used: role.role_last_used.map(|used| RoleLastUsed {
            last_used_date: used.last_used_date.as_ref().and_then(time),
            region: text(used.region),
        }),
    })
}

fn instance_profile(profile: types::InstanceProfile) -> InstanceProfile<'static> {
    InstanceProfile {
        instance_profile_name: profile.instance_profile_name.into(),
        arn: profile.arn.into(),
        create_date: time(&profile.create_date),
        roles: profile.roles.into_iter().map(|role| ProfileRole { arn: role.arn.into() }).collect(),
        tags: tags(profile.tags),
    }
}

fn managed_policy(policy: types::ManagedPolicyDetail, dropped: &mut usize) -> Option<ManagedPolicy<'static>> {
    Some(ManagedPolicy {
        arn: text(policy.arn)?,
        policy_name: text(policy.policy_name),
        default_version_id: text(policy.default_version_id),
        policy_version_list: all(policy.policy_version_list, dropped, |version, _| {
            Some(PolicyVersion {
                version_id: text(version.version_id),
                is_default_version: version.is_default_version,
                document: version.document.as_deref().map(Json::policy),
            })
        }),
    })
}

fn inline_policy(policy: types::PolicyDetail, _: &mut usize) -> Option<InlinePolicy<'static>> {
    Some(InlinePolicy {
        policy_name: text(policy.policy_name)?,
        policy_document: Json::policy(&policy.policy_document?),
    })
}

fn attached_policy(policy: types::AttachedPolicy, _: &mut usize) -> Option<AttachedPolicy<'static>> {
    Some(AttachedPolicy { policy_name: text(policy.policy_name), policy_arn: text(policy.policy_arn)? })
}

fn boundary(boundary: types::AttachedPermissionsBoundary) -> Option<PermissionsBoundary<'static>> {
    Some(PermissionsBoundary {
        permissions_boundary_type: boundary
            .permissions_boundary_type
            .map(|kind| kind.as_str().to_owned().into()),
        permissions_boundary_arn: text(boundary.permissions_boundary_arn)?,
    })
}

/// Tags in the form of documents.
pub(super) fn tags(tags: Option<Vec<types::Tag>>) -> Vec<Tag<'static>> {
    let tags = tags.unwrap_or_default().into_iter();
    tags.map(|tag| Tag { key: tag.key.into(), value: tag.value.into() }).collect()
}
