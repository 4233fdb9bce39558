use std::collections::BTreeSet;

use census_model::{Confidence, Evidence, Grant, Identity, Provider, Severity, Via};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    entra::{foreign_tenant, grants, machines, name_of},
    policies::{LISTED, Shown},
    powers::more,
    scopes::{is_ordinary, weight},
};

pub(crate) static RULE: Rule = Rule {
    id: "consent-for-everyone",
    version: 1,
    title: "An application may act for every user of the tenant",
    severity: Severity::Medium,
    finding_types: &["PRIV-BROAD-SCOPE"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "An administrator consented for all users to delegated permissions of an application, other than to sign in and \
                read one's own profile. Severity is high where one of them weighs and the application is another company's, \
                medium where one weighs and it is the company's own, low for all others. Which permissions weigh is a table, \
                with a reason each. One finding an application.",
        why: "Whoever controls the application, or steals a token of it, acts as each user who signs in to it, administrators \
              included, and no user was asked.",
        remedy: "Take away what the application does not use. Assign it to the users who need it, or let each consent for \
                 themselves to what is harmless.",
        limits: "Which users sign in is not known, nor what they may do. Permissions to act without a user are another matter. \
                 Applications of Microsoft are not reported. Of an API that is not part of the estate a permission weighs if \
                 any API of the table has one of that name, and confidence is medium.",
    },
    check,
};

const GRANTS: &str = "GET /v1.0/oauth2PermissionGrants";

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in machines(view) {
        let mut consent = Consent::default();
        for grant in grants(view, identity) {
            consent.add(view, grant);
        }
        if !consent.scopes.is_empty() {
            report(view, identity, &consent, findings);
        }
    }
}

/// What was consented to for all users.
#[derive(Default)]
struct Consent {
    /// API and permission, and why it weighs, if it does.
    scopes: BTreeSet<(String, String, Option<&'static str>)>,
    /// The ids of the grants.
    ids: BTreeSet<String>,
    /// Whether an API was not read whose permissions seem to weigh.
    unread: bool,
}

impl Consent {
    fn add(&mut self, view: &View<'_>, grant: &Grant) {
        let Via::DelegatedPermission { native_id, resource, user: None } = &grant.via else { return };
        let Some(policy) = grant.policy.as_ref().and_then(|id| view.estate().policies.get(id)) else { return };
        let api = view.index.identity(resource);
        let app_id = api.and_then(|api| api.application.as_ref()).map(|application| &*application.app_id);
        for scope in policy.text.split_whitespace().filter(|scope| !is_ordinary(scope)) {
            let why = weight(app_id, scope);
            self.unread |= why.is_some() && app_id.is_none();
            self.scopes.insert((name_of(view, resource), scope.to_owned(), why));
            self.ids.insert(native_id.to_string());
        }
    }
}

fn report(view: &View<'_>, identity: &Identity, consent: &Consent, findings: &mut Findings<'_>) {
    let weighty: Vec<_> = consent.scopes.iter().filter(|(_, _, why)| why.is_some()).collect();
    let foreign = foreign_tenant(view, identity);
    let severity = match (weighty.is_empty(), foreign.is_some()) {
        (true, _) => Severity::Low,
        (false, true) => Severity::High,
        (false, false) => Severity::Medium,
    };
    let title = format!("{} may act for every user of the tenant", subject(view, identity));
    let mut draft = Draft::new(title).severity(severity);
    let light = consent.scopes.iter().filter(|(_, _, why)| why.is_none());
    for (api, scope, why) in weighty.iter().copied().chain(light).take(LISTED) {
        let why = why.map(|why| format!(", which {why}")).unwrap_or_default();
        let says = format!("`{}` of {api}{why}", Shown(scope));
        draft = draft.facts([Evidence::new("may", says).from_source(GRANTS)]);
    }
    draft = draft.facts(more(consent.scopes.len(), "permissions"));
    draft = draft.facts(foreign.map(|tenant| Evidence::new("registered in tenant", format!("{}", Shown(tenant)))));
    if consent.unread {
        draft = draft
            .at_most(Confidence::Medium)
            .evidence("not certain because", "which API it is of was not read");
    }
    for id in consent.ids.iter().take(LISTED) {
        let uri = format!("https://graph.microsoft.com/v1.0/oauth2PermissionGrants/{id}");
        draft = draft.command(["az", "rest", "--method", "delete", "--uri", &uri]);
    }
    let draft = draft.remedy("take away what it does not use, and assign it to the users who need it");
    findings.identity(identity, "", draft);
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::{Attachment, Policy, PolicyKind};

    use crate::testing::{Case, World};
    fn consented(w: &mut World, client: &Identity, scopes: &str, user: Option<&Identity>, api: bool) {
        let mut graph = azure::microsoft_principal("Microsoft Graph");
        if let Some(application) = &mut graph.application {
            application.app_id = "00000003-0000-0000-c000-000000000000".into();
        }
        if api {
            w.azure(graph.clone());
        }
        let policy = w.estate.policy(Policy::new(PolicyKind::EntraScopes, scopes));
        let via = Via::DelegatedPermission {
            native_id: "grant-1".into(),
            resource: graph.id,
            user: user.map(|user| user.id.clone()),
        };
        let grant = azure::grant(Attachment::Identity(client.id.clone()), via, azure::tenant_scope());
        w.estate.grant(Grant { policy: Some(policy), ..grant });
    }
    vec![
        Case::fires("another company's application reads mail", |w| {
            let app = w.foreign_app("vendor");
            consented(w, &app, "openid Mail.Read", None, true);
        })
        .severity(Severity::High)
        .confidence(Confidence::High)
        .says("password resets")
        .says("oauth2PermissionGrants/grant-1"),
        Case::fires("the company's own reads mail", |w| {
            let app = w.app("archive");
            consented(w, &app, "Mail.Read", None, true);
        })
        .severity(Severity::Medium),
        Case::fires("nothing that weighs", |w| {
            let app = w.foreign_app("vendor");
            consented(w, &app, "User.ReadBasic.All", None, true);
        })
        .severity(Severity::Low),
        Case::fires("an API that was not read", |w| {
            let app = w.foreign_app("vendor");
            consented(w, &app, "Mail.Read", None, false);
        })
        .confidence(Confidence::Medium),
        Case::silent("to sign in", |w| {
            let app = w.foreign_app("vendor");
            consented(w, &app, "openid profile offline_access User.Read", None, true);
        }),
        Case::silent("for one user", |w| {
            let (app, ana) = (w.foreign_app("vendor"), w.person("ana@brindlemoor.example"));
            consented(w, &app, "Mail.Read", Some(&ana), true);
        }),
        Case::silent("an application of Microsoft", |w| {
            let teams = w.azure(azure::microsoft_principal("Microsoft Teams"));
            consented(w, &teams, "Mail.Read", None, true);
        }),
    ]
}
