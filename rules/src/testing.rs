//! What rules' cases are written with, and the test that runs them.

use census_fixtures as fixtures;
use census_model::{
    Attachment, Claim, ClaimSource, Condition, ConditionLanguage, Credential, CredentialKind, Effect,
    EstateBuilder, Gap, GapId, GapReason, Grant, Group, GroupId, Identity, Index, LastUse, Level, Mechanism,
    Membership, Observed, OwnerRecord, OwnerStatus, Ownership, Policy, PolicyKind, PrincipalSet, Provider,
    Reaches, Scope, ScopeId, ScopeKind, ServiceUse, Trust, Usage, UsageKind, UsageSource, Via, Workload,
    WorkloadId, WorkloadKind,
};
use census_privilege::{
    aws::{catalogue, document::Test},
    azure::{access::Access, vaults},
};
use jiff::Timestamp;

use crate::{Declared, Policies, Thresholds, View, conditions};

mod azure;
mod case;
mod reach;
mod registry;

pub(crate) use case::Case;
pub(crate) use reach::{ReachOf, path, proof};
pub(crate) use registry::{attested, day, overdue, stated};

/// A small company: an estate in the making with its owners and limits.
pub(crate) struct World {
    pub(crate) estate: EstateBuilder,
    pub(crate) ownership: Ownership,
    /// What each identity can do, as a case says it.
    pub(crate) reaches: Reaches,
    pub(crate) thresholds: Thresholds,
    pub(crate) declared: Declared,
    statements: usize,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            estate: fixtures::account(),
            ownership: Ownership::default(),
            reaches: Reaches::default(),
            thresholds: Thresholds::default(),
            declared: Declared::default(),
            statements: 0,
        }
    }

    pub(crate) fn add(&mut self, identity: Identity) -> Identity {
        self.estate.identity(identity.clone());
        identity
    }

    pub(crate) fn user(&mut self, name: &str) -> Identity {
        self.add(fixtures::user(name))
    }

    pub(crate) fn role(&mut self, name: &str) -> Identity {
        self.add(fixtures::role(name))
    }

    pub(crate) fn root(&mut self) -> Identity {
        self.add(fixtures::root())
    }

    /// Adds an active access key, changed as the case needs it.
    pub(crate) fn key(&mut self, holder: &Identity, id: &str, change: impl Fn(&mut Credential)) {
        let mut key = fixtures::access_key(holder, id);
        change(&mut key);
        self.estate.credential(key);
    }

    pub(crate) fn credential(
        &mut self,
        holder: &Identity,
        kind: CredentialKind,
        change: impl Fn(&mut Credential),
    ) {
        let mut credential = fixtures::credential(holder, kind, kind.as_str());
        change(&mut credential);
        self.estate.credential(credential);
    }

    pub(crate) fn gap(&mut self, read: &str, reason: GapReason) -> GapId {
        let scope = Some(fixtures::account_scope(fixtures::ACCOUNT));
        self.estate.gap(Gap::new(Provider::Aws, scope, read, reason, "for the test", Vec::new()))
    }

    /// Lets `who` become `role`, under a condition as JSON text (empty: none).
    pub(crate) fn trust(
        &mut self,
        role: &Identity,
        who: PrincipalSet,
        mechanism: Mechanism,
        condition: &str,
    ) {
        self.statements += 1;
        self.estate.trust(Trust {
            becomes: role.id.clone(),
            who,
            except: Vec::new(),
            mechanism,
            statement: self.statements.to_string().into(),
            condition: condition_of(condition),
        });
    }

    /// Keeps the text of a role's trust policy, where its denials stay.
    pub(crate) fn trust_policy(&mut self, role: &Identity, text: &str) {
        let attached_to = Attachment::Resource(role.native_id.clone());
        self.attach(attached_to, Via::Inline { name: "trust policy".into() }, Effect::Allow, text);
    }

    /// Attaches a policy of this text.
    pub(crate) fn attach(&mut self, attached_to: Attachment, via: Via, effect: Effect, text: &str) {
        let policy = self.estate.policy(Policy::new(PolicyKind::AwsDocument, text));
        let scope = match &attached_to {
            Attachment::Scope(scope) => scope.clone(),
            _ => fixtures::account_scope(fixtures::ACCOUNT),
        };
        self.estate.grant(Grant {
            attached_to,
            via,
            policy: Some(policy),
            effect,
            scope,
            activation: census_model::Activation::Standing,
            condition: None,
        });
    }

    /// Adds a group.
    pub(crate) fn group(&mut self, name: &str) -> GroupId {
        let arn = format!("arn:aws:iam::{}:group/{name}", fixtures::ACCOUNT);
        let id = GroupId::new(format!("aws:{arn}"));
        self.estate.group(Group {
            id: id.clone(),
            native_id: arn.into(),
            immutable_id: Some(format!("ID{name}").into()),
            name: name.into(),
            scope: fixtures::account_scope(fixtures::ACCOUNT),
            created: None,
            role_assignable: false,
            membership_rule: None,
            kept_elsewhere: false,
        });
        id
    }

    /// Puts an identity into a group.
    pub(crate) fn member(&mut self, group: &GroupId, member: &Identity) {
        self.estate.membership(Membership {
            group: group.clone(),
            member: member.id.clone(),
            through: Vec::new(),
            activation: census_model::Activation::Standing,
        });
    }

    /// Gives an identity an inline policy of one allowing statement, `S`.
    pub(crate) fn allow(&mut self, identity: &Identity, action: &str, resource: &str, condition: &str) {
        let condition = match condition {
            "" => String::new(),
            condition => format!(r#","Condition":{condition}"#),
        };
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Sid":"S","Effect":"Allow",
                "Action":"{action}","Resource":"{resource}"{condition}}}}}"#
        );
        let via = Via::Inline { name: action.into() };
        self.attach(Attachment::Identity(identity.id.clone()), via, Effect::Allow, &text);
    }

    /// Says what an identity can do in its own scope, for certain and without a doubt, until the builder says else.
    pub(crate) fn reach(&mut self, identity: &Identity, level: Level) -> ReachOf<'_> {
        ReachOf::new(self, identity, level)
    }

    /// What is known of an identity's use of services, for as far as AWS looks back; nothing where none is named.
    pub(crate) fn usage(&mut self, identity: &Identity, services: &[(&str, Told)]) {
        let from = fixtures::days_ago(400);
        let last = LastUse { at: fixtures::days_ago(1), service: None, region: None };
        let service = |(name, told): &(&str, Told)| {
            let last_used = match told {
                Told::Not => Observed::NotSince(from),
                Told::Used | Told::Whole => Observed::Known(last.clone()),
            };
            let mut service = ServiceUse::whole(last_used);
            if *told == Told::Used {
                let all = catalogue::service(name).expect("a service of the catalogue");
                let used = |action: &catalogue::Action| (action.name.into(), Observed::Known(last.clone()));
                service.actions = all.actions.iter().map(used).collect();
            }
            ((*name).into(), service)
        };
        if !services.is_empty() {
            self.estate.usage(Usage {
                identity: identity.id.clone(),
                sources: vec![UsageSource { kind: UsageKind::Actions, from, to: fixtures::now() }],
                services: services.iter().map(service).collect(),
            });
        }
    }

    pub(crate) fn owner(
        &mut self,
        identity: &Identity,
        status: OwnerStatus,
        sources: &[(ClaimSource, &str)],
    ) {
        let claims = sources
            .iter()
            .map(|(source, owner)| Claim {
                source: *source,
                business_owner: Some((*owner).into()),
                technical_steward: None,
                evidence: Vec::new(),
            })
            .collect();
        self.ownership.records.insert(
            identity.id.clone(),
            OwnerRecord {
                status,
                business_owner: sources.first().map(|(_, owner)| (*owner).into()),
                technical_steward: None,
                claims,
                gaps: Vec::new(),
                parties: Vec::new(),
                departed: Vec::new(),
                successors: Vec::new(),
                registration: None,
                life: None,
                because: "for the test".into(),
            },
        );
    }

    /// Puts these accounts into the organization `o-acme`.
    pub(crate) fn organization(&mut self, accounts: &[&str]) {
        let id = ScopeId::new("aws:organization/o-acme");
        self.estate.scope(Scope {
            id: id.clone(),
            native_id: "o-acme".into(),
            kind: ScopeKind::Organization,
            ..fixtures::scope("0")
        });
        for account in accounts {
            self.estate.scope(Scope { parent: Some(id.clone()), scanned: false, ..fixtures::scope(account) });
        }
    }

    /// Everything a rule sees, kept for the length of `look`.
    pub(crate) fn look<R>(self, look: impl FnOnce(&View<'_>) -> R) -> R {
        let estate = fixtures::finish(self.estate);
        let index = Index::new(&estate);
        let policies = Policies::new(&index);
        let vaults = vaults::of_estate(&Access::new(&index));
        look(&View {
            index: &index,
            ownership: &self.ownership,
            reaches: &self.reaches,
            vaults: &vaults,
            policies: &policies,
            thresholds: &self.thresholds,
            declared: &self.declared,
        })
    }
}

