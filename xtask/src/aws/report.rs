//! The credential report.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>

use std::io::Write;

use anyhow::Result;

use super::{
    clock::Stamp,
    credentials::{AccessKey, AccessKeyStatus, Root},
    details::{Place, User},
};

const COLUMNS: [&str; 23] = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
    "additional_credentials_info",
];

const NONE: &str = "N/A";

/// Writes the report of an account.
pub(crate) fn write<'a, U>(place: &Place, root: &Root, users: U, out: &mut dyn Write) -> Result<()>
where
    U: Iterator<Item = std::borrow::Cow<'a, User>>,
{
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS)?;
    csv.write_record(root_row(place, root))?;
    for user in users {
        csv.write_record(user_row(&user))?;
    }
    csv.flush()?;
    Ok(())
}

fn root_row(place: &Place, root: &Root) -> Vec<String> {
    let mut row = vec![
        "<root_account>".to_owned(),
        place.arn("root"),
        root.created.to_string(),
        "not_supported".to_owned(),
        root.last_used.map_or_else(|| "no_information".to_owned(), |at| at.to_string()),
        "not_supported".to_owned(),
        "not_supported".to_owned(),
        root.mfa.to_string(),
    ];
    row.extend(key_cells(root.key.as_ref()));
    row.extend(key_cells(None));
    row.extend(certificate_cells(&[]));
    row
}

fn user_row(user: &User) -> Vec<String> {
    let mut row =
        vec![user.detail.user_name.clone(), user.detail.arn.clone(), user.detail.create_date.to_string()];
    row.extend(match &user.password {
        None => [false.to_string(), NONE.into(), NONE.into(), NONE.into()],
        Some(password) => [
            true.to_string(),
            password.last_used.map_or_else(|| "no_information".to_owned(), |at| at.to_string()),
            password.changed.to_string(),
            NONE.into(),
        ],
    });
    row.push(user.extra.mfa.to_string());
    row.extend(key_cells(user.keys.first()));
    row.extend(key_cells(user.keys.get(1)));
    let certificates: Vec<Stamp> = user.extra.signing_certificates.iter().map(|one| one.at).collect();
    row.extend(certificate_cells(&certificates));
    row
}

fn key_cells(key: Option<&AccessKey>) -> [String; 5] {
    let none = || NONE.to_owned();
    let Some(key) = key else { return [false.to_string(), none(), none(), none(), none()] };
    let used = key.last_used.as_ref();
    [
        (key.status == AccessKeyStatus::Active).to_string(),
        key.created.to_string(),
        used.map_or_else(none, |used| used.at.to_string()),
        used.map_or_else(none, |used| used.region.to_owned()),
        used.map_or_else(none, |used| used.service.to_owned()),
    ]
}

fn certificate_cells(uploaded: &[Stamp]) -> [String; 5] {
    let active = |i: usize| uploaded.get(i).is_some().to_string();
    let since = |i: usize| uploaded.get(i).map_or_else(|| NONE.to_owned(), Stamp::to_string);
    [active(0), since(0), active(1), since(1), NONE.to_owned()]
}
