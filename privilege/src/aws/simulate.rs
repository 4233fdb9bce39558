//! An offline policy simulator: one request a line, with everything that it needs in it, one answer a line.
//!
//! The contract is `docs/simulate.md`.

mod library;
mod line;

use std::collections::BTreeSet;

use census_model::{DeniedBy, Part};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::{library::Library, line::Line};
use super::{
    authorize::{Evaluation, Outcome, Ruling},
    context::Rest,
    explain::{Reason, first_of_each_part, reasons},
    layers::Place,
    statement::{Request, Target},
};
use crate::truth::Truth;

/// The answer to a line.
#[derive(Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The request's.
    pub id: Value,
    /// What came of it.
    #[serde(flatten)]
    pub reply: Reply,
}

/// What came of a line.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// A decision.
    Decided {
        /// Allowed or denied; conditional only where the context is not complete.
        decision: Verdict,
        /// What denies it.
        denied_by: Option<DeniedBy>,
        /// For a conditional decision, the condition keys that decide, in lower case, sorted.
        #[serde(skip_serializing_if = "BTreeSet::is_empty")]
        open: BTreeSet<String>,
        /// The statements that decide, and the nearest that did not.
        because: Vec<Because>,
    },
    /// The line makes no sense.
    Error {
        /// Why.
        error: String,
    },
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Verdict {
    Allowed,
    Denied,
    Conditional,
}

/// One statement's part in a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Because {
    /// Where the policy stands in the request: `identity_policies[0]`, `scps[1][0]`; for what no policy decides, `aws`.
    pub policy: String,
    /// The statement's `Sid`, or `#` and a digest of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// What it does, in words.
    pub says: String,
}

/// The longest action or resource, in bytes. ARNs have at most 2,048 characters.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>
const MAX_NAME_BYTES: usize = 4 << 10;

/// Answers lines.
#[derive(Default)]
pub struct Simulator {
    library: Library,
    /// Members of lines that no request has.
    notes: BTreeSet<String>,
}

impl Simulator {
    /// Answers one line.
    pub fn answer(&mut self, line: &str) -> Answer {
        #[derive(Deserialize)]
        struct Named {
            #[serde(default)]
            id: Value,
        }
        match serde_json::from_str::<Line<'_>>(line) {
            Ok(mut request) => {
                let id = std::mem::take(&mut request.id);
                self.notes.extend(std::mem::take(&mut request.notes).into_keys());
                let reply = self.decide(&request).unwrap_or_else(|error| Reply::Error { error });
                Answer { id, reply }
            }
            Err(error) => {
                let id = serde_json::from_str::<Named>(line).map(|named| named.id).unwrap_or_default();
                Answer { id, reply: Reply::Error { error: format!("not a request: {}", in_line(&error)) } }
            }
        }
    }

    /// Takes the names of members that lines had and no request has, so that a misspelt one does not pass in silence.
    pub fn take_notes(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.notes)
    }

    fn decide(&mut self, line: &Line<'_>) -> Result<Reply, String> {
        let caller = line.principal.caller()?;
        for (name, text) in [("action", &line.action), ("resource", &line.resource)] {
            if text.len() > MAX_NAME_BYTES {
                return Err(format!("{name} has {} bytes, more than any of AWS", text.len()));
            }
        }
        if !line.action.contains(':') {
            return Err(format!(
                "action `{}` does not begin with a service, as in `s3:GetObject`",
                line.action
            ));
        }
        let rest = if line.context_complete { Rest::Absent } else { Rest::Unknown };
        let context = line.context(rest)?;
        let owned = self.library.policies(line)?;
        let action = line.action.to_ascii_lowercase();
        let request = Request {
            caller: &caller,
            action: &action,
            resource: Target::One(&line.resource),
            facts: &context,
        };
        let account = line.resource_account.as_deref().or_else(|| super::account_of(&line.resource));
        let policies = owned.borrowed();
        let evaluation = Evaluation::new(request, &policies, account);
        let outcome = evaluation.outcome();
        let reasons = reasons(&evaluation, &outcome, &policies);
        let open = reasons.iter().filter(|reason| reason.part == Part::MayDecide);
        let open: BTreeSet<String> = open
            .flat_map(|reason| reason.open_keys(evaluation.request()))
            .map(str::to_ascii_lowercase)
            .collect();
        let (decision, denied_by) = match outcome.ruling() {
            Ruling::Allowed => (Verdict::Allowed, None),
            Ruling::Denied(denial) => (Verdict::Denied, Some(denial.denied_by())),
            Ruling::Conditional if line.context_complete => (Verdict::Denied, blamed(&outcome)),
            Ruling::Conditional => (Verdict::Conditional, None),
        };
        Ok(Reply::Decided { decision, denied_by, open, because: because(&reasons, &evaluation, &outcome) })
    }
}

/// What is wrong with the text of a line, and where. The parser counts lines from the one that it is given.
fn in_line(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

/// What to blame where even a complete context leaves the answer open, because AWS does not document one: a `NotPrincipal`
/// that does not list the account, several values under an operator for one. What is not known to be allowed is denied.
fn blamed(outcome: &Outcome) -> Option<DeniedBy> {
    if outcome.explicit == Truth::Maybe {
        return Some(DeniedBy::Explicit);
    }
    outcome.layers.iter().find(|(_, truth)| *truth == Truth::Maybe).map(|(layer, _)| layer.denied_by())
}

fn because(reasons: &[Reason<'_>], evaluation: &Evaluation<'_>, outcome: &Outcome) -> Vec<Because> {
    if let Some(reason) = evaluation.rule(outcome) {
        return vec![Because { policy: "aws".to_owned(), statement: None, says: reason.to_owned() }];
    }
    let request = evaluation.request();
    first_of_each_part(reasons)
        .map(|reason| Because {
            policy: place(reason),
            statement: Some(reason.statement.label.to_string()),
            says: reason.says(request),
        })
        .collect()
}

/// Where a policy stands in the line.
fn place(reason: &Reason<'_>) -> String {
    let position = reason.position;
    match reason.place {
        Place::Identity => format!("identity_policies[{position}]"),
        Place::Boundary => format!("boundaries[{position}]"),
        Place::Endpoint => format!("endpoint_policies[{position}]"),
        Place::Session => "session_policy".to_owned(),
        Place::Resource => "resource_policy".to_owned(),
        Place::ServiceControl(level) => format!("scps[{level}][{position}]"),
        Place::ResourceControl(level) => format!("rcps[{level}][{position}]"),
    }
}
