//! Every target on its first inputs, and on all that once broke something.
#![allow(clippy::unwrap_used, reason = "a test that stops says why")]

use std::fs;

use census_fuzz::{Target, mutate, seeds};

#[test]
fn first_inputs_break_nothing() {
    let inputs = seeds::all().unwrap();
    for target in Target::ALL {
        let texts = inputs.get(&target).unwrap();
        assert!(texts.len() > 50, "{}: {} inputs", target.as_str(), texts.len());
        texts.iter().for_each(|text| target.run(text.as_bytes()));
    }
}

#[test]
fn what_once_broke_something_does_so_no_more() {
    for entry in fs::read_dir(seeds::folder().join("regressions")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            let target = Target::named(&name).unwrap();
            for input in fs::read_dir(entry.path()).unwrap() {
                let path = input.unwrap().path();
                println!("{}", path.display());
                target.run(&fs::read(path).unwrap());
            }
        }
    }
}

#[test]
fn changed_texts_are_other_texts_of_json() {
    let input = br#"{"Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":"*"}]}"#;
    let changed: Vec<Vec<u8>> = (0..400).filter_map(|seed| mutate::json(input, seed)).collect();
    assert!(changed.len() > 200, "{}", changed.len());
    assert!(changed.iter().all(|text| serde_json::from_slice::<serde_json::Value>(text).is_ok()));
    let other = changed.iter().filter(|text| text.as_slice() != input).count();
    assert!(other * 10 > changed.len() * 9, "{other} of {}", changed.len());
}
