//! IAM Identity Center: which permission sets are provisioned in an account, and to whom they are assigned.
//!
//! Only the organization's management account and the delegated administrator of IAM Identity Center may ask, so the
//! caller asks, for whichever account is read. The roles that IAM Identity Center keeps in an account are known by
//! then: where there are none, nothing is asked; where there are some, their paths name its home region, the only one
//! that answers. <https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html>

mod calls;
mod reserved;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use census_model::{GapReason, Text};
use census_provider_api::DeclaredRead;
use futures::{StreamExt, stream};
use serde_json::json;
use tokio::sync::{Mutex, OnceCell};

use self::{
    calls::{
        Assignments, DESCRIBE_GROUP, DESCRIBE_PERMISSION_SET, DescribedGroup, DescribedPermissionSet,
        Instance, Instances, LIST_ASSIGNMENTS, LIST_PROVISIONED, Provisioned,
    },
    reserved::Role,
};
pub(super) use self::{
    calls::{CALLS, LIST_INSTANCES, SERVICES},
    reserved::Reserved,
};
use super::{
    account::{Account, identity},
    listings::Listings,
    organization::Standing,
    regions::Place,
    workloads::CONCURRENT_CALLS,
};
use crate::{
    client::{Api, Call, Caller, Failure, Input},
    documents::{AccountAssignment, AccountFile, PermissionSet, PrincipalType, Str},
};

/// Why an ordinary member account is not told.
const NOT_HERE: &str =
    "only the management account and the delegated administrator of IAM Identity Center may read this";

/// IAM Identity Center as the caller sees it. What does not depend on an account is asked for once.
pub(super) struct IdentityCenter {
    api: Api,
    caller: Caller,
    standing: Standing,
    deep: bool,
    /// By region.
    instances: Mutex<BTreeMap<String, Result<Vec<Instance>, Failure>>>,
    /// Names of permission sets by ARN, and of groups by identity store and id; `None` of those that have none.
    names: Mutex<BTreeMap<(String, String), Name>>,
    /// Listings that it shares with nobody.
    listings: Listings,
}

/// A name that is asked for by whoever comes first; accounts are read side by side.
type Name = Arc<OnceCell<Option<String>>>;

/// How many permission sets of an account are asked about unless `--deep` lifts the bound; each costs two calls.
const MAX_PERMISSION_SETS: usize = 200;

/// A permission set in an account, as far as it could be read.
struct Found {
    entry: PermissionSet<'static>,
    problems: Vec<(DeclaredRead, Failure)>,
}

/// Reads that failed, each with what it was about.
type Problems = Vec<(DeclaredRead, Failure, Vec<Text>)>;

impl IdentityCenter {
    /// As the caller sees it.
    pub(super) fn new(api: Api, caller: &Caller, standing: Standing, deep: bool) -> Self {
        let (instances, names, listings) = Default::default();
        Self { api, caller: caller.clone(), standing, deep, instances, names, listings }
    }

    fn place<'p>(&'p self, region: &'p str) -> Place<'p> {
        let Caller { account, partition, .. } = &self.caller;
        Place {
            api: &self.api,
            account,
            partition: *partition,
            region,
            deep: self.deep,
            listings: &self.listings,
        }
    }

    /// A failure as it is for this caller: what an account cannot be told whatever its permissions is nothing that
    /// went wrong.
    fn seen(&self, failure: Failure) -> Failure {
        if failure.reason != GapReason::Denied || failure.may_pass() || self.standing.may_administer() {
            return failure;
        }
        let detail = format!("{NOT_HERE}: {}", failure.detail);
        Failure { reason: GapReason::NotProvided, detail, ..failure }
    }

    /// The instances in a region that may keep permission sets. An instance that a member account has for itself
    /// keeps none: <https://docs.aws.amazon.com/singlesignon/latest/userguide/account-instances-identity-center.html>.
    async fn instances(&self, region: &str) -> Result<Vec<Instance>, Failure> {
        let mut known = self.instances.lock().await;
        if let Some(answer) = known.get(region) {
            return answer.clone();
        }
        let split = |page: Instances| (page.instances.unwrap_or_default(), page.next_token);
        let place = self.place(region);
        let listing = place.list(&LIST_INSTANCES, json!({"MaxResults": 100}), "NextToken", split).await;
        let answer = listing.and_then(|(mut found, cut)| {
            found.retain(|one| self.standing.is_of_organization(one.owner_account_id.as_deref()));
            match cut {
                Some(cut) if found.is_empty() => Err(cut),
                _ => Ok(found),
            }
        });
        known.insert(region.to_owned(), answer.clone());
        answer
    }

    /// The name of a permission set or group, asked for once in a scan.
    async fn name(
        &self,
        key: (&str, &str),
        ask: impl Future<Output = Result<Option<String>, Failure>>,
    ) -> Result<Option<String>, Failure> {
        let key = (key.0.to_owned(), key.1.to_owned());
        let name = Arc::clone(self.names.lock().await.entry(key).or_default());
        let asked = async {
            match ask.await {
                // An assignment outlives its group.
                Err(failure) if failure.is_absence() => Ok(None),
                answer => answer,
            }
        };
        name.get_or_try_init(|| asked).await.cloned()
    }

