//! What retiring an identity takes: what depends on it, and in which order to take it out of service.

use serde::{Deserialize, Serialize};

use crate::{Command, Evidence, GapId, LastUse, Observed, Text, WorkloadState};

/// A plan for retiring one identity. Census executes none of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetirementPlan {
    /// Whether it can be retired at all, and where.
    pub way: RetirementWay,
    /// Why this way, in one sentence.
    pub because: Text,
    /// What to know before anything is done.
    pub remarks: Vec<Text>,
    /// Its last use by any of its ways in.
    pub last_used: Observed<LastUse>,
    /// What makes it anew if it is not changed first.
    pub kept_by: Vec<Keeper>,
    /// What depends on it, by kind, worst first. A kind of which nothing was seen is here only if something may have
    /// been missed.
    pub dependents: Vec<Dependents>,
    /// How long it stays disabled before it is deleted.
    pub wait: Wait,
    /// What to do, in order.
    pub stages: Vec<RetirementStage>,
}

impl RetirementPlan {
    /// How many things depend on it, as far as was seen.
    pub fn dependents_seen(&self) -> usize {
        self.dependents.iter().map(|group| group.items.len()).sum()
    }

    /// The gaps because of which more may depend on it, each once, sorted.
    pub fn open(&self) -> Vec<&GapId> {
        let mut open: Vec<&GapId> = self.dependents.iter().flat_map(|group| &group.open).collect();
        open.sort_unstable();
        open.dedup();
        open
    }
}

/// Whether and where an identity can be retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetirementWay {
    /// Here: it is disabled, watched and deleted.
    Staged,
    /// Where it is kept: nobody can change it here.
    Elsewhere,
    /// Not at all: it lives as long as its account.
    Never,
}

impl RetirementWay {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Elsewhere => "elsewhere",
            Self::Never => "never",
        }
    }
}

/// What keeps an identity as it is and makes it anew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Keeper {
    /// What it is.
    pub kind: KeeperKind,
    /// Its name: a service, a permission set, a stack, an address in code.
    pub name: Text,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// What can keep an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeeperKind {
    /// A service of the provider.
    Service,
    /// A permission set of AWS IAM Identity Center.
    PermissionSet,
    /// A CloudFormation stack.
    Stack,
    /// Other infrastructure as code.
    Code,
}

impl KeeperKind {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::PermissionSet => "permission-set",
            Self::Stack => "stack",
            Self::Code => "code",
        }
    }
}

/// How something depends on an identity, what breaks first at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DependentKind {
    /// It runs as the identity.
    Workload,
    /// It hands the identity to instances.
    InstanceProfile,
    /// Nothing else in the estate can become it.
    OnlyItBecomes,
    /// It may become the identity.
    MayBecomeIt,
    /// The identity may become it, and so may others.
    ItMayBecome,
    /// A resource whose own policy names the identity.
    ResourcePolicy,
    /// A key that is granted to the identity.
    KeyGrant,
    /// A policy with a condition that names the identity.
    Condition,
    /// A policy that lets somebody do something with the identity: pass it, assume it.
    PolicyAboutIt,
    /// Somebody whose ways to more power lead through the identity.
    PathThroughIt,
    /// Whoever is assigned the permission set that the identity is kept for.
    Assignee,
    /// A group that the identity is in.
    Group,
    /// A credential of the identity.
    Credential,
}

impl DependentKind {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workload => "workload",
            Self::InstanceProfile => "instance-profile",
            Self::OnlyItBecomes => "only-it-becomes",
            Self::MayBecomeIt => "may-become-it",
            Self::ItMayBecome => "it-may-become",
            Self::ResourcePolicy => "resource-policy",
            Self::KeyGrant => "key-grant",
            Self::Condition => "condition",
            Self::PolicyAboutIt => "policy-about-it",
            Self::PathThroughIt => "path-through-it",
            Self::Assignee => "assignee",
            Self::Group => "group",
            Self::Credential => "credential",
        }
    }

    /// What is in such a group, in words.
    pub fn says(self) -> &'static str {
        match self {
            Self::Workload => "runs as it and stops working",
            Self::InstanceProfile => "hands it to instances",
            Self::OnlyItBecomes => "nobody else in these accounts is let in to these by name",
            Self::MayBecomeIt => "may become it and loses that",
            Self::ItMayBecome => "trusts it by name, and others too",
            Self::ResourcePolicy => "names it in its own policy, which then names its unique id",
            Self::KeyGrant => "is granted to it until the grant is revoked",
            Self::Condition => {
                "names it in a condition, where the name stays: whoever makes one of that name inherits it"
            }
            Self::PolicyAboutIt => "lets somebody do something with it, and then with one of its name",
            Self::PathThroughIt => "reaches further through it, by the shortest paths of each",
            Self::Assignee => "signs in as it",
            Self::Group => "has it as a member",
            Self::Credential => "proves to be it",
        }
    }
}

/// What depends on an identity in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependents {
    /// How.
    pub kind: DependentKind,
    /// What, worst first; each once.
    pub items: Vec<Dependent>,
    /// Gaps because of which more may do so.
    pub open: Vec<GapId>,
}

/// Something that depends on an identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependent {
    /// Native id, or a principal's text.
    pub id: Text,
    /// Display name.
    pub name: Text,
    /// What it is: `aws-lambda-function`, `service`, `active`.
    pub what: Text,
    /// Of a workload whether it runs; `None` where that is not known.
    pub state: Option<WorkloadState>,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// How long an identity stays disabled before it is deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// In days.
    pub days: u32,
    /// Why so long.
    pub because: Text,
}

/// The stages of a retirement, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageKind {
    /// Tell whoever answers for it or needs it.
    Announce,
    /// Take away what it can do, so that it can be given back at once.
    Disable,
    /// Wait, and watch who misses it.
    Wait,
    /// Delete it, in the order that the provider asks for.
    Delete,
    /// Take away what still speaks of it.
    CleanUp,
}

impl StageKind {
    /// Every stage, in order.
    pub const ALL: [Self; 5] = [Self::Announce, Self::Disable, Self::Wait, Self::Delete, Self::CleanUp];

    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Announce => "announce",
            Self::Disable => "disable",
            Self::Wait => "wait",
            Self::Delete => "delete",
            Self::CleanUp => "clean-up",
        }
    }
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetirementStage {
    /// Which.
    pub kind: StageKind,
    /// What to do, in order; nothing where nothing is left to do.
    pub tasks: Vec<RetirementTask>,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetirementTask {
    /// What, and why.
    pub says: Text,
    /// The facts that it rests on.
    pub evidence: Vec<Evidence>,
    /// Commands for it that a person may choose to run, in order.
    pub commands: Vec<Command>,
    /// How to take it back.
    pub undo: Undo,
}

/// How a task is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undo {
    /// It changes nothing.
    Nothing,
    /// These commands restore what was.
    By(Vec<Command>),
    /// A person restores it, like this.
    ByHand(Text),
    /// It cannot be taken back, for this reason.
    Impossible(Text),
}
