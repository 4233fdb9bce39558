//! `census vaults`: who may do what in which vault, who could make itself able to, and the numbers of it.

mod numbers;
mod text;

use std::io::Write;

use census_model::{
    Because, Decision, Identity, Part, TechniqueConfidence, Vault, VaultAccess, VaultAccesses, VaultPower,
    VaultWay, Via,
};

pub(crate) use self::{
    numbers::{Numbers, VaultNumbers},
    text::section,
};
use crate::{
    Input, Options,
    attachments::{attached, of_policy},
    csv::vault_access_rows,
    format::RenderError,
    json::vaults_report,
    view::View,
};

/// Which vaults were asked for.
#[derive(Clone, Copy, Debug)]
pub enum VaultsOf<'a> {
    /// All.
    All,
    /// One.
    Vault(&'a Vault),
    /// Those in which an identity may do anything, or could.
    Identity(&'a Identity),
}

/// Vaults as text.
pub fn vaults_text(input: &Input<'_>, of: VaultsOf<'_>, options: &Options) -> String {
    let view = View::new(input);
    match of {
        VaultsOf::All => text::all(&view, options),
        VaultsOf::Vault(vault) => text::of_vault(&view, vault, options),
        VaultsOf::Identity(identity) => text::of_identity(&view, identity, options),
    }
}

/// The rows of vault-access.csv, written as they are made.
///
/// # Errors
/// When `out` refuses.
pub fn write_vaults_csv(input: &Input<'_>, of: VaultsOf<'_>, out: &mut dyn Write) -> Result<(), RenderError> {
    vault_access_rows(&View::new(input), of, out)
}

/// The same as `census.vaults/1`. Ends with one line break.
///
/// # Errors
/// When `out` refuses.
pub fn write_vaults_json(
    input: &Input<'_>,
    of: VaultsOf<'_>,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    vaults_report(&View::new(input), of, out)
}

impl VaultsOf<'_> {
    /// Whether a pair is among what was asked for.
    pub(crate) fn wants(self, identity: &Identity, vault: &Vault) -> bool {
        match self {
            Self::All => true,
            Self::Vault(one) => one.id == vault.id,
            Self::Identity(one) => one.id == identity.id,
        }
    }
}

/// The documented ways by which somebody comes to read secrets.
pub(crate) fn ways_to_read<'a>(
    all: &'a VaultAccesses,
    access: &'a VaultAccess,
) -> impl Iterator<Item = &'a VaultWay> {
    access.ways.iter().filter(|way| access.leads_on(way)).filter(|way| {
        all.routes.get(&way.route).is_some_and(|route| {
            route.gives.reads_secrets() && route.confidence == TechniqueConfidence::Documented
        })
    })
}

/// How an identity stands to the secrets of a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// It reads them: certainly, under a condition, or that is not known.
    Reads(Decision),
    /// It could, by a documented way.
    Could(Decision),
    /// It could by a way that is derived or disputed.
    Possible(Decision),
    /// Neither, as far as is known.
    Other,
}

impl Standing {
    /// The best: who reads under a condition and could for certain, could.
    pub(crate) fn of(all: &VaultAccesses, access: &VaultAccess) -> Self {
        let reads = access.decision(VaultPower::SecretsRead);
        let could = all.could_read(access);
        let possible = access
            .ways
            .iter()
            .filter(|way| {
                all.routes.get(&way.route).is_some_and(|route| {
                    route.gives.reads_secrets() && route.confidence != TechniqueConfidence::Documented
                })
            })
            .map(|way| way.decision)
            .min();
        let ranked = [reads.map(Self::Reads), could.map(Self::Could), possible.map(Self::Possible)];
        let certain = |one: &Self| one.decision() == Some(Decision::Allowed);
        let known = || ranked.iter().flatten();
        // A way that is certain says more than reading that is not, but a possible one does not.
        let documented = || known().filter(|one| !matches!(one, Self::Possible(_)));
        let best =
            documented().find(|one| certain(one)).or_else(|| documented().min_by_key(|one| one.decision()));
        best.or_else(|| known().next()).copied().unwrap_or(Self::Other)
    }

    pub(crate) fn decision(self) -> Option<Decision> {
        match self {
            Self::Reads(decision) | Self::Could(decision) | Self::Possible(decision) => Some(decision),
            Self::Other => None,
        }
    }

    /// The word for it, as in reports.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Reads(_) => "reads",
            Self::Could(_) => "could",
            Self::Possible(_) => "possible",
            Self::Other => "other",
        }
    }
}

/// The first thing that decides, in words: which assignment or policy, of whom.
pub(crate) fn by(view: &View<'_>, because: &[Because]) -> String {
    let decides = because.iter().find(|one| matches!(one.part, Part::Decides | Part::MayDecide));
    let words = |one: &Because| match &one.via {
        // The vault is what is looked at.
        Via::AccessPolicy { .. } => format!("access policy {}", attached(view, &one.attached_to)),
        _ => of_policy(view, one),
    };
    decides.or(because.first()).map(words).unwrap_or_default()
}

/// What it comes to: where it counts, through which group, under which condition.
pub(crate) fn says(because: &[Because]) -> &str {
    let decides = because.iter().find(|one| matches!(one.part, Part::Decides | Part::MayDecide));
    decides.or(because.first()).map_or("", |one| &one.says)
}

/// From where a vault can be reached, in words.
pub(crate) fn reachable(vault: &Vault) -> String {
    match &vault.exposure {
        Some(census_model::Exposure::Public) => "every network".to_owned(),
        Some(census_model::Exposure::Selected { .. }) => "selected networks".to_owned(),
        Some(census_model::Exposure::Private) => "private endpoints".to_owned(),
        None => "not known".to_owned(),
    }
}

/// Who decides about access to a vault, in words.
pub(crate) fn decided_by(vault: &Vault) -> &'static str {
    match (&vault.deleted, vault.access) {
        (Some(_), _) => "deleted",
        (None, Some(access)) => access.as_str(),
        (None, None) => "not known",
    }
}
