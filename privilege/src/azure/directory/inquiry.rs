//! Answers about the directory.

use census_model::{
    Because, ConditionLanguage, Decision, DeniedBy, Group, Identity, Part, Residual, ScopeId,
    StatementEffect, Text, Verdict,
};
use jiff::Timestamp;

use super::{
    Question, QuestionError,
    doubts::Doubts,
    language::Operation,
    lines::Found,
    permission::Api,
    question::Asked,
    target::{self, Target},
    weighed::Line,
};
use crate::{azure::access::Access, truth::Truth};

/// How many of those that come near are told.
const NEAREST: usize = 3;

/// A question whose resource was found.
pub struct Inquiry<'a, 'e> {
    pub(super) access: &'a Access<'e>,
    pub(super) tenant: &'e ScopeId,
    pub(super) target: Target<'e>,
    subject: Subject<'e>,
}

/// What an operation is done to.
#[derive(Clone, Copy, Debug)]
pub(in crate::azure) enum Object<'e> {
    /// The directory itself.
    Tenant(&'e ScopeId),
    /// An application, a service principal or a user.
    Identity(&'e Identity),
    /// A group.
    Group(&'e Group),
}

/// What an answer is about.
enum Subject<'e> {
    Operation(Operation),
    Permission { api: Api<'e>, value: Box<str> },
}

impl<'a, 'e> Inquiry<'a, 'e> {
    pub(in crate::azure) fn new(access: &'a Access<'e>, question: &Question) -> Result<Self, QuestionError> {
        let index = access.index();
        match &question.asked {
            Asked::Operation(operation) => {
                let (tenant, target) = target::find(index, &question.resource, operation)?;
                Ok(Self { access, tenant, target, subject: Subject::Operation(operation.clone()) })
            }
            Asked::Permission { api, value } => {
                let tenant = target::tenant(index, &question.resource)?;
                let tenant = tenant.ok_or_else(|| QuestionError::NoTenant {
                    permission: value.to_string(),
                    resource: question.resource.to_string(),
                })?;
                let api = Api::find(index, &tenant.id, api)?;
                let subject = Subject::Permission { api, value: value.clone() };
                Ok(Self { access, tenant: &tenant.id, target: Target::Tenant, subject })
            }
        }
    }

    /// About an operation on something of the directory; `None` where it is none.
    pub(in crate::azure) fn on(access: &'a Access<'e>, operation: &str, object: Object<'e>) -> Option<Self> {
        let (scope, target) = match object {
            Object::Tenant(tenant) => (tenant, Target::Tenant),
            Object::Identity(identity) => (&identity.scope, Target::Identity(identity)),
            Object::Group(group) => (&group.scope, Target::Group(group)),
        };
        let tenant = target::tenant_of(access.index(), scope)?;
        let subject = Subject::Operation(Operation::parse(operation)?);
        Some(Self { access, tenant, target, subject })
    }

    /// About an object that nothing protects and nobody owns.
    pub(super) fn of_ordinary(access: &'a Access<'e>, tenant: &'e ScopeId, target: Target<'e>) -> Self {
        let nothing = Subject::Permission { api: Api::Unread, value: Box::default() };
        Self { access, tenant, target, subject: nothing }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.access.index().estate().as_of
    }

    /// Whether an identity may do what is asked.
    pub fn verdict(&self, identity: &Identity) -> Verdict {
        // What lies in another tenant has nothing here.
        if target::tenant_of(self.access.index(), &identity.scope).is_some_and(|one| one != self.tenant) {
            return answer(Vec::new(), Doubts::default());
        }
        match &self.subject {
            Subject::Operation(operation) => {
                let found = self.lines(operation, identity);
                let doubts = self.doubts_of(operation, identity, &found);
                answer(found.lines, doubts)
            }
            Subject::Permission { api, value } => {
                let mut found = Found::default();
                self.permission_lines(api, value, identity, &mut found);
                let doubts = self.doubts_of_permission(api, identity, &found);
                answer(found.lines, doubts)
            }
        }
    }
}

fn answer(lines: Vec<Line>, doubts: Doubts) -> Verdict {
    let decision = match Truth::any(lines.iter().map(|line| line.truth)) {
        Truth::Yes => Decision::Allowed,
        Truth::Maybe => Decision::Conditional,
        Truth::No if !doubts.gives.is_empty() => Decision::Unknown,
        Truth::No => Decision::Denied,
    };
    let may = matches!(decision, Decision::Allowed | Decision::Conditional);
    Verdict {
        decision,
        denied_by: (decision == Decision::Denied).then_some(DeniedBy::Implicit),
        rule: None,
        residual: (decision == Decision::Conditional).then(|| residual(&lines)),
        because: because(lines, decision),
        may_widen: if decision == Decision::Allowed { Vec::new() } else { doubts.gives },
        may_narrow: if may { doubts.takes } else { Vec::new() },
    }
}

fn because(lines: Vec<Line>, decision: Decision) -> Vec<Because> {
    let mut parts: Vec<(Part, Line)> =
        lines.into_iter().filter_map(|line| Some((part(&line, decision)?, line))).collect();
    parts.sort_by(|(a, one), (b, other)| {
        (a, &one.attached_to, &one.via, &one.statement).cmp(&(
            b,
            &other.attached_to,
            &other.via,
            &other.statement,
        ))
    });
    let mut near = 0;
    parts.retain(|(part, _)| {
        near += usize::from(*part == Part::Nearest);
        *part != Part::Nearest || near <= NEAREST
    });
    let because = |(part, line): (Part, Line)| Because {
        part,
        effect: StatementEffect::Allow,
        attached_to: line.attached_to,
        via: line.via,
        statement: line.statement,
        says: line.says,
    };
    parts.into_iter().map(because).collect()
}

/// The part that a line has in an answer.
fn part(line: &Line, decision: Decision) -> Option<Part> {
    match (decision, line.truth) {
        (Decision::Allowed, Truth::Yes) => Some(Part::Decides),
        (Decision::Allowed, _) => None,
        (_, Truth::Maybe) => Some(Part::MayDecide),
        (_, Truth::No) => Some(Part::Nearest),
        (_, Truth::Yes) => Some(Part::Decides),
    }
}

/// What decides a conditional answer.
pub(super) fn residual(lines: &[Line]) -> Residual {
    let open = || lines.iter().filter(|line| line.truth == Truth::Maybe);
    let mut atoms: Vec<Text> =
        open().flat_map(|line| line.open.iter().map(|one| one.as_str().into())).collect();
    atoms.sort_unstable();
    atoms.dedup();
    let mut texts: Vec<&str> = open().map(|line| &*line.says).collect();
    texts.sort_unstable();
    texts.dedup();
    Residual { language: ConditionLanguage::EntraDirectory, text: texts.join("; ").into(), atoms }
}
