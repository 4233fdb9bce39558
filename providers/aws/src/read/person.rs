//! One user: the identity, its credentials, and whether it is a person.

use std::collections::BTreeMap;

use census_model::{
    Credential, CredentialKind, CredentialStatus, EstateBuilder, GapId, Identity, IdentityId, IdentityKind,
    Observed, Provider, Text,
};

use super::{
    account::Account,
    arn::Arn,
    credentials::{Named, Slots, Slotted, bare, password_use, status},
    gaps::Coverage,
    nature::Evidence,
    report::Slot,
    users::{Person, REPORT},
};
use crate::documents::Tag;

/// A user that is being put together.
pub(super) struct User<'u, 'f> {
    pub(super) account: &'u Account<'u>,
    pub(super) name: &'u str,
    pub(super) person: &'u Person<'f>,
    pub(super) arn: &'u str,
    pub(super) id: &'u IdentityId,
    /// The gap about users that are not in every source, if there are any.
    pub(super) skew: Option<&'u GapId>,
}

/// Whether there is a console password.
enum Password {
    Yes,
    No,
    Hidden,
}

impl User<'_, '_> {
    /// Adds the user and its credentials.
    pub(super) fn add(&self, estate: &mut EstateBuilder) {
        let person = self.person;
        let mut evidence = Evidence::default();
        self.password(&mut evidence, estate);
        if person.row.is_some_and(|row| row.mfa) {
            evidence.human("MFA device");
            let device = mfa(self.account, self.id, estate);
            estate.credential(device);
        }
        self.keys(&mut evidence, estate);
        self.certificates(&mut evidence, estate);
        self.others(&mut evidence, estate);
        let detail = person.detail;
        let row = person.row;
        let created = detail
            .and_then(|detail| detail.create_date)
            .map(|at| at.0)
            .or_else(|| row.and_then(|row| row.created));
        let immutable_id: Option<Text> = detail.map(|detail| detail.user_id.as_str().into());
        let path = detail
            .and_then(|detail| detail.path.as_deref())
            .or_else(|| (detail.is_some() || row.is_some()).then(|| Arn::parse(self.arn).map(Arn::path))?);
        let last_used = match row {
            Some(row) => password_use(row.password_used, created),
            None => Observed::NotVisible(self.hidden(estate)),
        };
        estate.identity(Identity {
            id: self.id.clone(),
            native_id: self.arn.into(),
            aliases: aliases([Some(self.name), immutable_id.as_deref()]),
            immutable_id,
            provider: Provider::Aws,
            kind: IdentityKind::AwsUser,
            nature: evidence.nature(),
            scope: self.account.scope.clone(),
            name: self.name.into(),
            path: path.map(Text::from),
            tags: detail.map(|detail| tags(&detail.tags)).unwrap_or_default(),
            created,
            disabled: false,
            managed_by: None,
            last_used,
            deleted: None,
            application: None,
            person: None,
        });
    }

    /// The gap because of which the credential report says nothing about the user.
    fn hidden(&self, estate: &mut EstateBuilder) -> GapId {
        let report = self.account.open.report.whole();
        report.or(self.skew).cloned().unwrap_or_else(|| {
            self.contradiction("the credential report does not tell about this user", estate)
        })
    }

    fn contradiction(&self, detail: &str, estate: &mut EstateBuilder) -> GapId {
        self.account.inconsistent(REPORT, detail, vec![self.id.as_str().into()], estate)
    }

    /// Whether a list that lacks the user proves that the user has none.
    fn proves(&self, list: &Coverage) -> bool {
        list.about(self.id, self.arn).is_none()
    }

    /// The same for what the report knows too: a fetch lists it only for users whom the report shows with some.
    fn proves_by_report(&self, list: &Coverage) -> bool {
        self.proves(list) && (self.person.row.is_some() || !self.account.live)
    }

    fn password(&self, evidence: &mut Evidence, estate: &mut EstateBuilder) {
        let Person { row, profile, .. } = self.person;
        let by_report = row.and_then(|row| row.password);
        let by_list = match (profile, &self.account.open.login_profiles) {
            (Some(_), _) => Some(true),
            (None, Some(list)) if self.proves(list) => Some(false),
            (None, _) => None,
        };
        let password = match (by_report, by_list) {
            (Some(report), Some(list)) if report != list => {
                self.contradiction("credential report and login profiles differ on the password", estate);
                Password::Yes
            }
            (Some(true), _) | (_, Some(true)) => Password::Yes,
            (Some(false), _) | (_, Some(false)) => Password::No,
            (None, None) => Password::Hidden,
        };
        match password {
            Password::No => return,
            Password::Hidden => {
                return evidence.hidden_human("console password not visible", self.hidden(estate));
            }
            Password::Yes => evidence.human("console password"),
        }
        let created = row
            .and_then(|row| row.password_changed)
            .or_else(|| profile.and_then(|profile| profile.create_date).map(|at| at.0));
        let last_used = match row {
            Some(row) => password_use(row.password_used, created),
            None => Observed::NotVisible(self.hidden(estate)),
        };
        let kind = CredentialKind::ConsolePassword;
        let status = CredentialStatus::Active;
        estate.credential(Credential { created, status, ..bare(self.id, kind, "password", last_used) });
    }

