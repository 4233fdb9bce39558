//! Estates of any size: half users and half roles, or as asked, with the mix of policies that real accounts have.
//!
//! Nothing is kept but counts: each principal is made when it is written, from the seed and its number.

use std::{borrow::Cow, path::PathBuf};

use anyhow::Result;

use super::{
    account::{Account, CustomerPolicy, Federation, OidcProvider},
    credentials::Root,
    details::{Group, Place, Role, User},
    documents,
    folder::{Collection, Folder},
    organization::Organization,
    policy::{deny, document},
    principals,
    workload::Workload,
};

/// What to make.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Users and roles, over all accounts.
    pub(crate) principals: u32,
    /// Accounts.
    pub(crate) accounts: u32,
    /// How many of a hundred principals are roles.
    pub(crate) roles: u32,
    /// The seed.
    pub(crate) seed: u64,
    /// What they may do.
    pub(crate) mix: Mix,
}

/// What the principals of an estate may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Mix {
    /// What they may in real accounts, and one in twenty a way to more.
    Real,
    /// Everybody may assume every role, and every role trusts the account: as many ways as there can be.
    Everyone,
}

/// Writes the documents below a folder.
pub(crate) fn write(size: Size, output: PathBuf) -> Result<()> {
    let mut folder = Folder::on_disk(output);
    let ids: Vec<String> = (0..size.accounts).map(account_id).collect();
    if size.accounts > 1 {
        folder.json("organization.json", 1, &organization(&ids))?;
    }
    for number in 0..size.accounts {
        documents::write(&Synthetic::new(size, number), &mut folder)?;
    }
    folder.finish(&Collection {
        caller: format!("arn:aws:iam::{}:user/census", account_id(0)),
        targets: ids.iter().map(|id| format!("aws:account/{id}")).collect(),
        scopes_done: ids,
        gaps: Vec::new(),
    })?;
    Ok(())
}

/// The id of an account by its number from 0.
pub(crate) fn account_id(number: u32) -> String {
    format!("2006{number:08}")
}

fn organization(ids: &[String]) -> Organization {
    let mut organization = Organization::new("o-5ynthet1c0", &account_id(0));
    let leave = deny("organizations:LeaveOrganization").on("*");
    organization.scp("p-stay000001", "stay", document([leave]));
    organization.target("r-5yn0", None, "Root", &["p-stay000001"]);
    organization.target("ou-5yn0-acc0unts", Some("r-5yn0"), "accounts", &[]);
    for id in ids {
        organization.target(id, Some("ou-5yn0-acc0unts"), &format!("account-{id}"), &[]);
    }
    organization
}

/// One account of an estate.
pub(crate) struct Synthetic {
    place: Place,
    root: Root,
    users: u32,
    roles: u32,
    accounts: u32,
    mix: Mix,
    groups: Vec<Group>,
    policies: Vec<CustomerPolicy>,
    federation: Federation,
}

impl Synthetic {
    /// The account of this number.
    pub(crate) fn new(size: Size, number: u32) -> Self {
        let share = |of: u32| of / size.accounts + u32::from(number < of % size.accounts);
        let roles = share(of_hundred(size.principals, size.roles));
        let users = share(size.principals - of_hundred(size.principals, size.roles));
        let place = Place { seed: size.seed, account: account_id(number) };
        let principals = users + roles;
        Self {
            root: Root::new(2000, &mut place.dice("root", "")),
            users,
            roles,
            accounts: size.accounts,
            mix: size.mix,
            policies: (0..(principals / 40).clamp(4, 300)).map(|n| principals::policy(&place, n)).collect(),
            groups: (0..(users / 60).clamp(1, 100)).map(|n| principals::group(&place, n)).collect(),
            federation: Federation {
                oidc: vec![OidcProvider::new(&place, principals::GITHUB, "sts.amazonaws.com")],
                ..Federation::default()
            },
            place,
        }
    }

    /// What a principal can choose from.
    fn shared(&self) -> principals::Shared {
        let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        principals::Shared {
            policies: count(self.policies.len()),
            groups: count(self.groups.len()),
            accounts: self.accounts,
        }
    }
}

