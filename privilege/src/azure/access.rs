//! What the principals of a tenant may do: the grants that bear on a question are found in the estate, and what was not
//! read is weighed.
//!
//! Role assignments add up, through groups however deep, and inherit downwards; deny assignments stand above them.
//! <https://learn.microsoft.com/azure/role-based-access-control/overview#how-azure-rbac-determines-if-a-user-has-access-to-a-resource>

pub(super) mod doubts;
mod facts;
mod line;
mod lookups;
mod question;
mod spot;
mod stand_in;

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
};

use census_model::{
    AccessModel, Attachment, Because, ConditionLanguage, Decision, DeniedBy, Gap, GapReason, Grant, Group,
    Identity, IdentityId, Index, Membership, Part, PolicyId, PolicyKind, Provider, Residual, ScopeId,
    StatementEffect, Text, Vault, Verdict, Via,
};

pub use self::question::{Plane, Question, QuestionError};
pub(super) use self::spot::Spot;
pub(super) use self::stand_in::{Joiner, StandIn};
use self::{
    doubts::{Doubts, Held},
    line::Line,
    lookups::Lookups,
    question::Target,
};
use super::{
    activation::active,
    assigning::{Assignable, Role},
    directory::{self, RolePermissions},
    key_vault::{self, AccessPermissions},
    matching::Permissions,
    place,
};
use crate::truth::Truth;

/// How many of those that come near are told.
const NEAREST: usize = 3;

/// A policy text, understood.
enum Read {
    Permissions(Permissions),
    Policies(AccessPermissions),
    Directory(RolePermissions),
    Unusable,
}

/// The principals of an estate with what is granted to them in Azure.
pub struct Access<'e> {
    index: &'e Index<'e>,
    texts: HashMap<&'e PolicyId, OnceCell<Read>>,
    memberships: HashMap<&'e IdentityId, Vec<&'e Membership>>,
    /// Vaults by the form of their ids in which ids are compared.
    vaults: HashMap<String, &'e Vault>,
    /// What is attached to groups, or to what may be one.
    of_groups: Vec<&'e Grant>,
    /// What is attached to principals that are not there.
    lost: Vec<&'e Grant>,
    /// Gaps of Azure by their read.
    gaps: HashMap<&'e str, Vec<&'e Gap>>,
    /// What is looked up for the directory, once somebody asks.
    lookups: OnceCell<Lookups<'e>>,
    /// Those who stand in for members of groups and for whoever gives itself a role, once somebody asks.
    stand_ins: OnceCell<BTreeMap<IdentityId, StandIn>>,
    /// The roles that conditions let somebody assign, once somebody asks.
    assignable: OnceCell<Assignable<'e>>,
}

impl<'e> Access<'e> {
    /// Reads no text yet.
    pub fn new(index: &'e Index<'e>) -> Self {
        let estate = index.estate();
        let mut memberships: HashMap<_, Vec<_>> = HashMap::new();
        for one in &estate.memberships {
            memberships.entry(&one.member).or_default().push(one);
        }
        memberships.values_mut().for_each(|list| list.sort());
        let texts = estate.policies.keys().map(|id| (id, OnceCell::new())).collect();
        let vaults = estate.vaults.iter().map(|vault| (place::normal(&vault.native_id), vault)).collect();
        let mut gaps: HashMap<&str, Vec<&Gap>> = HashMap::new();
        for gap in estate.gaps.iter().filter(|gap| gap.provider == Provider::Azure) {
            gaps.entry(&gap.read).or_default().push(gap);
        }
        let is_lost = |grant: &&Grant| match (&grant.attached_to, &grant.via) {
            // Whoever another tenant knows is not missing here.
            (Attachment::Identity(_), Via::AccessPolicy { tenant: Some(_), .. }) => false,
            (
                Attachment::Identity(id),
                Via::RoleAssignment { .. } | Via::AccessPolicy { .. } | Via::LocalRole { .. },
            ) => index.identity(id).is_none(),
            _ => false,
        };
        let lost: Vec<&Grant> = estate.grants.iter().filter(is_lost).collect();
        let is_of_group = |grant: &&Grant| matches!(grant.attached_to, Attachment::Group(_));
        // A holder that is not there may be a group: access policies do not say what it is.
        let may_be_of_group = |grant: &&Grant| matches!(grant.via, Via::AccessPolicy { .. });
        let of_groups = estate.grants.iter().filter(is_of_group);
        let of_groups = of_groups.chain(lost.iter().copied().filter(may_be_of_group)).collect();
        Self {
            index,
            texts,
            memberships,
            vaults,
            of_groups,
            lost,
            gaps,
            lookups: OnceCell::new(),
            stand_ins: OnceCell::new(),
            assignable: OnceCell::new(),
        }
    }

