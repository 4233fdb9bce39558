//! All clouds as one graph, with the steps that lead from one into another.

pub(crate) mod outside;
mod techniques;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Because, Cut, Decision, GapId, Identity, IdentityId, Index, Mechanism, Part, PrincipalSet, Proof,
    ScopeId, ScopeKind, Step, Technique, TechniqueId, Text, Trust, Verdict,
};

use self::{
    techniques::Way,
    tokens::{IdentityProvider, is_given},
};
use crate::{
    aws, azure,
    escalation::{
        Certainty, Cloud, Edge, Ended, Goal, NodeId, Standing, Steps, Told, Unread, cut_of, cut_of_credential,
    },
};

/// An object id that no program of the directory has: what is granted to it is granted to anybody.
const ANYBODY: &str = "00000000-0000-4000-8000-0000000c0de0";

/// The principals of all clouds.
pub(crate) struct Joined<'s, 'e> {
    aws: aws::reach::Found<'s, 'e>,
    azure: azure::ways::Ways<'s, 'e>,
    access: &'s aws::access::Access<'e>,
    /// The trusts by which borders are crossed, by the number that steps give them.
    trusts: Vec<&'e Trust>,
}

impl<'s, 'e> Joined<'s, 'e> {
    /// The number of Azure's first node. Those of AWS, of which there may be several for each identity, are below.
    pub(crate) const AZURE: u32 = 1 << 31;

    pub(crate) fn new(
        access: &'s aws::access::Access<'e>,
        aws: aws::reach::Found<'s, 'e>,
        azure: azure::ways::Ways<'s, 'e>,
    ) -> Self {
        Self { aws, azure, access, trusts: Vec::new() }
    }

    /// The node of an identity, as it was read.
    pub(crate) fn of_identity(&self, id: &IdentityId) -> Option<NodeId> {
        self.aws.of_identity(id).or_else(|| self.azure.of_identity(id))
    }

    fn is_of_azure(node: NodeId) -> bool {
        node.0 >= Self::AZURE
    }

    fn edge(
        &mut self,
        (from, to): (NodeId, NodeId),
        way: Way,
        certainty: Certainty,
        trust: &'e Trust,
    ) -> Edge {
        let through = match self.trusts.iter().position(|known| std::ptr::eq(*known, trust)) {
            Some(position) => position,
            None => {
                self.trusts.push(trust);
                self.trusts.len() - 1
            }
        };
        let through = u32::try_from(through).unwrap_or(u32::MAX);
        Edge { from, to, standing: Standing::Established, certainty, technique: way.number(), through }
    }

    /// The steps from Entra ID into a role.
    fn become_role(&mut self, to: NodeId, role: &'e Identity) -> Vec<Edge> {
        let mut found = Vec::new();
        let index = self.access.index();
        let mut by_provider: BTreeMap<&'e str, (IdentityProvider<'e>, Vec<&'e Trust>)> = BTreeMap::new();
        for trust in index.trusts(&role.id).iter().copied() {
            if let Some(of) = IdentityProvider::of(index, role, trust) {
                by_provider.entry(of.arn).or_insert_with(|| (of, Vec::new())).1.push(trust);
            }
        }
        for (of, trusts) in by_provider.into_values() {
            let Some(trust) = trusts.first().copied() else { continue };
            let Some(tenant) = of.tenant(index) else { continue };
            if trust.mechanism == Mechanism::Saml {
                let verdict = self.access.takes_assertions(role, of.arn);
                if verdict.is_some_and(|verdict| is_given(verdict.decision)) {
                    found.extend(self.azure.by_assertions(to, tenant, trust));
                }
                continue;
            }
            let named: BTreeSet<NodeId> = trusts
                .iter()
                .flat_map(|trust| tokens::named(trust))
                .filter_map(|id| self.azure.of_identity(&self.azure.of_object(&id)?.id))
                .collect();
            let anybody =
                of.takes(self.access, role, ANYBODY).is_some_and(|verdict| is_given(verdict.decision));
            for (from, caller) in self.azure.programs(tenant) {
                let is_named = named.contains(&from);
                if !is_named && !anybody {
                    continue;
                }
                let decision = of.takes(self.access, role, &caller.native_id).map(|verdict| verdict.decision);
                // Whether the application whose token it takes hands tokens to everybody is not read.
                let sure = is_named && of.unread.is_empty() && decision == Some(Decision::Allowed);
                if decision.is_some_and(is_given) {
                    let certainty = if sure { Certainty::Certain } else { Certainty::Conditional };
                    found.push(self.edge((from, to), Way::EntraToAws, certainty, trust));
                }
            }
        }
        found
    }

