//! The organization: which one it is, its tree, and the accounts in it.
//!
//! <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html>

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_organizations::types::{Account as OrganizationAccount, AccountState, AccountStatus};
use census_model::{Gap, GapReason, Provider, ScopeId, Text};
use census_provider_api::{Batch, DeclaredRead, DocPath, FetchError, Need};
use futures::{StreamExt, stream};

use super::{account::account_scope, organization_policies};
use crate::{
    client::{Api, Caller, Cause, Failure, Page, pages},
    documents::{self, ORGANIZATION_FILE, OrganizationTarget, Str},
    options::{is_account_id, is_unit_id},
};

pub(super) const DESCRIBE_ORGANIZATION: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "DescribeOrganization",
    permissions: &["organizations:DescribeOrganization"],
    need: Need::Scope,
    why: "the organization's id and management account, to tell a trust inside from one outside",
};

pub(super) const LIST_ROOTS: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "ListRoots",
    permissions: &["organizations:ListRoots"],
    need: Need::Organization,
    why: "where the tree begins",
};

pub(super) const LIST_UNITS: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "ListOrganizationalUnitsForParent",
    permissions: &["organizations:ListOrganizationalUnitsForParent"],
    need: Need::Organization,
    why: "the tree of organizational units",
};

pub(super) const LIST_ACCOUNTS_FOR_PARENT: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "ListAccountsForParent",
    permissions: &["organizations:ListAccountsForParent"],
    need: Need::Organization,
    why: "the accounts of each unit, with their state",
};

pub(super) const LIST_ACCOUNTS: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "ListAccounts",
    permissions: &["organizations:ListAccounts"],
    need: Need::Organization,
    why: "the accounts, only if the tree could not be read to its end",
};

/// Calls at the same time. Organizations allows few a second.
pub(super) const CONCURRENT_CALLS: usize = 4;

/// The most units and roots that are followed; AWS allows 2,000 units.
const MAX_PARENTS: usize = 20_000;

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

/// What any account may know: whether it is in an organization, and in which. The policies above it are not read:
/// that costs calls for the whole organization, and a member account may not make them.
pub(super) async fn membership(api: &Api, caller: &Caller) -> Batch {
    let mut organization = Organization::default();
    match describe(api, &mut organization).await {
        Ok(Membership::Member) => {
            let management = organization.document.management_account.as_ref();
            if management.is_none_or(|management| management.as_str() != caller.account) {
                let detail =
                    "service control and resource control policies are read with --organization only";
                let failure = Failure::client(GapReason::NotRequested, detail);
                organization.fail(&organization_policies::LIST_POLICIES, failure, Vec::new());
            }
        }
        Ok(Membership::None) => {}
        Err(failure) => {
            // Without the id there is no document: an empty one would say that there is no organization.
            organization.fail(&DESCRIBE_ORGANIZATION, failure, Vec::new());
            let mut batch = organization.into_batch(caller);
            batch.files.clear();
            return batch;
        }
    }
    let scope = account_scope(&caller.account);
    let mut batch = organization.into_batch(caller);
    for gap in &mut batch.gaps {
        // It is this account that the missing policies would bound.
        *gap = Gap::new(gap.provider, Some(scope.clone()), &*gap.read, gap.reason, &*gap.detail, Vec::new());
    }
    batch
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
    tree(api, &mut organization).await;
    if !organization.tree_is_whole {
        list_accounts(api, caller, &mut organization).await?;
    }
    organization_policies::read(api, &mut organization).await;
    Ok(organization)
}

