//! Which gaps could hide an owner or an identity.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use census_model::{
    Gap, GapId, GapReason, Identity, IdentityKind, Index, Owned, Provider, Scope, ScopeId, ScopeKind,
};

/// The read that carries identities with their ids and tags.
const RECORDS: &str = "iam:GetAccountAuthorizationDetails";

/// Reads that carry the tags of identities.
const IDENTITY_TAGS: &[&str] = &[RECORDS, "iam:ListUserTags", "iam:ListRoleTags"];

/// Reads that carry the tags of accounts.
const SCOPE_TAGS: &[&str] = &["organizations:ListTagsForResource"];

/// Reads of Entra ID that carry applications and service principals, their owners, and the sponsors of agents. The other
/// reads that take the same permission (federated credentials, app roles, what was deleted) name nobody.
const DIRECTORY_OWNERS: &[&str] =
    &["Application.Read.All", "Application.Read.All/owners", "Application.Read.All/sponsors"];

/// Reads of Entra ID that carry who is there: users, groups, programs.
const DIRECTORY_OBJECTS: &[&str] = &["User.Read.All", "GroupMember.Read.All", "Application.Read.All"];

/// Reads of Entra ID that tell whether an owner is still here.
const USERS: &[&str] = &["User.Read.All"];

/// Reads of Azure that carry the tags of managed identities that are resources of their own.
const MANAGED_TAGS: &[&str] = &["Microsoft.ManagedIdentity/userAssignedIdentities/read"];

/// Reads of Azure that carry the tags of resources which run as managed identities, and of what they lie in.
const RESOURCE_TAGS: &[&str] = &[
    "Microsoft.Resources/subscriptions/read",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Resources/subscriptions/resources/read",
];

/// Whether a gap leaves open who is in a directory.
pub(crate) fn hides_people(gap: &Gap) -> bool {
    let read = &*gap.read;
    gap.provider == Provider::Azure && DIRECTORY_OBJECTS.contains(&read)
}

/// Whether a gap of Azure may hide who owns something: whatever its reason, since a subscription that was left out shows
/// nothing of what runs in it either.
fn hides_in_azure(gap: &Gap) -> bool {
    let read = &*gap.read;
    [DIRECTORY_OWNERS, MANAGED_TAGS, RESOURCE_TAGS, USERS].iter().any(|reads| reads.contains(&read))
}

/// Which identities of Azure a gap is about that may hide who owns something.
fn hides_of(gap: &Gap, identity: &Identity) -> bool {
    use IdentityKind as K;
    let read = &*gap.read;
    match identity.kind {
        K::AzureUserAssignedIdentity => MANAGED_TAGS.contains(&read) || RESOURCE_TAGS.contains(&read),
        K::AzureSystemAssignedIdentity => RESOURCE_TAGS.contains(&read),
        K::EntraServicePrincipal | K::EntraApplication | K::EntraAgentIdentity | K::EntraAgentBlueprint => {
            DIRECTORY_OWNERS.contains(&read)
        }
        K::EntraUser | K::AwsRootUser | K::AwsUser | K::AwsRole => false,
    }
}

/// Services that tell workloads, whose tags may name the owner of the role that they run as.
const WORKLOAD_SERVICES: &[&str] = &[
    "apprunner",
    "autoscaling",
    "batch",
    "bedrock",
    "bedrock-agentcore",
    "cloudformation",
    "codebuild",
    "ec2",
    "ecs",
    "eks",
    "elasticmapreduce",
    "glue",
    "lambda",
    "rolesanywhere",
    "sagemaker",
    "scheduler",
    "states",
];

/// Whether a read tells workloads. The same services tell policies of their resources, which name no owner.
fn tells_workloads(read: &str) -> bool {
    let service = read.split_once(':').map_or(read, |(service, _)| service);
    WORKLOAD_SERVICES.contains(&service) && !read.ends_with("Policy")
}

/// Reads that list identities, or that come before any such read.
const LISTINGS: &[&str] = &[
    RECORDS,
    "iam:ListUsers",
    "iam:ListRoles",
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
    "Application.Read.All",
    "Microsoft.ManagedIdentity/userAssignedIdentities/read",
];

