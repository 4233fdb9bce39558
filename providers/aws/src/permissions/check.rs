//! Tries each read once, with parameters that ask for nothing: what does not exist is answered only to those who may
//! ask.

use census_model::GapReason;
use census_provider_api::{DeclaredRead, FetchError, PermissionCheck, PermissionProblem};
use futures::{StreamExt, stream};
use serde::de::IgnoredAny;

use super::needed;
use aws_sdk_organizations::types::{Account, AccountStatus};

use crate::{
    client::{ASSUME_ROLE, Api, Caller, Connection, Failure, Input},
    fetch::{LIST_ACCOUNTS, entry, permission_set_probe, regional_calls, standing},
    options::AwsOptions,
};

/// A user that no account has.
const NO_USER: &str = "census-permission-check-no-such-user";

/// The id of a report that was never asked for.
const NO_JOB: &str = "00000000-0000-0000-0000-000000000000";

/// Answers that only a permitted caller gets.
const PERMITTED: &[&str] = &[
    "NoSuchEntity",
    "ReportNotPresent",
    "ReportInProgress",
    "ReportExpired",
    "AWSOrganizationsNotInUseException",
    "ParentNotFoundException",
    "PolicyNotFoundException",
    "TargetNotFoundException",
];

/// Tries the reads that a scan with these options makes.
///
/// # Errors
/// When the credentials are missing or refused.
pub(crate) async fn check(options: &AwsOptions) -> Result<Vec<PermissionCheck>, FetchError> {
    let mut connection = Connection::open(options, None).await?;
    let caller = connection.caller().await?;
    let api = connection.api();
    let (api, caller, home) = (&api, &caller, connection.home());
    let reads: Vec<DeclaredRead> = needed(options).copied().collect();
    let checks = stream::iter(reads)
        .map(|read| async move {
            PermissionCheck { read, outcome: outcome(tried(options, api, caller, home, &read).await) }
        })
        .buffered(4)
        .collect::<Vec<_>>()
        .await;
    connection.refusal()?;
    Ok(checks)
}

fn outcome(tried: Option<Result<(), Failure>>) -> Result<(), PermissionProblem> {
    match tried {
        None => Err(PermissionProblem::Unknown("this build does not know how to try it".to_owned())),
        Some(Ok(())) => Ok(()),
        Some(Err(failure)) if PERMITTED.iter().any(|code| failure.is(code)) => Ok(()),
        Some(Err(failure)) if failure.reason == GapReason::Denied => {
            Err(PermissionProblem::Denied(failure.detail))
        }
        Some(Err(failure)) => Err(PermissionProblem::Unknown(failure.detail)),
    }
}

/// Makes the call; `None` for one that cannot be tried.
async fn tried(
    options: &AwsOptions,
    api: &Api,
    caller: &Caller,
    home: &str,
    read: &DeclaredRead,
) -> Option<Result<(), Failure>> {
    Some(match read.service {
        "sts" if *read == ASSUME_ROLE => entered(options, api, caller).await,
        "organizations" => tried_organizations(api, caller, read).await?,
        "sts" if read.operation == "GetCallerIdentity" => Ok(()),
        "iam" => tried_iam(api, caller, read).await?,
        "sso" | "identitystore" => tried_identity_center(api, caller, home, read).await?,
        _ => tried_regional(options, api, home, read).await?,
    })
}

/// Enters one other account of the organization, as a scan would. Where there is none, nothing has to be entered.
async fn entered(options: &AwsOptions, api: &Api, caller: &Caller) -> Result<(), Failure> {
    let accounts = api.call(&LIST_ACCOUNTS, api.organizations.list_accounts().send()).await?;
    let active = |account: &&Account| account.status() == Some(&AccountStatus::Active);
    let other =
        accounts.accounts().iter().filter(active).filter_map(Account::id).find(|id| *id != caller.account);
    match other {
        Some(id) => entry(options, caller, id).assume(api).await.map(drop),
        None => Ok(()),
    }
}

/// Makes a call and drops the answer.
macro_rules! attempt {
    ($api:expr, $read:expr, $request:expr) => {
        $api.call($read, $request.send()).await.map(drop)
    };
}

