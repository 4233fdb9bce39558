//! `census review`: from sheets for owners to lines in the log, on the example company.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use serde_json::Value;

use crate::support::census::{Census, files};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/brindlemoor");
const SEUN: &str = "seun.bright@brindlemoor.example";
const SHEET: &str = "sheets/seun.bright@brindlemoor.example.csv";
const RENDER: &str = "arn:aws:iam::300700000303:role/invoice-engine-render-lambda";
const SMTP: &str = "arn:aws:iam::300700000303:user/machines/smtp-invoices";

/// The example company in a folder of its own, with a log.
fn company() -> Census {
    let census = Census::offline();
    for (name, content) in files(Path::new(EXAMPLE)) {
        census.file(&format!("company/{name}"), content);
    }
    census.file(
        "census.toml",
        "[registry]\nfiles = [\"company/registry.yaml\", \"company/registry-finance.csv\"]\nattestations = \"log.jsonl\"\n",
    );
    census
}

fn open(census: &Census, more: &[&str]) -> String {
    let words = [&["review", "open", "sheets", "--from", "company", "--quiet"], more].concat();
    let run = census.run(&words);
    assert!(matches!(run.status.code(), Some(0 | 3)), "{run}");
    run.text().to_owned()
}

/// The rows of a sheet by identity, and the header.
fn rows(census: &Census, sheet: &str) -> (csv::StringRecord, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_path(census.work().join(sheet)).expect("a sheet");
    let header = reader.headers().expect("a header").clone();
    (header, reader.records().map(|row| row.expect("a row")).collect())
}

/// Fills a sheet in, as a spreadsheet program of many countries writes it: semicolons, a byte order mark, CRLF.
fn fill(census: &Census, sheet: &str, answers: &[(&str, [&str; 4])]) {
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
    census.file(sheet, writer.into_inner().expect("bytes"));
}

fn answer(census: &Census, code: i32, more: &[&str]) -> crate::support::census::Run {
    let words = [&["review", "answers", SHEET, "--from", "company"], more].concat();
    census.expect(code, &words)
}

fn status(census: &Census) -> Value {
    census.expect(0, &["review", "status", "sheets", "--format", "json"]).json()
}

fn log(census: &Census) -> String {
    fs::read_to_string(census.work().join("log.jsonl")).unwrap_or_default()
}

