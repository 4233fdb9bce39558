//! From the policies that apply to a request to one decision.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use census_model::DeniedBy;

use super::{
    caller::Caller,
    document::StatementEffect,
    layers::{Layer, Place, Policies},
    policy::Policy,
    principal::Hold,
    services::{self, Fixed, ResourcePolicies},
    statement::{Request, Statement},
};
use crate::truth::Truth;

/// Why a request is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Denial {
    /// A statement denies it.
    Explicit,
    /// This layer does not allow it.
    By(Layer),
    /// AWS refuses it whatever the policies say.
    Fixed(&'static str),
}

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// Allowed, whatever is still unknown.
    Allowed,
    /// Denied, whatever is still unknown.
    Denied(Denial),
    /// It depends on something unknown.
    Conditional,
}

/// What each layer says. Kept apart from the decision, because a report explains both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether a statement denies explicitly.
    pub explicit: Truth,
    /// Whether each layer lets the request through, in their order.
    pub layers: [(Layer, Truth); 6],
    /// What holds whatever the policies say.
    pub fixed: Option<Fixed>,
}

impl Denial {
    /// What is to blame.
    pub fn denied_by(self) -> DeniedBy {
        match self {
            Self::Explicit => DeniedBy::Explicit,
            Self::By(layer) => layer.denied_by(),
            Self::Fixed(_) => DeniedBy::Implicit,
        }
    }
}

impl Outcome {
    /// What follows.
    pub fn ruling(&self) -> Ruling {
        match self.fixed {
            Some(Fixed::Allowed(_)) => return Ruling::Allowed,
            Some(Fixed::Denied(reason)) if self.explicit != Truth::Yes => {
                return Ruling::Denied(Denial::Fixed(reason));
            }
            _ => {}
        }
        if self.explicit == Truth::Yes {
            return Ruling::Denied(Denial::Explicit);
        }
        if let Some((layer, _)) = self.layers.iter().find(|(_, lets_through)| *lets_through == Truth::No) {
            return Ruling::Denied(Denial::By(*layer));
        }
        let all = Truth::all(self.layers.iter().map(|(_, lets_through)| *lets_through));
        if all & !self.explicit == Truth::Yes { Ruling::Allowed } else { Ruling::Conditional }
    }
}

/// A request beside the policies that apply to it.
pub struct Evaluation<'a> {
    request: Request<'a>,
    policies: &'a Policies<'a>,
    /// Whose the resource is.
    resource_account: Option<&'a str>,
    resource_policies: ResourcePolicies,
    same_account: bool,
}

/// What the resource's side gives, by how it names the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Given {
    account: Truth,
    role: Truth,
    caller: Truth,
}

impl Given {
    const NOTHING: Self = Self { account: Truth::No, role: Truth::No, caller: Truth::No };

    fn any(self) -> Truth {
        self.account | self.direct()
    }

    /// Enough within one account, without any policy of the caller.
    fn direct(self) -> Truth {
        self.role | self.caller
    }

    fn add(&mut self, (truth, hold): (Truth, Hold)) {
        let slot = match hold {
            Hold::Account => &mut self.account,
            Hold::Role => &mut self.role,
            Hold::Caller => &mut self.caller,
        };
        *slot = *slot | truth;
    }
}

impl<'a> Evaluation<'a> {
    /// Sets a request beside its policies. `resource_account` is whose the resource is; `None`: the caller's own.
    pub fn new(request: Request<'a>, policies: &'a Policies<'a>, resource_account: Option<&'a str>) -> Self {
        let own = request.caller.account();
        Self {
            request,
            policies,
            resource_account: resource_account.or(own),
            resource_policies: services::resource_policies(request.action, request.resource),
            same_account: own.is_some() && resource_account.is_none_or(|account| own == Some(account)),
        }
    }

