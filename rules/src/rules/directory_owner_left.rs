use census_model::{
    Confidence, DirectoryOwner, Evidence, Gap, Identity, IdentityKind, Owned, OwnerStatus, Provider, Relation,
    Severity,
};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{date, subject},
    entra::{OWNERS, name_of},
    policies::LISTED,
    powers::more,
    registered::ownable,
    unread::{APPLICATIONS, GROUPS, USERS, Unread},
};

pub(crate) static RULE: Rule = Rule {
    id: "directory-owner-left",
    version: 1,
    title: "Somebody who left is still an owner in the directory",
    severity: Severity::Low,
    finding_types: &["OWN-OWNER-LEFT"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "An owner or sponsor of an application, service principal or agent in Entra ID is disabled, deleted, past the \
                day on which they leave, or no longer there. Severity is medium where none of its owners in the directory is \
                left.",
        why: "An owner may add a credential and so act as the application. Whoever enables the account again gets that \
              back; and an owner who is gone is asked about every alert in vain.",
        remedy: "Take them out of the owners, and put in who answers for it now.",
        limits: "Where everybody who owns the identity by the deciding evidence has left, owner-left reports it, and this rule \
                 is silent. That an owner is no longer there takes that users, groups and applications were read; confidence \
                 is medium then. Owners that are programs are not judged.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let unread = Unread::of(view, &[APPLICATIONS, USERS, GROUPS]);
    for (identity, record) in ownable(view) {
        let named = view.index.directory_owners(&Owned::Identity(identity.id.clone()));
        // Then owner-left tells it.
        if named.is_empty() || record.status == OwnerStatus::Departed {
            continue;
        }
        let left: Vec<(&DirectoryOwner, Left)> =
            named.iter().filter_map(|one| Some((*one, gone(view, &unread, identity, one)?))).collect();
        if left.is_empty() {
            continue;
        }
        let all = left.len() == named.len();
        let title = match all {
            true => format!("everybody whom the directory names for {} has left", subject(view, identity)),
            false => format!("somebody whom the directory names for {} has left", subject(view, identity)),
        };
        let mut draft = Draft::new(title).severity(if all { Severity::Medium } else { RULE.severity });
        for (one, how) in left.iter().take(LISTED) {
            let role = if one.relation == Relation::Sponsor { "sponsor" } else { "owner" };
            let says = format!("{role} of the {}: {}, {}", one.object, name_of(view, &one.who), how.words);
            draft = draft.facts([Evidence::new("has left", says).from_source(OWNERS)]).at_most(how.confidence);
        }
        let draft = draft
            .facts(more(left.len(), "who left"))
            .evidence("named in all", named.len().to_string())
            .remedy("take them out of the owners, and put in who answers for it now")
            .command(["az", "ad", "sp", "owner", "list", "--id", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

/// How it is known that somebody left.
struct Left {
    words: String,
    confidence: Confidence,
}

fn gone<'a>(
    view: &View<'a>,
    unread: &Unread<'a>,
    of: &Identity,
    owner: &DirectoryOwner,
) -> Option<Left> {
    let certain = |words: String| Some(Left { words, confidence: Confidence::High });
    let Some(who) = view.index.identity(&owner.who) else {
        let id = owner.who.as_str();
        let native = id.strip_prefix("azure:").unwrap_or(id);
        let open: Vec<&Gap> = unread.named(view, &of.scope, [id, native]);
        let missing = Left { words: "who is no longer there".to_owned(), confidence: Confidence::Medium };
        return open.is_empty().then_some(missing);
    };
    if who.kind != IdentityKind::EntraUser {
        return None;
    }
    let leaves = who.person.as_ref().and_then(|person| person.leaves).filter(|at| *at <= view.as_of());
    match (who.deleted, leaves, who.disabled) {
        (Some(at), _, _) => certain(format!("who was deleted on {}", date(at))),
        (None, Some(at), _) => certain(format!("whose last day was {}", date(at))),
        (None, None, true) => certain("whose account is disabled".to_owned()),
        (None, None, false) => None,
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::{ClaimSource, GapReason};

    use crate::testing::{Case, World, days_ago};
    fn owned(change: fn(&mut Identity)) -> impl Fn(&mut World) {
        move |w: &mut World| {
            let app = w.app("billing");
            w.record(&app);
            let mut ana = azure::person("ana@brindlemoor.example");
            change(&mut ana);
            let ana = w.azure(ana);
            w.directory_owner(&app, &ana.id);
        }
    }
    let missing = |read: Option<&'static str>| {
        move |w: &mut World| {
            let app = w.app("billing");
            w.record(&app);
            w.directory_owner(&app, &azure::identity_id(&azure::object_id("gone")));
            if let Some(read) = read {
                w.azure_gap(read, GapReason::Denied, &[]);
            }
        }
    };
    fn leaves(w: &mut World, days: i64) {
        let app = w.app("billing");
        w.record(&app);
        let mut ana = azure::person("ana@brindlemoor.example");
        if let Some(person) = &mut ana.person {
            person.leaves = days_ago(days);
        }
        let ana = w.azure(ana);
        w.directory_owner(&app, &ana.id);
    }
    vec![
        Case::fires("disabled", owned(|ana| ana.disabled = true))
            .severity(Severity::Medium)
            .confidence(Confidence::High)
            .says("whose account is disabled"),
        Case::fires("deleted", owned(|ana| ana.deleted = days_ago(5))).says("who was deleted on"),
        Case::fires("past the last day", |w| leaves(w, 1)).says("whose last day was"),
        Case::fires("no longer there", missing(None)).confidence(Confidence::Medium),
        Case::fires("one of two", |w| {
            owned(|ana| ana.disabled = true)(w);
            let (app, bo) = (azure::service_principal("billing"), w.person("bo@brindlemoor.example"));
            w.directory_owner(&app, &bo.id);
        })
        .severity(Severity::Low),
        Case::silent("here", owned(|_| ())),
        Case::silent("whether the account is enabled was not read", |w| {
            let app = w.app("billing");
            w.record(&app);
            let mut ana = azure::person("ana@brindlemoor.example");
            let gap = azure::unread("User.Read.All", GapReason::NotProvided, &[&ana.native_id]);
            ana.person.iter_mut().for_each(|person| person.open = Some(gap.id.clone()));
            w.estate.gap(gap);
            let ana = w.azure(ana);
            w.directory_owner(&app, &ana.id);
        }),
        Case::silent("leaves later", |w| leaves(w, -30)),
        Case::silent("users were not read", missing(Some("User.Read.All"))),
        Case::silent("applications were not read", missing(Some("Application.Read.All"))),
        Case::fires("owners of others were not read", missing(Some("Application.Read.All/owners"))),
        Case::silent("the owner is a program", |w| {
            let (app, other) = (w.app("billing"), w.app("terraform"));
            w.directory_owner(&app, &other.id);
        }),
        Case::silent("all who own it have left, which another rule says", |w| {
            owned(|ana| ana.disabled = true)(w);
            let app = azure::service_principal("billing");
            w.owner(&app, OwnerStatus::Departed, &[(ClaimSource::FreeTag, "ana@brindlemoor.example")]);
        }),
    ]
}
