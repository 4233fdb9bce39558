//! One snapshot a report. `cargo insta review` shows what a change does to each.

use census_model::{Assignee, AssigneeKind, Observed, PermissionSet};
use census_reports::{
    CsvFile, Input, Options, OwnerFilter, Snapshot, Sought, Taker, Ways, csv_file, diff, diff_json,
    diff_text, explain, explain_json, owners_csv, owners_json, owners_table, paths, paths_json, report_json,
    report_schema, right_size, right_size_json, rule_list, rule_text, rules_json, summary, table,
};

use crate::{
    changes::later,
    company::{Company, HOSTILE, company, right_size as sized},
    verdicts::rules,
};

fn utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn text_reports() {
    let company = company();
    let (input, options) = (company.input(), Options::default());
    insta::assert_snapshot!("report.txt", table(&input, &options));
    insta::assert_snapshot!("report-narrow.txt", table(&input, &Options { width: 60, ..options }));
    insta::assert_snapshot!("summary.txt", summary(&input, &options));
    insta::assert_snapshot!("owners.txt", owners_table(&input, &OwnerFilter::default(), &options));
    insta::assert_snapshot!("owners-unowned.txt", owners_table(&input, &OwnerFilter::unowned(), &options));
}

/// A role that is kept for a permission set says for which, how far that reaches, and who may use it.
#[test]
fn permission_sets() {
    let mut company = company();
    let role = company.identity("left-behind");
    let assignee =
        |kind, id: &str, name: Option<&str>| Assignee { kind, id: id.into(), name: name.map(Into::into) };
    let set = PermissionSet {
        native_id: "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef".into(),
        name: "Admin".into(),
        scope: role.scope.clone(),
        role: role.id.clone(),
        assigned: Observed::Known(vec![
            assignee(AssigneeKind::Group, "g-1", Some(HOSTILE)),
            assignee(AssigneeKind::User, "u-1", None),
        ]),
    };
    let unread = PermissionSet {
        role: company.identity("disputed").id.clone(),
        assigned: Observed::NotVisible(company.estate.gaps[0].id.clone()),
        ..set.clone()
    };
    let nobody = PermissionSet {
        role: company.identity("unowned-job").id.clone(),
        native_id: "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-1".into(),
        assigned: Observed::Known(Vec::new()),
        ..set.clone()
    };
    company.estate.permission_sets = vec![set, unread, nobody];
    let (input, options) = (company.input(), Options::default());
    let section = |name: &str| {
        let text = explain(&input, company.identity(name), &[], &options);
        text.split("\n\n").find(|one| one.starts_with("PERMISSION SET")).unwrap().to_owned()
    };
    let sections = ["left-behind", "disputed", "unowned-job"].map(section).join("\n\n");
    insta::assert_snapshot!("explain-permission-set.txt", sections);
    let json = |name: &str| {
        let json = utf8(explain_json(&input, company.identity(name), &[]).unwrap());
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        json["identity"]["permission_set"].to_string()
    };
    let sets = ["left-behind", "disputed", "unowned-job", "ci-deploy"].map(json).join("\n");
    insta::assert_snapshot!("permission-set.json", sets);
}

#[test]
fn explanations() {
    let company = company();
    let (input, options) = (company.input(), Options::default());
    let show = |input: &Input<'_>, name: &str| explain(input, company.identity(name), &[], &options);
    insta::assert_snapshot!("explain-role.txt", show(&input, "ci-deploy"));
    insta::assert_snapshot!("explain-user.txt", show(&input, "backup"));
    insta::assert_snapshot!("explain-mixed.txt", show(&input, "anna"));
    insta::assert_snapshot!("explain-hostile.txt", show(&input, HOSTILE));
    insta::assert_snapshot!(
        "explain.json",
        utf8(explain_json(&input, company.identity("ci-deploy"), &[]).unwrap())
    );
}

#[test]
fn right_sizes() {
    let company = company();
    let (input, options, sized) = (company.input(), Options::default(), sized());
    let role = company.identity("ci-deploy");
    insta::assert_snapshot!("right-size.txt", right_size(&input, role, Some(&sized), &options));
    insta::assert_snapshot!(
        "right-size-untold.txt",
        right_size(&input, company.identity(HOSTILE), None, &options)
    );
    insta::assert_snapshot!("right-size.json", utf8(right_size_json(&input, role, Some(&sized)).unwrap()));
}

/// The paths of everybody who has any.
pub(crate) fn ways(company: &Company) -> Vec<Ways<'_>> {
    let identities = company
        .estate
        .identities
        .iter()
        .filter_map(|identity| Some((Taker::Identity(identity), company.reaches.get(&identity.id)?)));
    let outside = company.reaches.outside.iter().map(|one| (Taker::Outside(one), &one.reach));
    let found = identities.chain(outside).filter_map(|(of, reach)| {
        let (paths, possible) =
            (reach.paths.iter().collect::<Vec<_>>(), reach.possible_paths.iter().collect::<Vec<_>>());
        (!paths.is_empty() || !possible.is_empty()).then_some(Ways { of, paths, possible })
    });
    found.collect()
}

#[test]
fn escalation_paths() {
    let company = company();
    let (input, options, found) = (company.input(), Options::default(), ways(&company));
    insta::assert_snapshot!("paths.txt", paths(&input, Sought::OfAll, None, &found, &options));
    let of = |taker, to| paths(&input, Sought::Of(taker), to, &found, &options);
    let one = |name: &str, to| of(Taker::Identity(company.identity(name)), to);
    insta::assert_snapshot!("paths-one.txt", one("backup", None));
    insta::assert_snapshot!(
        "paths-none.txt",
        one("tester", None)
            + &one("root", None)
            + &one("unowned-job", Some("root"))
            + &one("left-behind", None)
    );
    let outside: Vec<String> =
        company.reaches.outside.iter().map(|one| of(Taker::Outside(one), None)).collect();
    insta::assert_snapshot!("paths-outside.txt", outside.concat());
    insta::assert_snapshot!("paths.json", utf8(paths_json(&input, Sought::OfAll, None, &found).unwrap()));
}

#[test]
fn files_for_programs() {
    let company = company();
    let input = company.input();
    insta::assert_snapshot!("report.json", utf8(report_json(&input).unwrap()));
    insta::assert_snapshot!("report.schema.json", report_schema().unwrap());
    insta::assert_snapshot!("owners.json", utf8(owners_json(&input, &OwnerFilter::unowned()).unwrap()));
    for file in CsvFile::ALL {
        insta::assert_snapshot!(file.file_name(), utf8(csv_file(file, &input).unwrap()));
    }
    insta::assert_snapshot!("owners-unowned.csv", utf8(owners_csv(&input, &OwnerFilter::unowned()).unwrap()));
}

#[test]
fn rule_texts() {
    let options = Options::default();
    insta::assert_snapshot!("rules.txt", rule_list(&rules(), &options));
    insta::assert_snapshot!("rule.txt", rule_text(&rules()[0], &options));
    insta::assert_snapshot!("rules.json", utf8(rules_json(&rules()).unwrap()));
}

#[test]
fn differences() {
    let old = Snapshot::from_json(&report_json(&company().input()).unwrap()).unwrap();
    let new = Snapshot::from_json(&report_json(&later().input()).unwrap()).unwrap();
    let changes = diff(&old, &new);
    insta::assert_snapshot!("diff.txt", diff_text(&changes, &Options::default()));
    insta::assert_snapshot!("diff.json", utf8(diff_json(&changes).unwrap()));
}