/// Walks the tree level by level.
async fn tree(api: &Api, organization: &mut Organization) {
    let mut level: Vec<Vec<String>> = match roots(api, organization).await {
        Ok(roots) => roots.into_iter().map(|root| vec![root]).collect(),
        Err(failure) => {
            organization.tree_is_whole = false;
            return organization.fail(&LIST_ROOTS, failure, Vec::new());
        }
    };
    let mut seen: BTreeSet<String> = level.iter().flatten().cloned().collect();
    while !level.is_empty() {
        let mut answers = stream::iter(std::mem::take(&mut level))
            .map(|path| async move { children(api, path).await })
            .buffered(CONCURRENT_CALLS);
        while let Some(found) = answers.next().await {
            let below = organization.take(found);
            level.extend(
                below.into_iter().filter(|path| path.last().is_some_and(|id| seen.insert(id.clone()))),
            );
        }
        if seen.len() > MAX_PARENTS {
            let detail = "the tree has more organizational units than AWS allows";
            organization.fail(&LIST_UNITS, Failure::client(GapReason::Truncated, detail), Vec::new());
            organization.tree_is_whole = false;
            return;
        }
    }
}

async fn roots(api: &Api, organization: &mut Organization) -> Result<Vec<String>, Failure> {
    let answer = pages(|from| async move {
        let request = api.organizations.list_roots().set_next_token(from);
        let answer = api.call(&LIST_ROOTS, request.send()).await?;
        Ok(Page { items: answer.roots.unwrap_or_default(), next: next(answer.next_token) })
    })
    .await?;
    let (roots, cut) = answer.into_items();
    if let Some(cut) = cut {
        organization.tree_is_whole = false;
        organization.fail(&LIST_ROOTS, cut, Vec::new());
    }
    let mut ids = Vec::new();
    for root in roots {
        let Some(id) = root.id.filter(|id| is_unit_id(id)) else { continue };
        // arn:aws:organizations::<management account>:root/<organization>/<root>
        let mut arn = root.arn.as_deref().unwrap_or_default().split(':').skip(4);
        if let (Some(management), Some(path)) = (arn.next(), arn.next())
            && let Some(organization_id) = path.split('/').nth(1)
        {
            let document = &mut organization.document;
            document.id.get_or_insert_with(|| organization_id.to_owned().into());
            document.management_account.get_or_insert_with(|| management.to_owned().into());
        }
        let target = OrganizationTarget { name: root.name.map(Str::from), ..Default::default() };
        organization.document.targets.insert(id.clone().into(), target);
        ids.push(id);
    }
    if ids.is_empty() {
        return Err(Failure::client(GapReason::Invalid, "ListRoots: the answer holds no root"));
    }
    Ok(ids)
}

/// What hangs below a root or unit.
struct Children {
    /// The ids from the root down to the parent.
    path: Vec<String>,
    units: Vec<(String, Option<String>)>,
    accounts: Vec<OrganizationAccount>,
    failures: Vec<(DeclaredRead, Failure)>,
}

async fn children(api: &Api, path: Vec<String>) -> Children {
    let parent = path.last().cloned().unwrap_or_default();
    let parent = parent.as_str();
    let mut found =
        Children { path: Vec::new(), units: Vec::new(), accounts: Vec::new(), failures: Vec::new() };
    let units = pages(|from| async move {
        let request =
            api.organizations.list_organizational_units_for_parent().parent_id(parent).set_next_token(from);
        let answer = api.call(&LIST_UNITS, request.send()).await?;
        Ok(Page { items: answer.organizational_units.unwrap_or_default(), next: next(answer.next_token) })
    })
    .await;
    match units.map(crate::client::Pages::into_items) {
        Ok((units, cut)) => {
            let units = units.into_iter().filter_map(|unit| Some((unit.id?, unit.name)));
            found.units = units.filter(|(id, _)| is_unit_id(id)).collect();
            found.failures.extend(cut.map(|failure| (LIST_UNITS, failure)));
        }
        Err(failure) => found.failures.push((LIST_UNITS, failure)),
    }
    let accounts = pages(|from| async move {
        let request = api.organizations.list_accounts_for_parent().parent_id(parent).set_next_token(from);
        let answer = api.call(&LIST_ACCOUNTS_FOR_PARENT, request.send()).await?;
        Ok(Page { items: answer.accounts.unwrap_or_default(), next: next(answer.next_token) })
    })
    .await;
    match accounts.map(crate::client::Pages::into_items) {
        Ok((accounts, cut)) => {
            found.accounts = accounts;
            found.failures.extend(cut.map(|failure| (LIST_ACCOUNTS_FOR_PARENT, failure)));
        }
        Err(failure) => found.failures.push((LIST_ACCOUNTS_FOR_PARENT, failure)),
    }
    found.path = path;
    found
}

