//! What everybody in the company can do: administrators, ways to become one, and what cannot be told.

use std::collections::BTreeMap;

use census_fixtures::{ACCOUNT, account_scope};
use census_model::{
    Attachment, Because, Bound, ConditionLanguage, Cut, CutGrant, Decision, Entry, Estate, GapId, Identity,
    IdentityId, Level, Outside, Outsider, OutsiderKind, Part, Path, Proof, Reach, ReachAt, Reaches, Residual,
    Severity, StatementEffect, Step, Technique, TechniqueCategory, TechniqueConfidence, TechniqueId, Via,
};

use crate::company::{HOSTILE, SANDBOX, denied_keys};

pub(crate) fn reaches(estate: &Estate) -> Reaches {
    let who = |name: &str| estate.identities.iter().find(|identity| &*identity.name == name).unwrap();
    let of = [
        ("root", administrator(who("root"))),
        (
            "ci-deploy",
            reaching(administrator(who("ci-deploy")), elsewhere(who("ci-deploy"), who("disputed"))),
        ),
        ("backup", backup(who("backup"), who(HOSTILE), who("ci-deploy"))),
        (HOSTILE, at_one(Level::Escalates, vec![assumes(who(HOSTILE), who("ci-deploy"))])),
        ("disputed", disputed(who("disputed"), who("ci-deploy"))),
        ("left-behind", Reach { bound: Bound::Lower, ..reader(who("left-behind")) }),
        ("anna", Reach { conditional: true, ..reader(who("anna")) }),
        ("unowned-job", at_one(Level::Limited, Vec::new())),
        ("AWSServiceRoleForSupport", at_one(Level::Limited, Vec::new())),
        ("tester", Reach::unknown(vec![denied_keys().id])),
    ];
    Reaches {
        of: of.into_iter().map(|(name, reach)| (who(name).id.clone(), reach)).collect(),
        techniques: techniques(),
        outside: vec![
            outside(HOSTILE, &[], Reach { conditional: true, ..at_one(Level::Limited, Vec::new()) }),
            outside("repo:acme/app", &[who("ci-deploy")], repository(who("ci-deploy"))),
        ],
    }
}

/// Somebody outside whom roles trust.
fn outside(subject: &str, becomes: &[&Identity], reach: Reach) -> Outside {
    let entry = |one: &&Identity| Entry {
        becomes: one.id.clone(),
        subject: format!("{subject}:ref:refs/heads/main").into(),
        conditional: false,
    };
    Outside { who: outsider(subject), entries: becomes.iter().map(entry).collect(), reach }
}

fn outsider(subject: &str) -> Outsider {
    Outsider {
        issuer: "token.actions.githubusercontent.com".into(),
        subject: subject.into(),
        kind: OutsiderKind::Repository,
    }
}

/// A repository that becomes an administrator.
fn repository(admin: &Identity) -> Reach {
    let taken = Step { from: outsider("repo:acme/app").id(), ..assume(admin, admin) };
    at_one(Level::Escalates, vec![Path { cut: None, ..path(vec![taken], 1) }])
}

fn techniques() -> BTreeMap<TechniqueId, Technique> {
    let all = [
        (
            "aws-iam-002",
            "iam:CreateAccessKey",
            TechniqueCategory::PrincipalAccess,
            TechniqueConfidence::Documented,
        ),
        (
            "aws-sts-001",
            "sts:AssumeRole",
            TechniqueCategory::PrincipalAccess,
            TechniqueConfidence::Documented,
        ),
        (
            "aws-lambda-001",
            "iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction",
            TechniqueCategory::NewPassrole,
            TechniqueConfidence::Documented,
        ),
        (
            "aws-glue-009",
            "glue:UpdateJob",
            TechniqueCategory::ExistingPassrole,
            TechniqueConfidence::Unverified,
        ),
    ];
    all.into_iter()
        .map(|(id, name, category, confidence)| {
            let technique = Technique {
                id: TechniqueId::new(id),
                name: name.into(),
                category,
                severity: Severity::High,
                confidence,
                sources: vec!["https://example.com/techniques".into()],
            };
            (technique.id.clone(), technique)
        })
        .collect()
}

/// A reach in the company's first account alone.
fn at_one(level: Level, paths: Vec<Path>) -> Reach {
    Reach {
        level,
        bound: Bound::Exact,
        conditional: false,
        at: vec![ReachAt { scope: account_scope(ACCOUNT), level, bound: Bound::Exact, conditional: false }],
        because: Vec::new(),
        gaps: Vec::new(),
        paths_total: paths.len(),
        paths,
        paths_more: false,
        possible_paths: Vec::new(),
    }
}

fn statement(of: &IdentityId, policy: &str, sid: &str) -> Because {
    Because {
        part: Part::Decides,
        effect: StatementEffect::Allow,
        attached_to: Attachment::Identity(of.clone()),
        via: Via::Inline { name: policy.into() },
        statement: sid.into(),
        says: "allows it".into(),
    }
}

fn proof(of: &Identity, action: &str, resource: &str, why: &str) -> Proof {
    Proof {
        action: action.into(),
        resource: resource.into(),
        why: why.into(),
        decision: Decision::Allowed,
        residual: None,
        because: vec![statement(&of.id, "own", "Manage")],
    }
}