/// The gaps that could hide an owner.
#[derive(Debug, Default)]
pub(crate) struct HiddenOwners<'a> {
    /// Gaps about a scope as a whole; `None`: not even the scope is known.
    scopes: HashMap<Option<&'a ScopeId>, Vec<&'a Gap>>,
    /// Gaps about single identities or scopes.
    single: HashMap<&'a str, Vec<&'a Gap>>,
}

impl<'a> HiddenOwners<'a> {
    pub(crate) fn of(index: &Index<'a>) -> Self {
        let mut hidden = Self::default();
        for gap in &index.estate().gaps {
            let identity_tags = match gap.provider {
                Provider::Azure => hides_in_azure(gap),
                _ => IDENTITY_TAGS.contains(&&*gap.read),
            };
            // A single account's export has no tags of the account, and nobody misses them.
            let scope_tags = SCOPE_TAGS.contains(&&*gap.read) && gap.reason.is_failure();
            // A folder may lack workloads, and whoever leaves them out knows: then nobody misses their tags either.
            if tells_workloads(&gap.read) && gap.reason.is_failure() {
                // What was not read may run as any role of the account.
                hidden.scopes.entry(gap.scope.as_ref()).or_default().push(gap);
                continue;
            }
            if !identity_tags && !scope_tags {
                continue;
            }
            if gap.affects.is_empty() {
                hidden.scopes.entry(gap.scope.as_ref()).or_default().push(gap);
            }
            for one in &gap.affects {
                hidden.single.entry(one).or_default().push(gap);
            }
        }
        hidden
    }

    /// The gaps because of which an owner of this identity may have stayed unseen.
    pub(crate) fn from(&self, identity: &Identity, index: &Index<'a>) -> Vec<GapId> {
        if index.estate().gaps.is_empty() {
            return Vec::new();
        }
        let above = index.ancestors(&identity.scope);
        let scopes = above.iter().map(|scope| Some(&scope.id)).chain([Some(&identity.scope), None]);
        let whole = scopes.filter_map(|scope| self.scopes.get(&scope)).flatten();
        let ids = [identity.id.as_str(), &identity.native_id, identity.scope.as_str()];
        // What Entra ID says of a service principal may be missing of its application.
        let aliases = identity.aliases.iter().filter(|_| identity.provider == Provider::Azure);
        let ids = ids.into_iter().chain(aliases.map(|alias| &**alias));
        // What is granted or tagged above holds below, and so does what was not read there.
        let ids = ids.chain(above.iter().skip(1).map(|scope| scope.id.as_str()));
        let account = above.first().filter(|scope| scope.id == identity.scope).map(|scope| &*scope.native_id);
        let single = ids.chain(account).filter_map(|id| self.single.get(id)).flatten();
        // Somebody whom the directory names and who was not read may have left.
        let named = index.directory_owners(&Owned::Identity(identity.id.clone()));
        let strangers: Vec<&str> = named
            .iter()
            .map(|owner| owner.who.as_str())
            .filter(|who| index.identity(&(*who).into()).is_none())
            .collect();
        let names = strangers.iter().flat_map(|who| [*who, who.trim_start_matches("azure:")]);
        let of_them = names.filter_map(|name| self.single.get(name)).flatten();
        // And so may somebody whose account may be disabled.
        let accounts =
            named.iter().filter_map(|owner| index.identity(&owner.who)?.person.as_ref()?.open.as_ref());
        let hides =
            |gap: &Gap| hides_tags(gap, identity) || (!strangers.is_empty() && USERS.contains(&&*gap.read));
        let hiding = whole.chain(single).chain(of_them).filter(|gap| hides(gap));
        let found: BTreeSet<GapId> = hiding.map(|gap| gap.id.clone()).chain(accounts.cloned()).collect();
        found.into_iter().collect()
    }
}

