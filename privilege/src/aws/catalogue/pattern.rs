//! Action patterns of policies against the catalogue.

use super::{super::trust::matches, Action, Section, Service, index, order};

/// What the catalogue says of an action pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// It matches every action there is: `*`, `*:*`.
    All,
    /// It matches at least one action.
    Some,
    /// No service has such a prefix; also for a pattern without a colon, which AWS refuses.
    UnknownService,
    /// A service has the prefix, and none of its actions the name.
    UnknownAction,
}

/// Whether a pattern (`s3:Get*`, `*`) matches any action of the catalogue.
pub fn known(pattern: &str) -> Known {
    let Some((prefix, name)) = parts(pattern) else { return Known::UnknownService };
    if only_stars(prefix) && only_stars(name) {
        return Known::All;
    }
    let mut services = services(prefix).peekable();
    if services.peek().is_none() {
        return Known::UnknownService;
    }
    let found = services.any(|service| actions(service, name).next().is_some());
    if found { Known::Some } else { Known::UnknownAction }
}

/// The actions that a pattern matches.
pub fn expand(pattern: &str) -> Vec<(&'static Service, &'static Action)> {
    let Some((prefix, name)) = parts(pattern) else { return Vec::new() };
    services(prefix).flat_map(|service| actions(service, name).map(move |action| (service, action))).collect()
}

/// The patterns of prefix and name. A star alone stands for both.
fn parts(pattern: &str) -> Option<(&str, &str)> {
    if only_stars(pattern) { Some((pattern, pattern)) } else { pattern.split_once(':') }
}

fn only_stars(pattern: &str) -> bool {
    !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*')
}

fn services(pattern: &str) -> impl Iterator<Item = &'static Service> {
    matching(index(), |section| section.prefix, pattern).filter_map(Section::service)
}

fn actions(service: &'static Service, pattern: &str) -> impl Iterator<Item = &'static Action> {
    matching(&service.actions, |action| action.name, pattern)
}

/// What of a sorted list a pattern matches. Only the stretch that begins like the pattern is looked at: without
/// wildcards that is the one item, or a few that go on behind it.
fn matching<T>(
    sorted: &'static [T],
    name: fn(&T) -> &'static str,
    pattern: &str,
) -> impl Iterator<Item = &'static T> {
    let begin = pattern.split(['*', '?']).next().unwrap_or_default();
    let first = sorted.partition_point(|item| order(name(item), begin).is_lt());
    let begins = move |name: &str| {
        name.as_bytes().get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin.as_bytes()))
    };
    let stretch = sorted.iter().skip(first).take_while(move |item| begins(name(item)));
    stretch.filter(move |item| matches(pattern, name(item)))
}
