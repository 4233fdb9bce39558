//! Vaults for people.

use std::collections::BTreeSet;

use census_model::{
    Decision, Identity, IdentityId, OwnerStatus, TechniqueConfidence, TechniqueId, Vault, VaultAccess,
    VaultHold, VaultPower, VaultRoute, VaultWay,
};

use super::{Numbers, Standing, VaultNumbers, by, decided_by, numbers::Contents, reachable, says};
use crate::{
    Options,
    page::{Ink, Page, Span, faint, plain, strong},
    table::{headline, more, owner_ink},
    unread as gaps,
    view::View,
    words::{count, people},
};

/// How many identities, vaults or lines a section lists before the rest is counted.
const LISTED: usize = 25;

/// How many vaults `census explain` lists.
const EXPLAINED: usize = 5;

const FOR_ALL: &str = "--format csv and --format json show all";

pub(super) fn all(view: &View<'_>, options: &Options) -> String {
    let numbers = Numbers::of(view);
    let mut page = Page::new(options);
    headline(&mut page, view, options);
    board(&mut page, view, &numbers);
    if view.vaults.is_empty() {
        gaps::section(&mut page, view, options);
        return page.finish();
    }
    page.heading("VAULTS", &[faint("most who get in first; one: `census vaults NAME`")]);
    let mut vaults: Vec<(&Vault, &VaultNumbers)> =
        view.vaults.iter().filter_map(|vault| Some((*vault, numbers.vaults.get(&vault.id)?))).collect();
    vaults.sort_by_key(|(vault, of)| (std::cmp::Reverse(of.readers + of.could), &vault.name, &vault.id));
    let head =
        ["vault", "decided by", "reached from", "secrets", "read by", "could", "unowned", ""].map(faint);
    let mut rows = vec![head.to_vec()];
    rows.extend(vaults.iter().take(LISTED).map(|(vault, of)| row(vault, of)));
    page.columns(2, &rows);
    more(&mut page, 2, vaults.len(), LISTED, FOR_ALL);
    gaps::section(&mut page, view, options);
    page.finish()
}

fn row(vault: &Vault, of: &VaultNumbers) -> Vec<Span> {
    let at_least = if of.contents == Contents::Unread { "+" } else { "" };
    let unowned = of.readers_unowned + of.could_unowned;
    let open = [
        (of.readers_open > 0).then(|| format!("{} under a condition or not known", of.readers_open)),
        (of.possible > 0).then(|| format!("{} possible", of.possible)),
        (of.unread > 0).then(|| "who else may is not known".to_owned()),
    ];
    vec![
        strong(&*vault.name),
        plain(decided_by(vault)),
        plain(reachable(vault)),
        plain(format!("{}{at_least}", of.secrets)),
        plain(of.readers.to_string()),
        Span::new(if of.could > 0 { Ink::Warn } else { Ink::Plain }, of.could.to_string()),
        Span::new(if unowned > 0 { Ink::Bad } else { Ink::Plain }, unowned.to_string()),
        faint(open.into_iter().flatten().collect::<Vec<_>>().join("; ")),
    ]
}

