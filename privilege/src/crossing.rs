//! All clouds as one graph, with the steps that lead from one into another.

use census_model::{Identity, IdentityId, ScopeId, Technique, TechniqueId};

use crate::{
    aws, azure,
    escalation::{Cloud, Edge, Ended, Goal, NodeId, Steps, Told},
};

/// The principals of all clouds.
pub(crate) struct Joined<'s, 'e> {
    aws: aws::reach::Found<'s, 'e>,
    azure: azure::ways::Ways<'s, 'e>,
}

impl<'s, 'e> Joined<'s, 'e> {
    /// The number of Azure's first node. Those of AWS, of which there may be several for each identity, are below.
    pub(crate) const AZURE: u32 = 1 << 31;

    pub(crate) fn new(aws: aws::reach::Found<'s, 'e>, azure: azure::ways::Ways<'s, 'e>) -> Self {
        Self { aws, azure }
    }

    /// The node of an identity, as it was read.
    pub(crate) fn of_identity(&self, id: &IdentityId) -> Option<NodeId> {
        self.aws.of_identity(id).or_else(|| self.azure.of_identity(id))
    }

    fn is_of_azure(node: NodeId) -> bool {
        node.0 >= Self::AZURE
    }
}

impl Steps for Joined<'_, '_> {
    fn into(&mut self, target: NodeId) -> Vec<Edge> {
        if Self::is_of_azure(target) {
            Steps::into(&mut self.azure, target)
        } else {
            Steps::into(&mut self.aws, target)
        }
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
        if Self::is_of_azure(edge.to) { self.azure.tell(edge, acting) } else { self.aws.tell(edge, acting) }
    }

    fn technique(&self, id: &TechniqueId) -> Option<Technique> {
        self.aws.technique(id).or_else(|| self.azure.technique(id))
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
