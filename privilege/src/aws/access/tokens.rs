//! Tokens of other issuers that let somebody into an account, and those that AWS issues itself.

use census_model::{Identity, Verdict};

use super::{Access, Question, caller::Subject};
use crate::aws::caller::Caller;

/// A token that another issuer gives out.
pub(crate) struct Token<'t> {
    /// The ARN of the identity provider that takes it.
    pub(crate) provider: &'t str,
    /// The issuer as condition keys begin: host and path.
    pub(crate) issuer: &'t str,
    /// Whom it names.
    pub(crate) subject: &'t str,
    /// For whom it is; `None` where that is not known and the bearer's choice.
    pub(crate) audience: Option<&'t str>,
}

impl<'e> Access<'e> {
    /// Whether whoever has a token may assume a role with it.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
    pub(crate) fn takes_token(&self, role: &'e Identity, token: &Token<'_>) -> Option<Verdict> {
        let mut question = Question::new("sts:AssumeRoleWithWebIdentity", &role.native_id).ok()?;
        let audience = format!("{}:aud", token.issuer);
        match token.audience {
            Some(one) => question.with(&audience, vec![one.to_owned()]),
            None => question.leave_all_to_caller(&audience),
        }
        question.leave_all_to_caller("sts:RoleSessionName");
        question.with(&format!("{}:sub", token.issuer), vec![token.subject.to_owned()]);
        Some(self.verdict_of(&Subject::outside(Caller::Federated(token.provider.into())), &question))
    }

    /// Whether a role takes assertions of an identity provider at all.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html>
    pub(crate) fn takes_assertions(&self, role: &'e Identity, provider: &str) -> Option<Verdict> {
        let mut question = Question::new("sts:AssumeRoleWithSAML", &role.native_id).ok()?;
        question.leave_all_to_caller("SAML:");
        Some(self.verdict_of(&Subject::outside(Caller::Federated(provider.into())), &question))
    }

    /// Whether an identity may ask AWS for a token of itself, for one of these audiences.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html>
    pub(crate) fn gets_token(&self, identity: &'e Identity, audiences: &[String]) -> Option<Verdict> {
        let mut question = Question::new("sts:GetWebIdentityToken", "*").ok()?;
        if !audiences.is_empty() {
            question.with("sts:IdentityTokenAudience", audiences.to_vec());
        }
        // How long it counts and what it carries is the caller's choice; Entra ID takes no other signature.
        question.with("sts:SigningAlgorithm", vec!["RS256".to_owned()]);
        for chosen in ["sts:DurationSeconds", "aws:RequestTag/", "aws:TagKeys"] {
            question.leave_all_to_caller(chosen);
        }
        Some(self.verdict(identity, &question))
    }
}
