//! The organization: which one it is, and what is known of it.
//!
//! <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html>

use std::collections::BTreeMap;

use census_model::{Gap, GapReason, Provider, ScopeId, Text};
use census_provider_api::{Batch, DeclaredRead, DocPath, FetchError, Need};

use super::{account::account_scope, organization_policies, organization_tree};
use crate::{
    client::{Api, Caller, Failure},
    documents::{self, ORGANIZATION_FILE, Str},
};

pub(super) const DESCRIBE_ORGANIZATION: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "DescribeOrganization",
    permissions: &["organizations:DescribeOrganization"],
    part: None,
    need: Need::Scope,
    why: "the organization's id and management account, to tell a trust inside from one outside",
};

/// Calls at the same time. Organizations allows few a second.
pub(super) const CONCURRENT_CALLS: usize = 4;

/// An account of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// Its id.
    pub(super) id: String,
    /// Whether it can be entered.
    pub(super) active: bool,
    /// The units and the root above it, as far as they are known.
    pub(super) above: Vec<String>,
}

/// What was read of an organization.
#[derive(Debug, Default)]
pub(super) struct Organization {
    /// The document.
    pub(super) document: documents::Organization<'static>,
    /// The accounts by id.
    pub(super) members: BTreeMap<String, Member>,
    /// What could not be read.
    failures: Vec<(DeclaredRead, Failure, Vec<Text>)>,
    /// Whether every account and its place in the tree is known.
    pub(super) tree_is_whole: bool,
}

impl Organization {
    /// The scope that was asked for, as reports name it.
    pub(super) fn scope(&self) -> Option<ScopeId> {
        self.document.id.as_ref().map(|id| ScopeId::new(format!("aws:organization/{}", id.as_str())))
    }

    /// Notes a read that failed.
    pub(super) fn fail(&mut self, read: &DeclaredRead, failure: Failure, affects: Vec<Text>) {
        self.failures.push((*read, failure, affects));
    }

    /// What the caller's account is to it.
    pub(super) fn standing(&self, caller: &Caller) -> Standing {
        Standing::of(&self.document, caller)
    }

    /// The document and the gaps. What is known of no organization is noted for the caller's account.
    pub(super) fn into_batch(self, caller: &Caller) -> Batch {
        let scope = self.scope().unwrap_or_else(|| account_scope(&caller.account));
        let mut batch = Batch::default();
        let items = self.document.policies.len() + self.document.targets.len();
        let bytes = serde_json::to_vec(&self.document).ok().map(|mut bytes| {
            bytes.push(b'\n');
            bytes
        });
        if let (Ok(path), Some(bytes)) = (DocPath::new(ORGANIZATION_FILE), bytes) {
            batch.file(path, bytes, items, self.failures.is_empty());
        }
        batch.gaps = self
            .failures
            .into_iter()
            .map(|(read, failure, affects)| {
                let (reason, detail) = (failure.reason, failure.detail);
                Gap::new(Provider::Aws, Some(scope.clone()), read.name(), reason, detail, affects)
            })
            .collect();
        batch
    }
}

/// What the caller's account is to its organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its management account, which is this one.
    Management(String),
    /// A member of it. Its management account is this one.
    Member(String),
    /// It is in none.
    Alone,
    /// That could not be read.
    Unknown,
}

impl Standing {
    fn of(document: &documents::Organization<'_>, caller: &Caller) -> Self {
        match document.management_account.as_deref() {
            Some(account) if account == caller.account => Self::Management(account.to_owned()),
            Some(account) => Self::Member(account.to_owned()),
            None => Self::Unknown,
        }
    }

    /// Whether a denial tells that a permission is missing. In other accounts it may as well tell that the account is
    /// no administrator of what was asked for.
    pub(crate) fn may_administer(&self) -> bool {
        matches!(self, Self::Management(_) | Self::Unknown)
    }

