//! `census.vaults/1`.

use std::io::Write;

use census_model as model;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;

use super::{
    reach::Reason,
    scalars::{
        AccessModel, Decision, IdentityKind, Instant, Lazy, OwnerStatus, Severity, TechniqueConfidence,
        VaultKind,
    },
    to_writer, tool,
    types::Tool,
};
use crate::{
    format::RenderError,
    vaults::{Numbers, Standing, VaultNumbers, VaultsOf},
    view::View,
};

/// Who may do what in which vault, and who could make itself able to.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct VaultsReport<'v> {
    /// `census.vaults/1`.
    schema: &'v str,
    tool: Tool<'v>,
    as_of: Instant,
    /// Whether all that was asked for was read.
    complete: bool,
    /// Of all vaults, whatever was asked for.
    summary: Summary,
    /// The ways of making oneself able.
    routes: Vec<Route<'v>>,
    vaults: Lazy<'v, VaultEntry<'v>>,
}

/// The numbers over all vaults. Reading and being able to are counted where they are certain.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Summary {
    vaults: usize,
    secrets: usize,
    /// Secrets that somebody reads.
    secrets_read: usize,
    /// Secrets that nobody reads for certain and somebody could.
    secrets_could: usize,
    /// Identities that read secrets of any vault.
    readers: usize,
    /// Those of them whom nobody owns.
    readers_unowned: usize,
    /// Those of them that are people.
    readers_people: usize,
    /// Identities that could make themselves able to read where they cannot yet, by a documented way.
    could: usize,
    /// Those of them whom nobody owns.
    could_unowned: usize,
    /// Identities that could only under a condition, or of which that is not known.
    could_open: usize,
    /// Identities that only could by a way that is derived or disputed.
    possible: usize,
    /// Vaults of which not all that they hold was listed.
    contents_unread: usize,
    /// Vaults of which something that was not read leaves open who else gets in.
    access_unread: usize,
    /// What was not read and leaves open which vaults there are, by number of gaps.
    vaults_unread: usize,
}

/// A way of making oneself able.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Route<'v> {
    id: &'v str,
    name: &'v str,
    says: &'v str,
    /// `everything`, `secrets`, `keys`, `storage`, `recovery`, `destruction` or `exposure`.
    gives: &'v str,
    severity: Severity,
    /// `documented`, `derived` or `disputed`; only documented ones count.
    confidence: TechniqueConfidence,
    doubt: Option<&'v str>,
    sources: Vec<&'v str>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct VaultEntry<'v> {
    id: &'v str,
    native_id: &'v str,
    name: &'v str,
    kind: VaultKind,
    /// Id of the scope that it lives in.
    scope: &'v str,
    /// Who decides about access to what it holds; null where that was not read or it is deleted.
    access: Option<AccessModel>,
    deleted: bool,
    secrets: usize,
    keys: usize,
    certificates: usize,
    /// `read`, or `unread` where not all that it holds was listed.
    contents: &'v str,
    readers: usize,
    readers_unowned: usize,
    /// Those that read under a condition, or of which that is not known.
    readers_open: usize,
    could: usize,
    could_unowned: usize,
    possible: usize,
    key_users: usize,
    /// Gaps that leave open who else gets in.
    unread: Vec<&'v str>,
    identities: Vec<Entry<'v>>,
}

