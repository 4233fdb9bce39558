use census_model::{
    Activation, Attests, Decision, Evidence, Grant, Identity, IdentityKind, Provider, Reach, ReviewState, Severity, Via,
};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    policies::{LISTED, Shown, attached, holder},
    powers::{more, proofs},
    registered::registration,
};

pub(crate) static RULE: Rule = Rule {
    id: "eligible-power-unreviewed",
    version: 1,
    title: "A person can switch on the power to take over programs, and no review asks about it",
    severity: Severity::Low,
    finding_types: &["PRIV-ELIGIBLE"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A person, or a group that the person is in, is eligible for a role through which applications or managed identities \
                could be taken: one that assigns roles or gives managed identities federated credentials, or a directory role that \
                gives applications credentials (Global, Privileged Role, Application and Cloud Application Administrator). And \
                no registration of that person has a technical review that is in time. Severity is medium where a role of the \
                directory is meant, which covers every application.",
        why: "Reviews of programs look at what they hold and who owns them. Whoever can switch on such a role can act as any of \
              them an hour later, and appears in none of these reviews.",
        remedy: "Review who is eligible, best by access reviews of Privileged Identity Management, and say so by registering the \
                 person's account with its review. Ask for approval where the role is switched on, and take away what nobody \
                 needs.",
        limits: "Access reviews of Entra ID are not read, so what is reviewed there has to be registered here. Custom directory \
                 roles, ownership that somebody switches on, and what the roles of a group give whose membership is switched on \
                 in the directory are not looked at. What stands without being switched on is not meant here.",
    },
    check,
};

/// Operations through which somebody becomes a managed identity, or gives itself what it has not.
const TAKE: [&str; 2] = [
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
];

/// Directory roles that give applications credentials, or themselves such a role; ids of built-in roles are the same in
/// every tenant.
/// <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>
const DIRECTORY_ROLES: [&str; 4] = [
    "62e90394-69f5-4237-9190-012177145e10",
    "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "158c047a-c907-4556-b7ef-446551a6b5f7",
];

/// What the engine calls open where somebody has to switch something on.
const ACTIVATION: &str = "activation";

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for person in view.of_kind(IdentityKind::EntraUser) {
        let roles: Vec<&Grant> =
            attached(view, person).filter(|grant| is_eligible_role(view, grant)).collect();
        let reach = view.reach(&person.id);
        let taken: Vec<_> = reach.into_iter().flat_map(switched_on).collect();
        if (roles.is_empty() && taken.is_empty()) || is_reviewed(view, person) {
            continue;
        }
        let severity = if roles.is_empty() { RULE.severity } else { Severity::Medium };
        let says = |grant: &&Grant| {
            let Via::DirectoryRole { name, native_id, .. } = &grant.via else { return None };
            let said = format!("`{}`, attached to {}", Shown(name), holder(view, grant));
            Some(Evidence::new("eligible for", said).from_source(&**native_id))
        };
        let title = format!("{} can switch on the power to take over programs", subject(view, person));
        let draft = Draft::new(title)
            .severity(severity)
            .facts(roles.iter().take(LISTED).filter_map(says))
            .facts(more(roles.len(), "directory roles"))
            .facts(proofs(view, "may switch on", taken))
            .remedy("review who is eligible, and register that review; take away what nobody needs")
            .command(["census", "explain", &person.native_id]);
        findings.identity(person, "", draft);
    }
}

/// Whether a grant is a directory role of those above that its holder may switch on now.
fn is_eligible_role(view: &View<'_>, grant: &Grant) -> bool {
    let Activation::Eligible(bounds) = &grant.activation else { return false };
    let Via::DirectoryRole { role, .. } = &grant.via else { return false };
    bounds.contain(view.as_of()) && DIRECTORY_ROLES.iter().any(|one| one.eq_ignore_ascii_case(role))
}

/// The operations that count once something is switched on.
fn switched_on(reach: &Reach) -> impl Iterator<Item = &census_model::Proof> {
    reach.because.iter().filter(|proof| {
        let is_open = |atoms: &[census_model::Text]| atoms.iter().any(|atom| **atom == *ACTIVATION);
        proof.decision == Decision::Conditional
            && TAKE.contains(&&*proof.action)
            && proof.residual.as_ref().is_some_and(|residual| is_open(&residual.atoms))
    })
}

/// Whether somebody was asked about this person's account, and is asked in time.
fn is_reviewed(view: &View<'_>, person: &Identity) -> bool {
    registration(view, person).is_some_and(|found| {
        let review = found.life.review(Attests::TechnicalNecessity);
        review.last.is_some() && review.state != ReviewState::Overdue
    })
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure as fake;
    use census_model::{
        Attachment, Bounds, ConditionLanguage, Level, OwnerStatus, Proof, Residual,
    };

    use crate::testing::{Case, World, proof};
    const APPLICATION_ADMINISTRATOR: &str = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
    fn role(person: &Identity, role: &str, activation: Activation) -> Grant {
        let via = Via::DirectoryRole {
            native_id: "assignment".into(),
            role: role.into(),
            name: "Application Administrator".into(),
            directory_scope: "/".into(),
        };
        let attached_to = Attachment::Identity(person.id.clone());
        Grant { activation, ..fake::grant(attached_to, via, fake::tenant_scope()) }
    }
    let eligible = || Activation::Eligible(Bounds::default());
    let open = |action: &str, atom: &str| Proof {
        decision: Decision::Conditional,
        residual: Some(Residual {
            language: ConditionLanguage::AzureAbac,
            text: "for the test".into(),
            atoms: vec![atom.into()],
        }),
        ..proof(action)
    };
    let switches = move |proof: Proof| {
        move |w: &mut World| {
            let ana = w.person("ana@brindlemoor.example");
            w.reach(&ana, Level::Admin).conditional().because(proof.clone());
        }
    };
    vec![
        Case::fires("a directory role", move |w| {
            let ana = w.person("ana@brindlemoor.example");
            w.estate.grant(role(&ana, APPLICATION_ADMINISTRATOR, eligible()));
        })
        .severity(Severity::Medium)
        .says("Application Administrator"),
        Case::fires("Owner of a subscription", switches(open(TAKE[0], ACTIVATION)))
            .severity(Severity::Low)
            .says("roleAssignments/write"),
        Case::fires("credentials of managed identities", switches(open(TAKE[1], ACTIVATION))),
        Case::fires("registered, and never reviewed", move |w| {
            let ana = w.person("ana@brindlemoor.example");
            w.estate.grant(role(&ana, APPLICATION_ADMINISTRATOR, eligible()));
            w.owner(&ana, OwnerStatus::Registered, &[]);
        }),
        Case::silent("another condition", switches(open(TAKE[0], "@Request[a:b]"))),
        Case::silent("what takes nobody over", switches(open("Microsoft.Web/sites/write", ACTIVATION))),
        Case::silent("what stands", switches(proof(TAKE[0]))),
        Case::silent("a directory role that stands", |w| {
            let ana = w.person("ana@brindlemoor.example");
            w.estate.grant(role(&ana, APPLICATION_ADMINISTRATOR, Activation::Standing));
        }),
        Case::silent("a role that gives no credentials", move |w| {
            let ana = w.person("ana@brindlemoor.example");
            w.estate.grant(role(&ana, "88d8e3e3-8f55-4a1e-953a-9b9898b8876b", eligible()));
        }),
        Case::silent("an application, which cannot switch anything on", move |w| {
            let app = w.app("billing");
            w.estate.grant(role(&app, APPLICATION_ADMINISTRATOR, eligible()));
        }),
    ]
}
