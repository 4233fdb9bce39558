//! Registry entries without an identity.

use census_model::{Ghost, Index};

use crate::{
    gaps::{HiddenIdentities, Searched},
    pattern::Pattern,
    registry::RegistryEntry,
};

/// The entries that matched nothing, told apart.
#[derive(Debug, Default)]
pub(crate) struct Unmatched {
    /// Entries whose accounts were searched, sorted.
    pub(crate) ghosts: Vec<Ghost>,
    /// How many are about accounts that were not.
    pub(crate) outside: usize,
}

/// Tells ghosts from entries about accounts that this scan did not ask for.
pub(crate) fn sort_out<'a>(entries: impl Iterator<Item = &'a RegistryEntry>, index: &Index<'_>) -> Unmatched {
    let hidden = HiddenIdentities::of(index);
    let mut unmatched = Unmatched::default();
    for entry in entries {
        match searched(&entry.identity, &hidden) {
            Searched::Yes(gaps) => unmatched.ghosts.push(Ghost {
                identity: entry.identity.clone(),
                location: entry.location.to_string().into(),
                business_owner: entry.business_owner.clone(),
                gaps,
            }),
            Searched::No => unmatched.outside += 1,
        }
    }
    unmatched.ghosts.sort_unstable();
    unmatched
}

fn searched(identity: &str, hidden: &HiddenIdentities<'_>) -> Searched {
    match account_of(identity) {
        Some(account) if !account.contains('*') => hidden.account(account),
        Some(account) => {
            let pattern = Pattern::new(account);
            hidden.accounts(|id| pattern.matches(id))
        }
        None => hidden.accounts(|_| true),
    }
}

/// The account part of an ARN or of a pattern over ARNs. A star ahead of it may stand for colons as well, so then
/// nothing is known of the account.
fn account_of(identity: &str) -> Option<&str> {
    let arn = identity.strip_prefix("aws:").unwrap_or(identity);
    let mut parts = arn.splitn(6, ':');
    let ahead: Vec<&str> = parts.by_ref().take(4).collect();
    let account = parts.next()?;
    let known = ahead.first() == Some(&"arn") && !ahead.iter().any(|part| part.contains('*'));
    (known && parts.next().is_some() && !account.is_empty()).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_read_from_arns_only() {
        for (identity, account) in [
            ("arn:aws:iam::111122223333:role/x", Some("111122223333")),
            ("aws:arn:aws-cn:iam::111122223333:user/a/b", Some("111122223333")),
            ("arn:aws:iam::1111*:role/x", Some("1111*")),
            ("arn:aws:iam::*:role/x", Some("*")),
            ("arn:*:iam::111122223333:role/x", None),
            ("arn:aws:iam::111122223333*", None),
            ("deploy", None),
            ("*", None),
            ("a:b:c:d:e:f", None),
            ("arn:aws:iam:::role/x", None),
        ] {
            assert_eq!(account_of(identity), account, "{identity}");
        }
    }
}
