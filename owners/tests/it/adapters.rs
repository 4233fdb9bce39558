//! What is read of other programs' files, and what is refused with its place.

use std::io::Cursor;

use census_model::{Index, Ownership};
use census_owners::{
    BackstageConfig, Codeowners, DirectoryConfig, Encoding, Field, OwnersConfig, Records, RepositoryConfig,
    ServicenowConfig, TableConfig, TerraformState, correlate,
};

use crate::{
    estate::{IdentitySpec, build},
    workbook::{archive, parts, row, workbook},
};

const CMDB: &str = include_str!("samples/cmdb_ci.csv");
const PEOPLE: &str = include_str!("samples/people.csv");
const CATALOG: &str = include_str!("samples/catalog-info.yaml");
const CODEOWNERS: &str = include_str!("samples/CODEOWNERS");
const STATE: &str = include_str!("samples/shop.tfstate");

pub(crate) fn directory() -> DirectoryConfig {
    serde_json::from_value(serde_json::json!({
        "file": "people.csv",
        "columns": {
            "id": "Employee ID", "mail": "Email", "upn": "Login", "name": "Name", "aliases": "Former addresses",
            "status": "Status", "termination_date": "Last day", "manager": "Manager ID", "team": "Department",
        },
    }))
    .unwrap()
}

fn table(columns: &[(Field, &str)]) -> TableConfig {
    TableConfig {
        columns: columns.iter().map(|(field, name)| (*field, (*name).to_owned())).collect(),
        ..TableConfig::default()
    }
}

fn owners() -> TableConfig {
    table(&[
        (Field::Identity, "ARN"),
        (Field::BusinessOwner, "Owner"),
        (Field::LastBusinessAttestation, "Seen"),
    ])
}

fn identities(specs: &str) -> Vec<IdentitySpec> {
    serde_saphyr::from_str(specs).unwrap()
}

fn ownership(records: &Records, specs: &str) -> Ownership {
    let estate = build(&identities(specs), &[], &[], &[], &[]);
    correlate(&Index::new(&estate), records, &OwnersConfig::default(), estate.as_of)
}

/// Status, owner, and source of the first claim, of the identity whose ARN ends so.
fn verdict(ownership: &Ownership, name: &str) -> (String, String, String) {
    let mut found = ownership.records.iter().filter(|(id, _)| id.as_str().ends_with(&format!("/{name}")));
    let (_, record) = found.next().unwrap();
    let source = record.claims.first().map_or("", |claim| claim.source.as_str());
    (record.status.to_string(), record.business_owner.as_deref().unwrap_or("").to_owned(), source.to_owned())
}

fn is(status: &str, owner: &str, source: &str) -> (String, String, String) {
    (status.to_owned(), owner.to_owned(), source.to_owned())
}

#[test]
fn servicenow_registers_what_is_in_service_and_names_no_other_things() {
    let mut records = Records::default();
    records.add_servicenow("cmdb_ci.csv", &mut Cursor::new(CMDB), &ServicenowConfig::default()).unwrap();
    let [intake] = records.intakes() else { panic!("{:?}", records.intakes()) };
    assert_eq!((intake.taken, intake.left_out), (5, 1));
    let owners = ownership(
        &records,
        "[{role: payments-api}, {user: legacy-sync}, {role: reports, immutable_id: AROA111122223333REPORTS0}]",
    );
    assert_eq!(verdict(&owners, "payments-api"), is("registered", "Ada Lovelace", "registry-record"));
    assert_eq!(verdict(&owners, "legacy-sync"), is("inferred", "Grace Hopper", "retired-registry-record"));
    assert_eq!(verdict(&owners, "reports"), is("unowned", "", "retired-registry-record"));
    let ghosts: Vec<&str> = owners.ghosts.iter().map(|ghost| &*ghost.identity).collect();
    assert_eq!(
        ghosts,
        ["arn:aws:iam::111122223333:role/gone"],
        "what was retired and is gone is as it should be"
    );
    assert_eq!(&*owners.ghosts[0].location, "cmdb_ci.csv:6");
    let api = &records.registry.entries()[0];
    assert_eq!(api.technical_steward.as_deref(), Some("Charles Babbage"));
    assert_eq!(api.environment.as_deref(), Some("Production"));
}

