use census_model::{
    Credential, CredentialKind, CredentialStatus, Evidence, Identity, IdentityKind, Level, Mechanism,
    PrincipalSet, Provider, Review, Severity, Via,
};

use crate::{
    ApprovedPattern, Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::{key_name, subject},
    entra::live,
    policies::{LISTED, Shown},
    powers::weigh,
    principals::by_principal,
    registered::{Registered, registered},
};

pub(crate) static RULE: Rule = Rule {
    id: "pattern-violated",
    version: 1,
    title: "An identity that breaks the approved pattern it is registered under",
    severity: Severity::Medium,
    finding_types: &["REG-PATTERN-BROKEN"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &["declared.patterns"],
    docs: Docs {
        finds: "The registration of an identity names an approved pattern (`approved_pattern`), and something that the pattern \
                demands does not hold: only federated trusts, no credentials that last, their age, the cadence of review, \
                the highest level of reach, the kind of identity, a permissions boundary. One finding an identity, which \
                lists all that it breaks. Severity is high where it is an administrator, or can become one, and the pattern \
                does not allow that. A pattern that nobody configured, where any is, is a finding of severity low.",
        why: "A pattern is approved once for all that follow it, so that they need no review of their own. What only bears its \
              name was reviewed by nobody.",
        remedy: "Change the identity until it follows the pattern, or register it without one and have it approved for itself.",
        limits: "Checked is what `[[declared.patterns]]` says, nothing more. A level of reach that is not known breaks nothing; \
                 what was not read may lower the confidence. A boundary is missed only where the identity's own record was \
                 read, and in AWS, which alone has them. In Azure only federated trusts means that no secret and no \
                 certificate works. Of credentials those count that work, but for console passwords and second factors; a credential of \
                 unknown age is not too old.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    if view.declared.patterns.is_empty() {
        return;
    }
    for found in registered(view) {
        let Some(named) = &found.registration.approved_pattern else { continue };
        let name = subject(view, found.identity);
        let Some(pattern) = view.declared.pattern(&named.value) else {
            let known: Vec<&str> = view.declared.patterns.iter().map(|one| one.name.as_str()).collect();
            let title = format!("{name} is registered under the pattern `{}`, which nobody configured", named.value);
            let draft = Draft::new(title)
                .severity(Severity::Low)
                .facts([named.evidence("approved pattern"), found.entry()])
                .evidence("configured", known.join(", "))
                .remedy("correct the name in the entry, or add the pattern to `[[declared.patterns]]`")
                .command(["census", "explain", &found.identity.native_id]);
            findings.identity(found.identity, "unknown pattern", draft);
            continue;
        };
        let level = too_high(view, &found, pattern);
        let mut broken = broken(view, &found, pattern);
        broken.extend(level.map(|(level, highest)| {
            Evidence::new("breaks", format!("reach of at most {highest} is allowed, it is {level}"))
        }));
        if broken.is_empty() {
            continue;
        }
        let powerful = level.is_some_and(|(level, _)| level.is_powerful());
        let only_level = broken.len() == 1;
        let mut draft = Draft::new(format!("{name} breaks its approved pattern `{}`", pattern.name))
            .severity(if powerful { Severity::High } else { RULE.severity })
            .facts(broken)
            .facts([named.evidence("approved pattern"), found.entry()]);
        if let Some(reach) = view.reach(&found.identity.id).filter(|_| level.is_some()) {
            // What is broken beside the level is broken whatever was not read about the reach.
            draft = if only_level { weigh(draft, view, reach) } else { draft.evidence("bound", reach.bound.as_str()) };
        }
        let draft = draft
            .remedy("change it until it follows the pattern, or register it without one and have it approved")
            .command(["census", "explain", &found.identity.native_id]);
        findings.identity(found.identity, "", draft);
    }
}

/// The level, and the highest that is allowed, where it is beyond that for certain or under a condition.
fn too_high(view: &View<'_>, found: &Registered<'_>, pattern: &ApprovedPattern) -> Option<(Level, Level)> {
    let highest = pattern.max_level?.level();
    let level = view.reach(&found.identity.id)?.level;
    (level > highest).then_some((level, highest))
}

/// What else of a pattern does not hold, as evidence.
fn broken(view: &View<'_>, found: &Registered<'_>, pattern: &ApprovedPattern) -> Vec<Evidence> {
    let identity = found.identity;
    let mut broken = Vec::new();
    let mut breaks = |what: String| broken.push(Evidence::new("breaks", what));
    if !pattern.kinds.is_empty() && !pattern.kinds.contains(&identity.kind) {
        let kinds: Vec<&str> = pattern.kinds.iter().map(|kind| kind.as_str()).collect();
        breaks(format!("only {} is allowed, it is {}", kinds.join(" or "), identity.kind));
    }
    if pattern.federated.is_some() {
        not_federated(view, identity).into_iter().for_each(&mut breaks);
    }
    let lasting = lasting(view, identity);
    if pattern.static_keys.is_some() {
        for key in lasting.iter().take(LISTED) {
            breaks(format!("no credentials that last are allowed, {} {} works", key.kind, key_name(key)));
        }
    }
    if let Some(most) = pattern.key_max_age_days {
        let age = |key: &&Credential| Some((view.age_days(key.created?), key.kind, key_name(key)));
        let old = lasting.iter().filter_map(age).filter(|(days, ..)| *days > i64::from(most));
        for (days, kind, name) in old.take(LISTED) {
            breaks(format!("credentials of at most {most} days are allowed, {kind} {name} is {days} days old"));
        }
    }
    if let Some(longest) = pattern.review_every {
        let beyond = |review: &Review| {
            let every = review.every.as_ref()?;
            (every.value.most_days() > longest.most_days()).then(|| (every.value.to_string(), every.at.to_string()))
        };
        if let Some((every, at)) = beyond(&found.life.business).or_else(|| beyond(&found.life.technical)) {
            breaks(format!("a review every {longest} is asked for, it is every {every} ({at})"));
        }
    }
    if pattern.boundary.is_some() && lacks_boundary(view, identity) {
        breaks("a permissions boundary is asked for, it has none".to_owned());
    }
    broken
}

/// What becomes the identity without being of an external issuer.
fn not_federated(view: &View<'_>, identity: &Identity) -> Vec<String> {
    if identity.provider == Provider::Azure {
        let says = |one: &Credential| {
            format!("only federated trusts are allowed, {} {} works", one.kind, key_name(one))
        };
        return live(view, identity).into_iter().take(LISTED).map(says).collect();
    }
    if identity.kind != IdentityKind::AwsRole {
        return vec![format!("only federated trusts are allowed, and {} has none", identity.kind)];
    }
    let others = by_principal(view, identity).into_iter().filter(|(who, trusts)| {
        let federated = |mechanism| matches!(mechanism, Mechanism::WebIdentity | Mechanism::Saml);
        !matches!(who, PrincipalSet::External(_)) && !trusts.iter().all(|trust| federated(trust.mechanism))
    });
    others
        .take(LISTED)
        .map(|(who, _)| {
            let who = crate::principals::distinguisher(who);
            format!("only federated trusts are allowed, it trusts {}", Shown(who.trim_end_matches(':')))
        })
        .collect()
}

/// The credentials that last and work, for programs.
fn lasting<'a>(view: &View<'a>, identity: &Identity) -> Vec<&'a Credential> {
    let lasts = |kind: CredentialKind| match kind {
        CredentialKind::AccessKey
        | CredentialKind::SigningCertificate
        | CredentialKind::SshPublicKey
        | CredentialKind::ServiceSpecificCredential
        | CredentialKind::ClientSecret
        | CredentialKind::ClientCertificate => true,
        CredentialKind::ConsolePassword
        | CredentialKind::MfaDevice
        | CredentialKind::ServerCertificate
        | CredentialKind::ManagedCertificate
        | CredentialKind::TokenSigningCertificate => false,
    };
    let all = view.index.credentials(&identity.id).iter().copied();
    all.filter(|one| lasts(one.kind) && one.status == CredentialStatus::Active).collect()
}

