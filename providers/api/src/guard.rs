//! Read-only by construction: what is not declared is not sent.

use std::collections::BTreeMap;

/// When a declared read is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// For every scan of a scope.
    Scope,
    /// Only for a scan of a whole organization.
    Organization,
    /// Only with `--deep`.
    Deep,
    /// For what runs as whom, unless that is switched off.
    Workloads,
    /// For the policies that resources have of their own, unless that is switched off.
    ResourcePolicies,
    /// For who may use the roles that AWS IAM Identity Center keeps, unless that is switched off.
    IdentityCenter,
    /// For entering another account.
    Enter,
}

/// One API operation that a provider may call, declared beside the code that calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredRead {
    /// The service as the SDK or URL names it: `iam`.
    pub service: &'static str,
    /// The operation: `ListAccessKeys`.
    pub operation: &'static str,
    /// The permissions it needs, the first of which names the read in gaps: `iam:ListAccessKeys`. Empty for
    /// operations that need none.
    pub permissions: &'static [&'static str],
    /// Which of the reads that the first permission allows this is, where gaps have to tell several apart.
    pub part: Option<&'static str>,
    /// When it is called.
    pub need: Need,
    /// What Census learns from it.
    pub why: &'static str,
}

impl DeclaredRead {
    /// The name of this read in gaps: its first permission, else `service:Operation`, and the part that it is of what
    /// that allows: `Application.Read.All/owners`.
    pub fn name(&self) -> String {
        let whole = self.permissions.first().map_or_else(
            || format!("{}:{}", self.service, self.operation),
            |permission| (*permission).to_owned(),
        );
        match self.part {
            Some(part) => format!("{whole}/{part}"),
            None => whole,
        }
    }
}

/// An operation that no read declares.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused to call `{service}:{operation}`: it is not among the declared reads")]
pub struct Undeclared {
    /// The service of the refused call.
    pub service: String,
    /// The operation of the refused call.
    pub operation: String,
}

/// Refuses whatever is not declared, before the network.
#[derive(Clone, Debug)]
pub struct Guard {
    declared: BTreeMap<(String, &'static str), DeclaredRead>,
}

impl Guard {
    /// A guard over declared reads. Service names compare without case.
    pub fn new<'a>(reads: impl IntoIterator<Item = &'a DeclaredRead>) -> Self {
        Self {
            declared: reads
                .into_iter()
                .map(|read| ((read.service.to_ascii_lowercase(), read.operation), *read))
                .collect(),
        }
    }

    /// The declared read that this call is.
    ///
    /// # Errors
    /// When there is none; the call must not be made.
    pub fn permit(&self, service: &str, operation: &str) -> Result<DeclaredRead, Undeclared> {
        self.declared
            .iter()
            .find(|((s, o), _)| s.eq_ignore_ascii_case(service) && *o == operation)
            .map(|(_, read)| *read)
            .ok_or_else(|| Undeclared { service: service.to_owned(), operation: operation.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: DeclaredRead = DeclaredRead {
        service: "iam",
        operation: "ListAccessKeys",
        permissions: &["iam:ListAccessKeys"],
        part: None,
        need: Need::Scope,
        why: "test",
    };

    #[test]
    fn gaps_name_a_read_by_its_permission_and_its_part_of_it() {
        assert_eq!(READ.name(), "iam:ListAccessKeys");
        assert_eq!(DeclaredRead { part: Some("keys"), ..READ }.name(), "iam:ListAccessKeys/keys");
        assert_eq!(DeclaredRead { permissions: &[], ..READ }.name(), "iam:ListAccessKeys");
    }

    #[test]
    fn only_declared_operations_pass() {
        let guard = Guard::new([&READ]);
        assert!(guard.permit("IAM", "ListAccessKeys").is_ok());
        assert!(guard.permit("iam", "listaccesskeys").is_err());
        assert!(guard.permit("iam", "CreateAccessKey").is_err());
        assert!(guard.permit("sts", "ListAccessKeys").is_err());
    }
}
