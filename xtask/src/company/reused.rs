//! Functions that borrow a role which was made for another one.

use super::Company;
use crate::aws::workload::Workload;

/// The role that is borrowed, of the platform's account.
pub(super) const BORROWED: &str = "notifications-mail-lambda";
/// The role of a trial that became production, of the data team's account.
pub(super) const TRIED_OUT: &str = "model-sandbox-notebook";

/// Adds them beside what runs as its own role.
pub(super) fn add(company: &mut Company) {
    let account = &mut company.platform;
    let (id, role) = (account.place.account.clone(), account.place.arn(&format!("role/{BORROWED}")));
    let functions = [
        "claims-receipts",
        "dunning-letters",
        "invoice-copies",
        "locker-reminders",
        "pickup-notes",
        "returns-labels",
        "webshop-confirmations",
    ];
    let borrowing = functions.map(|name| {
        let arn = format!("arn:aws:lambda:eu-west-1:{id}:function:{name}");
        Workload::new("lambda_function", name, arn).with("role_arn", &role)
    });
    account.workloads.get_or_insert_default().extend(borrowing);
}
