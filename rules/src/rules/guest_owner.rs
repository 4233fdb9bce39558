use census_model::{Evidence, Owned, Provider, Severity, UserType};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    entra::{OWNERS, name_of},
    policies::LISTED,
    powers::more,
    registered::ownable,
};

pub(crate) static RULE: Rule = Rule {
    id: "guest-owner",
    version: 1,
    title: "A guest owns an identity of the company",
    severity: Severity::Low,
    finding_types: &["TRUST-THIRD-PARTY"],
    providers: &[Provider::Azure],
    // That control is about consent.
    except_controls: &[("CIS-AZURE", "5.0:5.12")],
    thresholds: &[],
    docs: Docs {
        finds: "An owner or sponsor of an application, service principal or agent in Entra ID is a guest, whose account works.",
        why: "An owner may add a credential and so act as the application. The guest's account is guarded, and ended, by \
              another company, which tells nobody here when the person leaves.",
        remedy: "Let somebody of the company own it. Where a partner operates it, register it with its vendor and let the \
                 partner's access be reviewed.",
        limits: "A guest may be of another tenant of the same company. A disabled guest is directory-owner-left.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, _) in ownable(view) {
        let named = view.index.directory_owners(&Owned::Identity(identity.id.clone()));
        let guest = |who: &census_model::IdentityId| {
            let found = view.index.identity(who).filter(|who| !who.disabled && who.deleted.is_none());
            found.and_then(|who| who.person.as_ref()).is_some_and(|one| one.user_type == UserType::Guest)
        };
        let guests: Vec<_> = named.iter().filter(|one| guest(&one.who)).collect();
        if guests.is_empty() {
            continue;
        }
        let listed = guests.iter().take(LISTED).map(|one| {
            let says = format!("{}, owner of the {}", name_of(view, &one.who), one.object);
            Evidence::new("guest", says).from_source(OWNERS)
        });
        let draft = Draft::new(format!("a guest owns {}", subject(view, identity)))
            .facts(listed)
            .facts(more(guests.len(), "guests"))
            .evidence("named in all", named.len().to_string())
            .remedy("let somebody of the company own it, or register it with its vendor and review it")
            .command(["az", "ad", "sp", "owner", "list", "--id", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;

    use crate::testing::{Case, World};
    let owned = |user_type: UserType, disabled: bool| {
        move |w: &mut World| {
            let app = w.app("billing");
            w.record(&app);
            let mut eve = azure::person("eve_partner.example#EXT#@brindlemoor.example");
            eve.disabled = disabled;
            if let Some(person) = &mut eve.person {
                person.user_type = user_type;
            }
            let eve = w.azure(eve);
            w.directory_owner(&app, &eve.id);
        }
    };
    vec![
        Case::fires("a guest", owned(UserType::Guest, false)).says("eve_partner.example"),
        Case::silent("a member", owned(UserType::Member, false)),
        Case::silent("not told", owned(UserType::Unknown, false)),
        Case::silent("disabled", owned(UserType::Guest, true)),
    ]
}