/// A section of a vault's page: its title, and whom it lists.
type Section = (&'static str, fn(Standing) -> bool);

/// The numbers that a board asks for.
fn board(page: &mut Page, view: &View<'_>, numbers: &Numbers) {
    page.heading("KEY VAULT", &[plain(count(view.vaults.len(), "vault"))]);
    if view.vaults.is_empty() {
        page.line(2, &[plain("no vault was read")]);
        unread_vaults(page, numbers);
        return;
    }
    let people = if numbers.readers_people > 0 {
        format!(", {} of them people", numbers.readers_people)
    } else {
        String::new()
    };
    page.line(
        2,
        &[
            strong(count(numbers.readers.len(), "identity")),
            plain(format!(
                " can read {} of {}{people}",
                numbers.secrets_read,
                count(numbers.secrets, "secret")
            )),
        ],
    );
    unowned(page, numbers.readers_unowned);
    page.line(
        2,
        &[
            strong(count(numbers.could.len(), "identity")),
            plain(" could make themselves able to, somewhere they cannot yet"),
            faint(nobody_reads(numbers)),
        ],
    );
    unowned(page, numbers.could_unowned);
    if numbers.could_open > 0 {
        let words = format!("{} more only under a condition, or as far as is known", numbers.could_open);
        page.line(2, &[faint(words)]);
    }
    if numbers.possible > 0 {
        let words = format!("{} more only by ways that are derived or disputed", numbers.possible);
        page.line(2, &[faint(words)]);
    }
    for (number, what) in [
        (
            numbers.contents_unread,
            "of which it was not all read what they hold: numbers of secrets are at least so many",
        ),
        (numbers.access_unread, "of which it was not all read who gets in: there may be more"),
    ] {
        if number > 0 {
            page.line(2, &[Span::new(Ink::Warn, format!("{} {what}", count(number, "vault")))]);
        }
    }
    unread_vaults(page, numbers);
}

fn unread_vaults(page: &mut Page, numbers: &Numbers) {
    if numbers.vaults_unread > 0 {
        let words = "which vaults there are was not all read: all numbers are at least so many";
        page.line(2, &[Span::new(Ink::Warn, words)]);
    }
}

fn nobody_reads(numbers: &Numbers) -> String {
    match numbers.secrets_could {
        0 => String::new(),
        secrets => format!("; {} that nobody reads for certain", count(secrets, "secret")),
    }
}

fn unowned(page: &mut Page, number: usize) {
    if number > 0 {
        page.line(4, &[Span::new(Ink::Bad, format!("{number} of them owned by nobody"))]);
    }
}

pub(super) fn of_vault(view: &View<'_>, vault: &Vault, options: &Options) -> String {
    let mut page = Page::new(options);
    page.line(
        0,
        &[
            strong(&*vault.name),
            plain(format!("  {}", vault.kind)),
            faint(format!("  as of {}", view.as_of())),
        ],
    );
    page.verbatim(0, &plain(&*vault.native_id));
    let numbers = Numbers::of(view);
    if let Some(of) = numbers.vaults.get(&vault.id) {
        let at_least = if of.contents == Contents::Unread { ", at least: not all was read" } else { "" };
        let held = format!(
            "{}, {}, {}{at_least}",
            count(of.secrets, "secret"),
            count(of.keys, "key"),
            count(of.certificates, "certificate")
        );
        let rows = [
            vec![strong("access"), plain(decided_by(vault))],
            vec![strong("reached from"), plain(reachable(vault))],
            vec![strong("holds"), plain(held)],
        ];
        page.columns(2, &rows);
    }
    let all = view.input.vaults;
    let mut found: Vec<(Standing, &Identity, &VaultAccess)> = all
        .of_vault(&vault.id)
        .filter_map(|(id, access)| Some((Standing::of(all, access), view.index.identity(id)?, access)))
        .collect();
    found.sort_by(|a, b| (a.0, &a.1.name, &a.1.id).cmp(&(b.0, &b.1.name, &b.1.id)));
    let sections: [Section; 4] = [
        ("READ ITS SECRETS", |one| matches!(one, Standing::Reads(_))),
        ("COULD READ THEM", |one| matches!(one, Standing::Could(_))),
        ("PERHAPS COULD", |one| matches!(one, Standing::Possible(_))),
        ("DO SOMETHING ELSE", |one| one == Standing::Other),
    ];
    for (title, is_meant) in sections {
        let meant: Vec<_> = found.iter().filter(|(standing, ..)| is_meant(*standing)).collect();
        page.heading(title, &[plain(meant.len().to_string())]);
        for (standing, identity, access) in meant.iter().take(LISTED) {
            let words = standing.decision().map(condition).unwrap_or_default();
            page.line(
                2,
                &[
                    strong(&*identity.name),
                    plain(format!(" ({})", identity.kind)),
                    plain(words),
                    owner(view, &identity.id),
                ],
            );
            lines(&mut page, view, *standing, access);
        }
        more(&mut page, 2, meant.len(), LISTED, FOR_ALL);
    }
    doubts(&mut page, view, found.iter().map(|(.., access)| *access));
    unread(&mut page, view, vault);
    page.finish()
}

/// What is not sure of the ways that are no more than possible, once.
fn doubts<'v>(page: &mut Page, view: &View<'_>, accesses: impl Iterator<Item = &'v VaultAccess>) {
    let named: BTreeSet<&TechniqueId> =
        accesses.flat_map(|access| &access.ways).map(|way| &way.route).collect();
    let routes = named.into_iter().filter_map(|id| view.input.vaults.routes.get(id));
    let doubted: Vec<(&VaultRoute, &str)> = routes
        .filter(|route| route.confidence != TechniqueConfidence::Documented)
        .filter_map(|route| Some((route, route.doubt.as_deref()?)))
        .collect();
    if doubted.is_empty() {
        return;
    }
    page.heading("NOT CERTAIN", &[faint("counted nowhere")]);
    for (route, doubt) in doubted {
        page.line(
            2,
            &[strong(route.id.as_str()), plain(format!("  {}: {doubt}", route.confidence.as_str()))],
        );
    }
}

