//! Who and what there is: accounts, teams with their principals, resources and policies, and an organization above.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{
    Kind,
    service::{Policies, SERVICES, Service},
    statement::Writer,
};
use crate::aws::dice::Dice;

/// The accounts.
pub(super) const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];
/// The teams.
pub(super) const TEAMS: [&str; 12] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "indigo", "juniper", "kestrel",
    "lagoon",
];
/// What resources are for.
pub(super) const PURPOSES: [&str; 6] = ["orders", "invoices", "events", "audit", "exports", "sessions"];

/// How much each team has.
const POLICIES: u32 = 12;
const GROUPS: u32 = 3;
const PRINCIPALS: u32 = 30;
const RESOURCES_OF_SERVICE: u32 = 2;

/// Everything that verdicts are about.
pub(crate) struct World {
    pub(super) kind: Kind,
    pub(super) teams: Vec<Team>,
    /// By level, from the root to the account.
    pub(super) service_control: Vec<Vec<Rc<str>>>,
    pub(super) resource_control: Vec<Vec<Rc<str>>>,
}

/// A team and what it has.
pub(super) struct Team {
    pub(super) name: &'static str,
    pub(super) principals: Vec<Principal>,
    pub(super) groups: Vec<Rc<Group>>,
    pub(super) resources: Vec<Resource>,
    /// What its principals may be given.
    policies: Vec<Rc<str>>,
}

/// A user or a role.
pub(super) struct Principal {
    pub(super) kind: PrincipalKind,
    pub(super) name: String,
    pub(super) account: &'static str,
    pub(super) stage: &'static str,
    pub(super) policies: Vec<Rc<str>>,
    pub(super) groups: Vec<Rc<Group>>,
    pub(super) boundary: Option<Rc<str>>,
    /// Whether one more policy is attached, whose text nobody could read.
    pub(super) reading: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PrincipalKind {
    User,
    Role,
}

/// Whether something was read as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Whole,
    Part,
}

/// A group of users.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) account: &'static str,
    pub(super) policies: Vec<Rc<str>>,
}

/// Something that has an ARN and perhaps a policy.
pub(super) struct Resource {
    pub(super) service: &'static Service,
    pub(super) account: &'static str,
    pub(super) arn: String,
    pub(super) policy: Option<Rc<str>>,
    pub(super) reading: Reading,
}

impl Principal {
    /// As IAM calls it.
    pub(super) fn arn(&self) -> String {
        let (account, name) = (self.account, &self.name);
        match self.kind {
            PrincipalKind::User => format!("arn:aws:iam::{account}:user/{name}"),
            PrincipalKind::Role => format!("arn:aws:iam::{account}:role/{name}"),
        }
    }

    /// As requests name it: a role by a session.
    pub(super) fn caller(&self) -> String {
        match self.kind {
            PrincipalKind::User => self.arn(),
            PrincipalKind::Role => {
                format!("arn:aws:sts::{}:assumed-role/{}/run-1", self.account, self.name)
            }
        }
    }
}

impl World {
    /// The world of a kind. Always the same one.
    pub(crate) fn new(kind: Kind) -> Self {
        let mut dice = Dice::of(1, &format!("verdicts of {}", kind.as_str()));
        let teams = TEAMS.iter().map(|team| Team::new(kind, team, &mut dice)).collect();
        let mut writer = Writer { kind, dice: &mut dice };
        let services = document(&[json!({ "Effect": "Allow", "Action": "*", "Resource": "*" })]);
        let resources =
            document(&[json!({ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" })]);
        let limits = vec![document(&writer.service_limits()), document(&[writer.known_services()])];
        let guards = document(&[writer.resource_guard()]);
        Self {
            kind,
            teams,
            service_control: vec![vec![services.clone()], limits],
            resource_control: vec![vec![resources.clone(), guards], vec![resources]],
        }
    }

    /// The texts of the identity policies, each once.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.teams.iter().flat_map(|team| &team.policies).map(|text| &**text)
    }
}

impl Team {
    fn new(kind: Kind, name: &'static str, dice: &mut Dice) -> Self {
        let mut team = Self {
            name,
            principals: Vec::new(),
            groups: Vec::new(),
            resources: Vec::new(),
            policies: Vec::new(),
        };
        team.resources = SERVICES.iter().flat_map(|service| resources(kind, service, name, dice)).collect();
        for _ in 0..POLICIES {
            let statements = dice.between(1, 4);
            let mut writer = Writer { kind, dice };
            let statements: Vec<Value> =
                (0..statements).map(|_| writer.statement(&team.resources, name)).collect();
            team.policies.push(document(&statements));
        }
        for number in 0..GROUPS {
            let (name, account) = (format!("{name}-{number}"), account(dice));
            let policies = several(&team.policies, 2, dice);
            team.groups.push(Rc::new(Group { name, account, policies }));
        }
        team.principals = (0..PRINCIPALS).map(|number| team.principal(kind, number, dice)).collect();
        team
    }

    fn principal(&self, kind: Kind, number: u32, dice: &mut Dice) -> Principal {
        let account = account(dice);
        let is_user = dice.percent(40);
        let of_account = self.groups.iter().filter(|group| group.account == account);
        let groups = if is_user { of_account.cloned().collect() } else { Vec::new() };
        let boundary = dice.percent(30).then(|| {
            let mut writer = Writer { kind, dice };
            document(&[writer.known_services(), writer.statement(&self.resources, self.name)])
        });
        let count = dice.between(1, 4);
        Principal {
            kind: if is_user { PrincipalKind::User } else { PrincipalKind::Role },
            name: format!("{}-{number}", self.name),
            account,
            stage: dice.pick(&["dev", "test", "prod"]),
            policies: several(&self.policies, count, dice),
            groups,
            boundary,
            reading: reading(dice),
        }
    }
}

fn resources(kind: Kind, service: &'static Service, team: &str, dice: &mut Dice) -> Vec<Resource> {
    let resource = |number| {
        let account = account(dice);
        let arn = service.arn(account, &format!("{team}-{}-{number}", dice.pick(&PURPOSES)));
        let has_policy = service.policies == Policies::Own && dice.percent(40);
        let policy =
            has_policy.then(|| document(&Writer { kind, dice }.resource_policy(service, &arn, team)));
        Resource { service, account, arn, policy, reading: reading(dice) }
    };
    (0..RESOURCES_OF_SERVICE).map(resource).collect()
}

/// Mostly the first, so that not everything lies in another account.
fn account(dice: &mut Dice) -> &'static str {
    let [first, second] = ACCOUNTS;
    if dice.percent(80) { first } else { second }
}

fn reading(dice: &mut Dice) -> Reading {
    if dice.percent(5) { Reading::Part } else { Reading::Whole }
}

/// Some of several texts, none twice.
fn several(texts: &[Rc<str>], count: u32, dice: &mut Dice) -> Vec<Rc<str>> {
    let mut picked: Vec<Rc<str>> = (0..count).filter_map(|_| dice.one_of(texts).cloned()).collect();
    picked.sort_unstable();
    picked.dedup();
    picked
}

fn document(statements: &[Value]) -> Rc<str> {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string().into()
}
