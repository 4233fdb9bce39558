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
}

impl<'e> Access<'e> {
    /// Whether whoever has a token may assume a role with it. For which audience it is asked for is the bearer's choice.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
    pub(crate) fn takes_token(&self, role: &'e Identity, token: &Token<'_>) -> Option<Verdict> {
        let mut question = Question::new("sts:AssumeRoleWithWebIdentity", &role.native_id).ok()?;
        question.leave_all_to_caller(&format!("{}:aud", token.issuer));
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
        Some(self.verdict(identity, &question))
    }
}
