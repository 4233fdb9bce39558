//! The CSV files, read back.

use std::collections::{BTreeMap, BTreeSet};

use census_reports::{CsvFile, Format, OwnerFilter, csv_file, owners_csv};

use crate::{
    company::{HOSTILE, company},
    files::files,
};

type Row = BTreeMap<String, String>;

fn rows(bytes: &[u8]) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(bytes);
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

#[test]
fn every_identity_is_in_the_population_and_counts_agree() {
    let company = company();
    let population = rows(&csv_file(CsvFile::Population, &company.input()).unwrap());
    let ids: BTreeSet<_> = population.iter().map(|row| row["id"].clone()).collect();
    assert_eq!(population.len(), company.estate.identities.len());
    assert_eq!(ids.len(), population.len());
    let credentials = rows(&csv_file(CsvFile::Credentials, &company.input()).unwrap());
    assert_eq!(credentials.len(), company.estate.credentials.len());
    let held: usize = population.iter().map(|row| row["credentials"].parse::<usize>().unwrap()).sum();
    let of_scopes = credentials.iter().filter(|row| row["identity"].is_empty()).count();
    assert_eq!(held + of_scopes, credentials.len());
    assert_eq!(rows(&csv_file(CsvFile::Findings, &company.input()).unwrap()).len(), company.findings.len());
    assert_eq!(rows(&csv_file(CsvFile::Gaps, &company.input()).unwrap()).len(), company.estate.gaps.len());
}

#[test]
fn last_use_is_an_instant_or_says_why_not() {
    let company = company();
    let population = rows(&csv_file(CsvFile::Population, &company.input()).unwrap());
    let last_used = |name: &str| {
        population.iter().find(|row| row["name"] == name).map(|row| row["last_used"].clone()).unwrap()
    };
    assert_eq!(last_used("ci-deploy"), "2026-05-31T00:00:00Z");
    assert_eq!(last_used("backup"), "2026-03-03T00:00:00Z", "the key's use counts, not only the console's");
    assert_eq!(last_used("tester"), "not visible");
    assert_eq!(last_used("root"), "2026-05-31T00:00:00Z");
}

#[test]
fn reach_is_a_level_with_its_bound_and_the_shortest_path_in_words() {
    let company = company();
    let population = rows(&csv_file(CsvFile::Population, &company.input()).unwrap());
    let cells = |name: &str| {
        let row = population.iter().find(|row| row["name"] == name).unwrap();
        ["reach_level", "reach_bound", "reach_conditional", "reach_paths", "reach_scopes"]
            .map(|column| row[column].clone())
    };
    let here = "aws:account/111122223333: escalates, may be less";
    let there = "aws:account/444455556666: sensitive, only under conditions, may be less or more";
    assert_eq!(cells("backup"), ["escalates", "upper", "false", "7+", &format!("{here}; {there}")]);
    assert_eq!(cells("tester"), ["unknown", "open", "false", "0", ""]);
    let backup = population.iter().find(|row| row["name"] == "backup").unwrap();
    assert!(backup["reach_first_path"].contains("; then assumes role `ci-deploy`: admin of shop"));
}

#[test]
fn a_line_is_a_record_and_no_cell_is_a_formula() {
    let company = company();
    for file in CsvFile::ALL {
        let bytes = csv_file(file, &company.input()).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(text.lines().count(), rows(&bytes).len() + 1, "{}", file.file_name());
        for row in rows(&bytes) {
            for (column, cell) in row {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{column}: {cell}");
            }
        }
    }
    let population = rows(&csv_file(CsvFile::Population, &company.input()).unwrap());
    assert!(population.iter().any(|row| row["name"].starts_with("'=cmd|")), "the hostile name is there");
    assert!(HOSTILE.starts_with('='));
}

#[test]
fn owners_have_a_row_a_claim_and_the_filter_keeps_the_unowned() {
    let company = company();
    let owners = rows(&csv_file(CsvFile::Owners, &company.input()).unwrap());
    let of = |name: &str| owners.iter().filter(|row| row["name"] == name).count();
    assert_eq!((of("ci-deploy"), of("disputed"), of("unowned-job")), (2, 2, 1));
    let names: BTreeSet<_> = owners.iter().map(|row| &row["identity"]).collect();
    assert_eq!(names.len(), company.estate.identities.len());
    let unowned = rows(&owners_csv(&company.input(), &OwnerFilter::unowned()).unwrap());
    assert_eq!(unowned.len(), 2);
    assert!(unowned.iter().all(|row| row["status"] == "unowned"));
}

#[test]
fn what_is_granted_stands_beside_what_was_used() {
    let company = company();
    let (name, bytes) = files(Format::Privilege, &company.input()).remove(0);
    let all = rows(&bytes);
    assert_eq!((name, all.len()), ("privilege.csv", company.estate.identities.len()));
    let of = |name: &str| {
        let row = all.iter().find(|row| row["name"] == name).unwrap();
        [
            "services_granted",
            "services_used",
            "services_unused",
            "services_untold",
            "weighty_unused",
            "usage_from",
        ]
        .map(|column| row[column].clone())
    };
    assert_eq!(of("ci-deploy"), ["303", "2", "300", "1", "20", "2025-04-27T00:00:00Z"]);
    assert_eq!(of("tester"), ["2", "0", "0", "2", "0", ""], "of whom nothing is known nothing is unused");
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.lines().count(), all.len() + 1);
    assert!(all.iter().any(|row| row["name"].starts_with("'=cmd|")), "the hostile name is there");
}