    fn keys(&self, evidence: &mut Evidence, estate: &mut EstateBuilder) {
        let list = &self.account.open.access_keys;
        let named: Vec<Named<'_>> = self
            .person
            .keys
            .iter()
            .map(|key| Named {
                key_id: &key.access_key_id,
                status: key.status.as_deref(),
                created: key.create_date.map(|at| at.0),
            })
            .collect();
        let list_is_complete = self.proves_by_report(list);
        let slots = self.slots(|person| person.row.map(|row| row.keys.as_slice()), estate);
        if !named.is_empty() || slots.any() {
            evidence.machine("access key");
        } else if let (false, Slots::Hidden(gap)) = (list_is_complete, &slots) {
            evidence.hidden_machine("access keys not visible", gap.clone());
        }
        let kind = CredentialKind::AccessKey;
        let detail = "the access keys of the credential report are not those of the list";
        Slotted { holder: self.id, kind, named: &named, list_is_complete, slots, use_not_told: None }
            .add(|estate| self.contradiction(detail, estate), estate);
    }

    fn certificates(&self, evidence: &mut Evidence, estate: &mut EstateBuilder) {
        let named: Vec<Named<'_>> = self
            .person
            .signing
            .iter()
            .map(|one| Named {
                key_id: &one.certificate_id,
                status: one.status.as_deref(),
                created: one.upload_date.map(|at| at.0),
            })
            .collect();
        let list_is_complete = self.proves_by_report(&self.account.open.signing);
        let slots = self.slots(|person| person.row.map(|row| row.certificates.as_slice()), estate);
        if named.is_empty() && !slots.any() {
            return;
        }
        evidence.machine("signing certificate");
        let kind = CredentialKind::SigningCertificate;
        let use_not_told = Some(use_not_told(self.account, estate));
        let detail = "the signing certificates of the credential report are not those of the list";
        Slotted { holder: self.id, kind, named: &named, list_is_complete, slots, use_not_told }
            .add(|estate| self.contradiction(detail, estate), estate);
    }

    fn slots<'s>(
        &'s self,
        of: impl Fn(&'s Person<'_>) -> Option<&'s [Slot]>,
        estate: &mut EstateBuilder,
    ) -> Slots<'s> {
        match of(self.person) {
            Some(slots) => Slots::Seen(slots, self.account.report_made),
            None => Slots::Hidden(self.hidden(estate)),
        }
    }

    /// What only lists know: SSH public keys and service-specific credentials.
    fn others(&self, evidence: &mut Evidence, estate: &mut EstateBuilder) {
        for one in &self.person.ssh {
            evidence.neutral("SSH public key");
            let last_used = Observed::NotVisible(use_not_told(self.account, estate));
            estate.credential(Credential {
                key_id: Some(one.ssh_public_key_id.as_str().into()),
                created: one.upload_date.map(|at| at.0),
                status: status(one.status.as_deref()),
                ..bare(self.id, CredentialKind::SshPublicKey, &one.ssh_public_key_id, last_used)
            });
        }
        for one in &self.person.specific {
            evidence.machine("service-specific credential");
            let last_used = Observed::NotVisible(use_not_told(self.account, estate));
            let (kind, name) =
                (CredentialKind::ServiceSpecificCredential, &*one.service_specific_credential_id);
            estate.credential(Credential {
                key_id: Some(name.into()),
                label: one.service_name.as_deref().map(Text::from),
                created: one.create_date.map(|at| at.0),
                expires: one.expiration_date.map(|at| at.0),
                status: status(one.status.as_deref()),
                ..bare(self.id, kind, name, last_used)
            });
        }
        if self.person.row.is_some_and(|row| row.more) {
            self.contradiction("the report names more credentials than it has columns for", estate);
        }
    }
}

impl Slots<'_> {
    fn any(&self) -> bool {
        matches!(self, Slots::Seen(slots, _) if !slots.is_empty())
    }
}

/// A second factor, of which the report tells only that there is one.
pub(super) fn mfa(account: &Account<'_>, holder: &IdentityId, estate: &mut EstateBuilder) -> Credential {
    let detail = "that a second factor exists is known from the credential report or account summary, which one and \
                  when it was used is not asked for";
    let gap = account.not_requested("iam:ListMFADevices", detail, estate);
    let status = CredentialStatus::Active;
    Credential { status, ..bare(holder, CredentialKind::MfaDevice, "any", Observed::NotVisible(gap)) }
}

/// The gap for kinds of credentials whose lists carry no use.
pub(super) fn use_not_told(account: &Account<'_>, estate: &mut EstateBuilder) -> GapId {
    let detail = "the use of SSH public keys, signing certificates and service-specific credentials shows only in \
                  service last accessed data, which is not asked for";
    account.not_requested("iam:GetServiceLastAccessedDetails", detail, estate)
}

/// Names that are there, sorted, each once.
pub(super) fn aliases<const N: usize>(names: [Option<&str>; N]) -> Vec<Text> {
    let mut aliases: Vec<Text> = names.into_iter().flatten().map(Text::from).collect();
    aliases.sort_unstable();
    aliases.dedup();
    aliases
}

/// Tags as a table. IAM allows a key once.
pub(super) fn tags(tags: &[Tag<'_>]) -> BTreeMap<Text, Text> {
    let mut table: BTreeMap<Text, Text> = BTreeMap::new();
    for tag in tags {
        let value = table.entry(tag.key.as_str().into()).or_insert_with(|| tag.value.as_str().into());
        // Whatever the order, the same one of two stays.
        if **value > *tag.value {
            *value = tag.value.as_str().into();
        }
    }
    table
}