/// What matters most of an access: by what it reads, or how it could; the rest by name.
fn lines(page: &mut Page, view: &View<'_>, standing: Standing, access: &VaultAccess) {
    let reads = |hold: &&VaultHold| hold.power == VaultPower::SecretsRead;
    let (shown, rest): (Vec<&VaultHold>, Vec<&VaultHold>) = match standing {
        Standing::Reads(_) => access.holds.iter().partition(reads),
        Standing::Could(_) | Standing::Possible(_) => (Vec::new(), access.holds.iter().collect()),
        Standing::Other => {
            let first = access.holds.first().map(|hold| hold.power);
            access.holds.iter().partition(|hold| Some(hold.power) == first)
        }
    };
    shown.iter().take(3).for_each(|one| hold(page, view, one));
    let sure = |way: &&VaultWay| view.input.vaults.routes.get(&way.route).map(|route| route.confidence);
    let meant = access.ways.iter().filter(|way| is_how(view, standing, way)).min_by_key(sure);
    meant.into_iter().for_each(|one| way(page, view, one));
    let mut names: Vec<&str> = rest.iter().map(|hold| hold.power.as_str()).collect();
    names.dedup();
    names.extend(access.ways.iter().filter(|one| Some(*one) != meant).map(|way| way.route.as_str()));
    if !names.is_empty() {
        page.line(6, &[faint(format!("also {}", names.join(", ")))]);
    }
}

/// Whether a way is how somebody comes to read who does not.
fn is_how(view: &View<'_>, standing: Standing, way: &VaultWay) -> bool {
    let route = view.input.vaults.routes.get(&way.route).filter(|route| route.gives.reads_secrets());
    let is_documented = |route: &VaultRoute| route.confidence == TechniqueConfidence::Documented;
    match standing {
        Standing::Could(decision) => way.decision == decision && route.is_some_and(is_documented),
        Standing::Possible(_) => route.is_some(),
        Standing::Reads(_) | Standing::Other => false,
    }
}

fn hold(page: &mut Page, view: &View<'_>, hold: &VaultHold) {
    let about = hold.about();
    let object = if about.is_empty() { about } else { format!(" {about}") };
    page.line(
        6,
        &[
            plain(format!("{}{object}{}: ", hold.power, condition(hold.decision))),
            plain(by(view, &hold.because)),
            faint(format!(", {}", says(&hold.because))),
        ],
    );
}

fn way(page: &mut Page, view: &View<'_>, way: &VaultWay) {
    let Some(route) = view.input.vaults.routes.get(&way.route) else { return };
    let ink = if route.gives.reads_secrets() { Ink::Warn } else { Ink::Faint };
    let sure = route.confidence.as_str();
    let object = way.object.as_deref().map(|object| format!(", on {object} alone")).unwrap_or_default();
    page.line(
        6,
        &[
            Span::new(ink, format!("{}{object}{}", route.says, condition(way.decision))),
            faint(format!("  {} ({sure})", route.id)),
        ],
    );
    for need in &way.needs {
        let role = need.assigning.as_ref().map(|role| format!(", assigning {role}")).unwrap_or_default();
        page.line(
            8,
            &[
                plain(format!("{}{role}{}: ", need.action, condition(need.decision))),
                plain(by(view, &need.because)),
                faint(format!(", {}", says(&need.because))),
            ],
        );
    }
}

fn condition(decision: Decision) -> String {
    match decision {
        Decision::Conditional => ", under a condition".to_owned(),
        Decision::Unknown => ", not known".to_owned(),
        Decision::Allowed | Decision::Denied => String::new(),
    }
}

fn owner(view: &View<'_>, id: &IdentityId) -> Span {
    let status = view.owner_status(id);
    let record = view.owner(id);
    let who = record.and_then(|one| people(one.business_owner.as_deref(), one.technical_steward.as_deref()));
    let words = match (status, who) {
        (OwnerStatus::NotApplicable, _) => String::new(),
        (status, Some(who)) => format!("  {status}: {who}"),
        (status, None) => format!("  {status}"),
    };
    Span::new(owner_ink(status), words)
}

