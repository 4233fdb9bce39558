//! Policies that name an identity, and how.

use std::collections::HashMap;

use census_model::{Attachment, Grant, PolicyId, StatementEffect, Text, Via};

use super::Subject;
use crate::aws::{
    caller::{Caller, RoleCaller},
    document::{Document, Element, PrincipalEntry, PrincipalKey, Statement},
};

/// Where a statement names an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In its `Principal`. AWS keeps the unique id there, and shows it once the identity is gone.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    Principal,
    /// In a condition, as a text.
    Condition,
    /// In its `Resource`, as a text.
    Resource,
}

/// A statement that names an identity.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) place: Place,
    pub(super) statement: Text,
    pub(super) effect: StatementEffect,
    /// Whether it is left out of what the statement says of everybody else.
    pub(super) manner: Manner,
}

/// The attachments whose policies name the identity, with the statements that do. Its own policies are left out.
pub(super) fn mentions<'s>(subject: &Subject<'s>) -> Vec<(&'s Grant, Vec<Mention>)> {
    let estate = subject.index.estate();
    let names = Names::of(subject);
    let mut known: HashMap<&PolicyId, Vec<Mention>> = HashMap::new();
    let mut found = Vec::new();
    for grant in &estate.grants {
        let Some(id) = grant.policy.as_ref().filter(|_| !is_own(subject, grant)) else { continue };
        let mentions = known.entry(id).or_insert_with(|| {
            let text = estate.policies.get(id).map(|policy| &*policy.text).unwrap_or_default();
            names.in_text(text)
        });
        if !mentions.is_empty() {
            found.push((grant, mentions.clone()));
        }
    }
    found
}

fn is_own(subject: &Subject<'_>, grant: &Grant) -> bool {
    match &grant.attached_to {
        Attachment::Identity(id) => *id == subject.identity.id,
        Attachment::Resource(arn) => {
            *arn == subject.identity.native_id && matches!(grant.via, Via::Inline { .. })
        }
        Attachment::Group(_) | Attachment::Scope(_) => false,
    }
}

/// How a statement names an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// It is about it.
    Meant,
    /// It is about everybody else: `NotPrincipal`.
    Exempted,
}

/// What an identity is called in policies.
pub(super) struct Names<'s> {
    arn: &'s str,
    unique_id: Option<&'s str>,
    /// Of a role the account and the name, by which its sessions are named too.
    role: Option<(Box<str>, Box<str>)>,
    /// Texts without one of which no policy names it, as they stand in JSON.
    needles: Vec<String>,
}

impl<'s> Names<'s> {
    pub(super) fn of(subject: &Subject<'s>) -> Self {
        let arn = &*subject.identity.native_id;
        let unique_id = subject.identity.immutable_id.as_deref();
        let role = match Caller::read(arn) {
            Some(Caller::Role(RoleCaller { account, name, .. })) => Some((account, name)),
            _ => None,
        };
        let in_json = |text: &str| {
            let quoted = serde_json::Value::from(text).to_string();
            quoted.trim_matches('"').to_owned()
        };
        let mut needles = vec![in_json(arn)];
        needles.extend(unique_id.map(in_json));
        needles.extend(role.as_ref().map(|(_, name)| in_json(&format!("assumed-role/{name}/"))));
        Self { arn, unique_id, role, needles }
    }

    fn in_text(&self, text: &str) -> Vec<Mention> {
        if !self.needles.iter().any(|needle| text.contains(needle.as_str())) {
            return Vec::new();
        }
        let Ok(document) = Document::parse(text) else { return Vec::new() };
        document.statements.iter().flat_map(|statement| self.in_statement(statement)).collect()
    }

    fn in_statement(&self, statement: &Statement) -> Vec<Mention> {
        let listed = |element: &Element<String>| {
            let (Element::Only(texts) | Element::AllBut(texts)) = element;
            texts.iter().any(|text| self.is_it(text))
        };
        let places = [
            (Place::Principal, statement.principal.as_ref().is_some_and(|one| self.is_principal(one))),
            (
                Place::Condition,
                statement.condition.iter().any(|test| test.values.iter().any(|value| self.is_it(value))),
            ),
            (Place::Resource, statement.resource.as_ref().is_some_and(listed)),
        ];
        let mention = |(place, is_there): (Place, bool)| {
            is_there.then(|| Mention {
                place,
                statement: statement.label.as_str().into(),
                effect: statement.effect,
                manner: match &statement.principal {
                    Some(Element::AllBut(_)) if place == Place::Principal => Manner::Exempted,
                    _ => Manner::Meant,
                },
            })
        };
        places.into_iter().filter_map(mention).collect()
    }

    fn is_principal(&self, element: &Element<PrincipalEntry>) -> bool {
        let (Element::Only(entries) | Element::AllBut(entries)) = element;
        entries.iter().any(|entry| entry.kind == PrincipalKey::Aws && self.is_it(&entry.value))
    }

    /// Whether a text names it: its ARN, its unique id with or without a session, or a session of the role.
    pub(super) fn is_it(&self, text: &str) -> bool {
        if text == self.arn {
            return true;
        }
        if let Some(id) = self.unique_id
            && text.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        {
            return true;
        }
        match (&self.role, Caller::read(text)) {
            (Some((account, name)), Some(Caller::Role(role))) => {
                role.account == *account && role.name == *name
            }
            _ => false,
        }
    }
}