    /// Whether something that an account owns belongs to the organization, as far as one is known.
    pub(super) fn is_of_organization(&self, owner: Option<&str>) -> bool {
        match self {
            Self::Management(account) | Self::Member(account) => owner.is_none_or(|owner| owner == account),
            Self::Alone | Self::Unknown => true,
        }
    }
}

/// What any account may know: whether it is in an organization, and in which. The policies above it are not read:
/// that costs calls for the whole organization, and a member account may not make them.
pub(super) async fn membership(api: &Api, caller: &Caller) -> (Batch, Standing) {
    let mut organization = Organization::default();
    let standing = match describe(api, &mut organization).await {
        Ok(Membership::Member) => {
            let management = organization.document.management_account.as_ref();
            if management.is_none_or(|management| management.as_str() != caller.account) {
                let detail =
                    "service control and resource control policies are read with --organization only";
                let failure = Failure::client(GapReason::NotRequested, detail);
                organization.fail(&organization_policies::LIST_POLICIES, failure, Vec::new());
            }
            Standing::of(&organization.document, caller)
        }
        Ok(Membership::None) => Standing::Alone,
        Err(failure) => {
            // Without the id there is no document: an empty one would say that there is no organization.
            organization.fail(&DESCRIBE_ORGANIZATION, failure, Vec::new());
            let mut batch = organization.into_batch(caller);
            batch.files.clear();
            return (batch, Standing::Unknown);
        }
    };
    let scope = account_scope(&caller.account);
    let mut batch = organization.into_batch(caller);
    for gap in &mut batch.gaps {
        // It is this account that the missing policies would bound.
        *gap = Gap::new(gap.provider, Some(scope.clone()), &*gap.read, gap.reason, &*gap.detail, Vec::new());
    }
    (batch, standing)
}

/// What the caller's account is to its organization.
pub(crate) async fn standing(api: &Api, caller: &Caller) -> Standing {
    let mut organization = Organization::default();
    match describe(api, &mut organization).await {
        Ok(Membership::Member) => organization.standing(caller),
        Ok(Membership::None) => Standing::Alone,
        Err(_) => Standing::Unknown,
    }
}

enum Membership {
    Member,
    None,
}

async fn describe(api: &Api, organization: &mut Organization) -> Result<Membership, Failure> {
    let request = api.organizations.describe_organization();
    let answer = match api.call(&DESCRIBE_ORGANIZATION, request.send()).await {
        Ok(answer) => answer.organization,
        Err(failure) if failure.is("AWSOrganizationsNotInUseException") => return Ok(Membership::None),
        Err(failure) => return Err(failure),
    };
    let Some((id, management)) = answer.and_then(|one| Some((one.id?, one.master_account_id))) else {
        let detail = "DescribeOrganization: the answer holds no organization id";
        return Err(Failure::client(GapReason::Invalid, detail));
    };
    organization.document.id = Some(id.into());
    organization.document.management_account = management.map(Str::from);
    Ok(Membership::Member)
}

/// Reads the whole organization.
///
/// # Errors
/// When there is none, or the caller may not list its accounts.
pub(super) async fn read(api: &Api, caller: &Caller) -> Result<Organization, FetchError> {
    let mut organization = Organization { tree_is_whole: true, ..Organization::default() };
    match describe(api, &mut organization).await {
        Ok(Membership::Member) => {}
        Ok(Membership::None) => {
            return Err(FetchError::Options {
                what: format!("account {} is in no organization", caller.account),
                help: "scan it without --organization".to_owned(),
            });
        }
        Err(failure) => organization.fail(&DESCRIBE_ORGANIZATION, failure, Vec::new()),
    }
    organization_tree::walk(api, &mut organization).await;
    if !organization.tree_is_whole {
        organization_tree::list_accounts(api, caller, &mut organization).await?;
    }
    organization_policies::read(api, &mut organization).await;
    Ok(organization)
}
