//! A plan for retirement with one of everything, for people and for programs.

use census_fixtures::days_ago;
use census_model::{
    Command, Dependent, DependentKind, Dependents, Evidence, Keeper, KeeperKind, LastUse, Observed,
    RetirementPlan, RetirementStage, RetirementTask, RetirementWay, StageKind, Text, Undo, Wait,
    WorkloadState,
};
use census_reports::{Options, retirement, retirement_json};

use crate::company::{Company, HOSTILE, company};

/// The plan; `name` stands wherever a cloud or a person names something.
pub(crate) fn plan(company: &Company, name: &str) -> RetirementPlan {
    let put = |name: &str| Command::new(["aws", "iam", "delete-role", "--role-name", name]);
    let task = |says: &str, commands: Vec<Command>, undo| RetirementTask {
        says: says.into(),
        evidence: vec![Evidence::new("entry", name).from_source("registry.yaml:3")],
        commands,
        undo,
    };
    let dependent = |what: &str, state| Dependent {
        id: format!("arn:aws:x:::{name}").into(),
        name: name.into(),
        what: what.into(),
        state,
        evidence: vec![Evidence::new("uses", name)],
    };
    let stage = |kind, tasks| RetirementStage { kind, tasks };
    RetirementPlan {
        way: RetirementWay::Staged,
        because: "it is disabled, watched, and then deleted".into(),
        remarks: vec!["2 of what runs as it run now".into()],
        last_used: Observed::Known(LastUse { at: days_ago(1), service: None, region: None }),
        kept_by: vec![Keeper {
            kind: KeeperKind::Stack,
            name: name.into(),
            evidence: vec![Evidence::new("tag aws:cloudformation:stack-name", name)],
        }],
        dependents: vec![
            Dependents {
                kind: DependentKind::Workload,
                items: vec![
                    dependent("aws-lambda-function", Some(WorkloadState::Running)),
                    dependent("aws-ec2-instance", Some(WorkloadState::Stopped)),
                    dependent("aws-glue-job", None),
                ],
                open: vec![company.estate.gaps[0].id.clone()],
            },
            Dependents {
                kind: DependentKind::ResourcePolicy,
                items: Vec::new(),
                open: vec![company.estate.gaps[1].id.clone()],
            },
            Dependents {
                kind: DependentKind::Group,
                items: (0..12).map(|number| dependent(&format!("group {number}"), None)).collect(),
                open: Vec::new(),
            },
        ],
        wait: Wait { days: 366, because: "it is declared to be used every P1Y (registry.yaml:3)".into() },
        stages: vec![
            stage(StageKind::Announce, vec![task("tell them", Vec::new(), Undo::Nothing)]),
            stage(
                StageKind::Disable,
                vec![task("deny it everything", vec![put(name)], Undo::By(vec![put("again")]))],
            ),
            stage(StageKind::Wait, vec![task("see", vec![put("a"), put(&"b".repeat(3_000))], Undo::Nothing)]),
            stage(
                StageKind::Delete,
                vec![
                    task("take it out", Vec::new(), Undo::ByHand(name.into())),
                    task("delete it", vec![put(name)], Undo::Impossible(Text::from(name))),
                ],
            ),
            stage(StageKind::CleanUp, Vec::new()),
        ],
    }
}

#[test]
fn plans() {
    let company = company();
    let (input, options) = (company.input(), Options::default());
    let role = company.identity("ci-deploy");
    let whole = plan(&company, "nightly");
    insta::assert_snapshot!("retirement.txt", retirement(&input, role, &whole, &options));
    insta::assert_snapshot!(
        "retirement-hostile.txt",
        retirement(&input, role, &plan(&company, HOSTILE), &options)
    );
    let json = retirement_json(&input, role, &whole).unwrap();
    insta::assert_snapshot!("retirement.json", String::from_utf8(json).unwrap());
}

#[test]
fn nothing_is_said_to_depend_on_it_only_where_everything_was_read() {
    let company = company();
    let (input, options) = (company.input(), Options::default());
    let role = company.identity("ci-deploy");
    let mut plan = plan(&company, "nightly");
    plan.dependents.remove(2);
    plan.dependents[0].items.clear();
    let said = |plan: &RetirementPlan| retirement(&input, role, plan, &options);
    assert!(said(&plan).contains("nothing was seen, but not everything was read"));
    assert!(said(&plan).contains("INCOMPLETE"));
    plan.dependents.clear();
    assert!(said(&plan).contains("nothing that this scan could see"));
    assert!(!said(&plan).contains("INCOMPLETE"));
}
