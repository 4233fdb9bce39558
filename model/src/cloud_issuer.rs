//! Clouds that issue tokens of their own identities, which other clouds may take.

/// The hosts at which Entra ID issues tokens, in all of its clouds.
/// <https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud>
const ENTRA: [&str; 4] = [
    "sts.windows.net",
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
];

/// The end of the host at which AWS issues tokens of an account's own principals.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html>
const AWS: &str = ".tokens.sts.global.api.aws";

/// Who of the clouds issues tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloudIssuer<'t> {
    /// This tenant of Entra ID; the subject is the object id of one of its programs.
    Tenant(&'t str),
    /// An account of AWS; the subject is the ARN of one of its identities.
    Account,
}

impl<'t> CloudIssuer<'t> {
    /// Whose issuer this is, given as host and path, where it is a cloud's.
    pub fn of(issuer: &'t str) -> Option<Self> {
        let (host, path) = issuer.split_once('/').unwrap_or((issuer, ""));
        if ENTRA.iter().any(|entra| entra.eq_ignore_ascii_case(host)) {
            return path.split('/').next().filter(|tenant| !tenant.is_empty()).map(Self::Tenant);
        }
        host.to_ascii_lowercase().ends_with(AWS).then_some(Self::Account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_of_clouds_are_told_from_others() {
        let tenant = "7a1f0000-0000-4000-8000-000000000001";
        for (issuer, expected) in [
            (format!("sts.windows.net/{tenant}"), Some(CloudIssuer::Tenant(tenant))),
            (format!("login.microsoftonline.com/{tenant}/v2.0"), Some(CloudIssuer::Tenant(tenant))),
            ("3f2a.tokens.sts.global.api.aws".to_owned(), Some(CloudIssuer::Account)),
            ("login.microsoftonline.com".to_owned(), None),
            (format!("login.microsoftonline.com.evil.example/{tenant}"), None),
            ("tokens.sts.global.api.aws.evil.example".to_owned(), None),
            ("token.actions.githubusercontent.com".to_owned(), None),
        ] {
            assert_eq!(CloudIssuer::of(&issuer), expected, "{issuer}");
        }
    }
}