#[test]
fn servicenow_without_a_status_could_not_tell_what_was_retired() {
    let text = "object_id,owned_by\narn:aws:iam::111122223333:role/x,Ada\n";
    let error = Records::default()
        .add_servicenow("c.csv", &mut Cursor::new(text), &ServicenowConfig::default())
        .unwrap_err();
    assert!(error.to_string().contains("no column `operational_status`"), "{error}");
}

#[test]
fn people_are_known_by_all_their_names_and_nothing_else_is_kept() {
    let mut records = Records::default();
    records.add_directory("people.csv", &mut Cursor::new(PEOPLE), &directory()).unwrap();
    assert_eq!(records.directory.people(), 7);
    let kept = format!("{records:?}");
    assert!(!kept.contains("SECRET") && !kept.contains("1815"), "{kept}");
    let names = [
        "ada.lovelace@example.com",
        "ADA.Lovelace@Example.com",
        "mailto:ada.lovelace@example.com",
        "Ada Lovelace <ada.lovelace@example.com>",
        "alovelace",
        "1001",
        "Ada Lovelace",
        "Lovelace, Ada",
        "ada@old.example.com",
    ];
    for name in names {
        let text = format!("- {{identity: x, business_owner: \"{name}\"}}");
        let mut records = records.clone();
        records.add_registry("r.yaml", text.as_bytes()).unwrap();
        let owners = ownership(&records, "[{role: x}]");
        let expected = is("registered", "ada.lovelace@example.com", "registry-record");
        assert_eq!(verdict(&owners, "x"), expected, "{name}");
    }
}

#[test]
fn people_whose_status_or_last_day_is_not_clear_are_refused_with_the_column() {
    let read = |text: &str| {
        Records::default()
            .add_directory("people.csv", &mut Cursor::new(text), &directory())
            .unwrap_err()
            .to_string()
    };
    let (header, _) = PEOPLE.split_once('\n').unwrap();
    for (row, parts) in [
        ("1;a@x;;;;Active;01/02/2026;;;;", &["column `Last day`", "ambiguous", "line 2 column 7"][..]),
        ("1;a@x;;;;Sabbatical;;;;;", &["column `Status`", "`Sabbatical`", "`active`", "line 2 column 6"]),
        (";;;;;Active;;;;;", &["names nobody", "line 2"]),
        ("1;a@x;;;;Active;;;;", &["11", "line 2"]),
    ] {
        let error = read(&format!("{header}\n{row}\n"));
        assert!(parts.iter().all(|part| error.contains(part)), "{row}: {error}");
    }
    let missing = read("Employee ID;Email\n1;a@x\n");
    assert!(missing.contains("no column `Login`"), "{missing}");
}

#[test]
fn backstage_names_identities_teams_people_and_repositories() {
    let mut records = Records::default();
    records.add_directory("people.csv", &mut Cursor::new(PEOPLE), &directory()).unwrap();
    let config = BackstageConfig {
        annotations: vec!["amazonaws.com/arn".into(), "example.com/role".into()],
        ..BackstageConfig::default()
    };
    records.add_backstage("catalog-info.yaml", CATALOG.as_bytes(), &config).unwrap();
    assert_eq!((records.directory.people(), records.directory.groups()), (7, 1), "one person is not two");
    let owners =
        ownership(&records, "[{role: shop-api}, {role: shop-worker}, {role: exporter}, {role: left-behind}]");
    let shop = is("inferred", "shop@example.com", "catalog-record");
    assert_eq!(verdict(&owners, "shop-api"), shop);
    assert_eq!(verdict(&owners, "shop-worker"), shop);
    assert_eq!(verdict(&owners, "exporter"), is("inferred", "group:finance/team-x", "catalog-record"));
    let left = is("departed", "grace.hopper@example.com", "orphan-catalog-record");
    assert_eq!(verdict(&owners, "left-behind"), left);
    let place = owners.records.values().next().unwrap().claims[0].evidence[0].source.clone();
    assert!(place.as_deref().is_some_and(|place| place.starts_with("catalog-info.yaml:")), "{place:?}");
}

