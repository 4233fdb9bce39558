//! What rules about access to vaults share.

use census_model::{
    Decision, Evidence, Exposure, Identity, Severity, TechniqueConfidence, Vault, VaultAccess, VaultHold,
    VaultNeed, VaultPower, VaultWay,
};

use crate::{View, policies::Shown, powers::given_by};

/// The vaults that are not deleted in which an identity has anything, by id.
pub(crate) fn of_identity<'a>(view: &View<'a>, identity: &Identity) -> Vec<(&'a Vault, &'a VaultAccess)> {
    let all = view.vaults.of_identity(&identity.id);
    let known = all.filter_map(|(id, access)| Some((view.index.vault(id)?, access)));
    let mut found: Vec<_> = known.filter(|(vault, _)| vault.deleted.is_none()).collect();
    found.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    found
}

/// Those who have anything in a vault and can be changed here, by id.
pub(crate) fn of_vault<'a>(view: &View<'a>, vault: &Vault) -> Vec<(&'a Identity, &'a VaultAccess)> {
    let all = view.vaults.of_vault(&vault.id);
    let known = all.filter_map(|(id, access)| Some((view.index.identity(id)?, access)));
    let mut found: Vec<_> = known.filter(|(identity, _)| identity.managed_by.is_none()).collect();
    found.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    found
}

/// How an identity reads secrets, where it does: certain ones first.
pub(crate) fn reads(access: &VaultAccess) -> Vec<&VaultHold> {
    let counts = |hold: &&VaultHold| {
        hold.power == VaultPower::SecretsRead
            && !hold.absent
            && matches!(hold.decision, Decision::Allowed | Decision::Conditional)
    };
    let mut found: Vec<_> = access.holds.iter().filter(counts).collect();
    found.sort_by_key(|hold| (hold.decision, &hold.object));
    found
}

/// Whether it reads secrets for certain.
pub(crate) fn certainly_reads(access: &VaultAccess) -> bool {
    access.decision(VaultPower::SecretsRead) == Some(Decision::Allowed)
}

/// The documented ways to read secrets that are really open, for certain or under a condition.
pub(crate) fn ways_to_read<'a>(view: &View<'a>, access: &'a VaultAccess) -> Vec<&'a VaultWay> {
    let routes = &view.vaults.routes;
    let counts = |way: &&VaultWay| {
        let route = routes.get(&way.route);
        way.decision != Decision::Unknown
            && route.is_some_and(|one| {
                one.gives.reads_secrets() && one.confidence == TechniqueConfidence::Documented
            })
    };
    access.ways.iter().filter(|way| access.leads_on(way)).filter(counts).collect()
}

/// A way by its id, where it is open for certain or under a condition.
pub(crate) fn way<'a>(access: &'a VaultAccess, id: &str) -> Option<&'a VaultWay> {
    access.ways.iter().find(|way| way.route.as_str() == id && way.decision != Decision::Unknown)
}

/// How an identity reads the secrets of a vault, as a fact.
pub(crate) fn read_fact(view: &View<'_>, vault: &Vault, hold: &VaultHold) -> Evidence {
    let object = match (&hold.object, hold.except.join(", ")) {
        (Some(object), _) => format!(" (`{}` alone)", Shown(object)),
        (None, except) if except.is_empty() => String::new(),
        (None, except) => format!(" (all but `{}`)", Shown(&except)),
    };
    let by = given_by(view, &hold.because).map(|by| format!(", by {by}")).unwrap_or_default();
    let open = hold.open.as_deref().map(|open| format!(", if {}", Shown(open))).unwrap_or_default();
    Evidence::new("reads", format!("vault `{}`{object}{by}{open}", Shown(&vault.name)))
}

/// A way as a fact: what is done in which vault, and by which permissions.
pub(crate) fn way_fact(view: &View<'_>, vault: &Vault, way: &VaultWay) -> Evidence {
    let says = view.vaults.routes.get(&way.route).map_or(way.route.as_str(), |route| &route.says);
    let need = |need: &VaultNeed| {
        let role = need.assigning.as_deref().map(|role| format!(", assigning `{}`", Shown(role)));
        let by = given_by(view, &need.because).map(|by| format!(", by {by}"));
        let open = need.open.as_deref().map(|open| format!(", if {}", Shown(open)));
        let rest: String = [role, by, open].into_iter().flatten().collect();
        format!("{}{rest}", Shown(&need.action))
    };
    let needs: Vec<String> = way.needs.iter().map(need).collect();
    let object =
        way.object.as_deref().map(|object| format!(" (`{}` alone)", Shown(object))).unwrap_or_default();
    Evidence::new(
        "way",
        format!("vault `{}`{object}: {says}; it takes {}", Shown(&vault.name), needs.join(" and ")),
    )
}

/// Whether a token works on a vault from everywhere, and there is something in it.
pub(crate) fn is_exposed(view: &View<'_>, vault: &Vault) -> bool {
    vault.exposure == Some(Exposure::Public) && !view.index.vault_objects(&vault.id).is_empty()
}

/// One step worse where one of the vaults is exposed.
pub(crate) fn by_exposure<'v>(
    view: &View<'_>,
    mut vaults: impl Iterator<Item = &'v Vault>,
    inside: Severity,
    exposed: Severity,
) -> Severity {
    if vaults.any(|vault| is_exposed(view, vault)) { exposed } else { inside }
}
