//! A policy, checked against what AWS accepts for its kind and compiled once, however often it is attached.

use std::fmt;

use census_model::{Attachment, Grant, Via};

use super::{
    document::{Document, DocumentError, Element, Statement as Written, StatementEffect},
    principal::Principals,
    statement::Statement,
};

/// What a policy is attached to; decides which elements it must and must not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyType {
    /// Of a user, group or role.
    Identity,
    /// A permissions boundary.
    Boundary,
    /// Passed when a session begins.
    Session,
    /// Of a resource.
    Resource,
    /// A role's trust policy.
    Trust,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// Of a VPC endpoint.
    Endpoint,
}

impl PolicyType {
    /// The name in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Resource => "resource policy",
            Self::Trust => "trust policy",
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Endpoint => "endpoint policy",
        }
    }

    /// The name in words, with its article.
    pub fn with_article(self) -> String {
        let article = if matches!(self, Self::Identity | Self::Endpoint) { "an" } else { "a" };
        format!("{article} {self}")
    }

    /// As what a policy of the estate is attached.
    pub fn of(grant: &Grant) -> Self {
        match (&grant.via, &grant.attached_to) {
            (Via::ServiceControlPolicy { .. }, _) => Self::ServiceControl,
            (Via::ResourceControlPolicy { .. }, _) => Self::ResourceControl,
            (Via::Boundary { .. }, _) => Self::Boundary,
            (_, Attachment::Resource(arn)) => Self::of_resource(arn),
            _ => Self::Identity,
        }
    }

    /// What a resource's own policy is: a role's is its trust policy.
    pub fn of_resource(arn: &str) -> Self {
        let mut parts = arn.split(':');
        let is_role =
            parts.nth(2) == Some("iam") && parts.nth(2).is_some_and(|rest| rest.starts_with("role/"));
        if is_role { Self::Trust } else { Self::Resource }
    }

    fn names_principals(self) -> bool {
        matches!(self, Self::Resource | Self::Trust | Self::ResourceControl | Self::Endpoint)
    }
}

impl fmt::Display for PolicyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A policy, compiled.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The statements, in order.
    pub statements: Box<[Statement]>,
}

impl Policy {
    /// Compiles a document that is used as a policy of this type.
    ///
    /// # Errors
    /// When AWS would refuse it there.
    pub fn compile(document: &Document, kind: PolicyType) -> Result<Self, DocumentError> {
        let mut statements = Vec::with_capacity(document.statements.len());
        for (position, written) in document.statements.iter().enumerate() {
            let fail = |(element, problem): (&str, String)| DocumentError {
                place: format!("Statement[{position}].{element}"),
                statement: Some(written.label.clone()),
                problem,
            };
            check(written, kind).map_err(fail)?;
            let compiled = Statement::compile(written, document.version).map_err(fail)?;
            if kind == PolicyType::ResourceControl
                && !compiled.principals().is_some_and(Principals::is_everyone)
            {
                return Err(fail(("Principal", format!("a {kind} can only name `*`"))));
            }
            statements.push(compiled);
        }
        Ok(Self { statements: statements.into() })
    }

    /// A policy that allows everything: to whoever it is attached to, or to the principals it names.
    pub fn everything(principals: Option<Principals>) -> Self {
        Self { statements: Box::new([Statement::everything(principals)]) }
    }

    /// Parses and compiles a text.
    ///
    /// # Errors
    /// When AWS would refuse it.
    pub fn parse(text: &str, kind: PolicyType) -> Result<Self, DocumentError> {
        Self::compile(&Document::parse(text)?, kind)
    }

    /// The statements with an effect.
    pub fn with(&self, effect: StatementEffect) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(move |statement| statement.effect == effect)
    }
}

/// What AWS checks of a statement beyond the grammar.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
fn check(statement: &Written, kind: PolicyType) -> Result<(), (&'static str, String)> {
    match &statement.principal {
        None if kind.names_principals() => {
            return Err((
                "Principal",
                format!("is missing, as {} must say whom it means", kind.with_article()),
            ));
        }
        Some(element) if !kind.names_principals() => {
            let name = if matches!(element, Element::Only(_)) { "Principal" } else { "NotPrincipal" };
            let kind = kind.with_article();
            return Err((name, format!("has no place in {kind}, which means whoever it is attached to")));
        }
        Some(Element::AllBut(_)) if kind == PolicyType::ResourceControl => {
            return Err(("NotPrincipal", format!("has no place in a {kind}")));
        }
        _ => {}
    }
    match &statement.resource {
        // Some services take policies of resources without it (ECR), most do not.
        None if !matches!(kind, PolicyType::Trust | PolicyType::Resource) => {
            return Err(("Resource", "is missing; `*` means every resource".into()));
        }
        Some(_) if kind == PolicyType::Trust => {
            return Err(("Resource", "has no place in a trust policy, which is about its role".into()));
        }
        // The resources' own services decide what names a resource in their policies.
        Some(Element::Only(resources) | Element::AllBut(resources)) if kind != PolicyType::Resource => {
            if let Some(odd) = resources.iter().find(|text| !is_resource(text)) {
                return Err(("Resource", format!("`{odd}` is neither an ARN nor `*`")));
            }
        }
        _ => {}
    }
    let (Element::Only(actions) | Element::AllBut(actions)) = &statement.action;
    if let Some(odd) = actions.iter().find(|text| !is_action(text)) {
        return Err(("Action", format!("`{odd}` does not begin with a service, as in `s3:GetObject`")));
    }
    if let Some(odd) = statement.condition.iter().find(|test| !test.key.contains(':')) {
        return Err((
            "Condition",
            format!("key `{}` does not begin with a prefix, as in `aws:SourceIp`", odd.key),
        ));
    }
    Ok(())
}

fn is_action(text: &str) -> bool {
    let is_star = !text.is_empty() && text.bytes().all(|b| b == b'*');
    is_star || text.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty())
}

fn is_resource(text: &str) -> bool {
    text.starts_with('*') || text.starts_with("arn:") || text.starts_with("${")
}