    /// The steps into roles of AWS by assertions of which it was not read whose they are: they may be those of any tenant.
    fn by_unread_assertions(&mut self) -> Vec<Unread> {
        let index = self.access.index();
        let mut roles: Vec<(NodeId, &'e Trust, Vec<GapId>)> = Vec::new();
        for trust in index.estate().trusts.iter().filter(|trust| trust.mechanism == Mechanism::Saml) {
            let Some(role) = index.identity(&trust.becomes) else { continue };
            let Some(to) = self.aws.of_identity(&role.id) else { continue };
            let gaps = tokens::unread_assertions(index, role, trust);
            let PrincipalSet::External(provider) = &trust.who else { continue };
            let is_taken = || self.access.takes_assertions(role, provider);
            if !gaps.is_empty() && is_taken().is_some_and(|verdict| is_given(verdict.decision)) {
                roles.push((to, trust, gaps));
            }
        }
        let Some((first, trust, _)) = roles.first() else { return Vec::new() };
        let tenants = index.estate().scopes.values().filter(|scope| scope.kind == ScopeKind::Tenant);
        // Whoever rules a directory comes into each of them alike.
        let rulers = tenants.flat_map(|tenant| self.azure.by_assertions(*first, &tenant.id, trust));
        let rulers: BTreeSet<NodeId> = rulers.map(|edge| edge.from).collect();
        if rulers.is_empty() {
            return Vec::new();
        }
        let unread = |(to, _, gaps): (NodeId, _, Vec<GapId>)| Unread { from: rulers.clone(), to, gaps };
        roles.into_iter().map(unread).collect()
    }

    /// The steps from AWS into an identity of Entra ID.
    fn become_program(&mut self, to: NodeId, identity: &'e Identity) -> Vec<Edge> {
        let mut found = Vec::new();
        let index = self.access.index();
        if !identity.is_program() {
            return found;
        }
        for trust in index.trusts(&identity.id).iter().copied() {
            let Some(named) = tokens::of_aws(index, trust) else { continue };
            let Some(from) = self.aws.of_identity(&named.who.id) else { continue };
            let Some(verdict) = self.access.gets_token(named.who, &named.audiences) else { continue };
            if is_given(verdict.decision) {
                // Whose issuer it is, and whether it issues tokens at all, is not read.
                found.push(self.edge((from, to), Way::AwsToEntra, Certainty::Conditional, trust));
            }
        }
        found
    }

    /// A step over the border.
    fn cross(&self, edge: &Edge, way: Way, acting: &'e Identity) -> Option<Told> {
        let trust = *self.trusts.get(usize::try_from(edge.through).ok()?)?;
        let to = self.acts_as(edge.to)?;
        let index = self.access.index();
        let mut limits = BTreeSet::new();
        let (verdict, resource): (Verdict, &str) = match way {
            Way::AwsToEntra => {
                let named = tokens::of_aws(index, trust)?;
                (self.access.gets_token(named.who, &named.audiences)?, "*")
            }
            Way::EntraToAws | Way::OutsideToAws | Way::OutsideToEntra => {
                let of = IdentityProvider::of(index, to, trust)?;
                let verdict = of.takes(self.access, to, &acting.native_id)?;
                limits.extend(of.unread);
                (verdict, &to.native_id)
            }
        };
        limits.extend(narrowing(index, &verdict));
        let proof = proof_of(way, resource, verdict);
        let mut cuts: Vec<Cut> = cut_of(&acting.id, &proof).into_iter().collect();
        if way == Way::AwsToEntra {
            cuts.push(cut_of_credential(&acting.id, to, trust));
        }
        let technique = way.technique()?;
        let step = Step {
            technique: TechniqueId::new(&technique.id),
            from: acting.id.clone(),
            to: to.id.clone(),
            through: Some(through(trust)),
            says: technique.told("", edge.certainty, Some(proof.decision)),
            conditional: edge.certainty == Certainty::Conditional,
            proofs: vec![proof],
        };
        Some(Told::Step { step, cuts, limits: limits.into_iter().collect() })
    }
}

/// What a step over the border goes through: the identity provider, or the federated credential.
fn through(trust: &Trust) -> Text {
    match (&trust.who, trust.mechanism) {
        (PrincipalSet::External(provider), Mechanism::WebIdentity | Mechanism::Saml) => provider.clone(),
        _ => trust.statement.clone(),
    }
}

/// What was not read and could stand against an answer.
fn narrowing(index: &Index<'_>, verdict: &Verdict) -> Vec<GapId> {
    let gaps = verdict.may_narrow.iter().map(|gap| gap.id.clone());
    gaps.filter(|id| index.gap(id).is_some()).collect()
}

fn proof_of(way: Way, resource: &str, verdict: Verdict) -> Proof {
    let (action, why) = match way {
        Way::AwsToEntra => ("sts:GetWebIdentityToken", "for a token of itself"),
        Way::EntraToAws | Way::OutsideToAws | Way::OutsideToEntra => {
            ("sts:AssumeRoleWithWebIdentity", "by the role's trust policy")
        }
    };
    let decides = |one: &Because| matches!(one.part, Part::Decides | Part::MayDecide);
    Proof {
        action: action.into(),
        resource: resource.into(),
        why: why.into(),
        decision: verdict.decision,
        residual: verdict.residual,
        because: verdict.because.into_iter().filter(decides).collect(),
    }
}

impl Steps for Joined<'_, '_> {
    fn into(&mut self, target: NodeId) -> Vec<Edge> {
        if Self::is_of_azure(target) {
            let mut found = Steps::into(&mut self.azure, target);
            if let Some(identity) = self.azure.as_read(target) {
                found.extend(self.become_program(target, identity));
            }
            return found;
        }
        let mut found = Steps::into(&mut self.aws, target);
        if let Some(identity) = self.aws.as_read(target) {
            found.extend(self.become_role(target, identity));
        }
        found
    }
}

impl<'s, 'e> Cloud<'e> for Joined<'s, 'e> {
    type Counted = (
        <aws::reach::Found<'s, 'e> as Cloud<'e>>::Counted,
        <azure::ways::Ways<'s, 'e> as Cloud<'e>>::Counted,
    );