#[test]
fn a_campaign_goes_from_sheets_to_lines_in_the_log() {
    let census = company();
    let said = open(&census, &["--all"]);
    assert!(said.contains(&format!("{SEUN}.csv  {SEUN}: ")), "{said}");
    let written = files(&census.work().join("sheets"));
    assert!(
        written.contains_key("campaign.json") && written.contains_key("unowned.csv"),
        "{:?}",
        written.keys()
    );
    for name in written.keys() {
        let mode = census.work().join("sheets").join(name).metadata().expect("a file").mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let (header, sheet) = rows(&census, SHEET);
    assert_eq!(&header[0], "identity");
    assert_eq!(
        header.iter().rev().take(4).collect::<Vec<_>>(),
        ["ticket", "comment", "technical_decision", "business_decision"]
    );
    assert!(sheet.iter().all(|row| row.iter().rev().take(4).all(str::is_empty)));
    let render = sheet.iter().find(|row| &row[0] == RENDER).expect("a row");
    assert!(render.iter().any(|cell| cell == "prints invoices"), "{render:?}");

    let campaign: Value = serde_json::from_slice(&written["campaign.json"]).expect("JSON");
    assert_eq!(campaign["schema"], "census.review/1");
    let asked = campaign["files"][format!("{SEUN}.csv")]["identities"].as_array().expect("a list").len();
    assert_eq!(asked, sheet.len());
    let before = status(&census);
    assert_eq!(
        (&before["total"]["answered"], &before["total"]["open"]),
        (&0.into(), &before["total"]["asked"])
    );

    fill(
        &census,
        SHEET,
        &[
            (RENDER, ["Keep", "change", "smaller policy,\nplease; really", "FIN-7"]),
            (SMTP, ["remove", "", "", ""]),
        ],
    );
    let run = answer(&census, 0, &["--by", SEUN]);
    assert!(
        run.text().starts_with(&format!("3 attestations by {SEUN} written to log.jsonl; 0 known already, ")),
        "{run}"
    );
    assert_eq!(log(&census).lines().count(), 3);
    assert!(log(&census).contains("\"comment\":\"smaller policy, please; really\",\"ticket\":\"FIN-7\""));
    let again = answer(&census, 0, &["--by", SEUN]);
    assert!(
        again.text().starts_with("0 attestations ") && again.text().contains("; 3 known already"),
        "{again}"
    );
    assert_eq!(log(&census).lines().count(), 3);

    let after = status(&census);
    let mine =
        after["files"].as_array().expect("a list").iter().find(|one| one["owner"] == SEUN).expect("mine");
    for (count, number) in [("answered", 3), ("kept", 1), ("changed", 1), ("removed", 1)] {
        assert_eq!((&mine[count], &after["total"][count]), (&number.into(), &number.into()), "{count}");
    }
    let text = census.expect(0, &["review", "status", "sheets"]);
    assert!(text.text().contains("3 of "), "{text}");

    // The estate is older than the answers: they count from the next scan on, as the note says.
    assert!(run.stderr.contains("counts from the next scan on"), "{run}");
    let day: Value = serde_json::from_str(log(&census).lines().next().expect("a line")).expect("JSON");
    let day = day["at"].as_str().expect("an instant")[..10].to_owned();
    let explained = census.run(&["explain", RENDER, "--from", "company", "--as-of", &day]);
    assert!(explained.text().contains(&format!("{day} by {SEUN}, self-claimed")), "{explained}");
    // A later decision of the same person is a new line.
    fill(&census, SHEET, &[(SMTP, ["keep", "", "", ""])]);
    assert!(answer(&census, 0, &["--by", SEUN]).text().starts_with("1 attestations "));
}

#[test]
fn one_row_that_is_not_right_stops_all() {
    let census = company();
    open(&census, &["--all"]);
    let original = fs::read(census.work().join(SHEET)).expect("a sheet");
    let by = ["--by", SEUN];
    let keep = ["keep", "keep", "", ""];
    let steward = "billing-oncall@brindlemoor.example";
    let refused = |answers: &[(&str, [&str; 4])], by: &str, reason: &str| {
        fill(&census, SHEET, answers);
        let run = answer(&census, 1, &["--by", by]);
        assert!(
            run.stderr.contains(&format!("`{SHEET}` line ")) && run.stderr.contains(reason),
            "{reason}: {run}"
        );
        assert_eq!(log(&census), "", "{run}");
        census.file(SHEET, &original);
    };
    refused(
        &[(RENDER, keep), (SMTP, ["yes", "", "", ""])],
        SEUN,
        "`yes` is no decision, write `keep`, `change` or `remove`",
    );
    refused(&[(SMTP, ["", "", "later", ""])], SEUN, "there is a comment or ticket and no decision");
    refused(&[(RENDER, keep)], steward, "who alone operates an identity may not attest it for the business");
    let text = String::from_utf8(original.clone()).expect("text");
    for (from, to, reason) in [
        (RENDER, "arn:aws:iam::300700000303:role/other", "this campaign did not ask about"),
        ("AROA", "AROX", "is not the one that was asked about"),
    ] {
        census.file(SHEET, text.replace(from, to));
        refused(&[(RENDER, keep), ("arn:aws:iam::300700000303:role/other", keep)], SEUN, reason);
    }
    // Twice in one sheet, and not alike.
    fill(&census, SHEET, &[(RENDER, keep)]);
    let filled = fs::read_to_string(census.work().join(SHEET)).expect("a sheet");
    let row = filled.lines().find(|line| line.starts_with(RENDER)).expect("a row").to_owned();
    census.file(SHEET, format!("{filled}{}\r\n", row.replace("keep;keep", "remove;keep")));
    let run = answer(&census, 1, &by);
    assert!(run.stderr.contains("is decided otherwise in"), "{run}");
    census.file(SHEET, format!("{filled}{row}\r\n"));
    assert!(answer(&census, 0, &by).text().starts_with("2 attestations "));

    census.file("elsewhere/x.csv", &original);
    census.expect(2, &["review", "answers", "elsewhere/x.csv", "--from", "company", "--by", SEUN]);
    census.expect(
        0,
        &["review", "answers", "elsewhere/x.csv", "--campaign", "sheets", "--from", "company", "--by", SEUN],
    );
    census.expect(2, &["review", "answers", "elsewhere/x.csv", SHEET, "--from", "company", "--by", SEUN]);
    census.file("elsewhere/x.csv", "a,b\n1,2\n");
    let run = census.expect(
        1,
        &["review", "answers", "elsewhere/x.csv", "--campaign", "sheets", "--from", "company", "--by", SEUN],
    );
    assert!(run.stderr.contains("the header is not that of a review sheet"), "{run}");
}

#[test]
fn what_was_made_anew_or_is_gone_is_not_attested() {
    let census = company();
    open(&census, &["--all"]);
    fill(&census, SHEET, &[(RENDER, ["keep", "", "", ""])]);
    let path = "company/accounts/300700000303/authorization-details.json";
    let text = fs::read_to_string(census.work().join(path)).expect("documents");
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    let roles = document["RoleDetailList"].as_array_mut().expect("roles");
    let render = roles.iter_mut().find(|role| role["Arn"] == RENDER).expect("the role");
    render["RoleId"] = "AROAMADEANEW0000000000".into();
    census.file(path, document.to_string());
    let run = answer(&census, 1, &["--by", SEUN]);
    assert!(run.stderr.contains("was made anew since it was asked about"), "{run}");
    document["RoleDetailList"].as_array_mut().expect("roles").retain(|role| role["Arn"] != RENDER);
    census.file(path, document.to_string());
    let run = answer(&census, 1, &["--by", SEUN]);
    assert!(run.stderr.contains("is not in the estate any more"), "{run}");
    assert_eq!(log(&census), "");
}

#[test]
fn only_what_is_due_is_asked_and_no_file_is_replaced() {
    let census = company();
    let due = open(&census, &[]);
    let only = |rows: &[csv::StringRecord]| rows.iter().map(|row| row[0].to_owned()).collect::<Vec<_>>();
    // Attested last in June 2024.
    assert_eq!(
        only(&rows(&census, SHEET).1),
        ["arn:aws:iam::300700000404:role/factoring-feed-glue"],
        "{due}"
    );
    let run = census.expect(2, &["review", "open", "sheets", "--from", "company"]);
    assert!(run.stderr.contains("is not empty"), "{run}");
    census.file("file", "");
    census.expect(2, &["review", "open", "file", "--from", "company"]);
    census.expect(2, &["review", "open", "new", "--from", "company", "--due-within", "soon"]);
    census.expect(2, &["review", "status", "nowhere"]);

    let sheets = |folder: &str, more: &[&str]| {
        let run = census.run(&[&["review", "open", folder, "--from", "company", "--quiet"], more].concat());
        assert!(matches!(run.status.code(), Some(0 | 3)), "{run}");
        files(&census.work().join(folder)).into_keys().collect::<Vec<_>>()
    };
    assert_eq!(
        sheets("one", &["--all", "--owner", "SEUN.Bright@brindlemoor.example"]),
        ["campaign.json", &format!("{SEUN}.csv")]
    );
    let within = sheets("within", &["--due-within", "P1Y"]);
    assert!(within.len() > files(&census.work().join("sheets")).len(), "{within:?}");
    let run = census.run(&["review", "open", "none", "--from", "company", "--owner", "nobody@example.com"]);
    assert!(
        run.text().contains("nothing is due for review") && !census.work().join("none").exists(),
        "{run}"
    );
}

#[test]
fn cells_of_a_sheet_are_no_formulas() {
    let census = company();
    census.file(
        "hostile.csv",
        format!("identity,business_owner,purpose\n{RENDER},\"../../=cmd|'/C calc'!A0\",\"=HYPERLINK(\"\"x\"\")\"\n"),
    );
    open(&census, &["--all", "--registry", "hostile.csv"]);
    let written = files(&census.work().join("sheets"));
    let names: Vec<&String> = written.keys().filter(|name| *name != "campaign.json").collect();
    let [name] = names.as_slice() else { panic!("{names:?}") };
    assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)), "{name}");
    let (_, rows) = rows(&census, &format!("sheets/{name}"));
    assert!(rows[0].iter().any(|cell| cell == "'=HYPERLINK(\"x\")"), "{rows:?}");
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@'])));
}