    /// A permission set with its assignments in an account.
    async fn permission_set(
        &self,
        place: &Place<'_>,
        instance: &Instance,
        account: &str,
        arn: String,
    ) -> Found {
        let entry =
            PermissionSet { permission_set_arn: arn.clone().into(), name: None, account_assignments: None };
        let mut found = Found { entry, problems: Vec::new() };
        let of = json!({"InstanceArn": instance.instance_arn, "PermissionSetArn": arn});
        let asked = async {
            let answer: DescribedPermissionSet = place.ask(&DESCRIBE_PERMISSION_SET, of.clone()).await?;
            Ok(answer.permission_set.and_then(|one| one.name))
        };
        match self.name((&arn, ""), asked).await {
            Ok(name) => found.entry.name = name.map(Str::from),
            Err(failure) => found.problems.push((DESCRIBE_PERMISSION_SET.read, failure)),
        }
        let split = |page: Assignments| (page.account_assignments.unwrap_or_default(), page.next_token);
        let mut input = of;
        if let Some(fields) = input.as_object_mut() {
            fields.insert("AccountId".to_owned(), account.into());
            fields.insert("MaxResults".to_owned(), 100.into());
        }
        let listed = match place.list(&LIST_ASSIGNMENTS, input, "NextToken", split).await {
            Ok((listed, cut)) => {
                found.problems.extend(cut.map(|cut| (LIST_ASSIGNMENTS.read, cut)));
                listed
            }
            Err(failure) => {
                found.problems.push((LIST_ASSIGNMENTS.read, failure));
                return found;
            }
        };
        let mut assigned = Vec::new();
        for one in listed {
            let kind = match one.principal_type.as_deref() {
                Some("GROUP") => Some(PrincipalType::Group),
                Some("USER") => Some(PrincipalType::User),
                _ => None,
            };
            let (Some(principal_type), Some(id)) = (kind, one.principal_id) else {
                let detail = "ListAccountAssignments: an assignment is to neither a group nor a user";
                found.problems.push((LIST_ASSIGNMENTS.read, Failure::client(GapReason::Invalid, detail)));
                continue;
            };
            let display_name = match (principal_type, instance.identity_store_id.as_deref()) {
                (PrincipalType::Group, Some(store)) => match self.group(place, store, &id).await {
                    Ok(name) => name,
                    Err(failure) => {
                        found.problems.push((DESCRIBE_GROUP.read, failure));
                        None
                    }
                },
                _ => None,
            };
            assigned.push(AccountAssignment {
                principal_type,
                principal_id: id.into(),
                account_id: None,
                display_name: display_name.map(Str::from),
            });
        }
        // Nothing depends on which answer came first.
        assigned.sort_unstable();
        found.entry.account_assignments = Some(assigned);
        found
    }

    async fn group(&self, place: &Place<'_>, store: &str, id: &str) -> Result<Option<String>, Failure> {
        let asked = async {
            let input = json!({"IdentityStoreId": store, "GroupId": id});
            let answer: DescribedGroup = place.ask(&DESCRIBE_GROUP, input).await?;
            Ok(answer.display_name)
        };
        self.name((store, id), asked).await
    }

    /// The permission sets of an instance that are provisioned in an account.
    async fn provisioned(
        &self,
        region: &str,
        instance: &Instance,
        account: &str,
        roles: &[Role],
        problems: &mut Problems,
    ) -> Vec<PermissionSet<'static>> {
        let place = &self.place(region);
        let everything = || roles.iter().map(|role| identity(&role.arn)).collect::<Vec<_>>();
        let split = |page: Provisioned| (page.permission_sets.unwrap_or_default(), page.next_token);
        let input = json!({"InstanceArn": instance.instance_arn, "AccountId": account, "MaxResults": 100});
        let mut arns = match place.list(&LIST_PROVISIONED, input, "NextToken", split).await {
            Ok((arns, cut)) => {
                problems.extend(cut.map(|cut| (LIST_PROVISIONED.read, cut, everything())));
                arns
            }
            Err(failure) => {
                problems.push((LIST_PROVISIONED.read, self.seen(failure), everything()));
                return Vec::new();
            }
        };
        arns.sort_unstable();
        arns.dedup();
        let bound = if self.deep { arns.len() } else { MAX_PERMISSION_SETS };
        if arns.len() > bound {
            let detail = format!(
                "ListAccountAssignments: {} of {} permission sets were not asked about, since that is two calls each; \
                 --deep asks about all",
                arns.len() - bound,
                arns.len()
            );
            let failure = Failure::client(GapReason::NotRequested, detail);
            problems.push((LIST_ASSIGNMENTS.read, failure, everything()));
            arns.truncate(bound);
        }
        let sets = arns.into_iter().map(|arn| self.permission_set(place, instance, account, arn));
        let found: Vec<Found> = stream::iter(sets).buffered(CONCURRENT_CALLS).collect().await;
        let mut entries = Vec::with_capacity(found.len());
        for Found { entry, problems: failed } in found {
            for (read, failure) in failed {
                // Without a name it may be the permission set of any role.
                let is_its = |role: &&Role| {
                    entry.name.is_none() || role.permission_set.as_deref() == entry.name.as_deref()
                };
                let mut about: Vec<Text> =
                    roles.iter().filter(is_its).map(|role| identity(&role.arn)).collect();
                if about.is_empty() {
                    about.push(entry.permission_set_arn.as_str().into());
                }
                problems.push((read, self.seen(failure), about));
            }
            entries.push(entry);
        }
        entries
    }
}