#[test]
fn terraform_is_owned_by_the_owners_of_its_code_and_keeps_no_secret() {
    let mut records = Records::default();
    records.add_directory("people.csv", &mut Cursor::new(PEOPLE), &directory()).unwrap();
    records.add_backstage("catalog-info.yaml", CATALOG.as_bytes(), &BackstageConfig::default()).unwrap();
    let codeowners = Codeowners::parse("CODEOWNERS", CODEOWNERS.as_bytes()).unwrap();
    let repository = RepositoryConfig { name: "example-org/infra".into(), ..RepositoryConfig::default() };
    records.add_repository(&repository, &codeowners);
    let state = |folder: &str| TerraformState { folder: folder.into(), ..TerraformState::default() };
    records.add_terraform("shop.tfstate", STATE.as_bytes(), &state("infra"), &codeowners).unwrap();
    let kept = format!("{records:?}");
    assert!(!kept.contains("SECRET") && !kept.contains("U0VDUkVU"), "{kept}");
    let specs = "[{role: shop-deploy}, {role: someone-elses}, {user: old}, {user: legacy-sync}]";
    let owners = ownership(&records, specs);
    // The owner by her login at GitHub, who has left.
    let deploy = is("departed", "grace.hopper@example.com", "infrastructure-code");
    assert_eq!(verdict(&owners, "shop-deploy"), deploy);
    for name in ["someone-elses", "old", "legacy-sync"] {
        assert_eq!(verdict(&owners, name), is("unowned", "", ""), "{name}");
    }
    // A role that was made anew under the same name is not the one that this state knows.
    let again = ownership(&records, "[{role: shop-deploy, immutable_id: AROAEXAMPLE000000009}]");
    assert_eq!(verdict(&again, "shop-deploy"), is("unowned", "", ""));
    let mut none = Records::default();
    none.add_terraform("shop.tfstate", STATE.as_bytes(), &state("infra/unowned"), &codeowners).unwrap();
    assert_eq!(verdict(&ownership(&none, specs), "shop-deploy"), is("unowned", "", ""));
}