/// Whether no boundary is set, as far as the identity's own record was read.
fn lacks_boundary(view: &View<'_>, identity: &Identity) -> bool {
    if identity.provider != Provider::Aws {
        return false;
    }
    let mut grants = view.index.grants_of_identity(&identity.id).iter();
    let bounded = grants.any(|grant| matches!(grant.via, Via::Boundary { .. }));
    let names = [identity.id.as_str(), &*identity.native_id];
    let unread = view.unread(&identity.scope, &["iam:GetAccountAuthorizationDetails"], &names);
    !bounded && unread.is_empty()
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{Attachment, Bound, Confidence, Effect, GapReason};

    use crate::testing::{Case, World, days_ago, stated};
    fn configure(w: &mut World, pattern: &str) {
        let json = format!(r#"{{"patterns": [{{"name": "CI deploy", {pattern}}}]}}"#);
        w.declared = serde_json::from_str(&json).expect("a pattern");
    }
    fn follow(w: &mut World, pattern: &str, identity: Identity) -> Identity {
        configure(w, pattern);
        let identity = w.add(identity);
        w.registered(&identity, |one| one.approved_pattern = Some(stated("ci DEPLOY")));
        identity
    }
    let github = || PrincipalSet::External("token.actions.githubusercontent.com".into());
    let role = |pattern: &'static str| move |w: &mut World| { follow(w, pattern, fixtures::role("deploy")); };
    let user = |pattern: &'static str, age: Option<i64>, status: CredentialStatus| {
        move |w: &mut World| {
            let user = follow(w, pattern, fixtures::user("ci"));
            w.key(&user, "AKIA1", |key| {
                key.status = status;
                key.created = age.and_then(days_ago);
            });
        }
    };
    fn application(pattern: &'static str, secret: bool) -> impl Fn(&mut World) {
        move |w: &mut World| {
            fixtures::azure::tenant(&mut w.estate);
            let app = follow(w, pattern, fixtures::azure::service_principal("deploy"));
            if secret {
                w.secret(&app, "first", |_| ());
            }
        }
    }
    const BOUNDARY: &str = r#""boundary": "required""#;
    const FEDERATED: &str = r#""federated": "required""#;
    const KEYLESS: &str = r#""static_keys": "forbidden""#;
    const AGED: &str = r#""key_max_age_days": 30"#;
    const LIMITED: &str = r#""max_level": "limited""#;
    let reach = |level: Level| {
        move |w: &mut World| {
            let role = follow(w, LIMITED, fixtures::role("deploy"));
            w.reach(&role, level);
        }
    };
    vec![
        Case::fires("an application with a secret, where only federation is allowed", application(FEDERATED, true))
            .says("only federated trusts are allowed, client-secret"),
        Case::silent("an application without one", application(FEDERATED, false)),
        Case::silent("a boundary of an application, which none has", application(BOUNDARY, false)),

        Case::fires("a pattern that nobody configured", |w| {
            configure(w, KEYLESS);
            let role = w.role("deploy");
            w.registered(&role, |one| one.approved_pattern = Some(stated("lambda")));
        })
        .severity(Severity::Low)
        .says("`lambda`, which nobody configured")
        .says("CI deploy"),
        Case::fires("a role that trusts a service", |w| {
            let role = follow(w, FEDERATED, fixtures::role("deploy"));
            w.trust(&role, PrincipalSet::Service("ec2.amazonaws.com".into()), Mechanism::AssumeRole, "");
        })
        .severity(Severity::Medium)
        .says("it trusts service:ec2.amazonaws.com"),
        Case::fires("a user, where only federation is allowed", |w| {
            follow(w, FEDERATED, fixtures::user("ci"));
        }),
        Case::fires("a key, where none is allowed", user(KEYLESS, Some(1), CredentialStatus::Active)).says("AKIA1"),
        Case::fires("a key that is too old", user(AGED, Some(31), CredentialStatus::Active)).says("31 days old"),
        Case::fires("reviewed too seldom", role(r#""review_every": "P90D""#)).says("it is every P1Y"),
        Case::fires("of another kind", role(r#""kinds": ["aws-user"]"#)).says("only aws-user is allowed"),
        Case::fires("without a boundary", role(BOUNDARY)).says("it has none"),
        Case::fires("too sensitive", reach(Level::Sensitive)).severity(Severity::Medium).confidence(Confidence::High),
        Case::fires("an administrator", reach(Level::Admin)).severity(Severity::High).says("it is admin"),
        Case::fires("an administrator, or less", |w| {
            let role = follow(w, LIMITED, fixtures::role("deploy"));
            w.reach(&role, Level::Admin).bound(Bound::Upper, "organizations:ListPolicies");
        })
        .confidence(Confidence::Low),
        Case::fires("several at once are one finding", |w| {
            let pattern = format!("{FEDERATED}, {KEYLESS}, {LIMITED}");
            let user = follow(w, &pattern, fixtures::user("ci"));
            w.key(&user, "AKIA1", |_| ());
            w.reach(&user, Level::Sensitive).bound(Bound::Upper, "organizations:ListPolicies");
        })
        .confidence(Confidence::High)
        .says("has none")
        .says("AKIA1")
        .says("it is sensitive"),
        Case::silent("a role that trusts a pipeline", move |w| {
            let role = follow(w, FEDERATED, fixtures::role("deploy"));
            w.trust(&role, github(), Mechanism::WebIdentity, "");
        }),
        Case::silent("a key that is disabled", user(KEYLESS, Some(1), CredentialStatus::Inactive)),
        Case::silent("a key of the age that is allowed", user(AGED, Some(30), CredentialStatus::Active)),
        Case::silent("a key of unknown age", user(AGED, None, CredentialStatus::Active)),
        Case::silent("reviewed as often as asked, in other words", role(r#""review_every": "P12M""#)),
        Case::silent("of one of the kinds", role(r#""kinds": ["aws-user", "aws-role"]"#)),
        Case::silent("with a boundary", |w| {
            let role = follow(w, BOUNDARY, fixtures::role("deploy"));
            let via = Via::Boundary { native_id: "arn:aws:iam::111122223333:policy/limit".into() };
            w.attach(Attachment::Identity(role.id), via, Effect::Ceiling, r#"{"Version":"2012-10-17","Statement":[]}"#);
        }),
        Case::silent("whether it has a boundary was not read", |w| {
            follow(w, BOUNDARY, fixtures::role("deploy"));
            w.gap("iam:GetAccountAuthorizationDetails", GapReason::Denied);
        }),
        Case::silent("within its level", reach(Level::Limited)),
        Case::silent("of unknown reach", reach(Level::Unknown)),
        Case::silent("it names no pattern", |w| {
            configure(w, BOUNDARY);
            let role = w.role("deploy");
            w.registered(&role, |_| ());
        }),
        Case::silent("no pattern is configured", |w| {
            let role = w.role("deploy");
            w.registered(&role, |one| one.approved_pattern = Some(stated("lambda")));
        }),
    ]
}
