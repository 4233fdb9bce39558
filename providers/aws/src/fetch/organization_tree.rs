//! The organization's tree: root, organizational units and accounts.

use std::collections::BTreeSet;

use aws_sdk_organizations::types::{Account as OrganizationAccount, AccountState, AccountStatus};
use census_model::GapReason;
use census_privilege::aws::trust::is_account_id;
use census_provider_api::{DeclaredRead, FetchError, Need};
use futures::{StreamExt, stream};

use super::organization::{CONCURRENT_CALLS, Member, Organization};
use crate::{
    client::{Api, Caller, Cause, Failure, Page, Pages, pages},
    documents::{OrganizationTarget, Str},
    options::is_unit_id,
};

pub(super) const LIST_ROOTS: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "ListRoots",
    permissions: &["organizations:ListRoots"],
    part: None,
    need: Need::Organization,
    why: "where the tree begins",
};

pub(super) const LIST_UNITS: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "ListOrganizationalUnitsForParent",
    permissions: &["organizations:ListOrganizationalUnitsForParent"],
    part: None,
    need: Need::Organization,
    why: "the tree of organizational units",
};

pub(super) const LIST_ACCOUNTS_FOR_PARENT: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "ListAccountsForParent",
    permissions: &["organizations:ListAccountsForParent"],
    part: None,
    need: Need::Organization,
    why: "the accounts of each unit, with their state",
};

pub(crate) const LIST_ACCOUNTS: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "ListAccounts",
    permissions: &["organizations:ListAccounts"],
    part: None,
    need: Need::Organization,
    why: "the accounts, only if the tree could not be read to its end",
};

/// The most units and roots that are followed; AWS allows 2,000 units.
const MAX_PARENTS: usize = 20_000;

/// Walks the tree level by level.
pub(super) async fn walk(api: &Api, organization: &mut Organization) {
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
        let Some(id) = root.id.filter(|id| is_unit_id(id)) else {
            organization.tree_is_whole = false;
            organization.fail(&LIST_ROOTS, without_id(&LIST_ROOTS), Vec::new());
            continue;
        };
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
    match units.map(Pages::into_items) {
        Ok((units, cut)) => {
            let all = units.len();
            let units = units.into_iter().filter_map(|unit| Some((unit.id?, unit.name)));
            found.units = units.filter(|(id, _)| is_unit_id(id)).collect();
            let lost = (found.units.len() < all).then(|| without_id(&LIST_UNITS));
            found.failures.extend(cut.or(lost).map(|failure| (LIST_UNITS, failure)));
        }
        Err(failure) => found.failures.push((LIST_UNITS, failure)),
    }
    let accounts = pages(|from| async move {
        let request = api.organizations.list_accounts_for_parent().parent_id(parent).set_next_token(from);
        let answer = api.call(&LIST_ACCOUNTS_FOR_PARENT, request.send()).await?;
        Ok(Page { items: answer.accounts.unwrap_or_default(), next: next(answer.next_token) })
    })
    .await;
    match accounts.map(Pages::into_items) {
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
            let read = if path.is_some() { LIST_ACCOUNTS_FOR_PARENT } else { LIST_ACCOUNTS };
            return self.fail(&read, without_id(&read), Vec::new());
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

/// An entry of an answer has no id that could be one: what lies below it stays unknown.
fn without_id(read: &DeclaredRead) -> Failure {
    Failure::client(
        GapReason::Invalid,
        format!("{}: an entry of the answer has no usable id", read.operation),
    )
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
pub(super) async fn list_accounts(
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
    match answer.map(Pages::into_items) {
        Ok((accounts, cut)) => {
            accounts.into_iter().for_each(|account| organization.member(account, None));
            if let Some(cut) = cut {
                organization.fail(&LIST_ACCOUNTS, cut, Vec::new());
            }
            Ok(())
        }
        Err(failure) if failure.reason == GapReason::Denied && organization.members.is_empty() => {
            Err(FetchError::Credentials {
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
