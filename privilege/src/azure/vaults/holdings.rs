//! What access policies of vaults give, for whoever composes how far an identity reaches. Role assignments are not looked at
//! here but for writing access policies, which makes all that such a vault holds one's own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use census_model::{
    AccessModel, Activation, Decision, Grant, GroupId, Identity, IdentityKind, PolicyId, Proof, ScopeId,
    Vault, VaultId, Verdict, Via,
};

use crate::{
    azure::{
        access::{Access, Inquiry, Plane, Question, Spot},
        held::{Held, Weight},
    },
    truth::Truth,
};

/// From how many vaults on reading secrets by access policies is broad. A workload has a vault of its own and often shares
/// one with its platform; whoever reads a third reads what is others'.
const MANY: usize = 3;

const READ: &str = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
const WRITE: [&str; 2] =
    ["Microsoft.KeyVault/vaults/accessPolicies/write", "Microsoft.KeyVault/vaults/write"];

/// What is asked of each vault.
pub(in crate::azure) struct Questions {
    read: Question,
    writes: [Question; 2],
}

impl Questions {
    pub(in crate::azure) fn new() -> Self {
        let read = Question::of_operation(READ, Plane::Data);
        Self { read, writes: WRITE.map(|action| Question::of_operation(action, Plane::Control)) }
    }
}

/// A vault that goes by access policies.
struct Asked<'q, 'e> {
    vault: &'e Vault,
    chain: Vec<ScopeId>,
    read: Option<Inquiry<'q, 'e>>,
    writes: Vec<Inquiry<'q, 'e>>,
}

/// How a grant comes to somebody through a group: the groups between, and when that counts; none of one's own.
type Passage<'e> = Option<(&'e [GroupId], &'e Activation)>;

/// An access policy that somebody holds, and how it comes to it.
type Policy<'e> = (*const Grant, Passage<'e>);

/// The vaults that go by access policies, and what is known of who reads them. Members of one group read a vault for the
/// same reason: it is weighed once.
pub(in crate::azure) struct Holdings<'q, 'e> {
    access: &'q Access<'e>,
    vaults: Vec<Asked<'q, 'e>>,
    of: HashMap<&'e VaultId, usize>,
    below: HashMap<ScopeId, Vec<usize>>,
    writes: Vec<(Plane, Box<str>)>,
    /// Which texts let their holder write policies.
    writing: HashMap<Option<&'e PolicyId>, bool>,
    /// By vault, whether it is a person, and what it holds there.
    read: HashMap<(usize, bool, Vec<Policy<'e>>), Option<Held>>,
}

impl<'q, 'e> Holdings<'q, 'e> {
    pub(in crate::azure) fn new(access: &'q Access<'e>, questions: &'q Questions) -> Self {
        let vaults = access.index().estate().vaults.iter().filter(|vault| goes_by_policies(vault));
        let asked = |vault: &'e Vault| {
            let spot = Spot::Vault(vault);
            let ask = |question| access.ask_about(question, &spot).ok();
            let writes = questions.writes.iter().filter_map(ask).collect();
            Asked { vault, chain: access.chain(&spot), read: ask(&questions.read), writes }
        };
        let vaults: Vec<Asked<'q, 'e>> = vaults.map(asked).collect();
        let of = vaults.iter().enumerate().map(|(number, one)| (&one.vault.id, number)).collect();
        let mut below: HashMap<ScopeId, Vec<usize>> = HashMap::new();
        for (number, one) in vaults.iter().enumerate() {
            for scope in &one.chain {
                below.entry(scope.clone()).or_default().push(number);
            }
        }
        let writes = WRITE.map(|action| (Plane::Control, action.to_ascii_lowercase().into())).to_vec();
        Self { access, vaults, of, below, writes, writing: HashMap::new(), read: HashMap::new() }
    }