/// Whether a gap may hide the tags of an identity that it is about.
fn hides_tags(gap: &Gap, identity: &Identity) -> bool {
    if gap.provider != identity.provider {
        return false;
    }
    if gap.provider == Provider::Azure {
        return hides_of(gap, identity);
    }
    if tells_workloads(&gap.read) {
        return identity.kind == IdentityKind::AwsRole;
    }
    // The immutable id stands in an identity's record and nowhere else, so with it the tags came as well.
    let record_came = &*gap.read == RECORDS && identity.immutable_id.is_some();
    let elsewhere = match gap.reason {
        // A part came, and what is wrong is wrong with another part.
        GapReason::Truncated | GapReason::Invalid => true,
        // Two records contradict each other; if they are this identity's, so may its tags.
        GapReason::Inconsistent => gap.affects.is_empty(),
        // Nothing came; what is about single identities is about what their records refer to.
        _ => !gap.affects.is_empty(),
    };
    !(record_came && elsewhere)
}

/// The gaps that could hide an identity, by the scope that it would be in.
#[derive(Debug)]
pub(crate) struct HiddenIdentities<'a> {
    accounts: BTreeMap<&'a str, Account<'a>>,
}

#[derive(Debug)]
struct Account<'a> {
    scope: &'a Scope,
    gaps: BTreeSet<&'a GapId>,
}

impl Account<'_> {
    /// Whether a search of it was tried; its gaps say how far that came.
    fn is_searched(&self) -> bool {
        self.scope.scanned || !self.gaps.is_empty()
    }
}

/// What is known of the accounts that an unmatched entry could be about.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Searched {
    /// They were read, but for these gaps.
    Yes(Vec<GapId>),
    /// None of them was asked for, or one that could hold it was not.
    No,
}

impl<'a> HiddenIdentities<'a> {
    pub(crate) fn of(index: &Index<'a>) -> Self {
        let estate = index.estate();
        let holds = |scope: &&Scope| {
            matches!(
                scope.kind,
                ScopeKind::Account | ScopeKind::Subscription | ScopeKind::Project | ScopeKind::Tenant
            )
        };
        let mut gaps: HashMap<Option<&ScopeId>, Vec<&Gap>> = HashMap::new();
        for gap in &estate.gaps {
            gaps.entry(gap.scope.as_ref()).or_default().push(gap);
        }
        let accounts = estate.scopes.values().filter(holds).map(|scope| {
            let about = [Some(&scope.id), None].into_iter().filter_map(|id| gaps.get(&id)).flatten();
            let hiding = about.filter(|gap| hides_identities(gap, scope)).map(|gap| &gap.id).collect();
            (&*scope.native_id, Account { scope, gaps: hiding })
        });
        Self { accounts: accounts.collect() }
    }

    /// Whether an account was searched.
    pub(crate) fn account(&self, native_id: &str) -> Searched {
        match self.accounts.get(native_id) {
            Some(account) if account.is_searched() => Searched::Yes(ids([account])),
            _ => Searched::No,
        }
    }

    /// Whether every account was searched whose id fits. Accounts outside the organization tree, which are known
    /// from a trust only, are not the company's.
    pub(crate) fn accounts(&self, fits: impl Fn(&str) -> bool) -> Searched {
        let fitting: Vec<_> =
            self.accounts.iter().filter(|(id, _)| fits(id)).map(|(_, account)| account).collect();
        let (searched, unseen): (Vec<_>, Vec<_>) =
            fitting.into_iter().partition(|account| account.is_searched());
        if searched.is_empty() || unseen.iter().any(|account| account.scope.parent.is_some()) {
            Searched::No
        } else {
            Searched::Yes(ids(searched))
        }
    }
}

fn ids<'b, 'a: 'b>(accounts: impl IntoIterator<Item = &'b Account<'a>>) -> Vec<GapId> {
    let all: BTreeSet<_> = accounts.into_iter().flat_map(|account| &account.gaps).collect();
    all.into_iter().map(|id| (*id).clone()).collect()
}

fn hides_identities(gap: &Gap, scope: &Scope) -> bool {
    let whole = gap.affects.is_empty()
        || gap.affects.iter().any(|id| **id == *scope.id.as_str() || *id == scope.native_id);
    // Of an account that was never entered, whatever kept us out hides all of it.
    let listing = LISTINGS.contains(&&*gap.read) || (!scope.scanned && gap.scope.is_some());
    gap.provider == scope.provider && whole && listing
}