/// Parameters with which a call asks the first instance that is seen in a region for next to nothing; `None` where none
/// is seen, so that there is nothing to ask.
///
/// # Errors
/// When the instances cannot be listed.
pub(crate) async fn probe(
    api: &Api,
    caller: &Caller,
    region: &str,
    call: &Call,
) -> Result<Option<Input>, Failure> {
    let mut input: Input = serde_json::from_str(call.probe).unwrap_or_default();
    if call.read == LIST_INSTANCES.read {
        return Ok(Some(input));
    }
    let answer: Instances = api.ask(&LIST_INSTANCES, region, Input::new()).await?;
    let Some(instance) = answer.instances.unwrap_or_default().into_iter().next() else { return Ok(None) };
    let arn = instance.instance_arn.unwrap_or_default();
    let set = format!("{}/ps-0000000000000000", arn.replacen(":instance/", ":permissionSet/", 1));
    for (name, value) in [
        ("InstanceArn", arn),
        ("PermissionSetArn", set),
        ("AccountId", caller.account.clone()),
        ("IdentityStoreId", instance.identity_store_id.unwrap_or_default()),
    ] {
        if let Some(field) = input.get_mut(name) {
            *field = value.into();
        }
    }
    Ok(Some(input))
}

/// Reads the permission sets that are provisioned in an account; without a role of theirs there are none.
pub(super) async fn read(account: &mut Account<'_>, center: &IdentityCenter, reserved: Option<&Reserved>) {
    let not_asked = |detail: &str| Failure::client(GapReason::NotRequested, detail);
    let Some(reserved) = reserved else {
        let detail = "which roles IAM Identity Center keeps in the account is not known, nor where to ask";
        return account.gap(&LIST_INSTANCES.read, not_asked(detail), Vec::new());
    };
    if !account.options.identity_center && !reserved.0.is_empty() {
        let detail = "IAM Identity Center was left out (--no-identity-center, or `identity_center = false` in the \
                      configuration)";
        let about = reserved.0.values().flatten().map(|role| identity(&role.arn)).collect();
        return account.gap(&LIST_INSTANCES.read, not_asked(detail), about);
    }
    account.step("permission sets");
    let (mut entries, mut problems) = (Vec::new(), Problems::new());
    let mut is_told = reserved.0.is_empty();
    for (region, roles) in &reserved.0 {
        let everything = || roles.iter().map(|role| identity(&role.arn)).collect::<Vec<_>>();
        let instances = match center.instances(region).await {
            Ok(instances) if instances.is_empty() => {
                let detail =
                    format!("no instance that keeps permission sets is seen in {region}; {NOT_HERE}");
                let failure = Failure::client(GapReason::NotProvided, detail);
                problems.push((LIST_INSTANCES.read, failure, everything()));
                continue;
            }
            Ok(instances) => instances,
            Err(failure) => {
                problems.push((LIST_INSTANCES.read, center.seen(failure), everything()));
                continue;
            }
        };
        for instance in &instances {
            let before = problems.len();
            let found = center.provisioned(region, instance, account.id, roles, &mut problems).await;
            is_told |= !found.is_empty() || problems.len() == before;
            entries.extend(found);
        }
    }
    entries.sort_by(|a, b| a.permission_set_arn.cmp(&b.permission_set_arn));
    let cut = problems.iter().map(|(_, failure, _)| failure).find(|one| one.reason == GapReason::Truncated);
    if is_told {
        account.write(AccountFile::IdentityCenter, &entries, entries.len(), cut);
    }
    for call in CALLS {
        note(account, call, &problems);
    }
}

/// One gap for each read and reason, naming all the roles.
fn note(account: &mut Account<'_>, call: &Call, problems: &Problems) {
    let mut by_reason: BTreeMap<GapReason, (&Failure, BTreeSet<Text>, bool)> = BTreeMap::new();
    for (_, failure, about) in problems.iter().filter(|(read, ..)| *read == call.read) {
        let (_, affects, may_pass) =
            by_reason.entry(failure.reason).or_insert_with(|| (failure, BTreeSet::new(), false));
        affects.extend(about.iter().cloned());
        *may_pass |= failure.may_pass();
    }
    for (failure, affects, may_pass) in by_reason.into_values() {
        account.gap_that(&call.read, failure.clone(), affects.into_iter().collect(), may_pass);
    }
}
