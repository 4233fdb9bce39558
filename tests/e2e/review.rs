//! `census review`: from sheets for owners to lines in the log.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use serde_json::{Value, json};

use crate::support::{
    census::{Census, Run, files},
    export::{details, role},
};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/brindlemoor");
const CONFIG: &str = "[registry]\nfiles = [\"owners.csv\"]\nattestations = \"log.jsonl\"\n";

const ADA: &str = "ada@example.com";
const OPS: &str = "ops@example.com";
const SHEET: &str = "sheets/ada@example.com.csv";
const INVOICES: &str = "arn:aws:iam::111122223333:role/invoices";
const MAILS: &str = "arn:aws:iam::111122223333:role/mails";
const REPORTS: &str = "arn:aws:iam::111122223333:role/reports";

/// Ada owns two roles that were never attested, and Bob one that holds for a hundred years.
fn company() -> Census {
    let census = Census::offline();
    let lambda = json!({ "Service": "lambda.amazonaws.com" });
    documents(&census, &["invoices", "mails", "reports", "stray"].map(|name| role(name, &lambda)));
    let rows = [
        format!("{INVOICES},{ADA},{OPS},\"=HYPERLINK(\"\"x\"\")\",,,"),
        format!("{MAILS},{ADA},,sends mails,,,"),
        format!("{REPORTS},bob@example.com,,,P100Y,2026-05-01,2026-05-01"),
    ];
    let header = "identity,business_owner,technical_steward,purpose,review_every,last_business_attestation,last_technical_attestation";
    census.file("owners.csv", format!("{header}\n{}\n", rows.join("\n")));
    census.file("census.toml", CONFIG);
    census
}

fn documents(census: &Census, roles: &[Value]) {
    census.file("export/authorization-details.json", details(&[], roles).to_string());
}

fn open(census: &Census, folder: &str, more: &[&str]) -> Vec<String> {
    census.expect(0, &[&["review", "open", folder, "--from", "export"], more].concat());
    let written = census.work().join(folder);
    if written.exists() { files(&written).into_keys().collect() } else { Vec::new() }
}

fn answer(census: &Census, code: i32, by: &str, more: &[&str]) -> Run {
    census.expect(code, &[&["review", "answers", "--from", "export", "--by", by], more].concat())
}

fn log(census: &Census) -> String {
    fs::read_to_string(census.work().join("log.jsonl")).unwrap_or_default()
}

/// The header of a sheet, and its rows.
fn rows(census: &Census, sheet: &str) -> (csv::StringRecord, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_path(census.work().join(sheet)).expect("a sheet");
    let header = reader.headers().expect("a header").clone();
    (header, reader.records().map(|row| row.expect("a row")).collect())
}

/// A sheet filled in, as a spreadsheet program of many countries writes it: semicolons, a byte order mark, CRLF.
fn filled(census: &Census, sheet: &str, answers: &[(&str, [&str; 4])]) -> String {
    let (header, rows) = rows(census, sheet);
    let at = |name: &str| header.iter().position(|known| known == name).expect("a column");
    let columns = ["business_decision", "technical_decision", "comment", "ticket"].map(at);
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(&header).expect("a header");
    for row in rows {
        let mut cells: Vec<String> = row.iter().map(str::to_owned).collect();
        if let Some((_, answer)) = answers.iter().find(|(identity, _)| *identity == &row[at("identity")]) {
            columns.iter().zip(answer).for_each(|(column, text)| cells[*column] = (*text).to_owned());
        }
        writer.write_record(&cells).expect("a row");
    }
    String::from_utf8(writer.into_inner().expect("bytes")).expect("text")
}

