//! Ids and dates of what users hold. One call for each user that the credential report shows with something, never
//! one for each user.

use aws_smithy_runtime_api::client::{
    interceptors::context::InterceptorContext,
    retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority},
};
use census_model::{GapReason, Text};
use census_provider_api::{DeclaredRead, Need};
use futures::{StreamExt, stream};
use serde::Serialize;

use super::{
    account::{Account, time},
    authorization_details::Users,
    credential_report::{Holders, select},
};
use crate::{
    client::{Failure, Page, marker, pages},
    documents::{AccessKey, AccountFile, ServiceSpecificCredential, SigningCertificate, SshPublicKey},
};

pub(super) const LIST_ACCESS_KEYS: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "ListAccessKeys",
    permissions: &["iam:ListAccessKeys"],
    part: None,
    need: Need::Scope,
    why: "ids and dates of access keys, for users whom the credential report shows with one or does not know yet",
};

pub(super) const LIST_SIGNING_CERTIFICATES: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "ListSigningCertificates",
    permissions: &["iam:ListSigningCertificates"],
    part: None,
    need: Need::Scope,
    why: "ids and dates of signing certificates, for users whom the credential report shows with one",
};

pub(super) const LIST_SERVICE_SPECIFIC_CREDENTIALS: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "ListServiceSpecificCredentials",
    permissions: &["iam:ListServiceSpecificCredentials"],
    part: None,
    need: Need::Scope,
    why: "ids and dates of API keys and passwords for single services, all users in one listing",
};

pub(super) const LIST_SSH_PUBLIC_KEYS: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "ListSSHPublicKeys",
    permissions: &["iam:ListSSHPublicKeys"],
    part: None,
    need: Need::Deep,
    why: "ids and dates of SSH keys; nothing tells who has one, so it is one call for each user",
};

/// Calls at the same time within an account.
const CONCURRENT_CALLS: usize = 4;

/// A user by name and identity id.
type User = (String, Text);

/// Reads what users hold.
pub(super) async fn read(account: &mut Account<'_>, users: Option<&Users>, holders: Option<&Holders>) {
    match holders {
        Some(holders) => {
            let mut ask = select(holders, |holder| holder.keys);
            // A report of some hours ago does not know who is new, and a new user's key is the likeliest to matter.
            let new = users.into_iter().flatten().filter(|(name, _)| !holders.contains_key(*name));
            ask.extend(new.map(|(name, id)| (name.clone(), id.clone())));
            access_keys(account, ask).await;
            signing_certificates(account, select(holders, |holder| holder.certificates)).await;
        }
        None => {
            for read in [&LIST_ACCESS_KEYS, &LIST_SIGNING_CERTIFICATES] {
                let detail =
                    "not asked for: the credential report, which says who holds some, could not be read";
                account.gap(read, Failure::client(GapReason::NotRequested, detail), Vec::new());
            }
        }
    }
    service_specific_credentials(account).await;
    ssh_public_keys(account, users, holders).await;
}

async fn access_keys(account: &mut Account<'_>, users: Vec<User>) {
    account.step("access keys");
    let api = account.api;
    let ask = |user: String| async move {
        let answer = pages(|from| {
            let request = api.iam.list_access_keys().user_name(&user).set_marker(from);
            async move {
                let answer = api.call(&LIST_ACCESS_KEYS, request.send()).await?;
                let next = marker(answer.is_truncated, answer.marker);
                Ok(Page { items: answer.access_key_metadata, next })
            }
        })
        .await?;
        let (listed, cut) = answer.into_items();
        let all = listed.len();
        let keys: Vec<AccessKey<'static>> = listed
            .into_iter()
            .filter_map(|key| {
                Some(AccessKey {
                    user_name: user.clone().into(),
                    access_key_id: key.access_key_id?.into(),
                    status: key.status.map(|status| status.as_str().to_owned().into()),
                    create_date: key.create_date.as_ref().and_then(time),
                })
            })
            .collect();
        let lost = (keys.len() < all)
            .then(|| Failure::client(GapReason::Invalid, "ListAccessKeys: a key of the answer has no id"));
        Ok((keys, cut.or(lost)))
    };
    let found = each(users, ask).await;
    store(account, AccountFile::AccessKeys, &LIST_ACCESS_KEYS, found);
}