fn administrator(of: &Identity) -> Reach {
    Reach {
        because: vec![proof(of, "*", "*", "administers the account")],
        ..at_one(Level::Admin, Vec::new())
    }
}

fn reaching(reach: Reach, path: Path) -> Reach {
    Reach { paths_total: 1, paths: vec![path], ..reach }
}

/// A way to administration of the second account.
fn elsewhere(from: &Identity, to: &Identity) -> Path {
    Path { scope: Some(account_scope(SANDBOX)), cut: None, ..assumes(from, to) }
}

fn reader(of: &Identity) -> Reach {
    let mut reach = at_one(Level::Sensitive, Vec::new());
    reach.because = vec![proof(of, "secretsmanager:GetSecretValue", "*", "reads every secret")];
    reach.gaps = vec![denied_here()];
    reach
}

fn denied_here() -> GapId {
    census_fixtures::denied("iam:ListAccessKeys").id
}

fn step(technique: &str, from: &Identity, to: &Identity, says: String, proofs: Vec<Proof>) -> Step {
    Step {
        technique: TechniqueId::new(technique),
        from: from.id.clone(),
        to: to.id.clone(),
        through: None,
        says: says.into(),
        conditional: false,
        proofs,
    }
}

fn path(steps: Vec<Step>, ends: usize) -> Path {
    let (first, last) = (steps.first().unwrap(), steps.last().unwrap());
    let taken = &first.proofs[0];
    let cut = Cut {
        from: first.from.clone(),
        action: taken.action.clone(),
        resource: taken.resource.clone(),
        grants: taken
            .because
            .iter()
            .map(|because| CutGrant {
                attached_to: because.attached_to.clone(),
                via: because.via.clone(),
                statement: because.statement.clone(),
            })
            .collect(),
        ends,
    };
    Path {
        target: last.to.clone(),
        scope: Some(account_scope(ACCOUNT)),
        conditional: steps.iter().any(|step| step.conditional),
        cut: Some(cut),
        steps,
    }
}

fn assume(from: &Identity, to: &Identity) -> Step {
    let mut assumed = proof(from, "sts:AssumeRole", &to.native_id, "becomes the role");
    assumed.because.push(Because {
        attached_to: Attachment::Resource(to.native_id.clone()),
        via: Via::Inline { name: "trust policy".into() },
        ..statement(&to.id, "", "3")
    });
    step("aws-sts-001", from, to, format!("assumes role `{}`", to.name), vec![assumed])
}

fn assumes(from: &Identity, to: &Identity) -> Path {
    path(vec![assume(from, to)], 1)
}

/// Makes a key for a user with a name made to harm, who may assume an administrator; and two ways more.
fn backup(of: &Identity, middle: &Identity, admin: &Identity) -> Reach {
    let key = proof(of, "iam:CreateAccessKey", &middle.native_id, "makes a key for the user");
    let through_a_key = vec![
        step(
            "aws-iam-002",
            of,
            middle,
            format!("makes an access key of user `{}`", middle.name),
            vec![key.clone()],
        ),
        assume(middle, admin),
    ];
    let function = Step {
        through: Some("arn:aws:lambda:eu-west-1:111122223333:function:=new\u{1b}[2J".into()),
        ..step(
            "aws-lambda-001",
            of,
            admin,
            format!("gives role `{}` to a new function and runs it", admin.name),
            vec![
                proof(of, "iam:PassRole", &admin.native_id, "gives the role away"),
                open(proof(of, "lambda:CreateFunction", "*", "makes a function")),
            ],
        )
    };
    let function = Step { conditional: true, ..function };
    let job = step("aws-glue-009", of, admin, "changes what a job runs".into(), vec![key]);
    Reach {
        bound: Bound::Upper,
        at: vec![
            ReachAt {
                scope: account_scope(ACCOUNT),
                level: Level::Escalates,
                bound: Bound::Upper,
                conditional: false,
            },
            ReachAt {
                scope: account_scope(SANDBOX),
                level: Level::Sensitive,
                bound: Bound::Open,
                conditional: true,
            },
        ],
        because: vec![proof(of, "iam:CreateAccessKey", "*", "makes credentials for others")],
        gaps: vec![denied_here()],
        paths_total: 7,
        paths_more: true,
        possible_paths: vec![Path { cut: None, ..path(vec![job], 0) }],
        ..at_one(Level::Escalates, vec![path(through_a_key, 1), path(vec![function], 2)])
    }
}

fn open(proof: Proof) -> Proof {
    Proof {
        decision: Decision::Conditional,
        residual: Some(Residual {
            language: ConditionLanguage::AwsJson,
            text: "aws:SourceIp lies in `10.0.0.0/8`".into(),
            atoms: vec!["aws:SourceIp".into()],
        }),
        because: proof.because.into_iter().map(|one| Because { part: Part::MayDecide, ..one }).collect(),
        ..proof
    }
}

fn disputed(of: &Identity, admin: &Identity) -> Reach {
    let mut taken = assume(of, admin);
    taken.conditional = true;
    taken.proofs = taken.proofs.into_iter().map(open).collect();
    let mut reach = at_one(Level::Escalates, vec![path(vec![taken], 1)]);
    reach.conditional = true;
    reach.at.iter_mut().for_each(|at| at.conditional = true);
    reach
}
