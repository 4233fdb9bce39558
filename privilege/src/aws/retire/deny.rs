//! The policy that takes everything from an identity for as long as it is there.

use census_model::{Grant, IdentityKind, RetirementTask, Text, Undo, Via};

use super::{
    Subject,
    holder::{self, Holder},
    task,
};

/// The name of the inline policy.
pub const POLICY_NAME: &str = "census-retirement";

/// What it says, as policies are written in an estate.
pub const DENY_DOCUMENT: &str = r#"{"Statement":[{"Action":"*","Effect":"Deny","Resource":"*","Sid":"CensusRetirement"}],"Version":"2012-10-17"}"#;

/// Why it is enough, sessions too. It may take some minutes.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html>
const SAYS: &str = "deny it everything: what a policy denies, no other policy allows. AWS weighs policies at each request, \
                    so that sessions which exist already are denied too, within minutes";

/// How everything is denied.
pub(super) enum Deny {
    /// The inline policy is there already.
    There,
    /// By an inline policy of this name.
    Inline(Text),
    /// By the policy of AWS, since the quota of inline policies leaves no room.
    Managed(String),
}

/// What follows the partition in the ARN of AWS's policy that denies everything.
const DENY_ALL: &str = ":iam::aws:policy/AWSDenyAll";

/// The most characters, white space apart, of all inline policies of a user and of a role.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const USER_QUOTA: usize = 2_048;
const ROLE_QUOTA: usize = 10_240;

impl Deny {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        if holder::own(subject).any(|grant| denies_all(subject, grant)) {
            return Self::There;
        }
        let inline: Vec<(&str, Option<&str>)> = holder::own(subject)
            .filter_map(|grant| match &grant.via {
                Via::Inline { name } => Some((&**name, subject.text(grant))),
                _ => None,
            })
            .collect();
        let count = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        let used: usize = inline.iter().filter_map(|(_, text)| *text).map(count).sum();
        let quota = match subject.identity.kind {
            IdentityKind::AwsRole => ROLE_QUOTA,
            _ => USER_QUOTA,
        };
        if used + count(DENY_DOCUMENT) > quota {
            return Self::Managed(format!("arn:{}{DENY_ALL}", subject.place().0));
        }
        // Putting a policy replaces one of that name.
        let is_taken = |wanted: &str| inline.iter().any(|(name, _)| *name == wanted);
        let numbered = (2..).map(|number| format!("{POLICY_NAME}-{number}"));
        let mut wanted = std::iter::once(POLICY_NAME.to_owned()).chain(numbered);
        Self::Inline(wanted.find(|name| !is_taken(name)).unwrap_or_default().into())
    }

    /// The task of stage 1; nothing where it is done.
    pub(super) fn task(&self, holder: &Holder<'_>) -> Option<RetirementTask> {
        let (put, undo) = match self {
            Self::There => return None,
            Self::Inline(name) => (holder.put(name, DENY_DOCUMENT), holder.delete_inline(name)),
            Self::Managed(arn) => (holder.attach(arn), holder.detach(arn)),
        };
        let says = match self {
            Self::Managed(_) => {
                format!("{SAYS}. Its inline policies leave no room for another, so that it is AWS's own")
            }
            _ => SAYS.to_owned(),
        };
        Some(task(says, [put], Undo::By(vec![undo])))
    }

    /// What stage 3 takes away last, so that it stays denied until it is gone.
    pub(super) fn removal(&self, holder: &Holder<'_>) -> Option<RetirementTask> {
        let says = "take the denial away last, so that it stays denied until it is gone";
        match self {
            // It is among the policies that it has.
            Self::There => None,
            Self::Inline(name) => Some(task(
                says,
                [holder.delete_inline(name)],
                Undo::By(vec![holder.put(name, DENY_DOCUMENT)]),
            )),
            Self::Managed(arn) => Some(task(says, [holder.detach(arn)], Undo::By(vec![holder.attach(arn)]))),
        }
    }
}

/// Whether an attachment denies everything, always.
pub(super) fn denies_all(subject: &Subject<'_>, grant: &Grant) -> bool {
    match &grant.via {
        Via::Inline { .. } => subject.text(grant) == Some(DENY_DOCUMENT),
        Via::Managed { native_id, .. } => native_id.ends_with(DENY_ALL),
        _ => false,
    }
}

/// Whether it is denied everything already.
pub(super) fn is_there(subject: &Subject<'_>) -> bool {
    matches!(Deny::of(subject), Deny::There)
}
