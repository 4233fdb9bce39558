//! Which hosts a request may go to, decided on the address alone and before any connection.
//!
//! A signed request carries a session token. It goes to AWS's own endpoints, to this machine, or to the fixed
//! addresses that hand out instance and container credentials, and nowhere else, whatever an environment variable
//! or a configuration file says. A suffix alone would not do: below `amazonaws.com` customers have names too
//! (`iam.s3.amazonaws.com` is a bucket called `iam`).

use std::net::IpAddr;

use census_privilege::aws::trust::is_account_id;
use http::Uri;

use crate::fetch::services;

/// What a connection is for, which decides where it may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Getting credentials: STS, IAM Identity Center, and the addresses of instance and container roles.
    Credentials,
    /// The declared reads.
    Reads,
}

/// How a permitted request travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// Straight to the address: this machine and the link-local addresses. A proxy would see what is sent to them,
    /// since they speak plain HTTP.
    Direct,
    /// Through the proxy of the environment, if there is one; always inside TLS.
    Proxied,
}

/// Those that have an SDK crate; the others stand with their reads.
const SDK_SERVICES: &[&str] = &["iam", "sts", "organizations"];
const CREDENTIAL_SERVICES: &[&str] = &["sts", "portal.sso", "oidc"];

/// The suffixes under which AWS keeps its endpoints, dual stack and China included.
const SUFFIXES: &[&str] = &["amazonaws.com", "amazonaws.com.cn", "api.aws", "api.amazonwebservices.com.cn"];

/// Instance metadata, container credentials and EKS pod identity.
const CREDENTIAL_ADDRESSES: &[&str] =
    &["169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"];

/// Decides on a URI.
///
/// # Errors
/// With the reason, when nothing may be sent there.
pub(crate) fn route(purpose: Purpose, uri: &Uri) -> Result<Route, &'static str> {
    let host = uri.host().ok_or("the address has no host")?;
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err("the address carries a user name");
    }
    if is_loopback(host) {
        return Ok(Route::Direct);
    }
    if purpose == Purpose::Credentials && is_credential_address(host) {
        return Ok(Route::Direct);
    }
    if uri.scheme_str() != Some("https") {
        return Err("the address is not https");
    }
    if uri.port_u16().is_some_and(|port| port != 443) {
        return Err("the port is not 443");
    }
    let host = host.to_ascii_lowercase();
    let is_of = |service: &str| SUFFIXES.iter().any(|suffix| is_endpoint(&host, suffix, service));
    let is_meant = match purpose {
        Purpose::Credentials => CREDENTIAL_SERVICES.iter().any(|service| is_of(service)),
        Purpose::Reads => {
            SDK_SERVICES.iter().any(|service| is_of(service))
                || services().any(|service| service.host_names().iter().any(|name| is_of(name)))
        }
    };
    if is_meant { Ok(Route::Proxied) } else { Err("it is not an endpoint of AWS for this call") }
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || address(host).is_some_and(|address| address.is_loopback())
}

fn is_credential_address(host: &str) -> bool {
    address(host).is_some_and(|address| {
        CREDENTIAL_ADDRESSES.iter().any(|known| known.parse::<IpAddr>().is_ok_and(|known| known == address))
    })
}

/// `<service>[-fips][.<place>].<suffix>`, or a VPC endpoint `vpce-….<service>.<region>.vpce.<suffix>`.
fn is_endpoint(host: &str, suffix: &str, service: &str) -> bool {
    let Some(name) = host.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('.')) else { return false };
    if let Some(private) = name.strip_suffix(".vpce") {
        let Some((endpoint, name)) = private.split_once('.') else { return false };
        return endpoint.starts_with("vpce-") && is_service(name, service);
    }
    is_service(name, service)
}

fn is_service(name: &str, service: &str) -> bool {
    // What is asked of an account has its id before the name.
    let name = match name.split_once('.') {
        Some((account, name)) if service.starts_with("s3-control") && is_account_id(account) => name,
        _ => name,
    };
    let Some(rest) = name.strip_prefix(service) else { return false };
    let rest = rest.strip_prefix("-fips").unwrap_or(rest);
    rest.is_empty() || rest.strip_prefix('.').is_some_and(is_place)
}

/// A region, or one of the two words that stand for a partition.
fn is_place(text: &str) -> bool {
    matches!(text, "us-gov" | "global") || is_region(text)
}

