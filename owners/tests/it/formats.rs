//! Registry files: what is read, and what is refused with its place.

use census_owners::{Registry, RegistryEntry, RegistryError, TriggerEvent, registry_schema};

const YAML: &str = r#"
# Payments
- identity: arn:aws:iam::111122223333:role/payments-api
  business_owner: payments@example.com
  technical_steward: Ada
  backup: Bob
  purpose: |
    Calls the payment provider.
    Twice a day.
  data_class: confidential
  risk_class: high
  environment: production
  review_every: P90D
  used_every: P1Y
  last_business_attestation: 2026-05-01
  last_technical_attestation: 2026-05-02
  offboarding_trigger:
    project_end: 2027-01-31
    vendor_change: PayCo
    idle: P180D
    date: 2028-12-31
  vendor: PayCo
  ticket: 4711
  expires: 2028-12-31
  approved_pattern: federated
- identity: "gone-*"
  business_owner: ~
"#;

const CSV: &str = "identity;business_owner;technical_steward;backup;purpose;data_class;risk_class;environment;review_every;used_every;last_business_attestation;last_technical_attestation;offboarding_trigger.project_end;offboarding_trigger.vendor_change;offboarding_trigger.idle;offboarding_trigger.date;vendor;ticket;expires;approved_pattern\r
arn:aws:iam::111122223333:role/payments-api;payments@example.com;Ada;Bob;\"Calls the payment provider.\nTwice a day.\";confidential;high;production;P90D;P1Y;2026-05-01;2026-05-02;2027-01-31;PayCo;P180D;2028-12-31;PayCo;4711;2028-12-31;federated\r
gone-*;;;;;;;;;;;;;;;;;;;\r
";