    /// The request.
    pub fn request(&self) -> &Request<'a> {
        &self.request
    }

    /// What each layer says.
    pub fn outcome(&self) -> Outcome {
        let caller = self.request.caller;
        let given = self.given();
        // What names the caller itself is limited by nothing that limits its identity.
        let unlimited = if self.same_account { given.caller } else { Truth::No };
        let policies = self.policies;
        let session = match (&policies.session, caller) {
            (None, Caller::FederatedUser { .. }) => unlimited,
            (None, _) => Truth::Yes,
            (Some(session), _) => self.allows(Place::Session, session) | unlimited,
        };
        let limit = |place, list: &Option<Vec<&Policy>>| {
            list.as_ref().map_or(Truth::Yes, |list| self.allows(place, list))
        };
        let levels = |place: fn(usize) -> Place, levels: &[Vec<&Policy>]| {
            Truth::all(levels.iter().enumerate().map(|(level, list)| self.allows(place(level), list)))
        };
        let layers = [
            (Layer::ResourceControl, levels(Place::ResourceControl, &policies.resource_control)),
            (Layer::ServiceControl, levels(Place::ServiceControl, &policies.service_control)),
            (Layer::Endpoint, limit(Place::Endpoint, &policies.endpoint)),
            (Layer::Granting, self.granted(given)),
            (Layer::Boundary, limit(Place::Boundary, &policies.boundary) | unlimited),
            (Layer::Session, session),
        ];
        let fixed = services::fixed(caller, self.request.action, self.request.resource.text());
        Outcome { explicit: self.denied(), layers, fixed }
    }

    /// Why no policy decides, if none does.
    pub fn rule(&self, outcome: &Outcome) -> Option<&'static str> {
        match (outcome.fixed, outcome.ruling()) {
            (Some(Fixed::Allowed(reason)), _) | (_, Ruling::Denied(Denial::Fixed(reason))) => Some(reason),
            (_, Ruling::Allowed)
                if matches!(self.request.caller, Caller::Root { .. }) && self.same_account =>
            {
                Some("the root user needs no policy in its own account")
            }
            _ => None,
        }
    }

    /// Whether a policy at this place counts for the request at all.
    pub fn counts(&self, place: Place) -> bool {
        let caller = self.request.caller;
        let has_account = caller.account().is_some();
        match place {
            Place::ResourceControl(_) => {
                let resource = self.request.resource.text();
                !caller.is_service_linked() && services::is_resource_controlled(self.request.action, resource)
            }
            Place::ServiceControl(_) => !caller.is_service_linked() && has_account,
            Place::Endpoint => true,
            Place::Identity | Place::Session => has_account,
            Place::Boundary => has_account && !matches!(caller, Caller::Root { .. }),
            Place::Resource => {
                !matches!(self.resource_policies, ResourcePolicies::None | ResourcePolicies::NotAsked)
            }
        }
    }

    /// Whether a statement at this place applies.
    pub fn applies(&self, place: Place, statement: &Statement) -> Truth {
        // Whoever has a permissions boundary is denied, even if listed.
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        let denies_listed =
            place == Place::Resource && self.policies.boundary.is_some() && statement.denies_all_but();
        if !place.names_principals() || denies_listed {
            return statement.applies(&self.request);
        }
        let applies = statement.applies_to(&self.request).map_or(Truth::No, |(truth, _)| truth);
        if place == Place::Resource { applies & self.reach() } else { applies }
    }

    /// Whether a statement's denial counts, should it apply.
    fn denies(&self, place: Place) -> bool {
        let mends = place == Place::Resource
            && services::overrides_resource_policy(
                self.request.caller,
                self.request.action,
                self.resource_account,
            );
        self.counts(place) && !mends
    }

    fn denied(&self) -> Truth {
        Truth::any(self.policies.each().filter(|(place, ..)| self.denies(*place)).flat_map(
            |(place, _, policy)| {
                policy.with(StatementEffect::Deny).map(move |statement| self.applies(place, statement))
            },
        ))
    }

    /// Whether the policies at one place allow the request, where they count.
    fn allows(&self, place: Place, policies: &[&Policy]) -> Truth {
        if !self.counts(place) {
            return Truth::Yes;
        }
        let statements = policies.iter().flat_map(|policy| policy.with(StatementEffect::Allow));
        Truth::any(statements.map(|statement| self.applies(place, statement)))
    }

    /// How sure it is that a policy of the resource is that of the resource meant.
    fn reach(&self) -> Truth {
        if self.policies.resource_is_one_of_several { Truth::Maybe } else { Truth::Yes }
    }

    fn given(&self) -> Given {
        let mut given = Given::NOTHING;
        if self.counts(Place::Resource) {
            let statements =
                self.policies.resource.iter().flat_map(|policy| policy.with(StatementEffect::Allow));
            let stated = statements.filter_map(|statement| statement.applies_to(&self.request));
            let granted = self.policies.key_grants.iter().filter_map(|grant| grant.gives(&self.request));
            stated.chain(granted).for_each(|(truth, hold)| given.add((truth & self.reach(), hold)));
        }
        given
    }

    /// Whether identity and resource policies together give the permission.
    fn granted(&self, given: Given) -> Truth {
        let caller = self.request.caller;
        if caller.account().is_none() {
            return given.caller;
        }
        let identity = match caller {
            Caller::Root { .. } => Truth::Yes,
            _ => self.allows(Place::Identity, &self.policies.identity),
        };
        match (self.resource_policies, self.same_account) {
            (ResourcePolicies::Required, true) => given.direct() | (given.account & identity),
            (ResourcePolicies::Suffice | ResourcePolicies::None, true) => given.direct() | identity,
            (ResourcePolicies::NotAsked, _) => identity,
            (_, false) if !services::crosses_accounts(self.request.action) => Truth::No,
            (_, false) => given.any() & identity,
        }
    }
}
