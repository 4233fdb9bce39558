//! An inventory that nobody tidies: it knows a few identities, many that are gone, and one that it calls retired.

use anyhow::Result;

use super::{
    super::{DATA, DEV, PLATFORM, catalogue},
    people::display_name,
};

/// An export of ServiceNow.
pub(in super::super) const FILE: &str = "cmdb.csv";

/// Roles and users of the production account that were deleted, some of them years ago.
pub(in super::super) const GHOSTS: [&str; 9] = [
    "role/address-cleaner-lambda",
    "role/courier-payouts-lambda",
    "role/esb-adapter-host",
    "role/hub-sorting-trial",
    "role/label-spooler-task",
    "role/route-optimizer-v1-task",
    "user/machines/edi-kronhof",
    "user/machines/fax-bridge",
    "user/machines/ftp-depots",
];

/// What it calls retired, though it is still there.
pub(in super::super) const RETIRED: &str = "user/machines/robot-ios-farm";

/// The export, as people see it: names of people, not addresses.
pub(super) fn items() -> Result<Vec<u8>> {
    let mut csv = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    csv.write_record([
        "name",
        "sys_class_name",
        "object_id",
        "owned_by",
        "managed_by",
        "operational_status",
    ])?;
    let mut item = |account: &str, name: &str, owner: &str, status: &str| {
        let short = name.rsplit('/').next().unwrap_or(name);
        let arn = format!("arn:aws:iam::{account}:{name}");
        csv.write_record([short, "Cloud Service Account", &arn, &display_name(owner), "", status])
    };
    item(PLATFORM, "role/release-promoter", catalogue::PLATFORM.owner, "Operational")?;
    item(PLATFORM, "user/machines/smtp-notifications", catalogue::PLATFORM.owner, "Operational")?;
    item(DATA, "role/warehouse-loader", catalogue::DATA.owner, "Operational")?;
    item(DATA, "user/machines/bi-gateway", catalogue::DATA.owner, "Operational")?;
    for ghost in GHOSTS {
        item(PLATFORM, ghost, "quentin.abara@brindlemoor.example", "Operational")?;
    }
    item(PLATFORM, "role/parcel-scan-ftp-host", catalogue::TRACKING.owner, "Retired")?;
    item(DEV, RETIRED, catalogue::PLATFORM.owner, "Retired")?;
    Ok(csv.into_inner()?)
}
