use std::collections::BTreeSet;

use census_model::{Confidence, Identity, Level, Provider, Severity, Verdict};
use census_privilege::aws::document::{Element, Statement};

use crate::{
    Docs, Draft, Findings, Rule, View,
    policies::{Allowing, Shown, names_action},
    powers::{
        asking::{allowed, standing_for, standing_for_all},
        given_by, known, weigh,
    },
};

pub(crate) static RULE: Rule = Rule {
    id: "mints-identities-without-boundary",
    version: 1,
    title: "An identity that makes others of any power",
    severity: Severity::High,
    finding_types: &["PRIV-ESCALATION"],
    providers: &[Provider::Aws],
    // That is about one managed policy for people.
    except_controls: &[("CIS-AWS", "7.0:2.20")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity that is no administrator may make users or roles, and give them any policy, without \
                setting a permissions boundary (`iam:CreateUser` or `iam:CreateRole`, with the `Attach...Policy` or \
                `Put...Policy` of the same kind).",
        why: "What it makes can be stronger than itself, stays when it is gone, and is registered by nobody.",
        remedy: "Allow the making, and the giving of policies, only under a condition that demands your boundary: \
                 `iam:PermissionsBoundary` with `StringEquals`. Deny to change or remove that boundary, and to \
                 rewrite its policy.",
        limits: "Asked is whether it may without a boundary at all; whether the boundary that a condition demands \
                 keeps anybody from anything is not judged. Where a condition limits which policies are attached, or \
                 is open at run time otherwise, nothing is reported. Names are tried as the allowing statement has \
                 them, with a made-up part in place of each `*`. Only identities that can do what weighs are asked \
                 about. An unread limit makes confidence low.",
    },
    check,
};