/// Whether a text has the form of a region's name.
pub(crate) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [continent, middle @ .., number] => {
            continent.len() == 2
                && !middle.is_empty()
                && number.len() <= 2
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
                && parts
                    .iter()
                    .take(parts.len() - 1)
                    .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(purpose: Purpose, uri: &str) -> Result<Route, &'static str> {
        route(purpose, &uri.parse().unwrap())
    }

    #[test]
    fn endpoints_of_aws_pass() {
        for uri in [
            "https://iam.amazonaws.com/",
            "https://IAM.amazonaws.com/",
            "https://iam.amazonaws.com:443/",
            "https://iam-fips.amazonaws.com/",
            "https://iam.global.api.aws/",
            "https://iam.us-gov.amazonaws.com/",
            "https://111122223333.s3-control.eu-central-1.amazonaws.com/",
            "https://111122223333.s3-control.dualstack.us-east-1.amazonaws.com/",
            "https://iam.cn-north-1.amazonaws.com.cn/",
            "https://iam.global.api.amazonwebservices.com.cn/",
            "https://sts.eu-central-1.amazonaws.com/",
            "https://sts.ap-southeast-12.amazonaws.com/",
            "https://sts-fips.us-gov-east-1.api.aws/",
            "https://organizations.us-east-1.amazonaws.com/",
            "https://organizations.cn-northwest-1.amazonaws.com.cn/",
            "https://vpce-0a1b2c-3d4e.sts.us-east-1.vpce.amazonaws.com/",
            "https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions",
            "https://ec2.us-gov-west-1.amazonaws.com/",
            "https://api.sagemaker.eu-west-1.amazonaws.com/",
            "https://api-fips.sagemaker.us-east-1.amazonaws.com/",
            "https://fips.eks.us-east-1.amazonaws.com/clusters",
            "https://streams-dynamodb.eu-west-1.api.aws/",
            "https://vpce-0a1b2c-3d4e.lambda.us-east-1.vpce.amazonaws.com/",
        ] {
            assert_eq!(decide(Purpose::Reads, uri), Ok(Route::Proxied), "{uri}");
        }
        for uri in [
            "https://sts.us-east-1.amazonaws.com/",
            "https://portal.sso.eu-west-1.amazonaws.com/",
            "https://oidc.eu-west-1.amazonaws.com/",
        ] {
            assert_eq!(decide(Purpose::Credentials, uri), Ok(Route::Proxied), "{uri}");
        }
    }

    #[test]
    fn this_machine_and_credential_addresses_are_reached_directly() {
        for uri in ["http://127.0.0.1:5000/", "http://127.8.9.1/", "http://localhost:1/", "https://[::1]:9/"]
        {
            assert_eq!(decide(Purpose::Reads, uri), Ok(Route::Direct), "{uri}");
        }
        for uri in [
            "http://169.254.169.254/latest/api/token",
            "http://169.254.170.2/v2/credentials",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::254]/latest",
            "http://[fd00:ec2::23]/v1/credentials",
        ] {
            assert_eq!(decide(Purpose::Credentials, uri), Ok(Route::Direct), "{uri}");
            assert!(decide(Purpose::Reads, uri).is_err(), "{uri}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for uri in [
            "http://iam.amazonaws.com/",
            "https://iam.amazonaws.com:8443/",
            "https://iam.amazonaws.com./",
            "https://user@iam.amazonaws.com/",
            "https://127.0.0.1@evil.example/",
            "https://example.com/",
            "https://amazonaws.com/",
            "https://evil-amazonaws.com/",
            "https://iam.amazonaws.com.evil.example/",
            "https://xiam.amazonaws.com/",
            "https://iamx.amazonaws.com/",
            "https://iam.s3.amazonaws.com/",
            "https://sts.s3.us-east-1.amazonaws.com/",
            "https://iam.bucket-1.s3.amazonaws.com/",
            "https://lambda.s3.amazonaws.com/",
            "https://ecs.s3.us-east-1.amazonaws.com/",
            "https://eks.s3-us-west-2.amazonaws.com/",
            "https://fips.evil.us-east-1.amazonaws.com/",
            "https://lambda.us-east-1.on.aws/",
            "https://bucket-1.s3.us-east-1.amazonaws.com/",
            "https://s3.s3.us-east-1.amazonaws.com/",
            "https://s3.dualstack.s3.us-east-1.amazonaws.com/",
            "https://ec2-203-0-113-9.compute-1.amazonaws.com/",
            "https://sts.x.us-east-1.amazonaws.com/",
            "https://sts.us-east-1.elb.amazonaws.com/",
            "https://vpce-1-2.vpce-svc-9.us-east-1.vpce.amazonaws.com/",
            "https://x.sts.us-east-1.vpce.amazonaws.com/",
            "http://169.254.169.253/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://[::ffff:127.0.0.1]/",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
        ] {
            assert!(decide(Purpose::Reads, uri).is_err(), "{uri}");
            assert!(decide(Purpose::Credentials, uri).is_err(), "{uri}");
        }
        assert!(decide(Purpose::Credentials, "https://iam.amazonaws.com/").is_err());
        assert!(decide(Purpose::Credentials, "https://lambda.us-east-1.amazonaws.com/").is_err());
        assert!(decide(Purpose::Reads, "https://portal.sso.eu-west-1.amazonaws.com/").is_err());
    }
}
