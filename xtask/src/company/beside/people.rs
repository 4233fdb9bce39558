//! Who works there, and in which teams.

use std::fmt::Write;

use anyhow::Result;

use super::super::catalogue::{self, Team};

/// An export of the directory of people.
pub(in super::super) const PEOPLE: &str = "people.csv";
/// The teams, as Backstage knows them.
pub(in super::super) const TEAMS: &str = "catalog/catalog-info.yaml";

/// An owner who left in March.
pub(in super::super) const LOADER: &str = "rafael.ortega@brindlemoor.example";
/// A steward who left in January.
pub(in super::super) const BUILDER: &str = "lena.fors@brindlemoor.example";

const ALL: [Team; 8] = [
    catalogue::TRACKING,
    catalogue::LAST_MILE,
    catalogue::CUSTOMS,
    catalogue::BILLING,
    catalogue::STOREFRONT,
    catalogue::PLATFORM,
    catalogue::DATA,
    catalogue::SECURITY,
];

/// `ines.albrecht@…` is shown as `Ines Albrecht`.
pub(super) fn display_name(mail: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    let local = mail.split('@').next().unwrap_or_default();
    local.split('.').map(capital).collect::<Vec<_>>().join(" ")
}

/// Everybody who is named anywhere, and who left. Nothing else of what such an export usually holds.
pub(super) fn directory() -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "Employee ID",
        "Email",
        "Login",
        "Name",
        "Former addresses",
        "Status",
        "Last day",
        "Manager ID",
        "Department",
    ])?;
    let mut row = |id: usize, mail: &str, status: &str, last: &str, manager: &str, team: &str| {
        let (id, login) = (format!("E-{id}"), mail.replace('@', ".1@"));
        let former = if mail == catalogue::TRACKING.owner { "ines.brandt@brindlemoor.example" } else { "" };
        csv.write_record([&id, mail, &login, &display_name(mail), former, status, last, manager, team])
    };
    for (number, team) in ALL.iter().enumerate() {
        row(1001 + number, team.owner, "active", "", "", team.name)?;
    }
    row(1101, LOADER, "terminated", "2026-03-31", "E-1007", catalogue::DATA.name)?;
    row(1102, BUILDER, "terminated", "2026-01-15", "E-1006", catalogue::PLATFORM.name)?;
    row(1103, "henrike.voss@brindlemoor.example", "active", "", "E-1007", catalogue::DATA.name)?;
    row(1104, "quentin.abara@brindlemoor.example", "terminated", "2025-11-30", "E-1005", "storefront")?;
    row(1105, "noor.haddad@brindlemoor.example", "on leave", "", "E-1003", catalogue::CUSTOMS.name)?;
    Ok(csv.into_inner()?)
}

/// The teams with their addresses.
pub(super) fn teams() -> String {
    let mut text = String::new();
    for team in ALL {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: {}\nspec:\n  type: team\n  profile:\n    \
             email: {}\n  children: []",
            team.name, team.steward
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managers_are_there_and_names_are_those_of_the_addresses() {
        assert_eq!(display_name(LOADER), "Rafael Ortega");
        let text = String::from_utf8(directory().unwrap()).unwrap();
        let ids: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        for line in text.lines().skip(1) {
            let manager = line.split(',').nth(7).unwrap();
            assert!(manager.is_empty() || ids.contains(&manager), "{line}");
        }
    }
}
