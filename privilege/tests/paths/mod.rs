//! The form of a case about paths, and the twins in which its path must not be there.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test uses a part; one that stops says why"
)]

pub(crate) mod check;

use serde::Deserialize;

use crate::azure_worlds::{Given, paths::World};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chapter {
    pub(crate) source: Option<String>,
    /// The twins of every case with a path, unless it names its own.
    #[serde(default)]
    unless: Vec<Twin>,
    pub(crate) case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) why: String,
    pub(crate) source: Option<String>,
    /// The technique that it is about.
    pub(crate) technique: Option<String>,
    /// Whose ways: `app` unless it says `person` or another.
    who: Option<String>,
    #[serde(flatten)]
    pub(crate) world: World,
    /// The techniques of the shortest path; without any, no path is found.
    #[serde(default)]
    pub(crate) path: Vec<String>,
    /// The techniques of the first path that raises no level.
    #[serde(default)]
    pub(crate) possible: Vec<String>,
    /// Whether nothing that is certain gives the level.
    #[serde(default)]
    pub(crate) conditional: bool,
    /// The level; `escalates` where there is a path unless it says so, and less where there is none.
    pub(crate) level: Option<String>,
    /// By what the first step goes: the last part of its id.
    pub(crate) through: Option<String>,
    /// Whom the last step acts as.
    pub(crate) acts_as: Option<String>,
    /// What is administered at the end: `root` (the tenant), `platform`, `sub` or `other`.
    pub(crate) administers: Option<String>,
    /// The operation that the cut of the shortest path takes.
    pub(crate) cut: Option<String>,
    /// How many first steps lead to administration.
    pub(crate) total: Option<usize>,
    /// That it is about ways to become this target, whatever it can do.
    pub(crate) becoming: Option<String>,
    /// The twins.
    unless: Option<Vec<Twin>>,
}

impl Case {
    pub(crate) fn who(&self) -> &str {
        self.who.as_deref().unwrap_or("app")
    }

    /// Whether its technique is taken, be it that it counts or not.
    pub(crate) fn fires(&self) -> bool {
        !self.path.is_empty() || !self.possible.is_empty()
    }

    pub(crate) fn twins(&self, chapter: &Chapter) -> Vec<Twin> {
        match &self.unless {
            _ if !self.fires() => Vec::new(),
            Some(twins) => twins.clone(),
            None => chapter.unless.clone(),
        }
    }
}

/// One change to the world of a case, with which its path is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Twin {
    /// Any one grant, ownership or membership is missing: each is tried.
    OneIsMissing,
    /// All roles of Azure are assigned in another subscription.
    Elsewhere,
    /// All roles of Azure are assigned in another resource group of the subscription.
    InAnotherGroup,
    /// Roles of the directory are assigned at another principal.
    OnAnother,
    /// What the caller has, somebody else has.
    OfAStranger,
    /// The caller is of another tenant.
    OfAnotherTenant,
    /// A deny assignment keeps the caller from everything.
    Denied,
    /// A deny assignment keeps everybody but the targets from everything.
    DeniedToAll,
    /// The role assignments have a condition that never holds.
    Excluded,
    /// The assignments are over.
    Expired,
    /// The caller cannot sign in.
    CallerOut,
    /// The targets cannot sign in.
    TargetOut,
    /// The resource that runs as the target is on its way out.
    Ended,
    /// The targets hold nothing.
    Powerless,
}