    fn goals(&self) -> Vec<Goal<'e>> {
        let mut goals = self.aws.goals();
        goals.extend(self.azure.goals());
        goals
    }

    fn administered(&self, node: NodeId) -> Option<&'e ScopeId> {
        if Self::is_of_azure(node) { self.azure.administered(node) } else { self.aws.administered(node) }
    }

    fn as_read(&self, node: NodeId) -> Option<&'e Identity> {
        if Self::is_of_azure(node) { self.azure.as_read(node) } else { self.aws.as_read(node) }
    }

    fn acts_as(&self, node: NodeId) -> Option<&'e Identity> {
        if Self::is_of_azure(node) { self.azure.acts_as(node) } else { self.aws.acts_as(node) }
    }

    fn tell(&self, edge: &Edge, acting: &'e Identity) -> Option<Told> {
        if let Some(way) = Way::of(edge.technique) {
            return self.cross(edge, way, acting);
        }
        match (Self::is_of_azure(edge.from), Self::is_of_azure(edge.to)) {
            (true, true) => self.azure.tell(edge, acting),
            (true, false) => self.azure.tell_of(edge, acting, self.aws.as_read(edge.to)?),
            (false, _) => self.aws.tell(edge, acting),
        }
    }

    fn technique(&self, id: &TechniqueId) -> Option<Technique> {
        let of_clouds = self.aws.technique(id).or_else(|| self.azure.technique(id));
        of_clouds.or_else(|| techniques::described(id))
    }

    fn unread(&mut self) -> Vec<Unread> {
        let counted = self.begin_anew();
        let unread = self.by_unread_assertions();
        self.resume(counted);
        unread
    }

    fn begin_anew(&mut self) -> Self::Counted {
        (self.aws.begin_anew(), self.azure.begin_anew())
    }

    fn resume(&mut self, (aws, azure): Self::Counted) {
        self.aws.resume(aws);
        self.azure.resume(azure);
    }

    fn take_ended(&mut self) -> Ended {
        let mut ended = self.aws.take_ended();
        ended.extend(self.azure.take_ended());
        ended
    }
}
