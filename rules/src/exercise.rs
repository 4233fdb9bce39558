//! Whether an identity that is in use ever uses what makes it powerful.

use census_model::{Identity, LastUse, Level, Observed, Path, Reach, Usage};
use census_privilege::aws::usage::{Seen, action as seen_of};

use crate::{Idle, View};

/// What an administrator does that nobody else does: it changes who may do what.
const ADMINISTRATION: [&str; 10] = [
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:UpdateAssumeRolePolicy",
];

/// Power that is there and was not used.
pub(crate) struct Unexercised {
    /// Since when none of it was.
    pub(crate) idle: Idle,
    /// The actions that would have used it, each seen unused.
    pub(crate) actions: Vec<String>,
}

/// Since when an identity has not used what gives it its level. `None` if it did lately, or if that cannot be told of
/// any part of it: what nobody tracks is never unused.
pub(crate) fn unexercised(
    view: &View<'_>,
    identity: &Identity,
    reach: &Reach,
    limit: u32,
) -> Option<Unexercised> {
    let usage = view.index.usage(&identity.id)?;
    let idle = |action: &str| idle(view, usage, identity, action, limit);
    let mut found: Vec<(Idle, String)> = Vec::new();
    let named = reach.because.iter().map(|proof| &*proof.action);
    let administration = ADMINISTRATION.into_iter().filter(|_| reach.level == Level::Admin);
    for action in named.chain(administration) {
        found.push((idle(action)?, action.to_owned()));
    }
    // An administrator has no need of a path.
    if reach.level != Level::Admin {
        // Those that are not listed are not known.
        if reach.paths_more || reach.paths_total > reach.paths.len() {
            return None;
        }
        for path in &reach.paths {
            found.push(untaken(path, idle)?);
        }
    }
    let last = found.iter().map(|(idle, _)| *idle).max_by_key(|idle| (idle.since, idle.seen))?;
    let mut actions: Vec<String> = found.into_iter().map(|(_, action)| action).collect();
    actions.sort_unstable();
    actions.dedup();
    Some(Unexercised { idle: last, actions })
}

/// A path takes all permissions of its first step, so that one that was not used shows that it was not taken.
fn untaken(path: &Path, idle: impl Fn(&str) -> Option<Idle>) -> Option<(Idle, String)> {
    let proofs = path.steps.first()?.proofs.iter();
    let unused = proofs.filter_map(|proof| Some((idle(&proof.action)?, proof.action.to_string())));
    unused.min_by(|a, b| (a.0.since, &a.1).cmp(&(b.0.since, &b.1)))
}

fn idle(view: &View<'_>, usage: &Usage, identity: &Identity, action: &str, limit: u32) -> Option<Idle> {
    let (service, name) = action.split_once(':')?;
    let seen: Observed<LastUse> = match seen_of(usage, &service.to_ascii_lowercase(), name) {
        Seen::Used(last) => Observed::Known(last.clone()),
        Seen::NotSince(since) => Observed::NotSince(since),
        Seen::Untold => return None,
    };
    view.idle(&seen, identity.created, limit)
}
