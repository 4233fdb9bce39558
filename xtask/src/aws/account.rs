//! An account, and how its documents get at it.

use std::borrow::Cow;

use serde::Serialize;

use super::{
    clock::Stamp,
    credentials::Root,
    details::{Attached, Group, Place, Role, User},
    identity_center::PermissionSet,
    last_accessed::LastAccessed,
    policy::Document,
    workload::Workload,
};

/// What an account's documents are written from. Users and roles come one at a time, and the same at each call, so
/// that an account of any size fits into memory.
pub(crate) trait Account {
    /// Which account.
    fn place(&self) -> &Place;
    /// The root user.
    fn root(&self) -> &Root;
    /// The users, by name.
    fn users(&self) -> Box<dyn Iterator<Item = Cow<'_, User>> + '_>;
    /// The roles, by name.
    fn roles(&self) -> Box<dyn Iterator<Item = Cow<'_, Role>> + '_>;
    /// The groups.
    fn groups(&self) -> &[Group];
    /// The customer managed policies.
    fn policies(&self) -> &[CustomerPolicy];
    /// Providers and server certificates.
    fn federation(&self) -> &Federation;
    /// The resources' own policies, by ARN, if somebody handed them in.
    fn resource_policies(&self) -> Option<&[ResourcePolicy]> {
        None
    }
    /// What runs in the account, by ARN, if somebody handed it in.
    fn workloads(&self) -> Option<&[Workload]> {
        None
    }
    /// What users and roles last used, if somebody asked.
    fn last_accessed(&self) -> Option<&[LastAccessed]> {
        None
    }
    /// The permission sets of IAM Identity Center, by ARN, if somebody handed them in.
    fn permission_sets(&self) -> Option<&[PermissionSet]> {
        None
    }
    /// Whether somebody handed in the credential report.
    fn credential_report(&self) -> Handed {
        Handed::In
    }
}

/// Whether a document is part of the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handed {
    /// It is there.
    In,
    /// Nobody provided it.
    Missing,
}

/// A customer managed policy with its one version.
#[derive(Clone, Debug)]
pub(crate) struct CustomerPolicy {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) created: Stamp,
    pub(crate) document: Document,
}

impl CustomerPolicy {
    /// A policy.
    pub(crate) fn new(place: &Place, name: &str, document: Document) -> Self {
        let mut dice = place.dice("policy", name);
        let age = dice.between(300, 1300);
        Self {
            name: name.into(),
            id: dice.unique_id("ANPA"),
            created: Stamp::days_ago(age, &mut dice),
            document,
        }
    }
}

/// A resource and its own policy, if it has one.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ResourcePolicy {
    pub(crate) resource: String,
    pub(crate) policy: Option<Document>,
}

/// Identity providers and server certificates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Federation {
    pub(crate) oidc: Vec<OidcProvider>,
    pub(crate) saml: Vec<SamlProvider>,
    pub(crate) server_certificates: Vec<ServerCertificate>,
}

/// An OpenID Connect provider.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html>
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OidcProvider {
    #[serde(rename = "Arn")]
    pub(crate) arn: String,
    #[serde(rename = "Url")]
    pub(crate) url: String,
    #[serde(rename = "ClientIDList")]
    pub(crate) client_ids: Vec<String>,
    #[serde(rename = "ThumbprintList")]
    pub(crate) thumbprints: Vec<String>,
    #[serde(rename = "CreateDate")]
    pub(crate) created: Stamp,
}

impl OidcProvider {
    /// A provider by its address without scheme.
    pub(crate) fn new(place: &Place, url: &str, client_id: &str) -> Self {
        let mut dice = place.dice("oidc-provider", url);
        Self {
            arn: oidc_arn(place, url),
            url: url.into(),
            client_ids: vec![client_id.into()],
            thumbprints: vec![dice.hex(40)],
            created: Stamp::days_ago(dice.between(400, 1000), &mut dice.clone()),
        }
    }
}

/// The ARN of an OpenID Connect provider.
pub(crate) fn oidc_arn(place: &Place, url: &str) -> String {
    place.arn(&format!("oidc-provider/{url}"))
}

/// A SAML provider.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html>
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SamlProvider {
    pub(crate) arn: String,
    pub(crate) valid_until: Stamp,
    pub(crate) create_date: Stamp,
}

impl SamlProvider {
    /// A provider whose metadata is valid for years.
    pub(crate) fn new(place: &Place, name: &str) -> Self {
        let mut dice = place.dice("saml-provider", name);
        let create_date = Stamp::days_ago(dice.between(500, 1100), &mut dice.clone());
        Self {
            arn: place.arn(&format!("saml-provider/{name}")),
            valid_until: create_date.plus_days(36_500),
            create_date,
        }
    }
}

/// A server certificate in IAM.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServerCertificates.html>
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ServerCertificate {
    path: &'static str,
    server_certificate_name: String,
    server_certificate_id: String,
    arn: String,
    upload_date: Stamp,
    expiration: Stamp,
}