/// What one identity has in a vault.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Entry<'v> {
    id: &'v str,
    native_id: &'v str,
    name: &'v str,
    kind: IdentityKind,
    owner_status: OwnerStatus,
    /// How it stands to the vault's secrets: `reads`, `could`, `possible` or `other`.
    standing: &'v str,
    may: Vec<Hold<'v>>,
    ways: Vec<Way<'v>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Hold<'v> {
    power: &'v str,
    /// The one object that it is about; null: all of them, or the vault itself.
    object: Option<&'v str>,
    /// Whether the vault holds no such object: all of its kind were listed.
    absent: bool,
    /// Single objects on which a denial takes it away, or leaves it less certain.
    except: Vec<&'v str>,
    decision: Decision,
    action: &'v str,
    /// What stays open.
    open: Option<&'v str>,
    because: Vec<Reason<'v>>,
    gaps: Vec<&'v str>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Way<'v> {
    route: &'v str,
    /// The one object that it leads to; null: all of them, or the vault itself.
    object: Option<&'v str>,
    decision: Decision,
    needs: Vec<Need<'v>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Need<'v> {
    action: &'v str,
    /// The role that would be assigned, and the group that it would be assigned to where that is not the identity itself.
    assigning: Option<&'v str>,
    decision: Decision,
    open: Option<&'v str>,
    because: Vec<Reason<'v>>,
    gaps: Vec<&'v str>,
}

pub(crate) fn vaults_report(
    view: &View<'_>,
    of: VaultsOf<'_>,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let numbers = Numbers::of(view);
    let wanted: Vec<&model::Vault> =
        view.vaults.iter().copied().filter(|vault| is_meant(view, of, vault)).collect();
    let report = VaultsReport {
        schema: "census.vaults/1",
        tool: tool(&view.input),
        as_of: Instant(view.as_of()),
        complete: view.input.estate.is_complete(),
        summary: summary(view, &numbers),
        routes: view.input.vaults.routes.values().map(route).collect(),
        vaults: Lazy::of(&wanted, |vault| entry(view, of, vault, numbers.vaults.get(&vault.id))),
    };
    to_writer(&report, out)
}

/// The JSON Schema (draft 2020-12) of `census.vaults/1`, made from the types that are written. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn vaults_schema() -> Result<String, RenderError> {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut text = serde_json::to_string_pretty(&generator.into_root_schema_for::<VaultsReport<'static>>())?;
    text.push('\n');
    Ok(text)
}

fn is_meant(view: &View<'_>, of: VaultsOf<'_>, vault: &model::Vault) -> bool {
    match of {
        VaultsOf::All => true,
        VaultsOf::Vault(one) => one.id == vault.id,
        VaultsOf::Identity(one) => view.input.vaults.of_identity(&one.id).any(|(id, _)| *id == vault.id),
    }
}

fn summary(view: &View<'_>, of: &Numbers) -> Summary {
    Summary {
        vaults: view.vaults.len(),
        secrets: of.secrets,
        secrets_read: of.secrets_read,
        secrets_could: of.secrets_could,
        readers: of.readers.len(),
        readers_unowned: of.readers_unowned,
        readers_people: of.readers_people,
        could: of.could.len(),
        could_unowned: of.could_unowned,
        could_open: of.could_open,
        possible: of.possible,
        contents_unread: of.contents_unread,
        access_unread: of.access_unread,
        vaults_unread: of.vaults_unread,
    }
}

fn route(of: &model::VaultRoute) -> Route<'_> {
    Route {
        id: of.id.as_str(),
        name: &of.name,
        says: &of.says,
        gives: of.gives.as_str(),
        severity: of.severity.into(),
        confidence: of.confidence.into(),
        doubt: of.doubt.as_deref(),
        sources: of.sources.iter().map(|one| &**one).collect(),
    }
}

fn entry<'v>(
    view: &'v View<'v>,
    of: VaultsOf<'_>,
    vault: &'v model::Vault,
    numbers: Option<&VaultNumbers>,
) -> VaultEntry<'v> {
    let count = |of: fn(&VaultNumbers) -> usize| numbers.map_or(0, of);
    let mut found: Vec<(&model::Identity, &model::VaultAccess)> = view
        .input
        .vaults
        .of_vault(&vault.id)
        .filter_map(|(id, access)| Some((view.index.identity(id)?, access)))
        .filter(|(identity, _)| of.wants(identity, vault))
        .collect();
    found.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    VaultEntry {
        id: vault.id.as_str(),
        native_id: &vault.native_id,
        name: &vault.name,
        kind: vault.kind.into(),
        scope: vault.scope.as_str(),
        access: vault.access.map(Into::into),
        deleted: vault.deleted.is_some(),
        secrets: count(|of| of.secrets),
        keys: count(|of| of.keys),
        certificates: count(|of| of.certificates),
        contents: numbers.map_or("unread", |of| of.contents.as_str()),
        readers: count(|of| of.readers),
        readers_unowned: count(|of| of.readers_unowned),
        readers_open: count(|of| of.readers_open),
        could: count(|of| of.could),
        could_unowned: count(|of| of.could_unowned),
        possible: count(|of| of.possible),
        key_users: count(|of| of.key_users),
        unread: ids(view.input.vaults.unread(&vault.id)),
        identities: found.into_iter().map(|(identity, access)| of_identity(view, identity, access)).collect(),
    }
}

fn of_identity<'v>(
    view: &View<'v>,
    identity: &'v model::Identity,
    access: &'v model::VaultAccess,
) -> Entry<'v> {
    Entry {
        id: identity.id.as_str(),
        native_id: &identity.native_id,
        name: &identity.name,
        kind: identity.kind.into(),
        owner_status: view.owner_status(&identity.id).into(),
        standing: Standing::of(view.input.vaults, access).as_str(),
        may: access.holds.iter().map(hold).collect(),
        ways: access.ways.iter().map(way).collect(),
    }
}

fn hold(of: &model::VaultHold) -> Hold<'_> {
    Hold {
        power: of.power.as_str(),
        object: of.object.as_deref(),
        absent: of.absent,
        except: of.except.iter().map(|object| &**object).collect(),
        decision: of.decision.into(),
        action: &of.action,
        open: of.open.as_deref(),
        because: of.because.iter().map(Reason::of).collect(),
        gaps: ids(&of.gaps),
    }
}

fn way(of: &model::VaultWay) -> Way<'_> {
    Way {
        route: of.route.as_str(),
        object: of.object.as_deref(),
        decision: of.decision.into(),
        needs: of.needs.iter().map(need_of).collect(),
    }
}

fn need_of(of: &model::VaultNeed) -> Need<'_> {
    Need {
        action: &of.action,
        assigning: of.assigning.as_deref(),
        decision: of.decision.into(),
        open: of.open.as_deref(),
        because: of.because.iter().map(Reason::of).collect(),
        gaps: ids(&of.gaps),
    }
}

fn ids(gaps: &[model::GapId]) -> Vec<&str> {
    gaps.iter().map(model::GapId::as_str).collect()
}