/// So many of a hundred, rounded down.
fn of_hundred(all: u32, percent: u32) -> u32 {
    u32::try_from(u64::from(all) * u64::from(percent) / 100).unwrap_or(all)
}

impl Account for Synthetic {
    fn place(&self) -> &Place {
        &self.place
    }

    fn root(&self) -> &Root {
        &self.root
    }

    fn users(&self) -> Box<dyn Iterator<Item = Cow<'_, User>> + '_> {
        let shared = self.shared();
        Box::new((0..self.users).map(move |n| {
            Cow::Owned(match self.mix {
                Mix::Real => principals::user(&self.place, n, &shared),
                Mix::Everyone => principals::trusted_user(&self.place, n),
            })
        }))
    }

    fn roles(&self) -> Box<dyn Iterator<Item = Cow<'_, Role>> + '_> {
        let shared = self.shared();
        Box::new((0..self.roles).map(move |n| {
            Cow::Owned(match self.mix {
                Mix::Everyone if n > 0 => principals::trusting_role(&self.place, n),
                Mix::Real | Mix::Everyone => principals::role(&self.place, n, &shared),
            })
        }))
    }

    fn groups(&self) -> &[Group] {
        &self.groups
    }

    fn policies(&self) -> &[CustomerPolicy] {
        &self.policies
    }

    fn federation(&self) -> &Federation {
        &self.federation
    }

    fn workloads(&self) -> Option<&[Workload]> {
        Some(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::summary::Summary;

    #[test]
    fn every_principal_lands_in_one_account() {
        for (principals, accounts, roles) in
            [(10, 1, 50), (1001, 7, 50), (3, 5, 50), (100, 3, 0), (100, 3, 100)]
        {
            let size = Size { principals, accounts, roles, seed: 1, mix: Mix::Real };
            let all: Vec<Synthetic> = (0..accounts).map(|n| Synthetic::new(size, n)).collect();
            let users: u32 = all.iter().map(|one| one.users).sum();
            let of_roles: u32 = all.iter().map(|one| one.roles).sum();
            assert_eq!(users + of_roles, principals);
            assert_eq!(of_roles, principals * roles / 100);
        }
    }

    fn written(size: Size) -> std::collections::BTreeMap<String, Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        write(size, folder.path().to_owned()).unwrap();
        let mut files = std::collections::BTreeMap::new();
        let mut folders = vec![folder.path().to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(folder.path()).unwrap().display().to_string();
                    files.insert(name, std::fs::read(path).unwrap());
                }
            }
        }
        files
    }

    #[test]
    fn the_same_arguments_write_the_same_bytes_and_another_seed_others() {
        let size = Size { principals: 90, accounts: 3, roles: 50, seed: 4, mix: Mix::Real };
        let files = written(size);
        assert_eq!(files.len(), 2 + 3 * 11);
        assert!(
            files
                .iter()
                .filter(|(name, _)| name.ends_with(".json"))
                .all(|(_, bytes)| { serde_json::from_slice::<serde_json::Value>(bytes).is_ok() })
        );
        assert!(files == written(size));
        assert!(files != written(Size { seed: 5, ..size }));
    }

    #[test]
    fn about_five_in_a_hundred_can_become_administrators() {
        let account =
            Synthetic::new(Size { principals: 2000, accounts: 1, roles: 50, seed: 1, mix: Mix::Real }, 0);
        let has = |text: String| text.contains("\"PolicyName\":\"more\"");
        let users = account.users().filter(|user| has(serde_json::to_string(&user.detail).unwrap())).count();
        let roles = account.roles().filter(|role| has(serde_json::to_string(role).unwrap())).count();
        assert!((60..=140).contains(&(users + roles)), "{}", users + roles);
    }

    #[test]
    fn principals_are_the_same_at_each_call() {
        let account =
            Synthetic::new(Size { principals: 200, accounts: 1, roles: 50, seed: 9, mix: Mix::Real }, 0);
        let names = || account.roles().map(|role| role.arn.clone()).collect::<Vec<_>>();
        assert_eq!(names(), names());
        let summary = Summary::of(&account).summary_map;
        assert_eq!((summary["Users"], summary["Roles"]), (100, 100));
    }
}