#[test]
fn states_of_other_versions_and_broken_ones_are_refused_without_quoting_values() {
    let codeowners = Codeowners::parse("CODEOWNERS", CODEOWNERS.as_bytes()).unwrap();
    let read = |text: &str| {
        Records::default()
            .add_terraform("t.tfstate", text.as_bytes(), &TerraformState::default(), &codeowners)
            .unwrap_err()
            .to_string()
    };
    assert!(read(r#"{"version": 3, "modules": []}"#).contains("version 3 is not supported"));
    for text in
        [r#"{"version": "SECRET"}"#, r#"{"version": 4, "resources": [{"mode": "SECRET"}]}"#, "SECRET", ""]
    {
        let error = read(text);
        assert!(error.contains("not a Terraform state") && !error.contains("SECRET"), "{error}");
    }
}

#[test]
fn any_table_is_a_registry_with_a_map_of_columns() {
    let text = "Seen\tARN\tremarks\tOwner\n2026-05-01\tx\t=cmd()\tAda\n\t\tno identity\tBob\n\n2026-05-02\ty\t\tBob\n";
    let mut records = Records::default();
    records.add_table("t.csv", &mut Cursor::new(text), &owners()).unwrap();
    let [x, y] = records.registry.entries() else { panic!("{records:?}") };
    assert_eq!((x.location.line, y.location.line), (2, 5), "blank lines count");
    assert_eq!(y.business_owner.as_deref(), Some("Bob"));
    assert_eq!(records.intakes()[0].left_out, 1);
}

#[test]
fn spreadsheets_are_read_with_their_dates() {
    let mut file = workbook(&[
        &["ARN", "Owner", "Seen", "Cost"],
        &["x", "Ada", "@46143", "#12.5"],
        &["", "nobody's", "", ""],
        &["#42", "Bob", "2026-05-02", ""],
    ]);
    let mut records = Records::default();
    records.add_table("t.xlsx", &mut file, &owners()).unwrap();
    let [number, x] = &records.registry.entries().iter().rev().collect::<Vec<_>>()[..] else {
        panic!("{records:?}")
    };
    assert_eq!(x.last_business_attestation.unwrap().to_string(), "2026-05-01");
    assert_eq!((&*number.identity, number.location.line), ("42", 4));
    assert_eq!(records.intakes()[0].left_out, 1);
}

fn refused(name: &str, mut file: Cursor<Vec<u8>>) -> String {
    match Records::default().add_table(name, &mut file, &owners()) {
        Ok(()) => panic!("{name} was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn tables_that_are_not_right_are_refused_with_their_place() {
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("ARN,Owner,Seen\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    for (bytes, parts) in [
        (utf16, &["UTF-16", "`encoding = \"utf16\"`"][..]),
        (b"ARN;Owner;Seen\nx;Caf\xe9;\n".to_vec(), &["line 2 column 2", "not UTF-8", "windows1252"]),
        (b"ARN;Owner\nx;Ada\n".to_vec(), &["line 1", "no column `Seen`", "`ARN`, `Owner`"]),
        (b"ARN;Owner;Seen;ARN\nx;Ada;;\n".to_vec(), &["line 1 column 4", "`ARN` appears twice"]),
        (b"ARN;Owner;Seen\nx;Ada;03.04.2026\n".to_vec(), &["line 2 column 3", "ambiguous"]),
        (b"ARN;Owner;Seen\nx;Ada\n".to_vec(), &["line 2", "2 cells, the header 3"]),
        (b"ARN;Owner;Seen\nx;\"Ada\ny;Bob;\n".to_vec(), &["line 2", "cells"]),
        (b"\n\n".to_vec(), &["no header row"]),
        (Vec::new(), &["no header row"]),
    ] {
        let error = refused("t.csv", Cursor::new(bytes));
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
    assert!(refused("t.ods", Cursor::new(Vec::new())).contains("`.csv` or `.xlsx`"));
}

#[test]
fn other_encodings_are_read_where_they_are_named() {
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("ARN,Owner,Seen\nx,Café,\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let cases = [
        (Encoding::Windows1252, b"ARN;Owner;Seen\nx;Caf\xe9;\n".to_vec()),
        (Encoding::Utf16, utf16),
        (Encoding::Utf8, "\u{feff}ARN,Owner,Seen\r\nx,Café,\r\n".as_bytes().to_vec()),
    ];
    for (encoding, bytes) in cases {
        let mut records = Records::default();
        let config = TableConfig { encoding, ..owners() };
        records.add_table("t.csv", &mut Cursor::new(bytes), &config).unwrap();
        assert_eq!(records.registry.entries()[0].business_owner.as_deref(), Some("Café"), "{encoding:?}");
    }
}

#[test]
fn merged_cells_errors_and_foreign_sheets_are_refused() {
    let rows = row(1, &["ARN", "Owner", "Seen"]) + &row(2, &["x", "Ada", ""]) + &row(3, &["y", "", ""]);
    let merged = archive(&parts(&rows, r#"<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>"#));
    let error = refused("t.xlsx", merged);
    assert!(error.contains("line 2 column 2") && error.contains("2 by 1 cells are merged"), "{error}");

    let broken = row(1, &["ARN", "Owner", "Seen"]) + r##"<row r="2"><c r="A2" t="e"><v>#REF!</v></c></row>"##;
    let error = refused("t.xlsx", archive(&parts(&broken, "")));
    assert!(error.contains("line 2 column 1") && error.contains("#REF!"), "{error}");

    let mut file = workbook(&[&["ARN", "Owner", "Seen"]]);
    let config = TableConfig { sheet: Some("Other".into()), ..owners() };
    let error = Records::default().add_table("t.xlsx", &mut file, &config).unwrap_err().to_string();
    assert!(error.contains("no sheet `Other`") && error.contains("`Owners`"), "{error}");

    // A number that was typed as text in another country's order is ambiguous in a spreadsheet too.
    let error = refused("t.xlsx", workbook(&[&["ARN", "Owner", "Seen"], &["x", "Ada", "01/02/2026"]]));
    assert!(error.contains("line 2 column 3") && error.contains("ambiguous"), "{error}");
}

#[test]
fn spreadsheets_that_reach_outside_or_unfold_are_refused() {
    let rows = row(1, &["ARN", "Owner", "Seen"]) + &row(2, &["x", "Ada", ""]);
    let with = |name: &str, text: &str| {
        let mut all = parts(&rows, "");
        all.push((name.to_owned(), text.to_owned()));
        archive(&all)
    };
    let external = r#"<Relationships><Relationship Id="r" Type="http://x/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/></Relationships>"#;
    for (file, part) in [
        (with("xl/externalLinks/externalLink1.xml", "<x/>"), "link to another file"),
        (with("xl/worksheets/_rels/sheet2.xml.rels", external), "outside the spreadsheet"),
        (with("xl/connections.xml", "<x/>"), "connection to other data"),
        (with("xl/vbaProject.bin", "x"), "macros"),
        (with("xl/media/bomb.xml", &" ".repeat(9 << 20)), "unfolds beyond measure"),
        (Cursor::new(vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0]), "encrypted"),
        (Cursor::new(b"ARN;Owner;Seen\n".to_vec()), "not a spreadsheet"),
        (Cursor::new(Vec::new()), "not a spreadsheet"),
    ] {
        let error = refused("t.xlsx", file);
        assert!(error.contains(part), "{part}: {error}");
    }
}

/// Cells in the last corner of a sheet would be seventeen billion, if what lies between were kept.
#[test]
fn a_cell_in_the_last_corner_costs_no_more_than_itself() {
    let rows = row(1, &["ARN", "Owner", "Seen"])
        + r#"<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c><c r="XFD1048576"><v>1</v></c></row>"#;
    let mut records = Records::default();
    records.add_table("t.xlsx", &mut archive(&parts(&rows, "")), &owners()).unwrap();
    assert_eq!(records.registry.entries()[0].location.line, 1_048_576);
}

/// Templates leave values open.
#[test]
fn what_a_catalogue_leaves_empty_says_nothing() {
    let text = "kind: Component\nmetadata:\n  name: a\n  annotations:\n    amazonaws.com/arn:\nspec: {owner: x}\n---\n\
                kind: Component\nmetadata:\n  name: b\n  annotations:\nspec:\n---\n\
                kind: Group\nmetadata: {name: g}\nspec: {profile: }\n---\n\
                kind: User\nmetadata: {name: u}\nspec: {profile: {email: ''}}\n";
    let mut records = Records::default();
    records.add_backstage("c.yaml", text.as_bytes(), &BackstageConfig::default()).unwrap();
    assert_eq!(records.intakes()[0].left_out, 2);
    assert_eq!((records.directory.people(), records.directory.groups()), (1, 1));
}

#[test]
fn broken_catalogues_are_refused_with_their_place() {
    let read = |bytes: &[u8]| {
        Records::default()
            .add_backstage("c.yaml", bytes, &BackstageConfig::default())
            .unwrap_err()
            .to_string()
    };
    for (text, part) in [
        ("kind: Component\nmetadata: {name: [}\n", "line 2"),
        ("kind: Component\n", "not entities of Backstage"),
        ("- 1\n", "not entities of Backstage"),
    ] {
        let error = read(text.as_bytes());
        assert!(error.contains(part), "{text}: {error}");
    }
    assert!(read(&[0xff, 0xfe, 0]).contains("UTF-16"));
    assert!(read(b"kind: \xe9\n").contains("not UTF-8"));
}

#[test]
fn what_is_hopeless_is_not_read_to_its_end() {
    let text = "ARN,Owner,Seen\n".to_owned() + &"x,Ada,soon\n".repeat(100_000);
    let error = Records::default().add_table("t.csv", &mut Cursor::new(text), &owners()).unwrap_err();
    assert_eq!((error.problems.len(), error.omitted), (50, 950));
}