async fn signing_certificates(account: &mut Account<'_>, users: Vec<User>) {
    let api = account.api;
    let ask = |user: String| async move {
        let answer = pages(|from| {
            let request = api.iam.list_signing_certificates().user_name(&user).set_marker(from);
            async move {
                let answer = api.call(&LIST_SIGNING_CERTIFICATES, request.send()).await?;
                Ok(Page { items: answer.certificates, next: marker(answer.is_truncated, answer.marker) })
            }
        })
        .await?;
        let (certificates, cut) = answer.into_items();
        let certificates: Vec<SigningCertificate<'static>> = certificates
            .into_iter()
            .map(|certificate| SigningCertificate {
                user_name: user.clone().into(),
                certificate_id: certificate.certificate_id.into(),
                status: Some(certificate.status.as_str().to_owned().into()),
                upload_date: certificate.upload_date.as_ref().and_then(time),
            })
            .collect();
        Ok((certificates, cut))
    };
    let found = each(users, ask).await;
    store(account, AccountFile::SigningCertificates, &LIST_SIGNING_CERTIFICATES, found);
}

async fn service_specific_credentials(account: &mut Account<'_>) {
    account.step("service-specific credentials");
    let api = account.api;
    let answer = pages(|from| async move {
        let request = api
            .iam
            .list_service_specific_credentials()
            .all_users(true)
            .set_marker(from)
            .customize()
            .config_override(aws_sdk_iam::config::Builder::new().retry_classifier(UnknownOperation));
        let answer = api.call(&LIST_SERVICE_SPECIFIC_CREDENTIALS, request.send()).await?;
        let next = marker(answer.is_truncated, answer.marker);
        Ok(Page { items: answer.service_specific_credentials.unwrap_or_default(), next })
    })
    .await;
    let found = answer.map(|answer| {
        let (credentials, cut) = answer.into_items();
        let credentials = credentials.into_iter().map(|credential| ServiceSpecificCredential {
            user_name: credential.user_name.into(),
            service_specific_credential_id: credential.service_specific_credential_id.into(),
            service_name: Some(credential.service_name.into()),
            status: Some(credential.status.as_str().to_owned().into()),
            create_date: time(&credential.create_date),
            expiration_date: credential.expiration_date.as_ref().and_then(time),
        });
        (credentials.collect::<Vec<_>>(), cut)
    });
    match found {
        Ok((credentials, cut)) => {
            let (file, items) = (AccountFile::ServiceSpecificCredentials, credentials.len());
            account.write(file, &credentials, items, cut.as_ref());
            if let Some(cut) = cut {
                account.gap(&LIST_SERVICE_SPECIFIC_CREDENTIALS, cut, Vec::new());
            }
        }
        Err(failure) => account.gap(&LIST_SERVICE_SPECIFIC_CREDENTIALS, not_offered(failure), Vec::new()),
    }
}

/// Listing the service-specific credentials of all users is younger than the rest of IAM, and not every partition and
/// endpoint has it. Where it is not offered nobody can do anything about it, so it does not fail every scan there.
fn not_offered(failure: Failure) -> Failure {
    match failure.reason {
        GapReason::Unsupported => Failure {
            reason: GapReason::NotProvided,
            detail: format!("this endpoint does not offer it: {}", failure.detail),
            ..failure
        },
        _ => failure,
    }
}

