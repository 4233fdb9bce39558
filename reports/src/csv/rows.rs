//! The columns of the other files.

use std::io::Write;

use census_model::{Attests, Credential, Evidence, Finding, Holder, Identity, Life, Subject};
use jiff::{Timestamp, civil::Date};

use super::Sheet;
use crate::{
    OwnerFilter, format::RenderError, json::COMMAND_LEFT_OUT, sanitize::visible, view::View, words::use_cell,
};

pub(crate) fn credentials(view: &View<'_>, out: &mut dyn Write) -> Result<(), RenderError> {
    let mut sheet = Sheet::new(
        out,
        [
            "id",
            "identity",
            "identity_name",
            "scope",
            "kind",
            "key_id",
            "label",
            "status",
            "created",
            "age_days",
            "expires",
            "last_used",
            "last_used_service",
            "last_used_region",
            "owner_status",
            "business_owner",
            "kept_on",
        ],
    )?;
    for credential in &view.credentials {
        let holder = credential.identity().and_then(|id| view.index.identity(id));
        let owner = credential.identity().and_then(|id| view.owner(id));
        let last = credential.last_used.known();
        sheet.row([
            credential.id.to_string(),
            text(credential.identity().map(AsRef::as_ref)),
            text(holder.map(|identity| &*identity.name)),
            credential_scope(credential, holder),
            credential.kind.to_string(),
            text(credential.key_id.as_deref()),
            text(credential.label.as_deref()),
            credential.status.as_str().to_owned(),
            instant(credential.created),
            credential.created.map(|at| age_days(view, at)).unwrap_or_default(),
            instant(credential.expires),
            use_cell(&credential.last_used),
            text(last.and_then(|last| last.service.as_deref())),
            text(last.and_then(|last| last.region.as_deref())),
            credential.identity().map(|id| view.owner_status(id).to_string()).unwrap_or_default(),
            text(owner.and_then(|owner| owner.business_owner.as_deref())),
            text(credential.kept_on.map(census_model::DirectoryObject::as_str)),
        ])?;
    }
    sheet.finish()
}

pub(crate) fn findings(view: &View<'_>, out: &mut dyn Write) -> Result<(), RenderError> {
    let mut sheet = Sheet::new(
        out,
        [
            "severity",
            "rule",
            "rule_version",
            "confidence",
            "identity",
            "identity_name",
            "scope",
            "subject_type",
            "subject",
            "title",
            "evidence",
            "controls",
            "remedy",
            "commands",
            "business_owner",
            "fingerprint",
        ],
    )?;
    for finding in &view.findings {
        let (subject_type, subject) = subject(finding);
        let id = match &finding.subject {
            Subject::Identity(id) => Some(id),
            Subject::RegistryEntry { .. } | Subject::Scope(_) | Subject::Vault(_) => None,
        };
        let identity = id.and_then(|id| view.index.identity(id));
        let scope = match &finding.subject {
            Subject::Scope(scope) => Some(scope),
            Subject::Vault(vault) => view.index.vault(vault).map(|vault| &vault.scope),
            Subject::Identity(_) | Subject::RegistryEntry { .. } => identity.map(|identity| &identity.scope),
        };
        let (remedy, commands) = remedy(finding);
        sheet.row([
            finding.severity.to_string(),
            finding.rule.to_string(),
            finding.rule_version.to_string(),
            finding.confidence.as_str().to_owned(),
            text(id.map(AsRef::as_ref)),
            text(identity.map(|identity| &*identity.name)),
            text(scope.map(AsRef::as_ref)),
            subject_type.to_owned(),
            subject,
            finding.title.to_string(),
            evidence(&finding.evidence),
            controls(finding),
            remedy,
            commands,
            text(id.and_then(|id| view.owner(id)).and_then(|owner| owner.business_owner.as_deref())),
            finding.fingerprint.as_str().to_owned(),
        ])?;
    }
    sheet.finish()
}

