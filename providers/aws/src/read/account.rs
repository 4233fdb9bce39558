//! One account: its files, and what every part of the reading needs to know.

use census_model::{
    EstateBuilder, Gap, GapId, GapReason, IdentityId, Provider, Scope, ScopeId, ScopeKind, Text,
};
use jiff::Timestamp;

use super::{
    files::{Files, unique},
    gaps::{Coverage, Noted, Presence, inconsistent},
    identity_center, issuers, key_grants,
    policies::Attachments,
    resources, roles, root, summary, usage, users,
    whose::Whose,
    workloads,
};
use crate::documents::{AccountFile, AuthorizationDetails};

/// What every part of the reading of one account needs.
pub(super) struct Account<'d> {
    pub(super) whose: &'d Whose,
    pub(super) scope: ScopeId,
    /// The instant of the documents: when they were fetched, else the newest that they name.
    pub(super) clock: Timestamp,
    /// When the credential report was made, where that is known.
    pub(super) report_made: Option<Timestamp>,
    pub(super) open: Open,
    pub(super) live: bool,
}

/// What each file leaves open.
pub(super) struct Open {
    pub(super) details: Coverage,
    pub(super) report: Coverage,
    pub(super) access_keys: Coverage,
    pub(super) login_profiles: Option<Coverage>,
    pub(super) oidc: Coverage,
    pub(super) saml: Coverage,
    pub(super) signing: Coverage,
}

impl Open {
    fn of(files: &Files<'_>, scope: &ScopeId, noted: &Noted, estate: &mut EstateBuilder) -> Self {
        use AccountFile as F;
        let details = match &files.details {
            None => Presence::Absent,
            Some(details) if details.is_truncated => Presence::Truncated,
            Some(_) => Presence::Whole,
        };
        let mut coverage = |file: F, presence| noted.coverage(Some(scope), file.reads(), presence, estate);
        // These two are only asked for their gaps.
        coverage(F::AccountSummary, Presence::of(files.summary.as_ref()));
        coverage(F::SshPublicKeys, Presence::of_list(&files.ssh));
        coverage(F::ServiceSpecificCredentials, Presence::of_list(&files.specific));
        coverage(F::ServerCertificates, Presence::of_list(&files.server));
        Self {
            details: coverage(F::AuthorizationDetails, details),
            report: coverage(F::CredentialReport, Presence::of(files.report.as_ref())),
            access_keys: coverage(F::AccessKeys, Presence::of_list(&files.access_keys)),
            // The credential report tells of passwords too, so nobody needs to provide this file.
            login_profiles: files
                .login_profiles
                .is_some()
                .then(|| coverage(F::LoginProfiles, Presence::of_list(&files.login_profiles))),
            oidc: coverage(F::OidcProviders, Presence::of_list(&files.oidc)),
            saml: coverage(F::SamlProviders, Presence::of_list(&files.saml)),
            signing: coverage(F::SigningCertificates, Presence::of_list(&files.signing)),
        }
    }
}

/// Reads an account into the estate.
pub(super) fn read(
    files: &Files<'_>,
    whose: &Whose,
    noted: &Noted,
    clock: Option<Timestamp>,
    report_made: Option<Timestamp>,
    estate: &mut EstateBuilder,
) {
    let scope = whose.scope();
    estate.scope(account_scope(&whose.account, true));
    let account = Account {
        whose,
        open: Open::of(files, &scope, noted, estate),
        clock: clock.or_else(|| files.newest()).unwrap_or(Timestamp::UNIX_EPOCH),
        report_made: report_made.or_else(|| files.report.as_ref().and_then(|report| report.made)),
        live: noted.live,
        scope,
    };
    let nothing = AuthorizationDetails::default();
    let details = files.details.as_ref().unwrap_or(&nothing);
    let mut attachments = Attachments::new(&account.scope, &details.policies, estate);
    let groups = users::groups(&account, details, &mut attachments, estate);
    users::read(&account, files, &groups, &mut attachments, estate);
    let profiles = roles::read(&account, details, &mut attachments, estate);
    root::read(&account, files, estate);
    resources::read(&account, files, details, noted, estate);
    key_grants::read(&account, files, estate);
    workloads::read(&account, files, &profiles, noted, estate);
    usage::read(&account, files, noted, estate);
    identity_center::read(&account, files, details, noted, estate);
    issuers::read(&account, files, estate);
    summary::reconcile(&account, files, estate);
    let reason = match (account.open.details.is_complete(), account.live) {
        (false, _) => GapReason::Truncated,
        (true, true) => GapReason::Inconsistent,
        (true, false) => GapReason::NotProvided,
    };
    attachments.finish(reason, estate);
}

/// An account as a scope.
pub(super) fn account_scope(account: &str, scanned: bool) -> Scope {
    Scope {
        id: ScopeId::new(format!("aws:account/{account}")),
        native_id: account.into(),
        provider: Provider::Aws,
        kind: ScopeKind::Account,
        name: None,
        parent: None,
        manages: None,
        tags: Default::default(),
        scanned,
    }
}

impl Account<'_> {
    /// The id of an identity, group or workload: the provider and its ARN.
    pub(super) fn id(arn: &str) -> String {
        format!("aws:{arn}")
    }

    /// An ARN of this account. Only for things whose own ARN no document tells.
    pub(super) fn arn(&self, resource: &str) -> String {
        format!("arn:{}:iam::{}:{resource}", self.whose.partition, self.whose.account)
    }

    /// Notes that something is not read on purpose.
    pub(super) fn not_requested(&self, read: &str, detail: &str, estate: &mut EstateBuilder) -> GapId {
        let scope = Some(self.scope.clone());
        estate.gap(Gap::new(Provider::Aws, scope, read, GapReason::NotRequested, detail, Vec::new()))
    }

    /// Notes that sources contradict each other about identities.
    pub(super) fn inconsistent(
        &self,
        read: &str,
        detail: &str,
        affects: Vec<Text>,
        estate: &mut EstateBuilder,
    ) -> GapId {
        estate.gap(inconsistent(&self.scope, read, detail, affects))
    }

    /// Items in the order of their ARNs, each once; those that stand in the document twice, with differences, are a
    /// gap.
    pub(super) fn each<'f, T: PartialEq + std::fmt::Debug>(
        &self,
        items: &'f [T],
        arn: impl Fn(&'f T) -> &'f str,
        estate: &mut EstateBuilder,
    ) -> Vec<&'f T> {
        let (kept, conflicts) = unique(items, arn);
        if !conflicts.is_empty() {
            let affects = conflicts.into_iter().map(|arn| Self::id(arn).into()).collect();
            self.inconsistent(
                "iam:GetAccountAuthorizationDetails",
                "the document holds these twice, with differences",
                affects,
                estate,
            );
        }
        kept
    }
}

/// An identity's id from its ARN.
pub(super) fn identity_id(arn: &str) -> IdentityId {
    IdentityId::new(Account::id(arn))
}