    /// The secrets that an identity reads by access policies, where those are many vaults', and the vaults in which it can
    /// add a policy for itself: one for each scope at which it holds such a role.
    pub(in crate::azure) fn held(&mut self, identity: &'e Identity) -> Vec<Held> {
        let index = self.access.index();
        let mut grants: Vec<(&'e Grant, Passage<'e>)> =
            index.grants_of_identity(&identity.id).iter().map(|grant| (*grant, None)).collect();
        for one in self.access.memberships_read(&identity.id) {
            let way = Some((&*one.through, &one.activation));
            grants.extend(index.grants_of_group(&one.group).iter().map(|grant| (*grant, way)));
        }
        let mut named: BTreeMap<usize, Vec<Policy<'e>>> = BTreeMap::new();
        for (grant, way) in &grants {
            let Via::AccessPolicy { vault, .. } = &grant.via else { continue };
            if let Some(number) = self.of.get(vault) {
                named.entry(*number).or_default().push((std::ptr::from_ref(*grant), *way));
            }
        }
        let self_grants = self.self_grants(identity, &grants, &named);
        let mut found = self.reads(identity, named);
        found.extend(self_grants);
        found
    }

    /// What it reads, the surest of each scope.
    fn reads(&mut self, identity: &'e Identity, named: BTreeMap<usize, Vec<Policy<'e>>>) -> Vec<Held> {
        let is_person = identity.kind == IdentityKind::EntraUser;
        let mut count = 0;
        let mut best: BTreeMap<&'e ScopeId, Held> = BTreeMap::new();
        for (number, policies) in named {
            let Some(one) = self.vaults.get(number) else { continue };
            let read = self.read.entry((number, is_person, policies)).or_insert_with(|| {
                let why = "reads the secrets of a vault by an access policy";
                one.read.as_ref().and_then(|read| held(read, READ, one.vault, identity, why))
            });
            let Some(read) = read else { continue };
            count += 1;
            if best.get(&one.vault.scope).is_none_or(|known| known.truth < read.truth) {
                best.insert(&one.vault.scope, read.clone());
            }
        }
        if count < MANY { Vec::new() } else { best.into_values().collect() }
    }

    fn self_grants(
        &mut self,
        identity: &'e Identity,
        grants: &[(&'e Grant, Passage<'e>)],
        named: &BTreeMap<usize, Vec<Policy<'e>>>,
    ) -> Vec<Held> {
        let mut roles: BTreeSet<&'e ScopeId> = BTreeSet::new();
        for (grant, _) in grants.iter().filter(|(grant, _)| matches!(grant.via, Via::RoleAssignment { .. })) {
            let known = self.writing.entry(grant.policy.as_ref());
            if *known.or_insert_with(|| self.access.covers_any(grant, &self.writes)) {
                roles.insert(&grant.scope);
            }
        }
        let below: BTreeSet<usize> =
            roles.iter().filter_map(|scope| self.below.get(*scope)).flatten().copied().collect();
        let mut first: BTreeMap<&'e ScopeId, Held> = BTreeMap::new();
        for number in below.into_iter().filter(|number| !named.contains_key(number)) {
            let Some(one) = self.vaults.get(number) else { continue };
            let mut above = roles.iter().copied().filter(|scope| one.chain.contains(scope));
            let Some(scope) = above.next().filter(|scope| !first.contains_key(scope)) else { continue };
            let why = "adds an access policy for itself, and so reads all that the vault holds";
            let asked = one.writes.iter().zip(WRITE);
            let found = asked.filter_map(|(write, action)| held(write, action, one.vault, identity, why));
            if let Some(held) = found.max_by_key(|held| held.truth) {
                first.insert(scope, held);
            }
        }
        first.into_values().collect()
    }
}

fn goes_by_policies(vault: &Vault) -> bool {
    vault.access == Some(AccessModel::AccessPolicies) && vault.deleted.is_none()
}

fn held<'e>(
    inquiry: &Inquiry<'_, 'e>,
    action: &str,
    vault: &'e Vault,
    identity: &Identity,
    why: &str,
) -> Option<Held> {
    let verdict: Verdict = inquiry.verdict(identity);
    let truth = match verdict.decision {
        Decision::Allowed => Truth::Yes,
        Decision::Conditional => Truth::Maybe,
        Decision::Unknown | Decision::Denied => return None,
    };
    let proof = Proof {
        action: action.into(),
        resource: vault.native_id.clone(),
        why: why.into(),
        decision: verdict.decision,
        residual: verdict.residual,
        because: verdict.because,
    };
    Some(Held { scope: vault.scope.clone(), weight: Weight::Secrets, truth, proof })
}

#[cfg(test)]
mod tests {
    use census_fixtures::azure as fake;
    use census_model::{Attachment, EstateBuilder, Index, Membership, PolicyKind};

    use super::*;