    /// The estate.
    pub(super) fn index(&self) -> &'e Index<'e> {
        self.index
    }

    /// The gaps of a read, whatever they are about.
    pub(super) fn gaps_of(&self, read: &str) -> &[&'e Gap] {
        self.gaps.get(read).map_or(&[], Vec::as_slice)
    }

    /// What is granted to an identity, itself or by a group, with whether it counts; what certainly does not is left out,
    /// and so are denials.
    pub(super) fn granted(&self, identity: &Identity) -> Vec<(&'e Grant, Truth)> {
        let now = self.index.estate().as_of;
        let own = self.index.grants_of_identity(&identity.id).iter().map(|grant| (*grant, Truth::Yes));
        let memberships = self.memberships(&identity.id);
        let of_groups = memberships.flat_map(|one| {
            let way = active(&one.activation, identity, now);
            self.index.grants_of_group(&one.group).iter().map(move |grant| (*grant, way))
        });
        own.chain(of_groups)
            .map(|(grant, way)| (grant, way & active(&grant.activation, identity, now)))
            .filter(|(grant, truth)| *truth != Truth::No && !matches!(grant.via, Via::DenyAssignment { .. }))
            .collect()
    }

    /// The `permissions` of a role or denial, as far as they could be understood.
    pub(super) fn permissions_of(&self, id: &PolicyId) -> Option<&Permissions> {
        match self.text(id)? {
            Read::Permissions(permissions) => Some(permissions),
            Read::Policies(_) | Read::Directory(_) | Read::Unusable => None,
        }
    }

    /// Asks about all of a scope: a resource group, a subscription or what lies above, where roles alone decide, or a
    /// single resource. `None` where the question does not fit the resource.
    pub(super) fn ask_at<'a>(&'a self, question: &'a Question, scope: &ScopeId) -> Option<Inquiry<'a, 'e>> {
        let (target, is_resource) = Target::at(self, scope)?;
        let plane = question.plane?;
        let of_vaults = is_resource && plane == Plane::Data && key_vault::is_data_action(&question.action);
        let judge = match (of_vaults, target.vault) {
            (true, None) if !target.is_of_vaults() => return None,
            (true, _) => Inquiry::judge(self, question, &target).ok()?,
            (false, _) => Judge::Roles,
        };
        Some(Inquiry { access: self, question, target, plane, judge, held: OnceCell::new() })
    }

    /// The same about a resource, by its id, where roles decide: not of what vaults hold.
    pub(super) fn ask_on<'a>(&'a self, question: &'a Question, id: &str) -> Option<Inquiry<'a, 'e>> {
        let target = Target::of_resource(self.index, id);
        let plane = question.plane?;
        Some(Inquiry { access: self, question, target, plane, judge: Judge::Roles, held: OnceCell::new() })
    }

    /// The scopes that something of Azure Resource Manager lies in, by its id, innermost first.
    pub(super) fn chain_of(&self, id: &str) -> Vec<ScopeId> {
        Target::of_resource(self.index, id).chain
    }

    fn text(&self, id: &PolicyId) -> Option<&Read> {
        let policy = self.index.estate().policies.get(id)?;
        Some(self.texts.get(id)?.get_or_init(|| {
            let read = match policy.kind {
                PolicyKind::AzurePermissions => Permissions::parse(&policy.text).map(Read::Permissions),
                PolicyKind::KeyVaultPermissions => AccessPermissions::parse(&policy.text).map(Read::Policies),
                PolicyKind::EntraRolePermissions => RolePermissions::parse(&policy.text).map(Read::Directory),
                _ => None,
            };
            read.unwrap_or(Read::Unusable)
        }))
    }

    /// The memberships of an identity of the estate.
    pub(super) fn memberships_read(&self, id: &IdentityId) -> &[&'e Membership] {
        self.memberships.get(id).map_or(&[], Vec::as_slice)
    }

    /// The memberships of an identity, or of whoever stands in for one.
    pub(super) fn memberships(&self, id: &IdentityId) -> impl Iterator<Item = &Membership> {
        let of_estate = self.memberships.get(id).into_iter().flatten().copied();
        let of_stand_in = self.stand_in(id).into_iter();
        of_estate.chain(of_stand_in.flat_map(|one| &one.memberships))
    }

    /// The roles that conditions let somebody assign.
    pub(super) fn assignable(&self) -> &Assignable<'e> {
        self.assignable.get_or_init(|| Assignable::of(self))
    }

    /// Somebody who is in a group and has nothing else, to be asked about in place of whoever joins it.
    pub(super) fn member_of(&self, group: &Group, joiner: Joiner) -> Option<&Identity> {
        self.stand_ins().get(&stand_in::member_of(group, joiner)).map(|one| &one.identity)
    }

    /// Somebody who has one role in one scope and nothing else, to be asked about in place of whoever gives it to itself.
    pub(super) fn holder_of(&self, scope: &ScopeId, role: Role<'_>) -> Option<&Identity> {
        self.stand_ins().get(&stand_in::holder_of(scope, role)).map(|one| &one.identity)
    }

    fn stand_ins(&self) -> &BTreeMap<IdentityId, StandIn> {
        self.stand_ins.get_or_init(|| stand_in::all(self.index, self.assignable()))
    }

    /// Whoever stands in for somebody, by id.
    pub(super) fn stand_in(&self, id: &IdentityId) -> Option<&StandIn> {
        self.stand_ins.get().and_then(|all| all.get(id))
    }

    /// What a directory role allows; `None` where its text cannot be understood.
    pub(super) fn directory_role(&self, id: &PolicyId) -> Option<&RolePermissions> {
        match self.text(id)? {
            Read::Directory(role) => Some(role),
            _ => None,
        }
    }

    /// Looks up what a question about the directory is about.
    ///
    /// # Errors
    /// When the resource is none of the estate's, or something else than what the operation is done to.
    pub fn ask_directory<'a>(
        &'a self,
        question: &directory::Question,
    ) -> Result<directory::Inquiry<'a, 'e>, directory::QuestionError> {
        directory::Inquiry::new(self, question)
    }

    /// Looks up what a question is about.
    ///
    /// # Errors
    /// When the resource is none of the estate's, or the action is none of it.
    pub fn ask<'a>(&'a self, question: &'a Question) -> Result<Inquiry<'a, 'e>, QuestionError> {
        Inquiry::new(self, question)
    }
}

