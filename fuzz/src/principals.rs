//! Callers and `Principal` elements: everybody is named by his own ARN, and nobody is named by nothing.
//!
//! An input is `{"caller": ARN, "principal": …}`.

use census_privilege::{
    aws::{
        caller::Caller,
        document::{Document, Element, PrincipalEntry, PrincipalKey, StatementEffect},
        principal::{Hold, Principals},
        trust::{is_account_id, principal_set},
    },
    truth::Truth,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Input {
    caller: String,
    principal: Value,
}

const EFFECTS: [StatementEffect; 2] = [StatementEffect::Allow, StatementEffect::Deny];

pub(crate) fn run(text: &str) {
    let Ok(input) = serde_json::from_str::<Input>(text) else { return };
    let mut callers =
        vec![Caller::Anonymous, Caller::Service(input.caller.as_str().into()), Caller::Federated("a".into())];
    if let Ok(caller) = Caller::parse(&input.caller) {
        itself(&input.caller, &caller);
        callers.push(caller);
    }
    let policy = json!({ "Statement": { "Effect": "Allow", "Action": "*", "Principal": input.principal } });
    let Ok(document) = Document::from_value(&policy) else { return };
    let Some(Element::Only(entries)) = document.statements.first().and_then(|one| one.principal.as_ref())
    else {
        panic!("a principal is lost")
    };
    for entry in entries {
        _ = principal_set(entry);
    }
    let both = [Element::Only(entries.clone()), Element::AllBut(entries.clone())];
    let [Ok(only), Ok(all_but)] = both.map(|element| Principals::compile(&element)) else { return };
    for caller in &callers {
        apart(&only, &all_but, caller);
    }
}

fn itself(arn: &str, caller: &Caller) {
    let account = caller.account().unwrap_or_else(|| panic!("`{arn}` calls from no account"));
    assert!(is_account_id(account), "`{account}` is no account");
    let named = |values: &[&str], sense: fn(Vec<PrincipalEntry>) -> Element<PrincipalEntry>| {
        let entry = |value: &&str| PrincipalEntry { kind: PrincipalKey::Aws, value: (*value).to_owned() };
        Principals::compile(&sense(values.iter().map(entry).collect()))
    };
    for effect in EFFECTS {
        if let Ok(principals) = named(&[arn], Element::Only) {
            let hold = principals.hold(caller, effect);
            assert!(
                hold.is_some_and(|(truth, hold)| truth == Truth::Yes && hold >= Hold::Role),
                "{arn}: {hold:?}"
            );
        }
        if let Ok(principals) = named(&[account], Element::Only) {
            assert!(principals.hold(caller, effect).is_some(), "{arn} is of account {account}");
        }
        if let Ok(principals) = named(&[arn, account], Element::AllBut) {
            let hold = principals.hold(caller, effect);
            assert!(hold.is_none_or(|(truth, _)| truth == Truth::Maybe), "{arn} is excepted: {hold:?}");
        }
    }
}

/// `Principal` and `NotPrincipal` of the same list.
fn apart(only: &Principals, all_but: &Principals, caller: &Caller) {
    assert!(!only.is_inverted() && all_but.is_inverted());
    for effect in EFFECTS {
        let (named, others) = (only.hold(caller, effect), all_but.hold(caller, effect));
        assert!(named.is_none_or(|(truth, _)| truth == Truth::Yes), "a listed caller is named for sure");
        if named.is_none() {
            assert_eq!(others, Some((Truth::Yes, Hold::Caller)), "who is not listed is meant: {caller:?}");
        }
        if only.is_everyone() {
            assert_eq!(named, Some((Truth::Yes, Hold::Caller)), "everybody is named: {caller:?}");
            assert_eq!(others, None, "nobody is left: {caller:?}");
        }
    }
}
