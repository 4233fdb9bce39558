//! Techniques with their operations numbered and their questions made.

use std::collections::BTreeMap;

use crate::azure::{
    access::{Plane, Question},
    techniques::{Becomes, On, Technique},
};

/// What operations of the directory begin with.
const DIRECTORY: &str = "microsoft.directory/";

/// An operation of Azure Resource Manager or of a data plane, by its position in [`Operations::questions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct OperationNo(pub(super) u16);

/// An operation that a technique takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Operation {
    /// Roles of Azure decide.
    Resource(OperationNo, &'static str),
    /// The directory decides.
    Directory(&'static str),
}

impl Operation {
    /// As the technique spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Resource(_, name) | Self::Directory(name) => name,
        }
    }
}

/// A permission that a technique takes: one of these operations.
pub(super) struct Need {
    pub(super) any: Vec<Operation>,
    pub(super) on: On,
}

/// A technique that leads somewhere.
pub(super) struct Prepared {
    pub(super) technique: &'static Technique,
    pub(super) needs: Vec<Need>,
}

/// The questions about operations, each once.
#[derive(Default)]
pub(super) struct Operations {
    pub(super) questions: Vec<Question>,
    numbers: BTreeMap<&'static str, OperationNo>,
}

impl Operations {
    fn number(&mut self, name: &'static str) -> OperationNo {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = OperationNo(u16::try_from(self.questions.len()).unwrap_or(u16::MAX));
        let (plane, action) =
            name.strip_prefix("data:").map_or((Plane::Control, name), |action| (Plane::Data, action));
        self.questions.push(Question::of_operation(action, plane));
        self.numbers.insert(name, number);
        number
    }

    pub(super) fn question(&self, number: OperationNo) -> Option<&Question> {
        self.questions.get(usize::from(number.0))
    }
}

/// All techniques that lead somewhere, with the operations that they take.
pub(super) fn all(techniques: &'static [Technique]) -> (Vec<Prepared>, Operations) {
    let mut operations = Operations::default();
    let mut operation = |name: &'static str| match name.starts_with(DIRECTORY) {
        true => Operation::Directory(name),
        false => Operation::Resource(operations.number(name), name),
    };
    let leading = techniques.iter().filter(|technique| technique.becomes != Becomes::Nothing);
    let prepared = leading
        .map(|technique| {
            let need = |need: &'static crate::azure::techniques::Need| Need {
                any: need.any.iter().map(|name| operation(name)).collect(),
                on: need.on,
            };
            Prepared { technique, needs: technique.needs.iter().map(need).collect() }
        })
        .collect();
    (prepared, operations)
}