fn unread(page: &mut Page, view: &View<'_>, vault: &Vault) {
    let gaps = view.input.vaults.unread(&vault.id);
    if gaps.is_empty() {
        return;
    }
    page.heading_in(
        Ink::Warn,
        "WHO ELSE MAY IS NOT KNOWN",
        &[plain("what was not read could let others in")],
    );
    for id in gaps.iter().take(LISTED) {
        let words = match view.index.gap(id) {
            Some(gap) => format!("{} {}: {}", gap.reason, gap.read, gap.detail),
            None => "who decides about access to it".to_owned(),
        };
        page.line(2, &[plain(words)]);
    }
    more(page, 2, gaps.len(), LISTED, FOR_ALL);
}

pub(super) fn of_identity(view: &View<'_>, identity: &Identity, options: &Options) -> String {
    let mut page = Page::new(options);
    page.line(
        0,
        &[
            strong(&*identity.name),
            plain(format!("  {}", identity.kind)),
            faint(format!("  as of {}", view.as_of())),
            owner(view, &identity.id),
        ],
    );
    page.verbatim(0, &plain(&*identity.native_id));
    let found = sorted(view, identity);
    page.heading("VAULTS", &[plain(found.len().to_string())]);
    if found.is_empty() {
        page.line(
            2,
            &[plain("it may do nothing in any vault that was read, and has no way to make itself able to")],
        );
    }
    for (standing, vault, access) in found.iter().take(LISTED) {
        page.line(
            2,
            &[
                strong(&*vault.name),
                plain(format!("  {}", standing.as_str())),
                plain(standing.decision().map(condition).unwrap_or_default()),
                faint(format!("  {}, reached from {}", decided_by(vault), reachable(vault))),
            ],
        );
        lines(&mut page, view, *standing, access);
    }
    more(&mut page, 2, found.len(), LISTED, FOR_ALL);
    doubts(&mut page, view, found.iter().map(|(.., access)| *access));
    let open = view.vaults.iter().filter(|vault| !view.input.vaults.unread(&vault.id).is_empty()).count();
    if open > 0 {
        page.gap();
        let words = format!("{} of which it was not all read who gets in", count(open, "vault"));
        page.line(0, &[Span::new(Ink::Warn, words)]);
    }
    page.finish()
}

fn sorted<'v>(view: &View<'v>, identity: &Identity) -> Vec<(Standing, &'v Vault, &'v VaultAccess)> {
    let all = view.input.vaults;
    let mut found: Vec<_> = all
        .of_identity(&identity.id)
        .filter_map(|(id, access)| Some((Standing::of(all, access), view.index.vault(id)?, access)))
        .collect();
    found.sort_by(|a, b| (a.0, &a.1.name, &a.1.id).cmp(&(b.0, &b.1.name, &b.1.id)));
    found
}

/// The vaults of an identity in a few lines; nothing where it has none.
pub(crate) fn section(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let found = sorted(view, identity);
    if found.is_empty() {
        return;
    }
    let number = |is_meant: fn(&Standing) -> bool| found.iter().filter(|(one, ..)| is_meant(one)).count();
    let reads = number(|one| matches!(one, Standing::Reads(_)));
    let could = number(|one| matches!(one, Standing::Could(_)));
    let words = format!("reads the secrets of {reads}, could of {could} more");
    page.heading("VAULTS", &[plain(words), faint("  all: `census vaults NAME`")]);
    let rows: Vec<_> = found
        .iter()
        .take(EXPLAINED)
        .map(|(standing, vault, access)| {
            let mut names: Vec<&str> = access.holds.iter().map(|hold| hold.power.as_str()).collect();
            names.dedup();
            let ways = access.ways.iter().map(|way| way.route.as_str());
            let open = standing.decision().map(condition).unwrap_or_default();
            vec![
                strong(&*vault.name),
                plain(format!("{}{open}", standing.as_str())),
                faint(names.into_iter().chain(ways).collect::<Vec<_>>().join(", ")),
            ]
        })
        .collect();
    page.columns(2, &rows);
    more(page, 2, found.len(), EXPLAINED, "`census vaults NAME`");
}
