//! Roles.

use serde::Serialize;

use super::{Attached, Boundary, Inline, Place, Tag, boundary, inline, tag};
use crate::aws::{clock::Stamp, policy::Document};

/// An item of `RoleDetailList`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Role {
    path: String,
    pub(crate) role_name: String,
    pub(crate) role_id: String,
    pub(crate) arn: String,
    create_date: Stamp,
    pub(crate) assume_role_policy_document: Document,
    pub(crate) instance_profile_list: Vec<InstanceProfile>,
    role_policy_list: Vec<Inline>,
    pub(crate) attached_managed_policies: Vec<Attached>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) permissions_boundary: Option<Boundary>,
    tags: Vec<Tag>,
    pub(crate) role_last_used: RoleLastUsed,
}

/// When a role was last used, as far back as AWS looks: empty when not in about 400 days.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RoleLastUsed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_used_date: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
}

/// An instance profile, as it shows inside its role.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InstanceProfile {
    path: String,
    instance_profile_name: String,
    instance_profile_id: String,
    pub(crate) arn: String,
    create_date: Stamp,
    roles: Vec<RoleInProfile>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleInProfile {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: Stamp,
    assume_role_policy_document: Document,
}

impl Role {
    /// A role without permissions, one to four years old and used within the last two weeks.
    pub(crate) fn new(place: &Place, name: &str, trust: Document) -> Self {
        let mut dice = place.dice("role", name);
        let (age, used) = (dice.between(300, 1400), dice.below(14));
        Self {
            path: "/".into(),
            role_name: name.into(),
            role_id: dice.unique_id("AROA"),
            arn: place.arn(&format!("role/{name}")),
            create_date: Stamp::days_ago(age, &mut dice),
            assume_role_policy_document: trust,
            instance_profile_list: Vec::new(),
            role_policy_list: Vec::new(),
            attached_managed_policies: Vec::new(),
            permissions_boundary: None,
            tags: Vec::new(),
            role_last_used: RoleLastUsed {
                last_used_date: Some(Stamp::days_ago(used, &mut dice)),
                region: Some(dice.pick(&["eu-west-1", "eu-west-1", "eu-west-1", "eu-central-1"]).into()),
            },
        }
    }

    /// Moves the role below a path: `/service-role/`.
    pub(crate) fn path(mut self, place: &Place, path: &str) -> Self {
        self.path = path.into();
        self.arn = place.arn(&format!("role{path}{}", self.role_name));
        self
    }

    /// Sets how many days ago the role was created.
    pub(crate) fn created(mut self, place: &Place, days: u32) -> Self {
        self.create_date = Stamp::days_ago(days, &mut place.dice("role-age", &self.role_name));
        self
    }

    /// Sets how many days ago the role was last used.
    pub(crate) fn used(mut self, place: &Place, days: u32) -> Self {
        let at = Stamp::days_ago(days, &mut place.dice("role-use", &self.role_name));
        self.role_last_used.last_used_date = Some(at);
        self
    }

    /// A role of which AWS knows no use.
    pub(crate) fn never_used(mut self) -> Self {
        self.role_last_used = RoleLastUsed::default();
        self
    }

    /// Attaches a managed policy.
    pub(crate) fn attach(mut self, policy: Attached) -> Self {
        self.attached_managed_policies.push(policy);
        self
    }

    /// Adds an inline policy.
    pub(crate) fn inline(mut self, name: &str, document: Document) -> Self {
        self.role_policy_list.push(inline(name, document));
        self
    }

    /// Sets the permissions boundary.
    pub(crate) fn bounded(mut self, policy: Attached) -> Self {
        self.permissions_boundary = Some(boundary(policy));
        self
    }

    /// Adds a tag.
    pub(crate) fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.push(tag(key, value));
        self
    }

    /// Adds the instance profile of the same name.
    pub(crate) fn instance_profile(mut self, place: &Place) -> Self {
        let mut dice = place.dice("instance-profile", &self.role_name);
        self.instance_profile_list.push(InstanceProfile {
            path: self.path.clone(),
            instance_profile_name: self.role_name.clone(),
            instance_profile_id: dice.unique_id("AIPA"),
            arn: place.arn(&format!("instance-profile{}{}", self.path, self.role_name)),
            create_date: self.create_date,
            roles: vec![RoleInProfile {
                path: self.path.clone(),
                role_name: self.role_name.clone(),
                role_id: self.role_id.clone(),
                arn: self.arn.clone(),
                create_date: self.create_date,
                assume_role_policy_document: self.assume_role_policy_document.clone(),
            }],
        });
        self
    }
}
