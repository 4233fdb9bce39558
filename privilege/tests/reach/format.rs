//! Reading a chapter. A twin is its original with what it says for itself laid over.

use serde::Deserialize;
use toml::{Table, Value};

use super::case::Case;

/// What a twin does not take over: what it is, and how it comes out.
const ITS_OWN: [&str; 9] = ["name", "why", "twin_of", "expect", "at", "first", "possible", "target", "more"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    source: Option<String>,
    case: Vec<Table>,
}

/// The cases of a chapter.
pub(crate) fn read(shown: &str, text: &str) -> Vec<Case> {
    let chapter: Chapter = toml::from_str(text).unwrap_or_else(|e| panic!("{shown}: {e}"));
    let mut whole: Vec<Table> = Vec::new();
    for said in chapter.case {
        let mut table = original(shown, &whole, &said);
        if let (Some(source), false) = (&chapter.source, table.contains_key("source")) {
            table.insert("source".to_owned(), Value::String(source.clone()));
        }
        lay_over(&mut table, said);
        whole.push(table);
    }
    whole.into_iter().map(|table| case(shown, table)).collect()
}

fn original(shown: &str, earlier: &[Table], said: &Table) -> Table {
    let Some(name) = said.get("twin_of") else { return Table::new() };
    let found = earlier.iter().find(|table| table.get("name") == Some(name));
    let mut table = found
        .unwrap_or_else(|| panic!("{shown}: {name}: a twin follows its original in the same file"))
        .clone();
    table.retain(|key, _| !ITS_OWN.contains(&key));
    table
}

/// Tables are merged; anything else replaces what was there.
fn lay_over(table: &mut Table, said: Table) {
    for (key, value) in said {
        match (table.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

fn case(shown: &str, table: Table) -> Case {
    let name = table.get("name").and_then(Value::as_str).unwrap_or("a case without name").to_owned();
    let case: Case = table.try_into().unwrap_or_else(|e| panic!("{shown}: {name}: {e}"));
    assert!(case.why.len() > 10, "{shown}: {name}: say why");
    assert!(case.source.starts_with("https://"), "{shown}: {name}: {}", case.source);
    assert!(!case.expect.is_empty(), "{shown}: {name}: expects nothing");
    case
}