/// One row for each claim to own an identity, and one for each identity without any.
pub(crate) fn owner_rows(
    view: &View<'_>,
    filter: &OwnerFilter,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let mut sheet = Sheet::new(
        out,
        [
            "identity",
            "native_id",
            "name",
            "scope",
            "kind",
            "nature",
            "status",
            "business_owner",
            "technical_steward",
            "because",
            "gaps",
            "life",
            "life_since",
            "life_because",
            "business_attested",
            "business_due",
            "technical_attested",
            "technical_due",
            "claim",
            "claim_band",
            "claim_source",
            "claim_business_owner",
            "claim_technical_steward",
            "claim_evidence",
        ],
    )?;
    for identity in view.identities.iter().filter(|identity| filter.wants(view, identity)) {
        let owner = view.owner(&identity.id);
        let life = owner.and_then(|owner| owner.life.as_deref());
        let record = [
            identity.id.to_string(),
            identity.native_id.to_string(),
            identity.name.to_string(),
            identity.scope.to_string(),
            identity.kind.to_string(),
            identity.nature.kind.as_str().to_owned(),
            view.owner_status(&identity.id).to_string(),
            text(owner.and_then(|owner| owner.business_owner.as_deref())),
            text(owner.and_then(|owner| owner.technical_steward.as_deref())),
            text(Some(owner.map_or("owners were not looked up", |owner| &*owner.because))),
            list(owner.into_iter().flat_map(|owner| &owner.gaps).map(ToString::to_string)),
            life.map(|life| life.state.as_str().to_owned()).unwrap_or_default(),
            day(life.and_then(|life| life.since)),
            text(life.map(|life| &*life.because)),
            attested(life, Attests::BusinessOwnership),
            due(life, Attests::BusinessOwnership),
            attested(life, Attests::TechnicalNecessity),
            due(life, Attests::TechnicalNecessity),
        ];
        let claims = owner.map_or(&[][..], |owner| &owner.claims);
        if claims.is_empty() {
            sheet.row(joined(record.clone(), Default::default()))?;
        }
        for (number, claim) in (1_usize..).zip(claims) {
            let cells = [
                number.to_string(),
                claim.band().as_str().to_owned(),
                claim.source.as_str().to_owned(),
                text(claim.business_owner.as_deref()),
                text(claim.technical_steward.as_deref()),
                evidence(&claim.evidence),
            ];
            sheet.row(joined(record.clone(), cells))?;
        }
    }
    sheet.finish()
}

fn day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn attested(life: Option<&Life>, attests: Attests) -> String {
    day(life.and_then(|life| life.review(attests).last.as_ref()).map(|last| last.on))
}

fn due(life: Option<&Life>, attests: Attests) -> String {
    day(life.and_then(|life| life.review(attests).due))
}

pub(crate) fn gaps(view: &View<'_>, out: &mut dyn Write) -> Result<(), RenderError> {
    let mut sheet = Sheet::new(
        out,
        ["id", "provider", "scope", "scope_name", "read", "reason", "failure", "detail", "affects"],
    )?;
    for gap in &view.gaps {
        let scope = gap.scope.as_ref().and_then(|id| view.input.estate.scopes.get(id));
        sheet.row([
            gap.id.to_string(),
            gap.provider.to_string(),
            text(gap.scope.as_ref().map(AsRef::as_ref)),
            text(scope.and_then(|scope| scope.name.as_deref())),
            gap.read.to_string(),
            gap.reason.to_string(),
            gap.reason.is_failure().to_string(),
            gap.detail.to_string(),
            list(gap.affects.iter().map(ToString::to_string)),
        ])?;
    }
    sheet.finish()
}

/// What a finding is about, as type and value.
pub(crate) fn subject(finding: &Finding) -> (&'static str, String) {
    match &finding.subject {
        Subject::Identity(id) => ("identity", id.to_string()),
        Subject::RegistryEntry { identity, location } => {
            ("registry-entry", format!("{identity} ({location})"))
        }
        Subject::Scope(id) => ("scope", id.to_string()),
        Subject::Vault(id) => ("vault", id.to_string()),
    }
}

/// Remedy and commands. A command that does not look the same once it is made visible is no longer that command.
fn remedy(finding: &Finding) -> (String, String) {
    let words = &finding.remedy;
    let shown: Vec<String> = words
        .commands
        .iter()
        .filter_map(census_model::Command::shell)
        .filter(|command| visible(command) == command.as_str())
        .collect();
    if shown.len() == words.commands.len() {
        return (words.text.to_string(), list(shown));
    }
    (format!("{} {COMMAND_LEFT_OUT}", words.text).trim_start().to_owned(), list(shown))
}

fn controls(finding: &Finding) -> String {
    list(finding.controls.iter().map(|(framework, controls)| format!("{framework}: {}", controls.join(", "))))
}

fn evidence(facts: &[Evidence]) -> String {
    list(facts.iter().map(|fact| match &fact.source {
        Some(source) => format!("{}: {} [{source}]", fact.label, fact.value),
        None => format!("{}: {}", fact.label, fact.value),
    }))
}

fn credential_scope(credential: &Credential, holder: Option<&Identity>) -> String {
    match &credential.holder {
        Holder::Scope(scope) => scope.to_string(),
        Holder::Identity(_) => text(holder.map(|identity| identity.scope.as_str())),
    }
}

pub(super) fn scope_name(view: &View<'_>, identity: &Identity) -> String {
    text(view.input.estate.scopes.get(&identity.scope).and_then(|scope| scope.name.as_deref()))
}

fn age_days(view: &View<'_>, at: Timestamp) -> String {
    (view.as_of().as_second() - at.as_second()).div_euclid(86_400).to_string()
}

fn joined(record: [String; 18], claim: [String; 6]) -> [String; 24] {
    let mut cells: [String; 24] = Default::default();
    for (cell, text) in cells.iter_mut().zip(record.into_iter().chain(claim)) {
        *cell = text;
    }
    cells
}

pub(super) fn list(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().collect::<Vec<_>>().join("; ")
}

pub(super) fn instant(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

pub(super) fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}