async fn tried_iam(api: &Api, caller: &Caller, read: &DeclaredRead) -> Option<Result<(), Failure>> {
    let iam = &api.iam;
    let own =
        |resource: &str| format!("arn:{}:iam::{}:{resource}", caller.partition.as_str(), caller.account);
    Some(match read.operation {
        "GetAccountAuthorizationDetails" => {
            attempt!(api, read, iam.get_account_authorization_details().max_items(1))
        }
        "GenerateCredentialReport" => attempt!(api, read, iam.generate_credential_report()),
        "GetCredentialReport" => attempt!(api, read, iam.get_credential_report()),
        "GetAccountSummary" => attempt!(api, read, iam.get_account_summary()),
        "ListAccessKeys" => attempt!(api, read, iam.list_access_keys().user_name(NO_USER)),
        "ListSigningCertificates" => attempt!(api, read, iam.list_signing_certificates().user_name(NO_USER)),
        "ListSSHPublicKeys" => attempt!(api, read, iam.list_ssh_public_keys().user_name(NO_USER)),
        "ListServiceSpecificCredentials" => {
            attempt!(api, read, iam.list_service_specific_credentials().all_users(true).max_items(1))
        }
        "GenerateServiceLastAccessedDetails" => {
            let arn = own(&format!("user/{NO_USER}"));
            attempt!(api, read, iam.generate_service_last_accessed_details().arn(arn))
        }
        "GetServiceLastAccessedDetails" => {
            attempt!(api, read, iam.get_service_last_accessed_details().job_id(NO_JOB))
        }
        "ListServerCertificates" => attempt!(api, read, iam.list_server_certificates().max_items(1)),
        "ListOpenIDConnectProviders" => attempt!(api, read, iam.list_open_id_connect_providers()),
        "GetOpenIDConnectProvider" => {
            let arn = own("oidc-provider/census-permission-check.invalid");
            attempt!(api, read, iam.get_open_id_connect_provider().open_id_connect_provider_arn(arn))
        }
        "ListSAMLProviders" => attempt!(api, read, iam.list_saml_providers()),
        "GetSAMLProvider" => {
            let arn = own("saml-provider/census-permission-check");
            attempt!(api, read, iam.get_saml_provider().saml_provider_arn(arn))
        }
        _ => return None,
    })
}

/// Asks for what a scan may read of IAM Identity Center. An account that does not administer it is told nothing, whatever
/// its permissions: there nothing is missing.
async fn tried_identity_center(
    api: &Api,
    caller: &Caller,
    home: &str,
    read: &DeclaredRead,
) -> Option<Result<(), Failure>> {
    let call = regional_calls().find(|call| call.read == *read)?;
    let answer = match permission_set_probe(api, caller, home, call).await {
        Ok(Some(input)) => api.ask::<IgnoredAny>(call, home, input).await.map(drop),
        Ok(None) => Ok(()),
        Err(failure) => Err(failure),
    };
    Some(match answer {
        Err(failure) if failure.is_absence() => Ok(()),
        Err(failure)
            if failure.reason == GapReason::Denied
                && !failure.may_pass()
                && !standing(api, caller).await.may_administer() =>
        {
            Ok(())
        }
        answer => answer,
    })
}

/// One region stands for all: permissions are given for every region, and those that a condition takes away show as
/// gaps of a scan.
async fn tried_regional(
    options: &AwsOptions,
    api: &Api,
    home: &str,
    read: &DeclaredRead,
) -> Option<Result<(), Failure>> {
    let call = regional_calls().find(|call| call.read == *read)?;
    let input: Input = serde_json::from_str(call.probe).ok()?;
    let region = options.regions.first().map_or(home, String::as_str);
    let answer: Result<IgnoredAny, Failure> = api.ask(call, region, input).await;
    Some(match answer {
        // What was asked for by a name that nothing has is not found, and that is told only to those who may ask.
        Err(failure) if failure.is_absence() => Ok(()),
        answer => answer.map(drop),
    })
}

async fn tried_organizations(api: &Api, caller: &Caller, read: &DeclaredRead) -> Option<Result<(), Failure>> {
    use aws_sdk_organizations::types::PolicyType;

    // Ids of the right form that no organization has.
    let (root, policy) = ("r-zzzz", "p-zzzzzzzz");
    let client = &api.organizations;
    Some(match read.operation {
        "DescribeOrganization" => attempt!(api, read, client.describe_organization()),
        "ListRoots" => attempt!(api, read, client.list_roots()),
        "ListOrganizationalUnitsForParent" => {
            attempt!(api, read, client.list_organizational_units_for_parent().parent_id(root))
        }
        "ListAccountsForParent" => {
            attempt!(api, read, client.list_accounts_for_parent().parent_id(root))
        }
        "ListAccounts" => attempt!(api, read, client.list_accounts().max_results(1)),
        "ListPolicies" => {
            attempt!(api, read, client.list_policies().filter(PolicyType::ServiceControlPolicy))
        }
        "DescribePolicy" => attempt!(api, read, client.describe_policy().policy_id(policy)),
        "ListTargetsForPolicy" => {
            attempt!(api, read, client.list_targets_for_policy().policy_id(policy))
        }
        "ListTagsForResource" => {
            attempt!(api, read, client.list_tags_for_resource().resource_id(&caller.account))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(reason: GapReason, code: &str) -> Option<Result<(), Failure>> {
        let failure = Failure::client(reason, "detail");
        Some(Err(Failure { code: Some(code.to_owned()), ..failure }))
    }

    #[test]
    fn only_a_denial_is_a_denial() {
        assert_eq!(outcome(Some(Ok(()))), Ok(()));
        assert_eq!(outcome(failed(GapReason::Failed, "NoSuchEntity")), Ok(()));
        assert!(matches!(
            outcome(failed(GapReason::Denied, "AccessDenied")),
            Err(PermissionProblem::Denied(_))
        ));
        for (reason, code) in
            [(GapReason::Throttled, "Throttling"), (GapReason::Unsupported, "InvalidAction")]
        {
            assert!(matches!(outcome(failed(reason, code)), Err(PermissionProblem::Unknown(_))), "{code}");
        }
        assert!(matches!(outcome(None), Err(PermissionProblem::Unknown(_))));
    }
}