/// A kind of identity, and what makes it and gives it policies.
struct Mint {
    kind: &'static str,
    create: &'static str,
    give: [&'static str; 2],
    any: &'static str,
}

const MINTS: [Mint; 2] = [
    Mint {
        kind: "users",
        create: "iam:CreateUser",
        give: ["iam:AttachUserPolicy", "iam:PutUserPolicy"],
        any: "arn:{partition}:iam::{account}:user/{any}",
    },
    Mint {
        kind: "roles",
        create: "iam:CreateRole",
        give: ["iam:AttachRolePolicy", "iam:PutRolePolicy"],
        any: "arn:{partition}:iam::{account}:role/{any}",
    },
];

/// The condition key of the boundary, in requests that make an identity and in those that change it.
const BOUNDARY: &str = "iam:PermissionsBoundary";

/// How many patterns of names are tried.
const TRIED: usize = 8;

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let creates = MINTS.iter().map(|mint| mint.create.to_ascii_lowercase()).collect();
    let mut creating = Allowing::new(view, creates, creations);
    let levels = [Level::Sensitive, Level::Escalates];
    for (identity, reach) in known(view).filter(|(_, reach)| levels.contains(&reach.level)) {
        let creations: Vec<Creation> = creating.of(identity).into_iter().map(|(_, one)| one.clone()).collect();
        let minted: Vec<Minted> = MINTS
            .iter()
            .filter_map(|mint| minted(view, identity, mint, &creations))
            .collect();
        if minted.is_empty() {
            continue;
        }
        let kinds: Vec<&str> = minted.iter().map(|one| one.kind).collect();
        let mut draft = Draft::new(format!(
            "{} `{}` can make {} of any power, held to no boundary",
            identity.kind,
            identity.name,
            kinds.join(" and ")
        ));
        for (action, verdict) in minted.iter().flat_map(|one| &one.steps) {
            let by = given_by(view, &verdict.because).map(|by| format!(", by {by}")).unwrap_or_default();
            draft = draft
                .evidence("allowed", format!("{action} without a boundary{by}"))
                .doubts(Confidence::Low, &verdict.may_narrow);
        }
        for one in &minted {
            draft = draft.evidence("names", format!("{} such as `{}`", one.kind, Shown(&one.name)));
        }
        let draft = weigh(draft, view, reach)
            .remedy("demand your boundary with `iam:PermissionsBoundary` where it makes identities and gives policies")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

/// What a statement lets be made, and under which names.
#[derive(Clone)]
struct Creation {
    create: &'static str,
    /// Patterns; empty for those that say what is excepted.
    names: Vec<String>,
}

fn creations(statement: &Statement) -> Vec<Creation> {
    let names = match &statement.resource {
        Some(Element::Only(resources)) => resources.clone(),
        Some(Element::AllBut(_)) | None => Vec::new(),
    };
    let named = MINTS.iter().filter(|mint| names_action(statement, mint.create));
    named.map(|mint| Creation { create: mint.create, names: names.clone() }).collect()
}

/// What can be made, and the answers that say so.
struct Minted {
    kind: &'static str,
    name: String,
    steps: [(&'static str, Verdict); 2],
}

fn minted<'a>(
    view: &View<'a>,
    identity: &'a Identity,
    mint: &Mint,
    creations: &[Creation],
) -> Option<Minted> {
    let creations: Vec<&Creation> = creations.iter().filter(|one| one.create == mint.create).collect();
    if creations.is_empty() {
        return None;
    }
    let any = standing_for_all(view, identity, mint.any);
    let patterns = creations.iter().flat_map(|one| &one.names).filter(|pattern| pattern.starts_with("arn:"));
    let named: BTreeSet<String> = patterns.map(|pattern| standing_for(view, identity, pattern)).collect();
    let names = std::iter::once(any).chain(named).take(TRIED);
    for name in names {
        let Some(created) = allowed(view, identity, mint.create, &name, &[BOUNDARY]) else { continue };
        let given = mint.give.into_iter().find_map(|action| {
            Some((action, allowed(view, identity, action, &name, &[BOUNDARY])?))
        });
        if let Some(given) = given {
            return Some(Minted { kind: mint.kind, name, steps: [(mint.create, created), given] });
        }
    }
    None
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::GapReason;

    use crate::testing::{Case, World};
    const USERS: &[(&str, &str, &str)] = &[("iam:CreateUser", "*", ""), ("iam:PutUserPolicy", "*", "")];
    const BOUND: &str = r#"{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/limit"}}"#;
    let may = |level: Level, allowed: &'static [(&'static str, &'static str, &'static str)]| {
        move |w: &mut World| {
            let role = w.role("platform");
            for (action, resource, condition) in allowed {
                w.allow(&role, action, resource, condition);
            }
            w.reach(&role, level);
        }
    };
    vec![
        Case::fires(
            "users",
            may(Level::Escalates, USERS),
        )
        .severity(Severity::High)
        .confidence(Confidence::High)
        .says("can make users of any power"),
        Case::fires(
            "roles under one path",
            may(
                Level::Sensitive,
                &[
                    ("iam:CreateRole", "arn:aws:iam::111122223333:role/team/*", ""),
                    ("iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/team/*", ""),
                ],
            ),
        )
        .says("role/team/"),
        Case::fires("both, by wildcards", may(Level::Sensitive, &[("iam:Create*", "*", ""), ("iam:Put*", "*", "")]))
            .says("users and roles"),
        Case::fires(
            "a boundary that is only demanded if it is sent",
            may(
                Level::Escalates,
                &[
                    ("iam:CreateUser", "*", r#"{"StringEqualsIfExists":{"iam:PermissionsBoundary":"x"}}"#),
                    ("iam:AttachUserPolicy", "*", ""),
                ],
            ),
        ),
        Case::fires("a control policy was not read", |w| {
            let role = w.role("platform");
            w.allow(&role, "iam:CreateUser", "*", "");
            w.allow(&role, "iam:PutUserPolicy", "*", "");
            w.gap("organizations:ListPolicies", GapReason::Denied);
            w.reach(&role, Level::Escalates);
        })
        .confidence(Confidence::Low),
        Case::silent(
            "under a boundary",
            may(Level::Sensitive, &[("iam:CreateUser", "*", BOUND), ("iam:AttachUserPolicy", "*", BOUND)]),
        ),
        Case::silent(
            "made freely, given policies under a boundary",
            may(Level::Sensitive, &[("iam:CreateRole", "*", ""), ("iam:PutRolePolicy", "*", BOUND)]),
        ),
        Case::silent(
            "only policies of a list",
            may(
                Level::Sensitive,
                &[
                    ("iam:CreateRole", "*", ""),
                    (
                        "iam:AttachRolePolicy",
                        "*",
                        r#"{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}"#,
                    ),
                ],
            ),
        ),
        Case::silent("made, but given nothing", may(Level::Sensitive, &[("iam:CreateUser", "*", "")])),
        Case::silent(
            "roles made, users given",
            may(Level::Sensitive, &[("iam:CreateRole", "*", ""), ("iam:PutUserPolicy", "*", "")]),
        ),
        Case::silent(
            "under different names",
            may(
                Level::Sensitive,
                &[
                    ("iam:CreateRole", "arn:aws:iam::111122223333:role/a/*", ""),
                    ("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/b/*", ""),
                ],
            ),
        ),
        Case::silent("an administrator", may(Level::Admin, USERS)),
        Case::silent("limited", may(Level::Limited, USERS)),
        Case::silent("reach unknown", may(Level::Unknown, USERS)),
    ]
}