/// Adds a workload that runs as a role.
pub(crate) fn run_as(
    world: &mut World,
    role: &Identity,
    kind: WorkloadKind,
    arn: &str,
    tags: &[(&str, &str)],
) {
    world.estate.workload(Workload {
        id: WorkloadId::new(format!("aws:{arn}")),
        native_id: arn.into(),
        kind,
        name: arn.into(),
        scope: fixtures::account_scope(fixtures::ACCOUNT),
        runs_as: vec![role.id.clone()],
        uses: Vec::new(),
        state: None,
        created: None,
        tags: tags.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
    });
}

pub(crate) fn condition_of(json: &str) -> Option<Condition> {
    (!json.is_empty()).then(|| Condition { language: ConditionLanguage::AwsJson, text: json.into() })
}

/// The tests of a condition given as JSON text.
pub(crate) fn condition_tests(json: &str) -> Vec<Test> {
    let mut world = World::new();
    let role = world.role("r");
    world.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, json);
    world.look(|view| conditions::tests(view.index.trusts(&role.id)[0]).expect("a readable condition"))
}

pub(crate) fn not_since(days: i64) -> Observed<census_model::LastUse> {
    Observed::NotSince(fixtures::days_ago(days))
}

pub(crate) fn not_visible() -> Observed<census_model::LastUse> {
    Observed::NotVisible(fixtures::denied("iam:GetCredentialReport").id)
}

pub(crate) fn days_ago(days: i64) -> Option<Timestamp> {
    Some(fixtures::days_ago(days))
}

/// What is known of the use of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Not used for as far back as is seen.
    Not,
    /// Used, each of its actions.
    Used,
    /// Used; of its actions nothing is known.
    Whole,
}