impl Twin {
    pub(crate) fn says(self) -> &'static str {
        match self {
            Self::OneIsMissing => "one thing is missing",
            Self::Elsewhere => "in another subscription",
            Self::InAnotherGroup => "in another resource group",
            Self::OnAnother => "on another principal",
            Self::OfAStranger => "granted to a stranger",
            Self::OfAnotherTenant => "granted in another tenant",
            Self::Denied => "denied",
            Self::DeniedToAll => "denied to all others",
            Self::Excluded => "excluded by a condition",
            Self::Expired => "expired",
            Self::CallerOut => "the caller is disabled",
            Self::TargetOut => "the target is disabled",
            Self::Ended => "the resource is gone",
            Self::Powerless => "the target is powerless",
        }
    }

    pub(crate) fn why(self) -> &'static str {
        match self {
            Self::OneIsMissing => "each permission is needed",
            Self::Elsewhere | Self::InAnotherGroup => "a role counts where it is assigned and below",
            Self::OnAnother => "a role of the directory that is assigned at an object counts for that object",
            Self::OfAStranger => "nobody has what is granted to somebody else",
            Self::OfAnotherTenant => "nothing passes from one tenant to another",
            Self::Denied | Self::DeniedToAll => "denials stand above roles",
            Self::Excluded => "a role whose condition does not hold gives nothing",
            Self::Expired => "an assignment that is over gives nothing",
            Self::CallerOut => "nobody signs in as a disabled principal, so that it takes no step",
            Self::TargetOut => "no token is given out for a disabled principal",
            Self::Ended => "a resource that is gone runs nothing",
            Self::Powerless => "to become somebody who holds nothing leads nowhere",
        }
    }

    /// Whose ways are asked for.
    pub(crate) fn asks(self, case: &Case) -> &str {
        if self == Self::OfAnotherTenant { "outsider" } else { case.who() }
    }

    /// The worlds that are like a case's but for the change.
    pub(crate) fn worlds(self, case: &Case) -> Vec<World> {
        if self == Self::OneIsMissing {
            return without_each(&case.world);
        }
        let mut world = case.world.clone();
        let who = case.who().to_owned();
        // What targets have stays as it is.
        let names: Vec<String> = world.targets.iter().map(|one| one.name().to_owned()).collect();
        let is_targets = |to: Option<&str>| {
            to.is_some_and(|to| names.iter().any(|name| name == to.trim_start_matches("group:")))
        };
        let all = Given { actions: vec!["*".into()], data_actions: vec!["*".into()], ..Given::default() };
        let mut azure = |change: &dyn Fn(&mut Given)| {
            world.grants.iter_mut().filter(|one| !is_targets(one.to.as_deref())).for_each(change);
        };
        match self {
            Self::OneIsMissing => {}
            Self::Elsewhere => azure(&|one| one.at = Some("other".into())),
            Self::InAnotherGroup => azure(&|one| one.at = Some("others".into())),
            Self::Excluded => azure(&|one| one.condition = Some("!(ActionMatches{'*'})".into())),
            Self::Denied => world.grants.push(Given { deny: true, to: Some(who), ..all }),
            Self::DeniedToAll => {
                let except = names.iter().zip(&world.targets).map(|(name, target)| {
                    if target.is_group() { format!("group:{name}") } else { name.clone() }
                });
                let except = except.collect();
                world.grants.push(Given { deny: true, to: Some("everyone".into()), except, ..all });
            }
            Self::OnAnother => {
                for one in world.directory.iter_mut().filter(|one| !is_targets(one.to.as_deref())) {
                    one.at = Some("stranger".into());
                }
            }
            Self::OfAStranger | Self::OfAnotherTenant => {
                let other = if self == Self::OfAStranger { "stranger" } else { "outsider" };
                azure(&|one| one.to = Some(other.into()));
                for one in world.directory.iter_mut().filter(|one| !is_targets(one.to.as_deref())) {
                    one.to = Some(other.into());
                }
                for one in world.owners.iter_mut().filter(|one| !is_targets(Some(&one.who))) {
                    one.who = other.into();
                }
                for one in world.members.iter_mut().filter(|one| !is_targets(one.who.as_deref())) {
                    one.who = Some(other.into());
                }
                for one in world.targets.iter_mut().filter(|one| one.trusts.as_deref() == Some(&*who)) {
                    one.trusts = Some(other.into());
                }
            }
            Self::Expired => {
                let over = || Some("until-yesterday".to_owned());
                azure(&|one| one.activation = over());
                for one in world.directory.iter_mut().filter(|one| !is_targets(one.to.as_deref())) {
                    one.activation = over();
                }
                world.owners.iter_mut().for_each(|one| one.activation = over());
                world.members.iter_mut().for_each(|one| one.activation = over());
                world.nested.iter_mut().for_each(|one| one.activation = over());
            }
            Self::CallerOut => world.disabled.push(who),
            Self::TargetOut => world.disabled.extend(names.clone()),
            Self::Ended => world.targets.iter_mut().for_each(|one| one.state = Some("ended".into())),
            Self::Powerless => {
                world.targets.iter_mut().for_each(|one| one.power = Some("none".into()));
            }
        }
        vec![world]
    }
}

fn without_each(world: &World) -> Vec<World> {
    let mut all = Vec::new();
    let mut add = |change: &dyn Fn(&mut World)| {
        let mut less = world.clone();
        change(&mut less);
        all.push(less);
    };
    (0..world.grants.len()).for_each(|number| add(&|less| drop(less.grants.remove(number))));
    (0..world.directory.len()).for_each(|number| add(&|less| drop(less.directory.remove(number))));
    (0..world.owners.len()).for_each(|number| add(&|less| drop(less.owners.remove(number))));
    (0..world.nested.len()).for_each(|number| add(&|less| drop(less.nested.remove(number))));
    (0..world.members.len()).for_each(|number| add(&|less| drop(less.members.remove(number))));
    for number in 0..world.targets.len() {
        if world.targets.get(number).is_some_and(|one| one.trusts.is_some()) {
            add(&|less| less.targets.iter_mut().skip(number).take(1).for_each(|one| one.trusts = None));
        }
    }
    all
}
