//! Brindlemoor, the example company: a parcel carrier that does not exist, with the AWS organization of a real one.
//!
//! Most of it is in order. What is not was planted on purpose, by the functions of [`planted`], which also write the
//! table in `examples/README.md`.

mod azure;
mod beside;
mod catalogue;
mod managed_by_aws;
mod organization;
mod planted;
mod registry;
mod resources;
mod reused;
mod roles;
mod running;
mod staff;
#[cfg(test)]
mod tests;
mod workloads;

use std::{collections::BTreeMap, fmt::Write};

use anyhow::Result;
use census_model::{Gap, GapReason, Provider, ScopeId};

use crate::aws::{
    account::{Handed, ListedAccount},
    documents,
    folder::{Collection, Folder},
};

/// The name of its folder.
pub(crate) const NAME: &str = "brindlemoor";

/// The folder of one account as a scan left it that was denied a read.
pub(crate) const PARTIAL: &str = "brindlemoor-partial";

/// The seed of everything that is drawn by lot.
const SEED: u64 = 20_260_601;

/// The management account.
pub(crate) const MANAGEMENT: &str = "300700000101";
/// The security team's account.
pub(crate) const SECURITY: &str = "300700000202";
/// Production of the product teams.
pub(crate) const PLATFORM: &str = "300700000303";
/// Production of the data team.
pub(crate) const DATA: &str = "300700000404";
/// Development of the product teams.
pub(crate) const DEV: &str = "300700000505";
/// Where anybody may try anything.
pub(crate) const SANDBOX: &str = "300700000606";
/// An acquired company's account that is closed: in the organization, not scanned.
pub(crate) const SUSPENDED: &str = "300700000707";

/// The accounts that are scanned, with the names that `examples/README.md` gives them.
const NAMES: [(&str, &str); 6] = [
    (MANAGEMENT, "management"),
    (SECURITY, "security-audit"),
    (PLATFORM, "platform-prod"),
    (DATA, "data-prod"),
    (DEV, "platform-dev"),
    (SANDBOX, "sandbox"),
];

/// The accounts that are scanned.
pub(crate) struct Company {
    pub(crate) management: ListedAccount,
    pub(crate) security: ListedAccount,
    pub(crate) platform: ListedAccount,
    pub(crate) data: ListedAccount,
    pub(crate) dev: ListedAccount,
    pub(crate) sandbox: ListedAccount,
}

impl Company {
    fn healthy() -> Self {
        let mut company = Self {
            management: ListedAccount::new(SEED, MANAGEMENT, 2400),
            security: ListedAccount::new(SEED, SECURITY, 1900),
            platform: ListedAccount::new(SEED, PLATFORM, 2200),
            data: ListedAccount::new(SEED, DATA, 2000),
            dev: ListedAccount::new(SEED, DEV, 2100),
            sandbox: ListedAccount::new(SEED, SANDBOX, 1500),
        };
        company.sandbox.credential_report = Handed::Missing;
        managed_by_aws::add(&mut company);
        workloads::add(&mut company);
        staff::add(&mut company);
        resources::add(&mut company);
        company
    }

    /// The accounts, by id.
    pub(crate) fn accounts(self) -> [ListedAccount; 6] {
        [self.management, self.security, self.platform, self.data, self.dev, self.sandbox]
            .map(ListedAccount::sorted)
    }
}

/// The example as files below its folder, and the table of what was planted in it.
pub(crate) struct Example {
    /// Path below `examples`, and bytes.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// The accounts, as a table for `examples/README.md`.
    pub(crate) accounts: String,
    /// The tenant, as a table for `examples/README.md`.
    pub(crate) tenant: String,
    /// What was planted, as a table for `examples/README.md`.
    pub(crate) planted: String,
}

/// Makes the example.
pub(crate) fn example() -> Result<Example> {
    let mut company = Company::healthy();
    let mut planted = planted::plant(&mut company);
    running::add(&mut company);
    reused::add(&mut company);
    let accounts = company.accounts();
    let mut folder = Folder::in_memory();
    folder.json("organization.json", 1, &organization::organization())?;
    for account in &accounts {
        documents::write(account, &mut folder)?;
    }
    let (tenant, wrong) = azure::tenant();
    let (tenant_id, tenant_table) = (tenant.id.clone(), azure::table(&tenant));
    planted.extend(wrong);
    tenant.write(&mut folder)?;
    let ids = || accounts.iter().map(|account| account.place.account.clone());
    let mut files = folder.finish(&Collection {
        caller: format!("arn:aws:sts::{SECURITY}:assumed-role/census-scan/nightly"),
        targets: ids()
            .map(|id| format!("aws:account/{id}"))
            .chain([format!("azure:tenant/{tenant_id}")])
            .collect(),
        scopes_done: ids().chain([tenant_id]).collect(),
        gaps: Vec::new(),
    })?;
    files.extend(registry::files()?);
    files.extend(beside::files(&accounts)?);
    let mut files = below(NAME, files);
    files.extend(below(PARTIAL, partial(&accounts)?));
    Ok(Example { files, accounts: table(&accounts), tenant: tenant_table, planted: planted::table(&planted) })
}

/// The sandbox as a live scan left it whose caller may not read credential reports.
fn partial(accounts: &[ListedAccount]) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut folder = Folder::in_memory();
    for account in accounts.iter().filter(|account| account.place.account == SANDBOX) {
        documents::write(account, &mut folder)?;
    }
    let scope = format!("aws:account/{SANDBOX}");
    let denied = |read: &str| {
        Gap::new(
            Provider::Aws,
            Some(ScopeId::new(&scope)),
            read,
            GapReason::Denied,
            format!("{read}: HTTP 403, AccessDenied"),
            Vec::new(),
        )
    };
    folder.finish(&Collection {
        caller: format!("arn:aws:sts::{SANDBOX}:assumed-role/census-scan/nightly"),
        targets: vec![scope.clone()],
        scopes_done: vec![SANDBOX.to_owned()],
        gaps: vec![denied("iam:GenerateCredentialReport"), denied("iam:GetCredentialReport")],
    })
}

fn below(folder: &str, files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    files.into_iter().map(|(path, bytes)| (format!("{folder}/{path}"), bytes)).collect()
}

/// How much there is of what, by account.
fn table(accounts: &[ListedAccount]) -> String {
    let mut table =
        "| account | id | identities | users | roles | access keys | groups | policies of its own |\n\
                     |---|---|---|---|---|---|---|---|\n"
            .to_owned();
    let mut sum = 0;
    for account in accounts {
        let (users, roles) = (account.users.len(), account.roles.len());
        let root = 1;
        let keys: usize = account.users.iter().map(|user| user.keys.len()).sum();
        let keys = keys + usize::from(account.root.key.is_some());
        let (groups, policies) = (account.groups.len(), account.policies.len());
        let identities = users + roles + root;
        sum += identities;
        let id = &account.place.account;
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            table,
            "| {} | {id} | {identities} | {users} | {roles} | {keys} | {groups} | {policies} |",
            name(id)
        );
    }
    let _ = writeln!(table, "| all | | {sum} | | | | | |");
    table
}

/// The name of an account; what is no account keeps its own.
fn name(place: &str) -> &str {
    NAMES.iter().find(|(id, _)| *id == place).map_or(place, |(_, name)| name)
}