#[test]
fn a_campaign_goes_from_sheets_to_lines_in_the_log() {
    let census = company();
    let written = open(&census, "sheets", &[]);
    assert_eq!(written, ["ada@example.com.csv", "campaign.json"], "only what is due");
    for name in &written {
        let mode = census.work().join("sheets").join(name).metadata().expect("a file").mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let (header, sheet) = rows(&census, SHEET);
    let answers: Vec<&str> = header.iter().skip(header.len() - 4).collect();
    assert_eq!(answers, ["business_decision", "technical_decision", "comment", "ticket"]);
    assert_eq!(sheet.iter().map(|row| &row[0]).collect::<Vec<_>>(), [INVOICES, MAILS]);
    assert!(sheet[0].iter().any(|cell| cell == "'=HYPERLINK(\"x\")"), "a formula: {sheet:?}");
    assert!(sheet.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@'])));
    let status = || census.expect(0, &["review", "status", "sheets", "--format", "json"]).json();
    assert_eq!((&status()["total"]["asked"], &status()["total"]["overdue"]), (&4.into(), &4.into()));

    let decisions = [
        (INVOICES, ["Keep", "change", "smaller policy,\nplease; really", "FIN-7"]),
        (MAILS, ["remove", "", "", ""]),
    ];
    census.file(SHEET, filled(&census, SHEET, &decisions));
    let run = answer(&census, 0, ADA, &[SHEET]);
    let said =
        format!("3 attestations by {ADA} written to log.jsonl; 0 known already, 0 rows without a decision\n");
    assert_eq!(run.text(), said);
    assert!(log(&census).contains("\"comment\":\"smaller policy, please; really\",\"ticket\":\"FIN-7\""));
    let again = answer(&census, 0, ADA, &[SHEET, SHEET]);
    assert!(
        again.text().starts_with("0 attestations ") && again.text().contains("; 3 known already"),
        "{again}"
    );
    assert_eq!(log(&census).lines().count(), 3);
    let total = &status()["total"];
    for (count, number) in
        [("answered", 3), ("kept", 1), ("changed", 1), ("removed", 1), ("open", 1), ("overdue", 1)]
    {
        assert_eq!(total[count], number, "{count}: {total}");
    }
    let text = census.expect(0, &["review", "status", "sheets"]);
    assert!(text.text().contains("3 of 4 attestations given"), "{text}");
    let explained = census.expect(0, &["explain", INVOICES, "--from", "export"]);
    assert!(explained.words().contains(&format!("by {ADA}, self-claimed")), "{explained}");

    // What was decided stands until the same person decides otherwise.
    let after = open(&census, "next", &[]);
    assert_eq!(rows(&census, "next/ada@example.com.csv").1.len(), 1, "{after:?}");
    census.file(
        SHEET,
        fs::read_to_string(census.work().join(SHEET)).expect("a sheet").replace("remove", "keep"),
    );
    assert!(answer(&census, 0, ADA, &[SHEET]).text().starts_with("1 attestations "));
    assert_eq!(status()["total"]["answered"], 3);
}

#[test]
fn one_row_that_is_not_right_stops_all() {
    let census = company();
    open(&census, "sheets", &[]);
    let keep = ["keep", "keep", "", ""];
    let whole = filled(&census, SHEET, &[(INVOICES, keep)]);
    let fill = |answers: &[(&str, [&str; 4])]| filled(&census, SHEET, answers);
    let row = whole.lines().find(|line| line.starts_with(INVOICES)).expect("a row");
    for (text, by, reason) in [
        (fill(&[(INVOICES, keep), (MAILS, ["yes", "", "", ""])]), ADA, "`yes` is no decision, write `keep`"),
        (
            fill(&[(INVOICES, keep), (MAILS, ["", "", "later", ""])]),
            ADA,
            "a comment or ticket and no decision",
        ),
        (whole.clone(), OPS, "who alone operates an identity may not attest it for the business"),
        (whole.clone(), " ", "`by`: it is empty"),
        (whole.replace(INVOICES, REPORTS), ADA, "this campaign did not ask about"),
        (whole.replace(INVOICES, ""), ADA, "no identity that it is about"),
        (whole.replace("AROA", "AROX"), ADA, "is not the one that was asked about"),
        (format!("{whole}{}\r\n", row.replace("keep;keep", "remove;keep")), ADA, "is decided otherwise in"),
        (whole.replace(";comment", ""), ADA, "cells, the header"),
    ] {
        census.file("back/sheet.csv", text);
        let run = answer(&census, 1, by, &["back/sheet.csv", "--campaign", "sheets"]);
        assert!(
            run.stderr.contains("`back/sheet.csv` line ") && run.stderr.contains(reason),
            "{reason}: {run}"
        );
        assert_eq!(log(&census), "", "{run}");
    }
    census.file("back/sheet.csv", "a,b\n1,2\n");
    let run = answer(&census, 1, ADA, &["back/sheet.csv", "--campaign", "sheets"]);
    assert!(run.stderr.contains("the header is not that of a review sheet"), "{run}");
    let run = answer(&census, 2, ADA, &["back/sheet.csv"]);
    assert!(run.stderr.contains("campaign.json"), "{run}");
    answer(&census, 2, ADA, &["back/sheet.csv", SHEET]);
    answer(&census, 2, ADA, &["missing.csv", "--campaign", "sheets"]);
    // A row twice, and alike, counts once.
    census.file("back/sheet.csv", format!("{whole}{row}\r\n"));
    let run = answer(&census, 0, ADA, &["back/sheet.csv", "--campaign", "sheets"]);
    assert!(run.text().starts_with("2 attestations "), "{run}");
}

#[test]
fn what_was_made_anew_or_is_gone_is_not_attested() {
    let census = company();
    open(&census, "sheets", &[]);
    census.file(SHEET, filled(&census, SHEET, &[(INVOICES, ["keep", "", "", ""])]));
    let mut anew = role("invoices", &json!({ "Service": "lambda.amazonaws.com" }));
    anew["RoleId"] = "AROAMADEANEW0000000000".into();
    for (roles, reason) in [
        (vec![anew], "was made anew since it was asked about"),
        (vec![role("other", &json!({ "Service": "lambda.amazonaws.com" }))], "is not in the estate any more"),
    ] {
        documents(&census, &roles);
        let run = answer(&census, 1, ADA, &[SHEET]);
        assert!(
            run.stderr.contains(&format!("`{SHEET}` line 2 column 1")) && run.stderr.contains(reason),
            "{run}"
        );
    }
    assert_eq!(log(&census), "");
}

#[test]
fn who_and_what_is_asked_can_be_chosen_and_no_file_is_replaced() {
    let census = company();
    assert_eq!(
        open(&census, "all", &["--all"]),
        ["ada@example.com.csv", "bob@example.com.csv", "campaign.json"]
    );
    assert_eq!(
        open(&census, "bob", &["--all", "--owner", "BOB@example.com"]),
        ["bob@example.com.csv", "campaign.json"]
    );
    assert_eq!(open(&census, "soon", &["--due-within", "P200Y"]).len(), 3);
    assert_eq!(open(&census, "none", &["--owner", "bob@example.com"]), [""; 0]);
    for (words, reason) in [
        (["open", "all"].as_slice(), "is not empty"),
        (&["open", "owners.csv"], "cannot write to"),
        (&["open", "new", "--due-within", "soon"], "is not an ISO 8601 duration"),
        (&["open", "new", "--due-within", "P1D", "--all"], "cannot be used with"),
        (&["status", "nowhere"], "campaign.json"),
        (&["status", "all", "--attestations", "missing.jsonl"], "`missing.jsonl`"),
    ] {
        let run = census.expect(2, &[&["review"], words].concat());
        assert!(run.stderr.contains(reason) && run.stdout.is_empty(), "{run}");
    }
    census.file("all/campaign.json", "{\"schema\":\"census.review/2\"}");
    let run = census.expect(2, &["review", "status", "all"]);
    assert!(run.stderr.contains("schema `census.review/2` is not supported"), "{run}");
    // An owner's name leads to no place outside.
    let hostile = format!("identity,business_owner\n{INVOICES},../../../=cmd|x\n{MAILS},..\\owner\n");
    census.file("hostile.csv", hostile);
    let written = open(&census, "hostile", &["--registry", "hostile.csv"]);
    assert_eq!(written.len(), 3, "{written:?}");
    let plain =
        |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    assert!(written.iter().all(plain) && !written.iter().any(|name| name.contains("..")), "{written:?}");
}

#[test]
fn the_example_company_reviews_what_it_registered() {
    let census = Census::offline();
    for (name, content) in files(Path::new(EXAMPLE)) {
        census.file(&format!("company/{name}"), content);
    }
    let config = "[registry]\nfiles = [\"company/registry.yaml\", \"company/registry-finance.csv\"]\nattestations = \"log.jsonl\"\n";
    census.file("census.toml", config);
    let role = "arn:aws:iam::300700000101:role/cost-report-export-lambda";
    let by = "seun.bright@brindlemoor.example";
    let sheet = format!("sheets/{by}.csv");
    let run = census.run(&["review", "open", "sheets", "--from", "company", "--all"]);
    assert!(matches!(run.status.code(), Some(0 | 3)), "{run}");
    assert!(run.text().contains("unowned.csv  no registered owner: "), "{run}");
    census.file(&sheet, filled(&census, &sheet, &[(role, ["keep", "keep", "", ""])]));
    let run = census.expect(0, &["review", "answers", &sheet, "--from", "company", "--by", by]);
    assert!(
        run.text().starts_with("2 attestations ") && run.stderr.contains("counts from the next scan on"),
        "{run}"
    );
    let line: Value = serde_json::from_str(log(&census).lines().next().expect("a line")).expect("JSON");
    let day = line["at"].as_str().expect("an instant")[..10].to_owned();
    let explained = census.run(&["explain", role, "--from", "company", "--as-of", &day]);
    assert!(explained.text().contains(&format!("{day} by {by}, self-claimed")), "{explained}");
}
