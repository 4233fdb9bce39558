//! The actions that matter to reach, numbered, so that a policy's actions are a set of bits.

use std::collections::BTreeMap;

use crate::aws::{
    document::{Element, StatementEffect},
    pattern::Pattern,
    policy::Policy,
    statement::Statement,
};

/// How many actions can be numbered; a test keeps the data below it.
const MOST: usize = 64 * WORDS;
const WORDS: usize = 5;

/// An action by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ActionNo(u16);

/// A set of actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mask([u64; WORDS]);

impl Mask {
    pub(super) fn add(&mut self, action: ActionNo) {
        if let Some(word) = self.0.get_mut(usize::from(action.0 / 64)) {
            *word |= 1 << (action.0 % 64);
        }
    }

    pub(super) fn has(self, action: ActionNo) -> bool {
        self.0.get(usize::from(action.0 / 64)).is_some_and(|word| word & (1 << (action.0 % 64)) != 0)
    }

    pub(super) fn has_any(self, actions: &[ActionNo]) -> bool {
        actions.iter().any(|action| self.has(*action))
    }

    pub(super) fn union(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
    }

    /// What both have.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word &= more);
        self
    }

    /// What the other has not.
    pub(super) fn without(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, less)| *word &= !less);
        self
    }

    /// How many.
    pub(super) fn count(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    pub(super) fn all() -> Self {
        Self([u64::MAX; WORDS])
    }
}

/// The numbers.
#[derive(Debug, Default)]
pub(super) struct Actions {
    names: Vec<Box<str>>,
    lower: Vec<Box<str>>,
    numbers: BTreeMap<Box<str>, ActionNo>,
    /// By what stands before the colon, in lower case.
    services: BTreeMap<Box<str>, Vec<ActionNo>>,
}

impl Actions {
    /// The number of an action, a new one if it has none.
    pub(super) fn number(&mut self, name: &str) -> ActionNo {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        debug_assert!(self.names.len() < MOST, "more actions than bits");
        let number = ActionNo(u16::try_from(self.names.len()).unwrap_or(u16::MAX));
        self.names.push(name.into());
        self.lower.push(name.to_ascii_lowercase().into());
        self.numbers.insert(name.into(), number);
        let service = name.split(':').next().unwrap_or_default().to_ascii_lowercase();
        self.services.entry(service.into()).or_default().push(number);
        number
    }

    /// The number of an action, if it has one.
    pub(super) fn find(&self, name: &str) -> Option<ActionNo> {
        self.numbers.get(name).copied()
    }

    /// As AWS spells it.
    pub(super) fn name(&self, action: ActionNo) -> &str {
        self.names.get(usize::from(action.0)).map_or("", |name| name)
    }

    /// As policies are compared with it.
    pub(super) fn lower(&self, action: ActionNo) -> &str {
        self.lower.get(usize::from(action.0)).map_or("", |name| name)
    }

    /// Which actions a policy's `Allow` statements are about.
    pub(super) fn named_by(&self, policy: &Policy) -> Mask {
        self.named(policy, StatementEffect::Allow)
    }

    /// Which actions a policy's `Deny` statements are about.
    pub(super) fn denied_by(&self, policy: &Policy) -> Mask {
        self.named(policy, StatementEffect::Deny)
    }

    /// Which actions a policy denies on whatever, under no condition.
    pub(super) fn wholly_denied_by(&self, policy: &Policy) -> Mask {
        let is_whole = |statement: &&Statement| {
            let on_all = matches!(statement.resource(), Some(Element::Only(patterns))
                if patterns.iter().any(Pattern::is_universal));
            on_all && statement.tests().is_empty()
        };
        self.named_in(policy.with(StatementEffect::Deny).filter(is_whole))
    }

    fn named(&self, policy: &Policy, effect: StatementEffect) -> Mask {
        self.named_in(policy.with(effect))
    }

    fn named_in<'p>(&self, statements: impl Iterator<Item = &'p Statement>) -> Mask {
        let mut mask = Mask::default();
        for statement in statements {
            match statement.services() {
                // Most statements name their services, and few of those matter.
                Some(services) => services
                    .into_iter()
                    .filter_map(|service| self.services.get(service))
                    .for_each(|of| self.add_named(statement, of.iter().copied(), &mut mask)),
                None => {
                    let all = (0..self.lower.len()).filter_map(|number| u16::try_from(number).ok());
                    self.add_named(statement, all.map(ActionNo), &mut mask);
                }
            }
        }
        mask
    }

    fn add_named(&self, statement: &Statement, among: impl Iterator<Item = ActionNo>, mask: &mut Mask) {
        among
            .filter(|action| statement.names_action(self.lower(*action)))
            .for_each(|action| mask.add(action));
    }
}
