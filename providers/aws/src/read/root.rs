//! The root user, which exists in every account whatever the documents say.

use census_model::{
    Credential, CredentialKind, CredentialStatus, EstateBuilder, Gap, GapId, GapReason, Identity, IdentityId,
    IdentityKind, Observed, Provider,
};

use super::credentials::Named;
use super::{
    account::{Account, identity_id},
    credentials::{Slots, Slotted, bare, password_use},
    files::{Files, items},
    nature::Evidence,
    person::{aliases, mfa},
    report::{ROOT, Row},
    users::REPORT,
};

/// Adds the root user and its credentials: from the credential report, else from the account summary, which tells
/// only what exists.
pub(super) fn read(account: &Account<'_>, files: &Files<'_>, estate: &mut EstateBuilder) {
    let arn = account.arn("root");
    let id = identity_id(&arn);
    let row = files.report.iter().flat_map(|report| &report.rows).filter(|row| row.user == ROOT);
    // Should there be several, whatever their order, the same one counts.
    let row = row.min_by_key(|row| format!("{row:?}"));
    let present = Present::of(files);
    let mut evidence = Evidence::default();
    evidence.human("root user");
    let last_used = match row {
        Some(row) => {
            from_report(account, files, &id, row, &mut evidence, estate);
            contradictions(account, &id, row, &present, estate);
            password_use(row.password_used, row.created)
        }
        None => {
            let gap = hidden(account, &id, estate);
            from_summary(account, &id, &present, &gap, &mut evidence, estate);
            Observed::NotVisible(gap)
        }
    };
    estate.identity(Identity {
        id: id.clone(),
        native_id: arn.as_str().into(),
        aliases: aliases([Some(ROOT), Some("root"), Some(&account.whose.account)]),
        // AWS gives the root user no id of its own: calls as root show the account's.
        immutable_id: Some(account.whose.account.as_str().into()),
        provider: Provider::Aws,
        kind: IdentityKind::AwsRootUser,
        nature: evidence.nature(),
        scope: account.scope.clone(),
        name: "root".into(),
        path: None,
        tags: Default::default(),
        created: row.and_then(|row| row.created),
        disabled: false,
        managed_by: None,
        last_used,
        deleted: None,
        application: None,
        person: None,
    });
}

/// What the account summary says of the root user's credentials.
struct Present {
    keys: Option<bool>,
    password: Option<bool>,
    mfa: Option<bool>,
    certificates: Option<bool>,
}

impl Present {
    fn of(files: &Files<'_>) -> Self {
        let flag = |name: &str| {
            files.summary.as_ref().and_then(|summary| summary.summary_map.get(name)).map(|count| *count > 0)
        };
        Self {
            keys: flag("AccountAccessKeysPresent"),
            password: flag("AccountPasswordPresent"),
            mfa: flag("AccountMFAEnabled"),
            certificates: flag("AccountSigningCertificatesPresent"),
        }
    }
}

fn hidden(account: &Account<'_>, id: &IdentityId, estate: &mut EstateBuilder) -> GapId {
    account.open.report.whole().cloned().unwrap_or_else(|| {
        let affects = vec![id.as_str().into()];
        let gap = GapReason::NotProvided;
        let detail = "the credential report holds no row of the root user";
        estate.gap(Gap::new(Provider::Aws, Some(account.scope.clone()), REPORT, gap, detail, affects))
    })
}

fn from_report(
    account: &Account<'_>,
    files: &Files<'_>,
    id: &IdentityId,
    row: &Row,
    evidence: &mut Evidence,
    estate: &mut EstateBuilder,
) {
    // Classic reports say `not_supported`: the root user has a password, unless it was removed centrally.
    if row.password != Some(false) {
        let status =
            if row.password == Some(true) { CredentialStatus::Active } else { CredentialStatus::Unknown };
        let last_used = password_use(row.password_used, row.password_changed.or(row.created));
        let created = row.password_changed;
        let bare = bare(id, CredentialKind::ConsolePassword, "password", last_used);
        estate.credential(Credential { created, status, ..bare });
    }
    if row.mfa {
        let device = mfa(account, id, estate);
        estate.credential(device);
    }
    let named: Vec<Named<'_>> = items(&files.access_keys)
        .filter(|(_, key)| key.user_name.as_str() == ROOT)
        .map(|(_, key)| Named {
            key_id: &key.access_key_id,
            status: key.status.as_deref(),
            created: key.create_date.map(|at| at.0),
        })
        .collect();
    let kinds =
        [(CredentialKind::AccessKey, &row.keys), (CredentialKind::SigningCertificate, &row.certificates)];
    for (kind, slots) in kinds {
        let is_key = kind == CredentialKind::AccessKey;
        if slots.is_empty() {
            continue;
        }
        evidence.machine(if is_key { "access key" } else { "signing certificate" });
        let use_not_told = (!is_key).then(|| super::person::use_not_told(account, estate));
        Slotted {
            holder: id,
            kind,
            named: if is_key { &named } else { &[] },
            // No call lists what the root user has.
            list_is_complete: false,
            slots: Slots::Seen(slots, account.report_made),
            use_not_told,
        }
        .add(|estate| hidden(account, id, estate), estate);
    }
}

/// The summary counts no more than one of each kind.
fn from_summary(
    account: &Account<'_>,
    id: &IdentityId,
    present: &Present,
    gap: &GapId,
    evidence: &mut Evidence,
    estate: &mut EstateBuilder,
) {
    let mut add = |kind, name: &str| {
        estate.credential(bare(id, kind, name, Observed::NotVisible(gap.clone())));
    };
    if present.password != Some(false) {
        add(CredentialKind::ConsolePassword, "password");
    }
    if present.keys == Some(true) {
        add(CredentialKind::AccessKey, "any");
        evidence.machine("access key");
    }
    if present.certificates == Some(true) {
        add(CredentialKind::SigningCertificate, "any");
        evidence.machine("signing certificate");
    }
    if present.keys.is_none() {
        evidence.hidden_machine("access keys not visible", gap.clone());
    }
    if present.mfa == Some(true) {
        let device = mfa(account, id, estate);
        estate.credential(device);
    }
}

/// The two sources are not equally fresh; where they differ, neither is taken for the truth.
fn contradictions(
    account: &Account<'_>,
    id: &IdentityId,
    row: &Row,
    present: &Present,
    estate: &mut EstateBuilder,
) {
    let active = row.keys.iter().any(|slot| slot.active);
    let any = !row.keys.is_empty();
    // A key that is switched off may or may not be counted.
    let keys_differ = present.keys.is_some_and(|keys| keys != active && keys != any);
    if keys_differ || present.mfa.is_some_and(|mfa| mfa != row.mfa) {
        let detail = "credential report and account summary differ on the root user's keys or second factor";
        account.inconsistent(REPORT, detail, vec![id.as_str().into()], estate);
    }
}
