//! What an entry of a role is worth by its name, where the table has nothing of what its holder has of it.

use super::operations::{Operation, Table};
use crate::azure::{access::Plane, held::Weight, matching};

/// What stands for `*`: a name that nobody has.
const ANYTHING: &str = "census-anything";

/// The operation that stands for an entry: with something that nobody has named in place of each `*`.
pub(super) fn example(entry: &str) -> String {
    entry.replace('*', ANYTHING)
}

/// What an entry is worth by its name.
pub(super) struct Shape {
    /// What its holder may do: of a wide entry several, of which the first that the role leaves is told.
    pub(super) tries: Vec<Operation>,
    /// Whether the table has some of what it covers, which then says what it is worth, as far as its holder has it.
    pub(super) is_listed: bool,
}

/// What an entry is worth by its name; nothing where the table says that it weighs nothing.
pub(super) fn of_entry(table: &Table, plane: Plane, entry: &str) -> Option<Shape> {
    let lower = entry.to_ascii_lowercase();
    if table.light.iter().any(|light| matching::covers(light, &lower)) {
        return None;
    }
    let is_listed =
        table.operations.iter().any(|one| one.plane == plane && matching::covers(&lower, &one.action));
    let known = weigh(plane, &lower).into_iter().map(|(weight, gives, asked)| {
        let known = Operation::new(&asked, plane, weight, format!("by its name, {gives}"));
        // It is shown as the role says it.
        Operation { action: entry.into(), ..known }
    });
    let tries: Vec<Operation> = known.collect();
    (!tries.is_empty()).then_some(Shape { tries, is_listed })
}

/// A weight, what it gives in words, and the operation that is asked about.
type Try = (Weight, &'static str, String);

/// What an entry covers by its name, the first that is told first.
fn weigh(plane: Plane, entry: &str) -> Vec<Try> {
    const WRITES: &str = "changes what is of this type";
    const DELETES: &str = "deletes what is of this type";
    const READS: &str = "reads data of this type";
    const KEYS: &str = "reads or makes keys or secrets";
    let asked = |end: &str| {
        let start = example(entry.strip_suffix('*').unwrap_or(entry));
        let name = if start.is_empty() || start.ends_with('/') { ANYTHING } else { "" };
        format!("{start}{name}{end}")
    };
    let (rest, verb) = entry.rsplit_once('/').unwrap_or(("", entry));
    match (plane, verb) {
        (_, "write") => vec![(Weight::Changes, WRITES, example(entry))],
        (_, "delete") => vec![(Weight::Destroys, DELETES, example(entry))],
        (Plane::Data, "read") => vec![(Weight::Data, READS, example(entry))],
        (Plane::Data, _) if verb.ends_with('*') => vec![
            (Weight::Data, READS, asked("/read")),
            (Weight::Changes, WRITES, asked("/write")),
            (Weight::Destroys, DELETES, asked("/delete")),
        ],
        (Plane::Control, _) if verb.ends_with('*') => vec![
            (Weight::Changes, WRITES, asked("/write")),
            (Weight::Destroys, DELETES, asked("/delete")),
            (Weight::Secrets, KEYS, asked("/listkeys/action")),
        ],
        (_, "action") if reads_keys(rest) => vec![(Weight::Secrets, KEYS, example(entry))],
        _ => Vec::new(),
    }
}

/// Whether the operation before `/action` hands out keys: `listKeys`, `regenerateKey`, `getSecrets`.
fn reads_keys(before: &str) -> bool {
    let name = before.rsplit('/').next().unwrap_or(before);
    let hands_out = ["list", "get", "regenerate", "generate", "reset", "create"];
    let what = ["key", "secret", "credential", "password", "connectionstring", "token"];
    hands_out.iter().any(|start| name.starts_with(start)) && what.iter().any(|one| name.contains(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::azure::reach::operations::table;

    #[test]
    fn an_entry_weighs_by_its_end() {
        use Plane::{Control, Data};
        for (plane, entry, expected) in [
            (Control, "Microsoft.X/y/write", Some(Weight::Changes)),
            (Control, "Microsoft.X/y/delete", Some(Weight::Destroys)),
            (Control, "Microsoft.X/y/*", Some(Weight::Changes)),
            (Control, "Microsoft.X/*/write", Some(Weight::Changes)),
            (Control, "Microsoft.X/y/listKeys/action", Some(Weight::Secrets)),
            (Control, "Microsoft.X/y/regenerateKey/action", Some(Weight::Secrets)),
            (Control, "Microsoft.X/y/read", None),
            (Control, "Microsoft.X/*/read", None),
            (Control, "*/read", None),
            (Control, "Microsoft.X/y/validate/action", None),
            (Data, "Microsoft.X/y/read", Some(Weight::Data)),
            (Data, "Microsoft.X/*", Some(Weight::Data)),
            (Data, "Microsoft.X/y/send/action", None),
            // The table says that they weigh nothing.
            (Control, "Microsoft.Support/*", None),
            (Control, "microsoft.resources/deployments/write", None),
        ] {
            let found = of_entry(table(), plane, entry).and_then(|one| Some(one.tries.first()?.weight));
            assert_eq!(found, expected, "{entry}");
        }
    }

    #[test]
    fn the_table_has_a_part_of_some_entries() {
        for (entry, expected) in [
            ("*", true),
            ("Microsoft.KeyVault/*", true),
            ("Microsoft.Compute/virtualMachines/write", true),
            ("Microsoft.X/*", false),
            ("Microsoft.Web/serverfarms/write", false),
        ] {
            let found = of_entry(table(), Plane::Control, entry).unwrap();
            assert_eq!(found.is_listed, expected, "{entry}");
        }
    }

    #[test]
    fn what_is_asked_is_covered_by_the_entry() {
        for entry in ["*", "Microsoft.X/y/*", "Microsoft.X/*/write", "Microsoft.X/y*", "Microsoft.*/y/write"]
        {
            for plane in [Plane::Control, Plane::Data] {
                let found = of_entry(table(), plane, entry).unwrap();
                assert!(found.tries.iter().all(|one| &*one.action == entry));
                for (_, _, asked) in weigh(plane, &entry.to_ascii_lowercase()) {
                    assert!(matching::covers(entry, &asked), "{entry} {asked}");
                    assert!(!asked.starts_with('/') && !asked.contains('*'), "{entry} {asked}");
                }
            }
        }
    }
}