/// Who decides about an action on a resource.
enum Judge<'e> {
    /// Role assignments and deny assignments.
    Roles,
    /// The access policies of a vault.
    Policies(&'e Vault),
    /// The local roles of a managed HSM.
    Local(&'e Vault),
    /// Nobody: the vault is deleted.
    Deleted,
    /// That was not read.
    Unread(Box<Gap>),
}

/// A question whose resource was found.
pub struct Inquiry<'a, 'e> {
    access: &'a Access<'e>,
    question: &'a Question,
    target: Target<'e>,
    plane: Plane,
    judge: Judge<'e>,
    /// Which groups hold what is asked, where that matters.
    held: OnceCell<Held>,
}

impl<'a, 'e> Inquiry<'a, 'e> {
    fn new(access: &'a Access<'e>, question: &'a Question) -> Result<Self, QuestionError> {
        Self::about(access, question, Target::find(access.index, &question.resource)?)
    }

    /// The same about what was found already.
    fn about(
        access: &'a Access<'e>,
        question: &'a Question,
        target: Target<'e>,
    ) -> Result<Self, QuestionError> {
        let action = &*question.action;
        let plane = question.plane.unwrap_or_else(|| {
            let named = || access.permissions().any(|one| one.names_data_action(action));
            if question::is_data_action(action) || named() { Plane::Data } else { Plane::Control }
        });
        let of_vaults = plane == Plane::Data && key_vault::is_data_action(action);
        if of_vaults && target.vault.is_none() && !target.is_of_vaults() {
            let (action, resource) = (question.action.to_string(), question.resource.to_string());
            return Err(QuestionError::NoVault { action, resource });
        }
        let judge = if of_vaults { Self::judge(access, question, &target)? } else { Judge::Roles };
        Ok(Self { access, question, target, plane, judge, held: OnceCell::new() })
    }

    fn judge(
        access: &Access<'e>,
        question: &Question,
        target: &Target<'e>,
    ) -> Result<Judge<'e>, QuestionError> {
        let Some(vault) = target.vault else {
            let detail = "the vault is not among those that were read";
            return Ok(Judge::Unread(Box::new(gap(access, target, doubts::VAULTS, detail))));
        };
        if vault.deleted.is_some() {
            return Ok(Judge::Deleted);
        }
        if vault.tenant.is_none() {
            let detail = "the tenant that the vault is bound to was not read";
            return Ok(Judge::Unread(Box::new(gap(access, target, doubts::VAULTS, detail))));
        }
        Ok(match target.access() {
            Some(AccessModel::RoleAssignments) => Judge::Roles,
            Some(AccessModel::LocalRoles) => Judge::Local(vault),
            Some(AccessModel::AccessPolicies) if key_vault::needed(&question.action).is_none() => {
                return Err(QuestionError::Policies(question.action.to_string()));
            }
            Some(AccessModel::AccessPolicies) => Judge::Policies(vault),
            None => {
                let detail = "who decides about access to the vault was not read";
                Judge::Unread(Box::new(gap(access, target, doubts::VAULTS, detail)))
            }
        })
    }

    /// On which plane the action is looked up.
    pub fn plane(&self) -> Plane {
        self.plane
    }

    /// Whether the action was taken for one of the control plane though a role of the estate covers it on the data plane:
    /// whoever asks should say which is meant.
    pub fn is_plane_doubtful(&self) -> bool {
        let covers = |one: &Permissions| one.covering(Plane::Data, &self.question.action).next().is_some();
        self.plane == Plane::Control && self.question.plane.is_none() && self.access.permissions().any(covers)
    }

    /// Whether an identity may do what is asked.
    pub fn verdict(&self, identity: &Identity) -> Verdict {
        match &self.judge {
            Judge::Unread(gap) => unknown((**gap).clone()),
            Judge::Deleted => deleted(),
            Judge::Roles | Judge::Policies(_) | Judge::Local(_) => match self.bound_elsewhere(identity) {
                Some(tenant) => elsewhere(tenant),
                None => self.weigh(identity),
            },
        }
    }

    /// The tenant whose principals alone get at what the vault holds, where that is not an identity's. A vault is bound to
    /// the tenant in which it was made, also when its subscription has moved to another.
    /// <https://learn.microsoft.com/azure/key-vault/general/move-subscription>
    fn bound_elsewhere(&self, identity: &Identity) -> Option<&'e ScopeId> {
        let of_vault = self.plane == Plane::Data && key_vault::is_data_action(&self.question.action);
        let bound = self.target.vault.filter(|_| of_vault)?.tenant.as_ref()?;
        let index = self.access.index;
        let around = question::tenant(index.estate(), &self.target.chain)?;
        // Where it lies in its own tenant, so do those to whom anything is granted.
        if around == bound || index.ancestors(&identity.scope).iter().any(|scope| scope.id == *bound) {
            return None;
        }
        Some(bound)
    }

    fn weigh(&self, identity: &Identity) -> Verdict {
        let found = self.lines(identity);
        let lines = &found.lines;
        let of = |effect| lines.iter().filter(move |line: &&Line<'_>| line.effect == effect);
        let allow = Truth::any(of(StatementEffect::Allow).map(|line| line.truth));
        let deny = Truth::any(of(StatementEffect::Deny).map(|line| line.truth));
        let mut doubts = Doubts::of(self, identity, &found.unread);
        doubts.note_lifted(of(StatementEffect::Deny).map(|line| line.grant));
        // A denial that excepts a group whose members were not read may not be meant for the identity.
        let sure = Truth::any(
            of(StatementEffect::Deny).filter(|line| !doubts.lift(line.grant)).map(|line| line.truth),
        );
        let ruling = allow & !deny;
        let could = (allow | (!doubts.gives.is_empty()).into()) & !sure;
        let decision = match ruling {
            Truth::Yes => Decision::Allowed,
            Truth::Maybe => Decision::Conditional,
            Truth::No if could != Truth::No => Decision::Unknown,
            Truth::No => Decision::Denied,
        };
        let denied_by = (decision == Decision::Denied).then_some(if deny == Truth::Yes {
            DeniedBy::Explicit
        } else {
            DeniedBy::Implicit
        });
        let because = because(lines, decision, deny);
        Verdict {
            decision,
            denied_by,
            rule: None,
            residual: (decision == Decision::Conditional).then(|| residual(lines)),
            because,
            may_widen: if decision == Decision::Allowed { Vec::new() } else { doubts.widening() },
            may_narrow: if decision == Decision::Denied { Vec::new() } else { doubts.takes },
        }
    }
}