    fn readers_of(vaults: usize) -> usize {
        let mut estate = EstateBuilder::new();
        fake::tenant(&mut estate);
        let app = fake::service_principal("app");
        estate.identity(app.clone());
        for number in 0..vaults {
            let vault =
                Vault { access: Some(AccessModel::AccessPolicies), ..fake::vault(&format!("v{number}")) };
            let text = r#"{"secrets":["get"]}"#;
            let policy =
                Some(estate.policy(census_model::Policy::new(PolicyKind::KeyVaultPermissions, text)));
            let via = Via::AccessPolicy { vault: vault.id.clone(), application: None, tenant: None };
            let grant = fake::grant(Attachment::Identity(app.id.clone()), via, vault.scope.clone());
            estate.grant(Grant { policy, ..grant });
            estate.vault(vault);
        }
        let estate = census_fixtures::finish(estate);
        let index = Index::new(&estate);
        let access = Access::new(&index);
        let questions = Questions::new();
        let app = index.identity(&app.id).expect("it was added");
        Holdings::new(&access, &questions).held(app).len()
    }

    #[test]
    fn two_vaults_are_ordinary_and_a_third_is_broad() {
        assert_eq!([0, 1, 2, 3, 4].map(readers_of), [0, 0, 0, 1, 1]);
    }

    #[test]
    fn writing_policies_of_others_vaults_is_held_once_for_a_scope() {
        let mut estate = EstateBuilder::new();
        fake::tenant(&mut estate);
        let app = fake::service_principal("app");
        estate.identity(app.clone());
        for name in ["a", "b", "c"] {
            estate.vault(Vault { access: Some(AccessModel::AccessPolicies), ..fake::vault(name) });
        }
        let text = r#"[{"actions":["Microsoft.KeyVault/*"]}]"#;
        let policy = Some(estate.policy(census_model::Policy::new(PolicyKind::AzurePermissions, text)));
        let grant = fake::role_assignment(&app.id, fake::subscription_scope(), "Key Vault Contributor");
        estate.grant(Grant { policy, ..grant });
        let estate = census_fixtures::finish(estate);
        let index = Index::new(&estate);
        let access = Access::new(&index);
        let questions = Questions::new();
        let app = index.identity(&app.id).expect("it was added");
        let found = Holdings::new(&access, &questions).held(app);
        assert_eq!(found.len(), 1);
        assert!(found.iter().all(|held| held.weight == Weight::Secrets && held.truth == Truth::Yes));
        assert!(found.iter().all(|held| held.scope == fake::resource_group_scope()));
    }

    /// Forty members of a group that five vaults let in are five weighings, and one whom a vault names itself one more.
    #[test]
    fn members_of_a_group_are_weighed_once_for_each_vault() {
        let mut estate = EstateBuilder::new();
        fake::tenant(&mut estate);
        let group = census_model::GroupId::new("azure:readers");
        let members: Vec<Identity> =
            (0..40).map(|number| fake::service_principal(&format!("app-{number:02}"))).collect();
        for member in &members {
            estate.identity(member.clone());
            estate.membership(Membership {
                group: group.clone(),
                member: member.id.clone(),
                through: Vec::new(),
                activation: Activation::Standing,
            });
        }
        let policy = |vault: &Vault, to: Attachment, estate: &mut EstateBuilder| {
            let text = r#"{"secrets":["get"]}"#;
            let policy =
                Some(estate.policy(census_model::Policy::new(PolicyKind::KeyVaultPermissions, text)));
            let via = Via::AccessPolicy { vault: vault.id.clone(), application: None, tenant: None };
            estate.grant(Grant { policy, ..fake::grant(to, via, vault.scope.clone()) });
        };
        for number in 0..5 {
            let vault =
                Vault { access: Some(AccessModel::AccessPolicies), ..fake::vault(&format!("v{number}")) };
            policy(&vault, Attachment::Group(group.clone()), &mut estate);
            if number == 0 {
                policy(&vault, Attachment::Identity(members[0].id.clone()), &mut estate);
            }
            estate.vault(vault);
        }
        let estate = census_fixtures::finish(estate);
        let index = Index::new(&estate);
        let access = Access::new(&index);
        let questions = Questions::new();
        let mut holdings = Holdings::new(&access, &questions);
        for identity in &estate.identities {
            let held = holdings.held(identity);
            assert_eq!(held.len(), 1, "{}", identity.name);
        }
        assert_eq!(holdings.read.len(), 6);
    }
}
