use census_model::{Activation, CredentialStatus, Evidence, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{date, subject},
    entra::{fact, grants, holding, signs_in},
    policies::LISTED,
    powers::more,
};

pub(crate) static RULE: Rule = Rule {
    id: "deleted-identity-live-access",
    version: 1,
    title: "A deleted identity that would come back with everything that it had",
    severity: Severity::Low,
    finding_types: &["LIFE-DISABLED-LIVE-CRED", "LIFE-DELETED-PRINCIPAL"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A service principal or application was deleted and can still be restored, and a secret or certificate of it \
                has not ended, or something is still granted to it. One finding an identity.",
        why: "Entra ID keeps what was deleted for 30 days. Whoever may restore it gets the identity with its credentials and \
              all that it may do, and the holder of an old secret is back in.",
        remedy: "Take away what is granted to it. If nobody will miss it, delete it for good.",
        limits: "Nobody can sign in with it until it is restored. Who may restore it is not looked at. What is granted through \
                 groups is not listed.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in view.estate().identities.iter().filter(|one| one.managed_by.is_none()) {
        let Some(deleted) = identity.deleted.filter(|_| identity.person.is_none()) else { continue };
        // What is kept on something deleted works again when that is restored, so only its end counts.
        let mut credentials = view.index.credentials(&identity.id).to_vec();
        credentials.retain(|one| signs_in(one) && one.status != CredentialStatus::Expired);
        let grants = grants(view, identity);
        if credentials.is_empty() && grants.is_empty() {
            continue;
        }
        let mut draft = Draft::new(format!("{} was deleted and still has access", subject(view, identity)))
            .facts([Evidence::new("deleted", date(deleted)).from_source(DELETED)])
            .facts(credentials.iter().take(LISTED).map(|one| fact("has not ended", one)))
            .facts(more(credentials.len(), "credentials"));
        for grant in grants.iter().take(LISTED) {
            let eligible = matches!(grant.activation, Activation::Eligible(_));
            let label = if eligible { "may switch on" } else { "still granted" };
            draft = draft.evidence(label, holding(view, grant));
        }
        let uri = format!("{DELETED_ITEMS}/{}", identity.native_id);
        let draft = draft
            .facts(more(grants.len(), "grants"))
            .remedy("take away what is granted to it, and delete it for good")
            .command(["az", "rest", "--method", "delete", "--uri", &uri]);
        findings.identity(identity, "", draft);
    }
}

const DELETED_ITEMS: &str = "https://graph.microsoft.com/v1.0/directory/deletedItems";
const DELETED: &str = "GET /v1.0/directory/deletedItems";

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::Identity;

    use crate::testing::{Case, World, days_ago};
    fn gone(w: &mut World) -> Identity {
        w.azure(Identity { deleted: days_ago(3), ..azure::service_principal("billing") })
    }
    vec![
        Case::fires("a secret", |w| {
            let app = gone(w);
            w.secret(&app, "first", |one| one.status = CredentialStatus::Inactive);
        })
        .says("has not ended")
        .says("deletedItems"),
        Case::fires("a role", |w| {
            let app = gone(w);
            w.estate.grant(azure::role_assignment(&app.id, azure::subscription_scope(), "Contributor"));
        })
        .says("Azure role `Contributor`"),
        Case::silent("nothing left", |w| {
            gone(w);
        }),
        Case::silent("its secret has ended", |w| {
            let app = gone(w);
            w.secret(&app, "first", |one| one.status = CredentialStatus::Expired);
        }),
        Case::silent("it was not deleted", |w| {
            let app = w.app("billing");
            w.secret(&app, "first", |_| ());
        }),
        Case::silent("Microsoft's", |w| {
            let app = w.azure(Identity { deleted: days_ago(3), ..azure::microsoft_principal("Yammer") });
            w.secret(&app, "first", |_| ());
        }),
    ]
}