impl<'e> Access<'e> {
    fn permissions(&self) -> impl Iterator<Item = &Permissions> {
        let policies = self.index.estate().policies.keys();
        policies.filter_map(|id| match self.text(id) {
            Some(Read::Permissions(permissions)) => Some(permissions),
            _ => None,
        })
    }
}

/// The part that a line has in an answer.
fn part(line: &Line<'_>, decision: Decision, deny: Truth) -> Option<Part> {
    use StatementEffect::{Allow, Deny};
    Some(match (decision, line.effect, line.truth) {
        (_, Deny, Truth::No) => return None,
        (Decision::Allowed, Deny, _) => return None,
        (Decision::Allowed, Allow, Truth::Yes) | (_, Deny, Truth::Yes) => Part::Decides,
        (Decision::Allowed, Allow, _) => return None,
        (Decision::Conditional, Allow, Truth::Yes | Truth::Maybe) | (_, Deny, Truth::Maybe) => {
            Part::MayDecide
        }
        (_, Allow, Truth::No) if deny == Truth::Yes => return None,
        (_, Allow, Truth::No) => Part::Nearest,
        (_, Allow, Truth::Yes | Truth::Maybe) => Part::NotEnough,
    })
}

fn because(lines: &[Line<'_>], decision: Decision, deny: Truth) -> Vec<Because> {
    let mut parts: Vec<(Part, &Line<'_>)> =
        lines.iter().filter_map(|line| Some((part(line, decision, deny)?, line))).collect();
    parts.sort_by_key(|(part, _)| *part);
    let mut near = 0;
    parts.retain(|(part, _)| {
        near += usize::from(*part == Part::Nearest);
        *part != Part::Nearest || near <= NEAREST
    });
    let because = |(part, line): (Part, &Line<'_>)| Because {
        part,
        effect: line.effect,
        attached_to: line.grant.attached_to.clone(),
        via: line.grant.via.clone(),
        statement: line.statement.clone(),
        says: line.says.clone(),
    };
    parts.into_iter().map(because).collect()
}

/// What decides a conditional answer.
fn residual(lines: &[Line<'_>]) -> Residual {
    let open = || lines.iter().filter(|line| line.truth == Truth::Maybe);
    let mut atoms: Vec<Text> =
        open().flat_map(|line| line.open.iter().map(|one| one.as_str().into())).collect();
    atoms.sort_unstable();
    atoms.dedup();
    let texts: Vec<&str> = open().map(|line| &*line.says).collect();
    Residual { language: ConditionLanguage::AzureAbac, text: texts.join("; ").into(), atoms }
}

fn unknown(gap: Gap) -> Verdict {
    Verdict {
        decision: Decision::Unknown,
        denied_by: None,
        rule: None,
        residual: None,
        because: Vec::new(),
        may_widen: vec![gap],
        may_narrow: Vec::new(),
    }
}

/// <https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview>
fn deleted() -> Verdict {
    Verdict {
        decision: Decision::Denied,
        denied_by: Some(DeniedBy::Implicit),
        rule: Some("the vault is deleted, and what it holds cannot be used until it is recovered".into()),
        residual: None,
        because: Vec::new(),
        may_widen: Vec::new(),
        may_narrow: Vec::new(),
    }
}

fn elsewhere(tenant: &ScopeId) -> Verdict {
    let id = tenant.as_str().trim_start_matches("azure:tenant/");
    let rule = format!("the vault is bound to tenant {id}, whose principals alone get at what it holds");
    Verdict { rule: Some(rule.into()), ..deleted() }
}

/// A gap of the estate about the target, or one that says what is missing where the estate tells of none.
fn gap(access: &Access<'_>, target: &Target<'_>, read: &str, detail: &str) -> Gap {
    let estate = access.index.estate();
    let known = estate
        .gaps
        .iter()
        .find(|gap| gap.provider == Provider::Azure && *gap.read == *read && doubts::touches(gap, target));
    known.cloned().unwrap_or_else(|| {
        let tenant = question::tenant(estate, &target.chain).cloned();
        Gap::new(
            Provider::Azure,
            tenant,
            read,
            GapReason::Inconsistent,
            detail,
            vec![target.id.as_str().into()],
        )
    })
}