impl ServerCertificate {
    /// A certificate of an age and a life in days.
    pub(crate) fn new(place: &Place, name: &str, age: u32, life: u32) -> Self {
        let mut dice = place.dice("server-certificate", name);
        let upload_date = Stamp::days_ago(age, &mut dice);
        Self {
            path: "/",
            server_certificate_name: name.into(),
            server_certificate_id: dice.unique_id("ASCA"),
            arn: place.arn(&format!("server-certificate/{name}")),
            upload_date,
            expiration: upload_date.plus_days(life),
        }
    }
}

/// An account whose things are listed one by one.
pub(crate) struct ListedAccount {
    pub(crate) place: Place,
    pub(crate) root: Root,
    pub(crate) users: Vec<User>,
    pub(crate) roles: Vec<Role>,
    pub(crate) groups: Vec<Group>,
    pub(crate) policies: Vec<CustomerPolicy>,
    pub(crate) federation: Federation,
    pub(crate) resource_policies: Option<Vec<ResourcePolicy>>,
    pub(crate) workloads: Option<Vec<Workload>>,
    pub(crate) last_accessed: Option<Vec<LastAccessed>>,
    pub(crate) permission_sets: Option<Vec<PermissionSet>>,
    pub(crate) credential_report: Handed,
}

impl ListedAccount {
    /// An account with nothing but its root user.
    pub(crate) fn new(seed: u64, account: &str, age: u32) -> Self {
        let place = Place { seed, account: account.to_owned() };
        let root = Root::new(age, &mut place.dice("root", ""));
        Self {
            place,
            root,
            users: Vec::new(),
            roles: Vec::new(),
            groups: Vec::new(),
            policies: Vec::new(),
            federation: Federation::default(),
            resource_policies: None,
            workloads: None,
            last_accessed: None,
            permission_sets: None,
            credential_report: Handed::In,
        }
    }

    /// Adds a customer managed policy and says how to attach it.
    pub(crate) fn policy(&mut self, name: &str, document: Document) -> Attached {
        self.policies.push(CustomerPolicy::new(&self.place, name, document));
        self.place.policy(name)
    }

    /// Adds a resource, and with the first one the document that lists them.
    pub(crate) fn resource(&mut self, resource: &str, policy: Option<Document>) {
        let listed = self.resource_policies.get_or_insert_default();
        listed.push(ResourcePolicy { resource: resource.to_owned(), policy });
    }

    /// Puts everything into the order of names, as AWS lists it.
    pub(crate) fn sorted(mut self) -> Self {
        self.users.sort_by(|a, b| a.detail.user_name.cmp(&b.detail.user_name));
        self.roles.sort_by(|a, b| a.role_name.cmp(&b.role_name));
        self.groups.sort_by(|a, b| a.group_name.cmp(&b.group_name));
        self.policies.sort_by(|a, b| a.name.cmp(&b.name));
        self.federation.oidc.sort_by(|a, b| a.arn.cmp(&b.arn));
        self.resource_policies.iter_mut().for_each(|all| all.sort_by(|a, b| a.resource.cmp(&b.resource)));
        self.last_accessed.iter_mut().for_each(|all| all.sort_by(|a, b| a.arn.cmp(&b.arn)));
        self.permission_sets
            .iter_mut()
            .for_each(|all| all.sort_by(|a, b| a.permission_set_arn.cmp(&b.permission_set_arn)));
        self.workloads.iter_mut().for_each(|all| all.sort_by(|a, b| a.arn.cmp(&b.arn)));
        self
    }
}

impl Account for ListedAccount {
    fn place(&self) -> &Place {
        &self.place
    }

    fn root(&self) -> &Root {
        &self.root
    }

    fn users(&self) -> Box<dyn Iterator<Item = Cow<'_, User>> + '_> {
        Box::new(self.users.iter().map(Cow::Borrowed))
    }

    fn roles(&self) -> Box<dyn Iterator<Item = Cow<'_, Role>> + '_> {
        Box::new(self.roles.iter().map(Cow::Borrowed))
    }

    fn groups(&self) -> &[Group] {
        &self.groups
    }

    fn policies(&self) -> &[CustomerPolicy] {
        &self.policies
    }

    fn federation(&self) -> &Federation {
        &self.federation
    }

    fn resource_policies(&self) -> Option<&[ResourcePolicy]> {
        self.resource_policies.as_deref()
    }

    fn workloads(&self) -> Option<&[Workload]> {
        self.workloads.as_deref()
    }

    fn last_accessed(&self) -> Option<&[LastAccessed]> {
        self.last_accessed.as_deref()
    }

    fn permission_sets(&self) -> Option<&[PermissionSet]> {
        self.permission_sets.as_deref()
    }

    fn credential_report(&self) -> Handed {
        self.credential_report
    }
}