fn parse(name: &str, text: &str) -> Registry {
    Registry::parse(name, text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(name: &str, bytes: &[u8]) -> RegistryError {
    match Registry::parse(name, bytes) {
        Ok(registry) => panic!("taken: {registry:?}"),
        Err(error) => error,
    }
}

/// The entries without their places.
fn bare(registry: &Registry) -> Vec<RegistryEntry> {
    let mut entries = registry.entries().to_vec();
    for entry in &mut entries {
        entry.location.file = "".into();
        entry.location.line = 0;
    }
    entries
}

#[test]
fn every_field_is_read_from_both_formats() {
    let yaml = parse("r.yaml", YAML);
    assert_eq!(bare(&yaml), bare(&parse("r.csv", CSV)));
    let [full, empty] = yaml.entries() else { panic!("{yaml:?}") };
    assert_eq!(full.location.to_string(), "r.yaml:3");
    assert_eq!(full.purpose.as_deref(), Some("Calls the payment provider.\nTwice a day."));
    assert_eq!(full.ticket.as_deref(), Some("4711"));
    assert_eq!(full.review_every.unwrap().to_string(), "P90D");
    assert_eq!(full.used_every.unwrap().to_string(), "P1Y");
    assert_eq!(full.offboarding_trigger.vendor_change, Some(TriggerEvent::Named("PayCo".into())));
    assert!(matches!(full.offboarding_trigger.project_end, Some(TriggerEvent::On(_))));
    assert_eq!(empty.location.line, 26);
    assert_eq!(empty.business_owner, None);
}

#[test]
fn yaml_may_name_its_schema() {
    let versioned = parse("r.yml", "schema: census.registry/1\nentries:\n  - identity: a\n");
    assert_eq!(bare(&versioned), bare(&parse("r.YAML", "- identity: a\n")));
    assert!(parse("r.yaml", "[]").entries().is_empty());
    assert!(parse("r.yaml", "schema: census.registry/1\nentries: []\n").entries().is_empty());
}

#[test]
fn values_that_look_like_numbers_or_booleans_stay_text() {
    let registry =
        parse("r.yaml", "- {identity: 000123, business_owner: 1e3, vendor: 1_000, ticket: 0x1F}\n");
    let entry = &registry.entries()[0];
    assert_eq!(&*entry.identity, "000123");
    assert_eq!(entry.business_owner.as_deref(), Some("1e3"));
    assert_eq!(entry.vendor.as_deref(), Some("1_000"));
    assert_eq!(entry.ticket.as_deref(), Some("0x1F"));
}

#[test]
fn yaml_anchors_and_merge_keys_are_read() {
    let text = "- &base\n  identity: a\n  business_owner: team-a\n- <<: *base\n  identity: b\n";
    let registry = parse("r.yaml", text);
    assert_eq!(registry.entries()[1].business_owner.as_deref(), Some("team-a"));
    assert_eq!(registry.entries()[1].location.line, 4);
}

#[test]
fn csv_tolerates_what_spreadsheets_do() {
    let text = "\u{feff}\"identity\",business_owner,\r\n\r\n\r\na,\"Smith, Ada\",\r\n,,\r\n  b , c ,\r\n";
    let registry = parse("r.csv", text);
    let [a, b] = registry.entries() else { panic!("{registry:?}") };
    assert_eq!((&*a.identity, a.business_owner.as_deref()), ("a", Some("Smith, Ada")));
    assert_eq!(a.location.line, 4);
    assert_eq!((&*b.identity, b.business_owner.as_deref()), ("b", Some("c")));
    assert_eq!(b.location.line, 6);
}

#[test]
fn a_byte_order_mark_is_tolerated_in_yaml() {
    assert_eq!(parse("r.yaml", "\u{feff}- identity: a\n").entries().len(), 1);
}

#[test]
fn problems_name_their_place() {
    for (name, text, expected) in [
        (
            "r.yaml",
            "- identity: a\n  busines_owner: b\n",
            "`r.yaml` line 2 column 3: unknown field `busines_owner`, did you mean `business_owner`?",
        ),
        ("r.yaml", "- identity: a\n  BusinessOwner: b\n", "did you mean `business_owner`?"),
        (
            "r.yaml",
            "- identity: a\n  colour: b\n",
            "line 2 column 3: unknown field `colour`, known are identity, business_owner",
        ),
        (
            "r.yaml",
            "- identity: a\n  offboarding_trigger: {project_ends: 2026-01-01}\n",
            "line 2 column 25: unknown field `project_ends`, did you mean `project_end`?",
        ),
        (
            "r.yaml",
            "- identity: a\n  offboarding_trigger.date: 2026-01-01\n",
            "line 2 column 3: unknown field `offboarding_trigger.date`",
        ),
        (
            "r.yaml",
            "- identity: a\n  expires: 01/02/2026\n",
            "line 2 column 12: `expires`: `01/02/2026` is ambiguous",
        ),
        (
            "r.yaml",
            "- identity: a\n  review_every: 90 days\n",
            "line 2 column 17: `review_every`: `90 days` is not an ISO 8601 duration",
        ),
        ("r.yaml", "- identity: a\n- business_owner: b\n", "line 2: `identity` is missing"),
        ("r.yaml", "- identity: ''\n", "line 1: `identity` is missing"),
        ("r.yaml", "- {}\n", "line 1: `identity` is missing"),
        ("r.yaml", "- identity: [a, b]\n", "line 1 column 13: not a registry in YAML"),
        ("r.yaml", "- identity: a\n  identity: b\n", "line 2"),
        ("r.yaml", "- just text\n", "line 1 column 3: not a registry in YAML"),
        ("r.yaml", "just text\n", "not a registry in YAML"),
        (
            "r.yaml",
            "schema: census.registry/2\nentries: []\n",
            "line 1 column 9: schema `census.registry/2` is not supported",
        ),
        (
            "r.yaml",
            "entrys: []\n",
            "line 1 column 1: unknown field `entrys`, expected `schema` and `entries`",
        ),
        ("r.yaml", "", "there are no entries"),
        ("r.yaml", "# only a comment\n", "there are no entries"),
        ("r.yaml", "- identity: a\n---\n- identity: b\n", "not a registry in YAML"),
        ("r.yaml", "- identity: a\n bad: [\n", "line 2"),
        ("r.csv", "identity,owner\na,b\n", "`r.csv` line 1 column 2: unknown column `owner`"),
        (
            "r.csv",
            "identity,Business Owner\na,b\n",
            "line 1 column 2: unknown column `Business Owner`, did you mean `business_owner`?",
        ),
        ("r.csv", "identity,vendor,identity\na,b,c\n", "line 1 column 3: column `identity` appears twice"),
        ("r.csv", "business_owner\na\n", "line 1: column `identity` is missing"),
        ("r.csv", "identity,business_owner\n,b\n", "line 2: `identity` is missing"),
        (
            "r.csv",
            "identity,vendor,expires\na,\"x\ny\",01/02/2026\n",
            "line 2 column 2: `vendor`: `x\\u{a}y` holds the control character \\u{a}",
        ),
        (
            "r.csv",
            "identity,vendor,expires\n\na,b,1.2.2026\n",
            "line 3 column 3: `expires`: `1.2.2026` is ambiguous",
        ),
        ("r.csv", "identity,vendor\na,b,c\n", "line 2: the row has 3 cells, the header 2"),
        ("r.csv", "identity,vendor\na\n", "line 2: the row has 1 cells, the header 2"),
        ("r.csv", "identity,\na,b\n", "line 2 column 2: `b` stands in a column without a known name"),
        ("r.csv", "identity,vendor\n\"a,b\nc,d\n", "line 2: the row has 1 cells"),
        ("r.csv", "", "there is no header row"),
        ("r.txt", "identity\na\n", "`r.txt`: the name does not tell the format"),
        ("registry", "- identity: a\n", "the name does not tell the format"),
    ] {
        let error = refused(name, text.as_bytes()).to_string();
        assert!(error.contains(expected), "{text:?}\n  gives {error}\n  not   {expected}");
    }
}

#[test]
fn all_problems_are_listed_and_counted() {
    let mut text = String::from("identity,expires\n");
    for _ in 0..60 {
        text.push_str("a,tomorrow\n");
    }
    let error = refused("r.csv", text.as_bytes());
    assert_eq!((error.problems.len(), error.omitted), (50, 10));
    assert_eq!(error.problems[49].line, Some(51));
    assert!(error.to_string().ends_with("and 10 more problems"));
}

#[test]
fn other_encodings_are_named() {
    let latin = b"identity,business_owner\na,team\nb,M\xfcller\n";
    let error = refused("r.csv", latin).to_string();
    assert_eq!(
        error,
        "`r.csv` line 3: the encoding is not UTF-8: byte 0xfc at offset 34, save the file as UTF-8"
    );
    for bytes in [&b"\xff\xfei\0"[..], b"\xfe\xff\0i"] {
        assert!(refused("r.csv", bytes).to_string().contains("UTF-16"));
    }
}

#[test]
fn hostile_text_is_made_visible_in_errors() {
    let error = refused("r.yaml", "- identity: \"a\\x1b[31m\\u202e\"\n".as_bytes()).to_string();
    assert!(error.contains("`a\\u{1b}[31m\\u{202e}`"), "{error}");
    let text = format!("identity,expires\na,{}\n", "9".repeat(5000));
    assert!(refused("r.csv", text.as_bytes()).to_string().len() < 300);
}

#[test]
fn absurd_documents_end_in_an_error() {
    let mut bomb = String::from("- &a0 {identity: lol}\n");
    for level in 1..40 {
        let previous = format!("*a{}", level - 1);
        bomb.push_str(&format!("- &a{level} [{}]\n", vec![previous; 9].join(",")));
    }
    let repeated = format!("- &a {{identity: lol}}\n{}", "- *a\n".repeat(300_000));
    let deep_flow = format!("- {}", "[".repeat(100_000));
    let deep_block = (0..2000).map(|depth| format!("{}-\n", " ".repeat(depth))).collect::<String>();
    let deep_keys = (0..2000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>();
    let long = format!("- identity: {}\n", "a".repeat(3000));
    let anchors: String = (0..5000).map(|n| format!("- &a{n} {{identity: x}}\n")).collect();
    for text in [bomb, repeated, deep_flow, deep_block, deep_keys, long, anchors] {
        let error = refused("r.yaml", text.as_bytes()).to_string();
        assert!(error.starts_with("`r.yaml`") && error.len() < 10_000, "{error}");
    }
    let huge = vec![b' '; (64 << 20) + 1];
    assert!(refused("r.yaml", &huge).to_string().contains("more than the limit of 64 MiB"));
}

#[test]
fn merging_does_not_depend_on_the_order() {
    let files = [("b.csv", "identity\nx\ny\n"), ("a.yaml", "- identity: z\n"), ("c.csv", "identity\nx\n")];
    let merge = |order: [usize; 4]| {
        let mut all = Registry::default();
        order.into_iter().for_each(|i| all.merge(parse(files[i].0, files[i].1)));
        all
    };
    let merged = merge([0, 1, 2, 0]);
    assert_eq!(merged, merge([2, 0, 0, 1]));
    let places: Vec<_> = merged.entries().iter().map(|e| e.location.to_string()).collect();
    assert_eq!(places, ["a.yaml:1", "b.csv:2", "b.csv:3", "c.csv:2"]);
}

#[test]
fn the_schema_names_every_field_of_the_csv_header() {
    let schema = registry_schema().to_value();
    let entry = &schema["$defs"]["RegistryEntry"];
    let keys = |object: &serde_json::Value| -> Vec<String> {
        object["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let mut names = keys(entry);
    names.retain(|name| name != "offboarding_trigger");
    names.extend(
        keys(&schema["$defs"]["OffboardingTrigger"]).iter().map(|k| format!("offboarding_trigger.{k}")),
    );
    let mut header: Vec<_> = CSV.lines().next().unwrap().split(';').map(str::to_owned).collect();
    names.sort();
    header.sort();
    assert_eq!(names, header);
    assert_eq!(entry["required"], serde_json::json!(["identity"]));
    assert_eq!(entry["additionalProperties"], false);
}
