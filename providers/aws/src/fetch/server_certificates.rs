//! TLS certificates that are kept in IAM.

use census_provider_api::{DeclaredRead, Need};

use super::{
    account::{Account, time},
    account_summary::{Summary, none},
};
use crate::{
    client::{Page, marker, pages},
    documents::{AccountFile, ServerCertificate},
};

pub(super) const LIST_SERVER_CERTIFICATES: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "ListServerCertificates",
    permissions: &["iam:ListServerCertificates"],
    part: None,
    need: Need::Scope,
    why: "names and dates of TLS certificates in IAM, if the summary counts any",
};

/// Lists the certificates, unless the summary says that there are none.
pub(super) async fn read(account: &mut Account<'_>, summary: Option<&Summary>) {
    if none(summary, "ServerCertificates") {
        account.write(AccountFile::ServerCertificates, &[(); 0], 0, None);
        return;
    }
    account.step("server certificates");
    let api = account.api;
    let answer = pages(|from| async move {
        let request = api.iam.list_server_certificates().max_items(1000).set_marker(from);
        let answer = api.call(&LIST_SERVER_CERTIFICATES, request.send()).await?;
        let next = marker(answer.is_truncated, answer.marker);
        Ok(Page { items: answer.server_certificate_metadata_list, next })
    })
    .await;
    match answer {
        Ok(answer) => {
            let (certificates, cut) = answer.into_items();
            let certificates: Vec<_> = certificates
                .into_iter()
                .map(|certificate| ServerCertificate {
                    server_certificate_name: certificate.server_certificate_name.into(),
                    server_certificate_id: certificate.server_certificate_id.into(),
                    arn: certificate.arn.into(),
                    upload_date: certificate.upload_date.as_ref().and_then(time),
                    expiration: certificate.expiration.as_ref().and_then(time),
                })
                .collect();
            account.write(AccountFile::ServerCertificates, &certificates, certificates.len(), cut.as_ref());
            if let Some(cut) = cut {
                account.gap(&LIST_SERVER_CERTIFICATES, cut, Vec::new());
            }
        }
        Err(failure) => account.gap(&LIST_SERVER_CERTIFICATES, failure, Vec::new()),
    }
}