impl Organization {
    /// Takes in what hangs below a parent; gives the paths of the units to follow.
    fn take(&mut self, found: Children) -> Vec<Vec<String>> {
        let parent = found.path.last().cloned().unwrap_or_default();
        for (read, failure) in found.failures {
            self.tree_is_whole = false;
            self.fail(&read, failure, vec![parent.as_str().into()]);
        }
        for account in found.accounts {
            self.member(account, Some(&found.path));
        }
        let below = found.units.into_iter().map(|(id, name)| {
            let target = OrganizationTarget {
                parent: Some(parent.clone().into()),
                name: name.map(Str::from),
                ..Default::default()
            };
            self.document.targets.insert(id.clone().into(), target);
            found.path.iter().cloned().chain([id]).collect()
        });
        below.collect()
    }

    fn member(&mut self, account: OrganizationAccount, path: Option<&[String]>) {
        let active = is_active(&account);
        let Some(id) = account.id.filter(|id| is_account_id(id)) else {
            self.tree_is_whole = false;
            let detail = "an account of the answer has no account id";
            let read = if path.is_some() { LIST_ACCOUNTS_FOR_PARENT } else { LIST_ACCOUNTS };
            return self.fail(&read, Failure::client(GapReason::Invalid, detail), Vec::new());
        };
        let target = OrganizationTarget {
            parent: path.and_then(<[String]>::last).cloned().map(Str::from),
            name: account.name.map(Str::from),
            ..Default::default()
        };
        self.document.targets.entry(id.clone().into()).or_insert(target);
        let above = path.map(<[String]>::to_vec).unwrap_or_default();
        self.members.entry(id.clone()).or_insert(Member { id, active, above });
    }
}

fn is_active(account: &OrganizationAccount) -> bool {
    match (&account.state, &account.status) {
        (Some(state), _) => *state == AccountState::Active,
        (None, Some(status)) => *status == AccountStatus::Active,
        // It costs one refused call to find out.
        (None, None) => true,
    }
}

/// The plain list, for accounts that the tree did not show.
async fn list_accounts(
    api: &Api,
    caller: &Caller,
    organization: &mut Organization,
) -> Result<(), FetchError> {
    let answer = pages(|from| async move {
        let request = api.organizations.list_accounts().set_next_token(from);
        let answer = api.call(&LIST_ACCOUNTS, request.send()).await?;
        Ok(Page { items: answer.accounts.unwrap_or_default(), next: next(answer.next_token) })
    })
    .await;
    match answer.map(crate::client::Pages::into_items) {
        Ok((accounts, cut)) => {
            accounts.into_iter().for_each(|account| organization.member(account, None));
            if let Some(cut) = cut {
                organization.fail(&LIST_ACCOUNTS, cut, Vec::new());
            }
            Ok(())
        }
        Err(failure) if failure.reason == GapReason::Denied && organization.members.is_empty() => {
            Err(FetchError::Options {
                what: format!("the accounts of the organization cannot be listed: {}", failure.detail),
                help: "use credentials of the management account or of a delegated administrator with the policy \
                       of `census permissions aws`, or scan one account without --organization"
                    .to_owned(),
            })
        }
        Err(failure) => {
            // Whatever else is missing, the caller's own account can be read.
            let own = Member { id: caller.account.clone(), active: true, above: Vec::new() };
            if failure.cause != Cause::Deadline {
                organization.members.entry(own.id.clone()).or_insert(own);
            }
            organization.fail(&LIST_ACCOUNTS, failure, Vec::new());
            Ok(())
        }
    }
}

/// The token of the next page.
pub(super) fn next(token: Option<String>) -> Result<Option<String>, Failure> {
    Ok(token.filter(|token| !token.is_empty()))
}
