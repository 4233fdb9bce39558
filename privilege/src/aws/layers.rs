//! The policies that apply to a request, where each stands, and the layers that they make up.

use census_model::DeniedBy;

use super::{grants::KeyGrant, policy::Policy};

/// The policies that apply to a request.
#[derive(Clone, Debug, Default)]
pub struct Policies<'a> {
    /// Of the caller, direct and through groups.
    pub identity: Vec<&'a Policy>,
    /// The permissions boundary; `None` if there is none.
    pub boundary: Option<Vec<&'a Policy>>,
    /// The session policies; `None` if none was passed.
    pub session: Option<Vec<&'a Policy>>,
    /// Of the resource.
    pub resource: Vec<&'a Policy>,
    /// Whether `resource` are the policies of several of the resources that are asked about, each for itself: what one of
    /// them says then may hold, no more.
    pub resource_is_one_of_several: bool,
    /// Service control policies of the caller's account, one list for each level from the root to the account; none
    /// without an organization, and for its management account.
    pub service_control: Vec<Vec<&'a Policy>>,
    /// Resource control policies of the resource's account, likewise.
    pub resource_control: Vec<Vec<&'a Policy>>,
    /// Of the VPC endpoint through which the request comes; `None` if it comes through none.
    pub endpoint: Option<Vec<&'a Policy>>,
    /// Grants on the KMS key that is the resource.
    pub key_grants: Vec<&'a KeyGrant>,
}

/// A layer of policies that must let a request through. In the order in which a denial is blamed on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Resource control policies.
    ResourceControl,
    /// Service control policies.
    ServiceControl,
    /// The VPC endpoint's policy.
    Endpoint,
    /// Identity and resource policies together: the ones that give.
    Granting,
    /// The permissions boundary.
    Boundary,
    /// The session policies.
    Session,
}

impl Layer {
    /// What is to blame when it does not allow.
    pub fn denied_by(self) -> DeniedBy {
        match self {
            Self::ResourceControl => DeniedBy::Rcp,
            Self::ServiceControl => DeniedBy::Scp,
            Self::Endpoint => DeniedBy::Endpoint,
            Self::Granting => DeniedBy::Implicit,
            Self::Boundary => DeniedBy::Boundary,
            Self::Session => DeniedBy::Session,
        }
    }
}

/// Where a policy stands among those that apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A resource control policy, by level.
    ResourceControl(usize),
    /// A service control policy, by level.
    ServiceControl(usize),
    /// The VPC endpoint's.
    Endpoint,
    /// The caller's.
    Identity,
    /// The resource's.
    Resource,
    /// The permissions boundary.
    Boundary,
    /// A session policy.
    Session,
}

impl Place {
    /// The layer that the policy is a part of.
    pub fn layer(self) -> Layer {
        match self {
            Self::ResourceControl(_) => Layer::ResourceControl,
            Self::ServiceControl(_) => Layer::ServiceControl,
            Self::Endpoint => Layer::Endpoint,
            Self::Identity | Self::Resource => Layer::Granting,
            Self::Boundary => Layer::Boundary,
            Self::Session => Layer::Session,
        }
    }

    /// Whether policies here say whom they mean.
    pub fn names_principals(self) -> bool {
        matches!(self, Self::ResourceControl(_) | Self::Endpoint | Self::Resource)
    }
}

impl<'a> Policies<'a> {
    /// Every policy with its place and its position there.
    pub fn each(&self) -> impl Iterator<Item = (Place, usize, &'a Policy)> {
        fn at<'a>(place: Place, list: &[&'a Policy]) -> impl Iterator<Item = (Place, usize, &'a Policy)> {
            list.iter().enumerate().map(move |(position, policy)| (place, position, *policy))
        }
        fn levels<'s, 'a>(
            place: fn(usize) -> Place,
            levels: &'s [Vec<&'a Policy>],
        ) -> impl Iterator<Item = (Place, usize, &'a Policy)> + use<'s, 'a> {
            levels.iter().enumerate().flat_map(move |(level, list)| at(place(level), list))
        }
        levels(Place::ResourceControl, &self.resource_control)
            .chain(levels(Place::ServiceControl, &self.service_control))
            .chain(at(Place::Endpoint, self.endpoint.as_deref().unwrap_or_default()))
            .chain(at(Place::Identity, &self.identity))
            .chain(at(Place::Resource, &self.resource))
            .chain(at(Place::Boundary, self.boundary.as_deref().unwrap_or_default()))
            .chain(at(Place::Session, self.session.as_deref().unwrap_or_default()))
    }
}
