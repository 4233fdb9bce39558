use std::collections::{BTreeMap, BTreeSet};

use census_model::{Confidence, Decision, Evidence, Gap, Grant, Identity, Level, Provider, Severity};
use census_privilege::aws::{
    document::{Element, Statement},
    trust::matches,
};

use crate::{
    Docs, Draft, Findings, Rule, View,
    policies::{Allowing, LISTED, Shown, holder, policy},
    powers::{
        asking::{standing_for_all, verdict},
        known, more, weigh,
    },
    sensitive::{Sensitive, services},
};

pub(crate) static RULE: Rule = Rule {
    id: "wildcard-sensitive-service",
    version: 1,
    title: "An identity that may do everything in a service that weighs",
    severity: Severity::High,
    finding_types: &["PRIV-WILDCARD"],
    providers: &[Provider::Aws],
    // Those are about users' own policies and full administration.
    except_controls: &[("CIS-AWS", "7.0:2.13"), ("CIS-AWS", "7.0:2.14")],
    thresholds: &[],
    docs: Docs {
        finds: "A policy of an identity or of one of its groups allows every action of a sensitive service on every \
                resource: `s3:*` or `*` on `*`, also by `NotAction`. Services that count are in a table with the \
                reason for each: iam, sts, organizations, sso, kms, secretsmanager, ssm, s3, dynamodb, rds, ec2, ecs, \
                lambda, codebuild, glue, cloudformation, cloudtrail. Severity is medium where every such statement \
                has a condition.",
        why: "Nobody needs all of a service. Behind the few calls that a program makes stand those that open buckets, \
              destroy keys and run code as somebody else, and whatever the service learns next year.",
        remedy: "Allow the actions that the identity used lately, on the resources that are its own.",
        limits: "A service is only reported if one of its weightier actions is really allowed, with boundaries, \
                 control policies and denials weighed; others of its actions may be denied all the same. A list of \
                 actions that comes to the same as the wildcard is not found, nor is `NotResource`. Administrators \
                 are left to admin-identity. What was not read lowers the confidence.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    // Whatever gives everything of a service gives what nobody has heard of.
    let unheard_of = services().iter().map(|one| format!("{}:unheard-of", one.service)).collect();
    let mut wide = Allowing::new(view, unheard_of, wide);
    for (identity, reach) in known(view) {
        if reach.level == Level::Admin || reach.level == Level::None {
            continue;
        }
        let given = wide.of(identity);
        if given.is_empty() {
            continue;
        }
        let found = unmasked(view, identity, &given);
        let Some((first, _)) = found.allowed.first_key_value() else { continue };
        let more_services = match found.allowed.len() {
            1 => String::new(),
            n => format!(" and {} more services", n - 1),
        };
        let title = format!("{} `{}` may do everything in {first}{more_services}", identity.kind, identity.name);
        let relevant: Vec<_> =
            given.iter().filter(|(_, one)| one.services().any(|it| found.allowed.contains_key(it))).collect();
        let is_open = relevant.iter().all(|(_, one)| one.is_conditional);
        let mut draft = Draft::new(title)
            .severity(if is_open { Severity::Medium } else { RULE.severity })
            .facts(relevant.iter().take(LISTED).map(|(grant, one)| one.says(view, grant)))
            .facts(more(relevant.len(), "statements"));
        for (service, why) in &found.allowed {
            draft = draft.evidence("service", format!("{service}: {why}"));
        }
        let draft = weigh(draft.doubts(Confidence::Low, &found.may_narrow), view, reach)
            .remedy("allow the actions that it used lately, on the resources that are its own")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

/// A statement that gives everything of some services.
struct Wide {
    statement: String,
    actions: String,
    is_conditional: bool,
    services: Vec<&'static Sensitive>,
}

impl Wide {
    fn services(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.services.iter().map(|one| one.service.as_str())
    }

    fn says(&self, view: &View<'_>, grant: &Grant) -> Evidence {
        let open = if self.is_conditional { ", under a condition" } else { "" };
        let (statement, actions) = (Shown(&self.statement), Shown(&self.actions));
        let (policy, holder) = (policy(grant), holder(view, grant));
        let says = format!("{actions}{open}, by statement `{statement}` of {policy}, attached to {holder}");
        Evidence::new("allows", says)
    }
}

fn wide(statement: &Statement) -> Vec<Wide> {
    let services: Vec<&Sensitive> = services()
        .iter()
        .filter(|one| gives_all(statement, &one.service) && on_everything(statement, &one.service))
        .collect();
    if services.is_empty() {
        return Vec::new();
    }
    let actions = match &statement.action {
        Element::Only(actions) => {
            let wide = actions.iter().filter(|action| services.iter().any(|one| is_all(action, &one.service)));
            wide.map(|action| format!("`{action}`")).collect::<Vec<_>>().join(", ")
        }
        Element::AllBut(actions) => format!("all but `{}`", actions.join("`, `")),
    };
    let is_conditional = !statement.condition.is_empty();
    vec![Wide { statement: statement.label.clone(), actions, is_conditional, services }]
}

/// Whether a statement is about every action of a service.
fn gives_all(statement: &Statement, service: &str) -> bool {
    match &statement.action {
        Element::Only(actions) => actions.iter().any(|action| is_all(action, service)),
        Element::AllBut(actions) => !actions.iter().any(|action| {
            matches(action.split_once(':').map_or(action.as_str(), |(prefix, _)| prefix), service)
        }),
    }
}

/// Whether a pattern is every action of a service: `*`, `s3:*`.
fn is_all(action: &str, service: &str) -> bool {
    match action.split_once(':') {
        Some((prefix, name)) => only_stars(name) && matches(prefix, service),
        None => only_stars(action),
    }
}

/// Whether a statement is about every resource, or every one of a service: `*`, `arn:aws:s3:::*`.
fn on_everything(statement: &Statement, service: &str) -> bool {
    let Some(Element::Only(resources)) = &statement.resource else { return false };
    resources.iter().any(|resource| {
        let parts: Vec<&str> = resource.splitn(6, ':').collect();
        match parts.as_slice() {
            [one] => only_stars(one),
            ["arn", _, of, region, account, rest] => {
                let any = |part: &str| part.is_empty() || only_stars(part);
                matches(of, service) && any(region) && any(account) && only_stars(rest)
            }
            _ => false,
        }
    })
}

fn only_stars(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}

/// The services of which nothing takes away what the statements give, each with its reason.
#[derive(Default)]
struct Unmasked {
    allowed: BTreeMap<&'static str, &'static str>,
    may_narrow: Vec<Gap>,
}

fn unmasked<'a>(
    view: &View<'a>,
    identity: &'a Identity,
    given: &[(&Grant, &Wide)],
) -> Unmasked {
    let mut found = Unmasked::default();
    let named: BTreeSet<&str> = given.iter().flat_map(|(_, one)| one.services()).collect();
    for one in services().iter().filter(|one| named.contains(one.service.as_str())) {
        let resource = standing_for_all(view, identity, &one.resource);
        let Some(verdict) = verdict(view, identity, &one.probe, &resource, &[]) else { continue };
        if matches!(verdict.decision, Decision::Allowed | Decision::Conditional) {
            found.allowed.insert(&one.service, &one.why);
            found.may_narrow.extend(verdict.may_narrow);
        }
    }
    found.may_narrow.sort_by(|a, b| a.id.cmp(&b.id));
    found.may_narrow.dedup_by(|a, b| a.id == b.id);
    found
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Attachment, Bound, Effect, Via};

    use crate::testing::{Case, World};
    let may = |level: Level, action: &'static str, resource: &'static str, condition: &'static str| {
        move |w: &mut World| {
            let role = w.role("app");
            w.allow(&role, action, resource, condition);
            w.reach(&role, level);
        }
    };
    let text = |body: &str| format!(r#"{{"Version":"2012-10-17","Statement":{body}}}"#);
    let held = move |boundary: &'static str| {
        move |w: &mut World| {
            let role = w.role("app");
            w.allow(&role, "*", "*", "");
            let limit = format!(r#"{{"Effect":"Allow","Action":"{boundary}","Resource":"*"}}"#);
            let via = Via::Boundary { native_id: "arn:aws:iam::111122223333:policy/limit".into() };
            w.attach(Attachment::Identity(role.id.clone()), via, Effect::Ceiling, &text(&limit));
            w.reach(&role, Level::Limited);
        }
    };
    let mut cases = vec![
        Case::fires("all of a service", may(Level::Sensitive, "s3:*", "*", ""))
            .severity(Severity::High)
            .confidence(Confidence::High)
            .says("may do everything in s3")
            .says("statement `S` of inline policy"),
        Case::fires("all of its resources", may(Level::Sensitive, "lambda:*", "arn:aws:lambda:*:*:*", "")),
        Case::fires("of services that begin so", may(Level::Escalates, "s*:*", "*", "")).says("secretsmanager"),
        Case::fires("under a condition", {
            may(Level::Sensitive, "s3:*", "*", r#"{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}"#)
        })
        .severity(Severity::Medium),
        Case::fires("all but some", move |w| {
            let role = w.role("app");
            let body = r#"{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}"#;
            let via = Via::Inline { name: "power".into() };
            w.attach(Attachment::Identity(role.id.clone()), via, Effect::Allow, &text(body));
            w.reach(&role, Level::Escalates);
        })
        .says("all but `iam:*`, `organizations:*`")
        .says("kms: decides"),
        Case::fires("by its group", move |w| {
            let (group, user) = (w.group("devs"), w.user("ci"));
            let body = r#"{"Effect":"Allow","Action":["ec2:*","logs:*"],"Resource":"*"}"#;
            let via = Via::Inline { name: "work".into() };
            w.attach(Attachment::Group(group.clone()), via, Effect::Allow, &text(body));
            w.member(&group, &user);
            w.reach(&user, Level::Sensitive);
        })
        .says("`ec2:*`, by statement")
        .says("group `devs`"),
        Case::fires("everything, held to one service", held("s3:*")).says("may do everything in s3"),
        Case::fires("a limit was not read", |w| {
            let role = w.role("app");
            w.allow(&role, "kms:*", "*", "");
            w.reach(&role, Level::Sensitive).bound(Bound::Upper, "organizations:ListPolicies");
        })
        .confidence(Confidence::Low),
        Case::silent("everything, held to reading", held("s3:Get*")),
        Case::silent("a service that does not weigh", may(Level::Limited, "logs:*", "*", "")),
        Case::silent("some actions", may(Level::Sensitive, "s3:Get*", "*", "")),
        Case::silent("one bucket", may(Level::Limited, "s3:*", "arn:aws:s3:::app/*", "")),
        Case::silent("buckets that begin so", may(Level::Limited, "s3:*", "arn:aws:s3:::app-*", "")),
        Case::silent("denied", move |w| {
            let role = w.role("app");
            let body = r#"[{"Effect":"Allow","Action":"s3:*","Resource":"*"},
                {"Effect":"Deny","Action":"s3:Put*","Resource":"*"}]"#;
            let via = Via::Inline { name: "work".into() };
            w.attach(Attachment::Identity(role.id.clone()), via, Effect::Allow, &text(body));
            w.reach(&role, Level::Sensitive);
        }),
    ];
    for level in [Level::Admin, Level::None, Level::Unknown] {
        cases.push(Case::silent(level.as_str(), may(level, "s3:*", "*", "")));
    }
    cases
}
