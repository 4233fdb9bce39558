//! What text reports say, apart from how they look.

use census_fixtures as fixtures;
use census_model::{
    Condition, ConditionLanguage, Identity, Mechanism, Ownership, PrincipalSet, Severity, Trust,
};
use census_reports::{ColorChoice, Input, Options, explain, owners_table, summary, table};
use unicode_width::UnicodeWidthStr;

use crate::{company::company, verdicts::finding};

#[test]
fn no_line_is_wider_than_the_page_but_for_words_that_are() {
    let company = company();
    for width in [40, 60, 80, 120] {
        let options = Options { width, ..Options::default() };
        let report = table(&company.input(), &options);
        for line in report.lines().filter(|line| line.width() > width) {
            let words = line.split_whitespace().map(UnicodeWidthStr::width);
            let longest = words.max().unwrap();
            assert!(longest + 20 > width, "{width}: {line}");
        }
    }
}

#[test]
fn colour_changes_no_word() {
    let company = company();
    let coloured = table(&company.input(), &Options { color: ColorChoice::Always, ..Options::default() });
    let mut plain = String::new();
    for (i, part) in coloured.split("\u{1b}[").enumerate() {
        plain.push_str(if i == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(plain, table(&company.input(), &Options::default()));
}

#[test]
fn every_gap_is_named_in_the_last_section() {
    let company = company();
    for report in
        [table(&company.input(), &Options::default()), summary(&company.input(), &Options::default())]
    {
        let (_, end) = report.split_once("NOT READ").unwrap();
        for gap in &company.estate.gaps {
            assert!(end.contains(&*gap.read), "{}", gap.read);
            assert!(end.contains(gap.reason.as_str()), "{}", gap.reason);
        }
        assert!(report.contains("PARTIAL"));
        assert!(end.contains("credential-report.csv"), "its age is shown");
        assert!(end.contains("3 hours old"), "{end}");
    }
}

#[test]
fn a_scan_without_failures_is_complete() {
    let estate = fixtures::finish(fixtures::account());
    let ownership = Ownership::default();
    let input = Input {
        tool_version: "0",
        estate: &estate,
        ownership: &ownership,
        reaches: &census_model::Reaches::default(),
        uses: &census_model::PrivilegeUses::new(),
        vaults: &census_model::VaultAccesses::default(),
        findings: &[],
    };
    let report = table(&input, &Options::default());
    assert!(report.contains("COMPLETE") && !report.contains("PARTIAL"), "{report}");
    assert!(report.contains("nothing that was asked for is missing"), "{report}");
}

#[test]
fn what_is_not_listed_is_counted() {
    let mut company = company();
    let backup = company.identity("backup").clone();
    company.findings = (0..9)
        .map(|i| finding("access-key-old", Severity::High, &backup, &format!("key {i} is old")))
        .collect();
    let report = table(&company.input(), &Options { examples: 4, ..Options::default() });
    assert!(report.contains("… and 5 more"), "{report}");
    let all = table(&company.input(), &Options { examples: 9, ..Options::default() });
    assert!(!all.contains("more: see findings.csv"), "{all}");
}

#[test]
fn owners_of_what_could_not_be_looked_up_are_not_called_unowned() {
    let company = company();
    let text = owners_table(&company.input(), &census_reports::OwnerFilter::unowned(), &Options::default());
    let (_, list) = text.split_once("UNOWNED").unwrap();
    assert!(list.contains("unowned-job") && !list.contains("tester"), "{list}");
    assert!(list.contains("2 more may be unowned"), "{list}");
}

#[test]
fn an_explanation_says_what_it_could_not_see() {
    let company = company();
    let anna = explain(&company.input(), company.identity("anna"), &[], &Options::default());
    let (_, unseen) = anna.split_once("NOT SEEN").unwrap();
    assert!(unseen.contains("iam:ListSSHPublicKeys"), "it names anna: {unseen}");
    assert!(unseen.contains("iam:GenerateCredentialReport"), "it is of the whole account: {unseen}");
    let backup = explain(&company.input(), company.identity("backup"), &[], &Options::default());
    assert!(!backup.contains("iam:ListSSHPublicKeys"), "it is about another identity: {backup}");
}

#[test]
fn a_report_grows_in_step_with_its_estate() {
    let sizes = [500, 1000].map(|number| {
        let mut builder = fixtures::account();
        for i in 0..number {
            let user = fixtures::user(&format!("user-{i:05}"));
            builder.credential(fixtures::access_key(&user, &format!("AKIA{i:016}")));
            builder.identity(user);
        }
        let estate = fixtures::finish(builder);
        let ownership = Ownership::default();
        let input = Input {
            tool_version: "0",
            estate: &estate,
            ownership: &ownership,
            reaches: &census_model::Reaches::default(),
            uses: &census_model::PrivilegeUses::new(),
            vaults: &census_model::VaultAccesses::default(),
            findings: &[],
        };
        census_reports::report_json(&input).unwrap().len()
    });
    assert!(sizes[1] > sizes[0] && sizes[1] < sizes[0] * 2 + 1000, "{sizes:?}");
}

const NAMES_HUB: &str = r#"{"StringEquals":{"SUB":"HUB"}}"#;

/// A managed identity and a role of AWS that takes tokens of a tenant under a condition, in which `SUB` stands for the key of
/// the subject and `HUB` for the managed identity.
fn joined(tenant: &str, condition: &str) -> (String, String) {
    let mut company = company();
    let hub = fixtures::azure::system_assigned("hub");
    let role = fixtures::role("hub-deploy");
    let mut azure = fixtures::account();
    fixtures::azure::tenant(&mut azure);
    company.estate.scopes.extend(fixtures::finish(azure).scopes);
    let issuer = format!("sts.windows.net/{tenant}/");
    company.estate.trusts.push(Trust {
        becomes: role.id.clone(),
        who: PrincipalSet::External(format!("arn:aws:iam::111122223333:oidc-provider/{issuer}").into()),
        except: Vec::new(),
        mechanism: Mechanism::WebIdentity,
        statement: "S".into(),
        condition: Some(Condition {
            language: ConditionLanguage::AwsJson,
            text: condition.replace("SUB", &format!("{issuer}:sub")).replace("HUB", &hub.native_id).into(),
        }),
    });
    company.estate.identities.extend([hub.clone(), role.clone()]);
    company.estate.identities.sort_by(|a, b| a.id.cmp(&b.id));
    let page = |identity: &Identity| {
        explain(&company.input(), identity, &[], &Options { width: 400, ..Options::default() })
    };
    (page(&hub), page(&role))
}

#[test]
fn both_ends_of_a_trust_between_clouds_name_the_other() {
    let (hub, role) = joined(fixtures::azure::TENANT, NAMES_HUB);
    assert!(hub.contains("TRUSTED IN OTHER CLOUDS"), "{hub}");
    assert!(hub.contains("aws-role hub-deploy (arn:aws:iam::111122223333:role/hub-deploy) of AWS"), "{hub}");
    assert!(role.contains("that is azure-system-assigned-identity hub ("), "{role}");
    assert!(!role.contains("TRUSTED IN OTHER CLOUDS"), "{role}");
}

#[test]
fn a_trust_that_names_nobody_is_shown_at_both_ends_with_its_doubt() {
    let doubt = "if the application that the token is for gives tokens to all";
    for condition in [
        r#"{"StringEquals":{"sts.windows.net/x/:aud":"api://aws"}}"#,
        r#"{"StringLike":{"SUB":"*"}}"#,
        r#"{"StringNotEquals":{"SUB":"7a1f0000-0000-4000-8000-00000000dead"}}"#,
    ] {
        let (hub, role) = joined(fixtures::azure::TENANT, condition);
        assert!(
            role.contains(&format!("that is any program of tenant {}", fixtures::azure::TENANT)),
            "{role}"
        );
        assert!(role.contains(doubt), "{role}");
        assert!(hub.contains("role/hub-deploy) of AWS, if the application"), "{hub}");
    }
    // Somebody who is not here, somebody by a pattern, and what cannot be read.
    for condition in [
        r#"{"StringEquals":{"SUB":"7a1f0000-0000-4000-8000-00000000dead"}}"#,
        r#"{"ForAnyValue:StringLike":{"SUB":["7a1f*"]}}"#,
        "not JSON",
    ] {
        let (hub, role) = joined(fixtures::azure::TENANT, condition);
        assert!(!role.contains("that is any program"), "{role}");
        assert!(!hub.contains("TRUSTED IN OTHER CLOUDS"), "{hub}");
    }
    let (hub, role) = joined(fixtures::azure::OTHER_TENANT, "{}");
    assert!(!role.contains("that is any program") && !hub.contains("TRUSTED IN OTHER CLOUDS"), "{role}{hub}");
}

#[test]
fn an_issuer_of_another_tenant_names_nobody_here() {
    let (hub, role) = joined(fixtures::azure::OTHER_TENANT, NAMES_HUB);
    assert!(!hub.contains("TRUSTED IN OTHER CLOUDS"), "{hub}");
    assert!(!role.contains("that is a"), "{role}");
}
