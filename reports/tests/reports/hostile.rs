//! Names made to harm a reader reach no reader's terminal, spreadsheet or line tools unescaped.

use census_reports::{
    ColorChoice, Format, Options, OwnerFilter, Snapshot, Sought, Taker, diff, diff_text, explain, owners_csv,
    owners_json, owners_table, paths, paths_json, report_json, retirement, right_size, summary, table,
    visible,
};

use census_model::{RightSize, SizedPolicy};
use serde_json::json;

use crate::{
    changes::later,
    company::{Company, HOSTILE, company, right_size as sized},
    files::files,
    retirement::plan,
    snapshots::ways,
};

/// Every text for people, in colour.
fn texts(company: &Company) -> Vec<String> {
    let input = company.input();
    let options = Options { color: ColorChoice::Always, ..Options::default() };
    let old = Snapshot::from_json(&report_json(&input).unwrap()).unwrap();
    let new = Snapshot::from_json(&report_json(&later().input()).unwrap()).unwrap();
    let mut texts = vec![
        table(&input, &options),
        summary(&input, &options),
        owners_table(&input, &OwnerFilter::default(), &options),
        diff_text(&diff(&old, &new), &options),
        diff_text(&diff(&new, &old), &options),
    ];
    texts.extend(company.estate.identities.iter().map(|identity| explain(&input, identity, &[], &options)));
    let sized = RightSize {
        remarks: vec![HOSTILE.into()],
        policies: vec![SizedPolicy {
            text: json!({"Statement": [{"Resource": [HOSTILE]}]}).to_string().into(),
            characters: 1,
        }],
        ..sized()
    };
    let sizes = company.estate.identities.iter().map(|one| right_size(&input, one, Some(&sized), &options));
    texts.extend(sizes);
    let plan = plan(company, HOSTILE);
    texts.extend(company.estate.identities.iter().map(|one| retirement(&input, one, &plan, &options)));
    let found = ways(company);
    texts.push(paths(&input, Sought::OfAll, Some(HOSTILE), &found, &options));
    let takers = company.estate.identities.iter().map(Taker::Identity);
    texts.extend(
        takers
            .chain(company.reaches.outside.iter().map(Taker::Outside))
            .map(|taker| paths(&input, Sought::Of(taker), Some(HOSTILE), &found, &options)),
    );
    texts
}

/// The text without the styles that pages write: `ESC [ digits m`.
fn without_styles(text: &str) -> String {
    let mut plain = String::new();
    let mut parts = text.split("\u{1b}[");
    plain.push_str(parts.next().unwrap());
    for part in parts {
        let (style, rest) = part.split_once('m').unwrap();
        assert!(style.len() <= 2 && style.chars().all(|c| c.is_ascii_digit()), "{style:?}");
        plain.push_str(rest);
    }
    plain
}

#[test]
fn text_for_people_is_printable_but_for_our_own_styles() {
    let company = company();
    for text in texts(&company) {
        assert!(text.contains("\u{1b}["), "colour was asked for");
        for line in without_styles(&text).split('\n') {
            assert_eq!(visible(line), line);
        }
    }
}

#[test]
fn files_hold_nothing_that_a_terminal_acts_on() {
    let company = company();
    let input = company.input();
    let mut all: Vec<Vec<u8>> =
        Format::ALL.into_iter().flat_map(|format| files(format, &input)).map(|(_, bytes)| bytes).collect();
    all.push(owners_csv(&input, &OwnerFilter::default()).unwrap());
    all.push(owners_json(&input, &OwnerFilter::default()).unwrap());
    all.push(paths_json(&input, Sought::OfAll, Some(HOSTILE), &ways(&company)).unwrap());
    for bytes in all {
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"));
        for line in text.split('\n') {
            assert_eq!(visible(line), line);
        }
    }
}

#[test]
fn a_command_that_cannot_be_pasted_is_left_out_and_said_to_be() {
    let company = company();
    let text = explain(&company.input(), company.identity(crate::company::HOSTILE), &[], &Options::default());
    assert!(text.contains("A command is left out"), "{text}");
    assert!(!text.contains("aws iam get-user"), "{text}");
    let good = explain(&company.input(), company.identity("backup"), &[], &Options::default());
    assert!(good.contains("aws iam get-user --user-name backup\n"), "{good}");
}