async fn ssh_public_keys(account: &mut Account<'_>, users: Option<&Users>, holders: Option<&Holders>) {
    let all: Option<Vec<User>> = match (users, holders) {
        (Some(users), _) => Some(users.iter().map(|(name, id)| (name.clone(), id.clone())).collect()),
        (None, Some(holders)) => Some(select(holders, |_| true)),
        (None, None) => None,
    };
    let none_to_ask = all.as_ref().is_some_and(Vec::is_empty);
    let users = match all {
        Some(users) if account.options.deep || none_to_ask => users,
        _ => {
            let detail = if account.options.deep {
                "not asked for: neither the users nor the credential report could be read"
            } else {
                "SSH keys cost one call for each user, and are read with --deep only"
            };
            let failure = Failure::client(GapReason::NotRequested, detail);
            return account.gap(&LIST_SSH_PUBLIC_KEYS, failure, Vec::new());
        }
    };
    account.step("SSH keys");
    let api = account.api;
    let ask = |user: String| async move {
        let answer = pages(|from| {
            let request = api.iam.list_ssh_public_keys().user_name(&user).set_marker(from);
            async move {
                let answer = api.call(&LIST_SSH_PUBLIC_KEYS, request.send()).await?;
                let next = marker(answer.is_truncated, answer.marker);
                Ok(Page { items: answer.ssh_public_keys.unwrap_or_default(), next })
            }
        })
        .await?;
        let (keys, cut) = answer.into_items();
        let keys: Vec<SshPublicKey<'static>> = keys
            .into_iter()
            .map(|key| SshPublicKey {
                user_name: user.clone().into(),
                ssh_public_key_id: key.ssh_public_key_id.into(),
                status: Some(key.status.as_str().to_owned().into()),
                upload_date: time(&key.upload_date),
            })
            .collect();
        Ok((keys, cut))
    };
    let found = each(users, ask).await;
    store(account, AccountFile::SshPublicKeys, &LIST_SSH_PUBLIC_KEYS, found);
}

/// What was found with all users, and with which of them the call failed.
struct Found<T> {
    asked: usize,
    unanswered: usize,
    items: Vec<T>,
    failures: Vec<(Text, Failure)>,
}

/// Asks for each user, some at the same time; the answers stay in the users' order.
async fn each<T, F>(users: Vec<User>, ask: impl Fn(String) -> F) -> Found<T>
where
    F: Future<Output = Result<(Vec<T>, Option<Failure>), Failure>>,
{
    let mut found = Found { asked: users.len(), unanswered: 0, items: Vec::new(), failures: Vec::new() };
    let mut answers = stream::iter(users)
        .map(|(name, id)| {
            let answer = ask(name);
            async move { (id, answer.await) }
        })
        .buffered(CONCURRENT_CALLS);
    while let Some((id, answer)) = answers.next().await {
        match answer {
            Ok((items, cut)) => {
                found.items.extend(items);
                found.failures.extend(cut.map(|failure| (id, failure)));
            }
            Err(failure) => {
                found.unanswered += 1;
                found.failures.push((id, gone(failure)));
            }
        }
    }
    found
}

/// A user that the report knows and the API does not was deleted in between.
fn gone(failure: Failure) -> Failure {
    if failure.is("NoSuchEntity") {
        return Failure { reason: GapReason::Inconsistent, ..failure };
    }
    failure
}

/// Writes what was found, unless no call at all was answered, and notes what failed.
fn store<T: Serialize>(account: &mut Account<'_>, file: AccountFile, read: &DeclaredRead, found: Found<T>) {
    if found.asked == 0 || found.unanswered < found.asked {
        let cut = found.failures.first().map(|(_, failure)| failure);
        account.write(file, &found.items, found.items.len(), cut);
    }
    account.gaps(read, found.failures);
}

/// An endpoint that does not know an operation may answer it with an error page (HTTP 500, HTML). Trying again would
/// only cost time.
#[derive(Debug)]
pub(super) struct UnknownOperation;

impl ClassifyRetry for UnknownOperation {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let page = context.response().is_some_and(|response| {
            let html = |kind: &str| kind.starts_with("text/html");
            response.status().as_u16() == 500 && response.headers().get("content-type").is_some_and(html)
        });
        if page { RetryAction::RetryForbidden } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "UnknownOperation"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
