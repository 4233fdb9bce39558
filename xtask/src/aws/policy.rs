//! Policy documents, written in a line a statement.

use std::collections::BTreeMap;

use serde::Serialize;

/// A policy document of version 2012-10-17.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Document {
    version: &'static str,
    statement: Vec<Statement>,
}

/// One statement.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Statement {
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<Principal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Texts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_action: Option<Texts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<Texts>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    condition: BTreeMap<String, BTreeMap<String, Texts>>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Principal {
    Everyone(&'static str),
    Keys(BTreeMap<&'static str, Texts>),
}

/// One text or a list: AWS keeps whichever a person wrote.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Texts {
    /// `"a"`
    One(String),
    /// `["a", "b"]`
    Many(Vec<String>),
}

impl From<&str> for Texts {
    fn from(one: &str) -> Self {
        Self::One(one.to_owned())
    }
}

impl From<String> for Texts {
    fn from(one: String) -> Self {
        Self::One(one)
    }
}

impl<T: AsRef<str>> From<&[T]> for Texts {
    fn from(many: &[T]) -> Self {
        match many {
            [one] => Self::One(one.as_ref().to_owned()),
            many => Self::Many(many.iter().map(|one| one.as_ref().to_owned()).collect()),
        }
    }
}

impl<T: AsRef<str>, const N: usize> From<[T; N]> for Texts {
    fn from(many: [T; N]) -> Self {
        Self::from(many.as_slice())
    }
}

impl Document {
    /// The services that its statements name as principals, where each names one.
    pub(crate) fn services(&self) -> impl Iterator<Item = &str> {
        self.statement.iter().filter_map(|statement| match statement.principal.as_ref()? {
            Principal::Keys(keys) => match keys.get("Service")? {
                Texts::One(service) => Some(service.as_str()),
                Texts::Many(_) => None,
            },
            Principal::Everyone(_) => None,
        })
    }
}

/// A document of these statements.
pub(crate) fn document(statement: impl Into<Vec<Statement>>) -> Document {
    Document { version: "2012-10-17", statement: statement.into() }
}

/// A document that allows these actions on these resources.
pub(crate) fn grant(actions: impl Into<Texts>, resources: impl Into<Texts>) -> Document {
    document([allow(actions).on(resources)])
}

/// A statement that allows.
pub(crate) fn allow(actions: impl Into<Texts>) -> Statement {
    Statement::new("Allow", Some(actions.into()), None)
}

/// A statement that denies.
pub(crate) fn deny(actions: impl Into<Texts>) -> Statement {
    Statement::new("Deny", Some(actions.into()), None)
}

/// A statement that denies everything but these actions.
pub(crate) fn deny_all_but(actions: impl Into<Texts>) -> Statement {
    Statement::new("Deny", None, Some(actions.into()))
}

impl Statement {
    fn new(effect: &'static str, action: Option<Texts>, not_action: Option<Texts>) -> Self {
        Self {
            sid: None,
            effect,
            principal: None,
            action,
            not_action,
            resource: None,
            condition: BTreeMap::new(),
        }
    }

    /// Names the statement.
    pub(crate) fn sid(mut self, sid: &str) -> Self {
        self.sid = Some(sid.to_owned());
        self
    }

    /// Sets the resources.
    pub(crate) fn on(mut self, resources: impl Into<Texts>) -> Self {
        self.resource = Some(resources.into());
        self
    }

    /// Adds a condition.
    pub(crate) fn when(mut self, operator: &str, key: &str, values: impl Into<Texts>) -> Self {
        self.condition.entry(operator.to_owned()).or_default().insert(key.to_owned(), values.into());
        self
    }

    /// Sets the principal to `*`.
    pub(crate) fn everyone(mut self) -> Self {
        self.principal = Some(Principal::Everyone("*"));
        self
    }

    /// Sets the principal: `AWS`, `Service` or `Federated`.
    pub(crate) fn by(mut self, kind: &'static str, values: impl Into<Texts>) -> Self {
        self.principal = Some(Principal::Keys(BTreeMap::from([(kind, values.into())])));
        self
    }
}

/// Trust of a service.
pub(crate) fn service(name: &str) -> Statement {
    allow("sts:AssumeRole").by("Service", name)
}

/// Trust of AWS principals: ARNs, account ids, unique ids of what was deleted.
pub(crate) fn aws(principals: impl Into<Texts>) -> Statement {
    allow("sts:AssumeRole").by("AWS", principals)
}

/// Trust of an OpenID Connect provider.
pub(crate) fn web_identity(provider_arn: &str) -> Statement {
    allow("sts:AssumeRoleWithWebIdentity").by("Federated", provider_arn)
}

/// Trust of a SAML provider for console sessions.
pub(crate) fn saml(provider_arn: &str) -> Statement {
    allow(["sts:AssumeRoleWithSAML", "sts:TagSession"]).by("Federated", provider_arn).when(
        "StringEquals",
        "SAML:aud",
        "https://signin.aws.amazon.com/saml",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_read_as_people_write_them() {
        let trust = document([service("lambda.amazonaws.com").sid("Run")]);
        assert_eq!(
            serde_json::to_string(&trust).unwrap(),
            concat!(
                r#"{"Version":"2012-10-17","Statement":[{"Sid":"Run","Effect":"Allow","#,
                r#""Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#
            )
        );
        let open = allow("sts:AssumeRole").everyone().when("StringEquals", "aws:PrincipalOrgID", "o-1");
        let text = serde_json::to_string(&open).unwrap();
        assert!(
            text.contains(r#""Principal":"*""#) && text.contains(r#"{"aws:PrincipalOrgID":"o-1"}"#),
            "{text}"
        );
        assert!(
            serde_json::to_string(&deny_all_but(["a:b", "c:d"]))
                .unwrap()
                .contains(r#""NotAction":["a:b","c:d"]"#)
        );
    }
}
