//! What an entry of a role is worth by its shape, where the table has nothing that it covers.

use super::operations::{Operation, Table};
use crate::azure::{access::Plane, held::Weight, matching};

/// What stands for `*`: a name that nobody has.
const ANYTHING: &str = "census-anything";

/// The operation that stands for an entry: with something that nobody has named in place of each `*`.
pub(super) fn example(entry: &str) -> String {
    entry.replace('*', ANYTHING)
}

/// What an entry weighs; nothing where the table says what it covers, or that it weighs nothing.
pub(super) fn of_entry(table: &Table, plane: Plane, entry: &str) -> Option<Operation> {
    let lower = entry.to_ascii_lowercase();
    let is_listed =
        || table.operations.iter().any(|one| one.plane == plane && matching::covers(&lower, &one.action));
    if table.light.iter().any(|light| matching::covers(light, &lower)) || is_listed() {
        return None;
    }
    let (weight, gives, asked) = weigh(plane, &lower)?;
    let why = format!("by its name, {gives}");
    let known = Operation::new(&asked, plane, weight, why);
    // It is shown as the role says it.
    Some(Operation { action: entry.into(), ..known })
}

/// The weight, what it gives in words, and the operation that is asked about.
fn weigh(plane: Plane, entry: &str) -> Option<(Weight, &'static str, String)> {
    let asked = |end: &str| {
        let start = example(entry.strip_suffix('*').unwrap_or(entry));
        let name = if start.ends_with('/') { ANYTHING } else { "" };
        format!("{start}{name}{end}")
    };
    let (rest, verb) = entry.rsplit_once('/').unwrap_or(("", entry));
    let covers_all = verb.ends_with('*');
    Some(match (plane, verb) {
        (_, "write") => (Weight::Changes, "changes what is of this type", example(entry)),
        (_, "delete") => (Weight::Destroys, "deletes what is of this type", example(entry)),
        (Plane::Data, "read") => (Weight::Data, "reads data of this type", example(entry)),
        (Plane::Data, _) if covers_all => (Weight::Data, "reads data of this type", asked("/read")),
        (Plane::Control, _) if covers_all => {
            (Weight::Changes, "changes what is of this type", asked("/write"))
        }
        (_, "action") if reads_keys(rest) => {
            (Weight::Secrets, "reads or makes keys or secrets", example(entry))
        }
        _ => return None,
    })
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
            // The table says what they cover, or that they weigh nothing.
            (Control, "*", None),
            (Control, "Microsoft.KeyVault/*", None),
            (Control, "Microsoft.Support/*", None),
            (Control, "microsoft.resources/deployments/write", None),
        ] {
            let found = of_entry(table(), plane, entry).map(|one| one.weight);
            assert_eq!(found, expected, "{entry}");
        }
    }

    #[test]
    fn what_is_asked_is_covered_by_the_entry() {
        for entry in ["Microsoft.X/y/*", "Microsoft.X/*/write", "Microsoft.X/y*", "Microsoft.*/y/write"] {
            let found = of_entry(table(), Plane::Control, entry).unwrap();
            assert_eq!(&*found.action, entry);
            let asked = weigh(Plane::Control, &entry.to_ascii_lowercase()).unwrap().2;
            assert!(matching::covers(entry, &asked), "{entry} {asked}");
        }
    }
}
