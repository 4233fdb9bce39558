//! The CSV files, read back by a reader that is not ours.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{
    census::Census,
    export::{AS_OF, HOSTILE, hostile},
    populate::python,
    report::list,
};

/// Reads every CSV file of a folder with Python's csv module: name → rows as objects.
const READER: &str = "
import csv, json, pathlib, sys
files = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob('*.csv')):
    with open(path, newline='', encoding='utf-8') as file:
        rows = list(csv.reader(file, strict=True))
    assert all(len(row) == len(rows[0]) for row in rows), path
    assert len(set(rows[0])) == len(rows[0]), path
    files[path.name] = [dict(zip(rows[0], row)) for row in rows[1:]]
print(json.dumps(files))
";

fn reports(census: &Census) -> (Value, BTreeMap<String, Vec<BTreeMap<String, String>>>) {
    let arguments = ["scan", "--from", "export", "--as-of", AS_OF, "--format", "json,csv", "--output", "out"];
    census.expect(0, &arguments);
    let out = census.work().join("out");
    let report = std::fs::read(out.join("report.json")).expect("report.json");
    let read = python(&["-c".to_owned(), READER.to_owned(), out.display().to_string()], b"");
    (serde_json::from_slice(&report).expect("JSON"), serde_json::from_slice(&read).expect("rows"))
}

#[test]
fn python_reads_what_was_written() {
    let census = hostile();
    let (report, files) = reports(&census);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["credentials.csv", "findings.csv", "gaps.csv", "owners.csv", "population.csv"]);
    let credentials: usize =
        list(&report, "identities").iter().map(|identity| list(identity, "credentials").len()).sum();
    let identities = list(&report, "identities").len();
    for (file, rows) in [
        ("population.csv", identities),
        ("owners.csv", identities),
        ("credentials.csv", credentials + list(&report, "scope_credentials").len()),
        ("findings.csv", list(&report, "findings").len()),
        ("gaps.csv", list(&report, "gaps").len()),
    ] {
        assert_eq!(files[file].len(), rows, "{file}");
        assert!(rows > 0, "{file} has nothing to compare");
    }
    assert!(identities >= 2 * HOSTILE.len());
}

#[test]
fn our_reader_and_python_agree() {
    let census = hostile();
    let (_, files) = reports(&census);
    for (name, rows) in &files {
        let mut reader = csv::Reader::from_path(census.work().join("out").join(name)).expect("a CSV file");
        let ours: Vec<BTreeMap<String, String>> =
            reader.deserialize().collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(&ours, rows, "{name}");
    }
}

#[test]
fn no_cell_is_a_formula_or_steers_a_terminal() {
    let census = hostile();
    let (_, files) = reports(&census);
    for (name, rows) in &files {
        for (column, cell) in rows.iter().flatten() {
            let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
            assert!(!formula, "{name} {column}: {cell:?}");
            assert!(!cell.contains(['\u{1b}', '\u{9b}', '\u{0}', '\u{7}']), "{name} {column}: {cell:?}");
        }
    }
}
