//! Assertions of a directory that let people into roles of AWS.

use census_model::{Identity, IdentityKind, ScopeId, Trust};

use super::{Through, Ways, able::Attempt, answers::Aim, world::is_out};
use crate::{
    azure::techniques::TargetKind,
    escalation::{Edge, NodeId},
    truth::Truth,
};

impl<'e> Ways<'_, 'e> {
    /// The steps by which somebody who rules a directory, or an enterprise application of it, becomes a role of AWS that
    /// takes its assertions.
    pub(crate) fn by_assertions(&mut self, to: NodeId, tenant: &'e ScopeId, trust: &'e Trust) -> Vec<Edge> {
        let mut found = Vec::new();
        let is_here = |one: &&'e Identity| self.tenant_of(Aim::Principal(one)) == Some(tenant);
        let applications: Vec<&'e Identity> = self.into_aws.iter().copied().filter(is_here).collect();
        for number in 0..self.data.prepared.len() {
            let Some(prepared) = self.data.prepared.get(number) else { continue };
            match prepared.technique.target {
                TargetKind::Assertion => {
                    let through = Through::Directory(tenant, trust);
                    let attempt = Attempt::on(number, to, Aim::Tenant(tenant), Truth::Yes);
                    self.attempt(&Attempt { through, ..attempt }, &mut found);
                }
                TargetKind::AssertingApplication => {
                    for application in &applications {
                        let through = Through::Application(application, trust);
                        let above = vec![Aim::Tenant(tenant)];
                        let attempt = Attempt::on(number, to, Aim::Principal(application), Truth::Yes);
                        self.attempt(&Attempt { through, above, ..attempt }, &mut found);
                    }
                }
                _ => {}
            }
        }
        found
    }
}

/// Where AWS takes assertions about people; a region may stand before it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html>
const SIGN_IN: [&str; 3] =
    ["signin.aws.amazon.com/saml", "signin.amazonaws-us-gov.com/saml", "signin.amazonaws.cn/saml"];

/// Whether an identity is an enterprise application by which people sign in to AWS: by its identifier, behind which a `#`
/// tells several of them apart.
/// <https://learn.microsoft.com/entra/identity/saas-apps/amazon-web-service-tutorial>
pub(super) fn signs_in_to_aws(identity: &Identity) -> bool {
    let is_of_aws = |alias: &str| {
        let alias = alias.to_ascii_lowercase();
        let Some(address) = alias.strip_prefix("https://") else { return false };
        let address = address.split('#').next().unwrap_or(address);
        let is_below = |host: &str| {
            address.strip_suffix(host).is_some_and(|region| {
                let label = region.strip_suffix('.');
                region.is_empty() || label.is_some_and(|label| !label.contains(['.', '/']))
            })
        };
        SIGN_IN.into_iter().any(is_below)
    };
    identity.kind == IdentityKind::EntraServicePrincipal
        && !is_out(identity)
        && identity.aliases.iter().any(|alias| is_of_aws(alias))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enterprise_applications_of_aws_are_known_by_their_identifier() {
        for (alias, expected) in [
            ("https://signin.aws.amazon.com/saml", true),
            ("https://signin.aws.amazon.com/saml#production", true),
            ("https://eu-west-1.signin.aws.amazon.com/saml", true),
            ("https://signin.amazonaws-us-gov.com/saml", true),
            ("https://signin.amazonaws.cn/saml#2", true),
            ("https://signin.aws.amazon.com/saml/other", false),
            ("https://eu-west-1.signin.aws.amazon.com/platform/saml/d-1234567890", false),
            ("https://evilsignin.aws.amazon.com/saml", false),
            ("https://example.com/signin.aws.amazon.com/saml", false),
            ("https://example.com#signin.aws.amazon.com/saml", false),
            ("api://signin.aws.amazon.com/saml", false),
        ] {
            let mut identity = census_fixtures::azure::service_principal("aws");
            identity.aliases.push(alias.into());
            assert_eq!(signs_in_to_aws(&identity), expected, "{alias}");
            identity.disabled = true;
            assert!(!signs_in_to_aws(&identity), "{alias}");
        }
    }
}
