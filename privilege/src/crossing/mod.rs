//! All clouds as one graph, with the steps that lead from one into another.

mod techniques;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Because, Decision, GapId, Identity, IdentityId, Mechanism, Part, PrincipalSet, Proof, ScopeId, ScopeKind,
    Step, Technique, TechniqueId, Text, Trust, Verdict,
};

use self::{
    techniques::Way,
    tokens::{OfTenant, is_given},
};
use crate::{
    aws::{self, access::Token},
    azure,
    escalation::{Certainty, Cloud, Edge, Ended, Goal, NodeId, Standing, Steps, Told, Unread, cut_of},
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
        let mut by_provider: BTreeMap<&'e str, (OfTenant<'e>, Vec<&'e Trust>)> = BTreeMap::new();
        for trust in index.trusts(&role.id).iter().copied() {
            if let Some(of) = tokens::of_tenant(index, role, trust) {
                by_provider.entry(of.provider).or_insert_with(|| (of, Vec::new())).1.push(trust);
            }
        }
        for (of, trusts) in by_provider.into_values() {
            let Some(trust) = trusts.first().copied() else { continue };
            if trust.mechanism == Mechanism::Saml {
                let verdict = self.access.takes_assertions(role, of.provider);
                if verdict.is_some_and(|verdict| is_given(verdict.decision)) {
                    found.extend(self.azure.by_assertions(to, of.tenant, trust));
                }
                continue;
            }
            let named: BTreeSet<NodeId> = trusts
                .iter()
                .flat_map(|trust| tokens::named(trust))
                .filter_map(|id| self.azure.of_identity(&self.azure.of_object(&id)?.id))
                .collect();
            let anybody = self.takes(role, &of, ANYBODY).is_some_and(|verdict| is_given(verdict.decision));
            for (from, caller) in self.azure.programs(of.tenant) {
                let is_named = named.contains(&from);
                if !is_named && !anybody {
                    continue;
                }
                let decision = self.takes(role, &of, &caller.native_id).map(|verdict| verdict.decision);
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

    /// Whether a role takes a token of a tenant, for the audience of the identity provider that suits best.
    fn takes(&self, role: &'e Identity, of: &OfTenant<'_>, subject: &str) -> Option<Verdict> {
        let ask = |audience| {
            let token = Token { provider: of.provider, issuer: &of.issuer, subject, audience };
            self.access.takes_token(role, &token)
        };
        if of.audiences.is_empty() {
            return ask(None);
        }
        let answers = of.audiences.iter().filter_map(|audience| ask(Some(audience)));
        answers.min_by_key(|verdict| match verdict.decision {
            Decision::Allowed => 0,
            Decision::Conditional => 1,
            Decision::Unknown => 2,
            Decision::Denied => 3,
        })
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
        let mut limits = BTreeSet::new();
        let (verdict, action, resource): (Verdict, &str, Text) = match way {
            Way::EntraToAws => {
                let of = tokens::of_tenant(self.access.index(), to, trust)?;
                let verdict = self.takes(to, &of, &acting.native_id)?;
                limits.extend(of.unread);
                (verdict, "sts:AssumeRoleWithWebIdentity", to.native_id.clone())
            }
            Way::AwsToEntra => {
                let named = tokens::of_aws(self.access.index(), trust)?;
                let verdict = self.access.gets_token(named.who, &named.audiences)?;
                (verdict, "sts:GetWebIdentityToken", "*".into())
            }
        };
        let decides = |one: &Because| matches!(one.part, Part::Decides | Part::MayDecide);
        let proof = Proof {
            action: action.into(),
            resource,
            why: why(way).into(),
            decision: verdict.decision,
            residual: verdict.residual,
            because: verdict.because.into_iter().filter(decides).collect(),
        };
        let cuts = cut_of(acting, &proof).into_iter().collect();
        let through = match (way, &trust.who) {
            (Way::EntraToAws, PrincipalSet::External(provider)) => provider.clone(),
            _ => trust.statement.clone(),
        };
        let technique = way.technique()?;
        let step = Step {
            technique: TechniqueId::new(&technique.id),
            from: acting.id.clone(),
            to: to.id.clone(),
            through: Some(through),
            says: says(technique, edge.certainty, proof.decision).into(),
            conditional: edge.certainty == Certainty::Conditional,
            proofs: vec![proof],
        };
        limits.extend(verdict.may_narrow.into_iter().map(|gap| gap.id));
        let is_told = |id: &GapId| self.access.index().gap(id).is_some();
        Some(Told::Step { step, cuts, limits: limits.into_iter().filter(is_told).collect() })
    }
}

fn why(way: Way) -> &'static str {
    match way {
        Way::EntraToAws => "by the role's trust policy",
        Way::AwsToEntra => "for a token of itself",
    }
}

/// The step in words, with what no document shows where that alone makes it conditional.
fn says(technique: &techniques::Technique, certainty: Certainty, decision: Decision) -> String {
    match (certainty, decision) {
        (Certainty::Conditional, Decision::Allowed) => {
            format!("{}; it depends on {}", technique.says, technique.outsider)
        }
        _ => technique.says.to_string(),
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
