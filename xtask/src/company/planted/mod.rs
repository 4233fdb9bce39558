//! What is wrong at Brindlemoor, put there on purpose.

mod credentials;
mod crossing;
mod life;
mod owners;
mod policies;
mod reach;
mod resources;
mod sharing;
mod trusts;
mod unused;
mod usage;

use std::fmt::Write;

use super::{Company, name};
use crate::aws::{
    account::ListedAccount,
    details::{Role, User},
    last_accessed::LastAccessed,
    policy::Document,
};

/// One planted problem.
pub(crate) struct Planted {
    /// The rule that finds it, or what it is called where no rule does.
    pub(crate) problem: &'static str,
    /// The account, or the registry file.
    pub(crate) place: String,
    /// The identity's name, the resource's ARN, or the entry.
    pub(crate) name: String,
    /// What is wrong with it.
    pub(crate) what: &'static str,
}

/// Adds things to the company and takes them down in the table.
pub(super) struct Planter<'a> {
    pub(super) company: &'a mut Company,
    rows: Vec<Planted>,
}

impl Planter<'_> {
    /// Adds a role with a problem.
    fn role(&mut self, account: Choose, role: Role, problem: &'static str, what: &'static str) {
        let account = account(self.company);
        let place = account.place.account.clone();
        let name = format!("role/{}", role.role_name);
        account.roles.push(role);
        self.rows.push(Planted { problem, place, name, what });
    }

    /// Adds a user with a problem.
    fn user(&mut self, account: Choose, user: User, problem: &'static str, what: &'static str) {
        let account = account(self.company);
        let place = account.place.account.clone();
        let name = format!("user/{}", user.detail.user_name);
        account.users.push(user);
        self.rows.push(Planted { problem, place, name, what });
    }

    /// Adds a resource whose own policy lets in whom it should not.
    fn resource(&mut self, account: Choose, resource: &str, policy: Document, what: &[&'static str]) {
        let account = account(self.company);
        let place = account.place.account.clone();
        account.resource(resource, Some(policy));
        for what in what {
            self.note("resource policy", &place, resource, what);
        }
    }

    /// Adds what somebody used, who has power beyond that.
    fn usage(&mut self, account: Choose, report: LastAccessed, what: &'static str) {
        let (_, name) = report.arn.rsplit_once(':').unwrap_or_default();
        let (name, place) = (name.to_owned(), account(self.company).place.account.clone());
        self.note("unused-privilege", &place, &name, what);
        self.report(account, report);
    }

    /// Adds what somebody used.
    fn report(&mut self, account: Choose, report: LastAccessed) {
        account(self.company).last_accessed.get_or_insert_default().push(report);
    }

    /// Takes down a problem that is planted otherwise.
    fn note(&mut self, problem: &'static str, place: &str, name: &str, what: &'static str) {
        self.rows.push(Planted { problem, place: place.to_owned(), name: name.to_owned(), what });
    }
}

/// Picks an account of the company.
type Choose = fn(&mut Company) -> &mut ListedAccount;

const MANAGEMENT: Choose = |company| &mut company.management;
const SECURITY: Choose = |company| &mut company.security;
const PLATFORM: Choose = |company| &mut company.platform;
const DATA: Choose = |company| &mut company.data;
const DEV: Choose = |company| &mut company.dev;
const SANDBOX: Choose = |company| &mut company.sandbox;

/// Plants everything.
pub(super) fn plant(company: &mut Company) -> Vec<Planted> {
    let mut planter = Planter { company, rows: Vec::new() };
    credentials::plant(&mut planter);
    unused::plant(&mut planter);
    trusts::plant(&mut planter);
    policies::plant(&mut planter);
    resources::plant(&mut planter);
    sharing::plant(&mut planter);
    reach::plant(&mut planter);
    crossing::plant(&mut planter);
    owners::plant(&mut planter);
    life::plant(&mut planter);
    usage::plant(&mut planter);
    let mut rows = planter.rows;
    rows.sort_by(|a, b| (a.problem, &a.place, &a.name, a.what).cmp(&(b.problem, &b.place, &b.name, b.what)));
    rows
}

/// The table for `examples/README.md`.
pub(super) fn table(rows: &[Planted]) -> String {
    let mut table =
        "| rule or trait | where | identity, policy, resource or entry | what is wrong |\n|---|---|---|---|\n"
            .to_owned();
    for row in rows {
        // Writing to a `String` cannot fail.
        let problem =
            if row.problem.contains(' ') { row.problem.to_owned() } else { format!("`{}`", row.problem) };
        let _ = writeln!(table, "| {problem} | {} | `{}` | {} |", name(&row.place), row.name, row.what);
    }
    table
}
