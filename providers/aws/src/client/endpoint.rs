//! Where a service is asked in a region.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::{Partition, service::Service};

/// The endpoint of a service: what the environment or the profile names, as every SDK takes it, else the one that AWS
/// has for the region, there below a name for the account where the call is of one.
pub(super) fn endpoint(config: &SdkConfig, service: &Service, region: &str, account: Option<&str>) -> String {
    configured(config, service).unwrap_or_else(|| {
        let host = host(
            service,
            region,
            config.use_fips().unwrap_or_default(),
            config.use_dual_stack().unwrap_or_default(),
        );
        match account {
            Some(account) => format!("https://{account}.{host}"),
            None => format!("https://{host}"),
        }
    })
}

/// `AWS_ENDPOINT_URL_<SERVICE>`, the service's `endpoint_url` in the profile, or what holds for all services.
fn configured(config: &SdkConfig, service: &Service) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service.id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    let own = config.service_config().and_then(|settings| settings.load_config(key));
    own.or_else(|| config.endpoint_url().map(str::to_owned))
}

/// <https://docs.aws.amazon.com/general/latest/gr/rande.html>
fn host(service: &Service, region: &str, fips: bool, dual_stack: bool) -> String {
    let china = Partition::of_region(region) == Partition::China;
    let suffix = match (china, dual_stack) {
        (false, false) => "amazonaws.com",
        (false, true) => "api.aws",
        (true, false) => "amazonaws.com.cn",
        (true, true) => "api.amazonwebservices.com.cn",
    };
    // Three services have dual-stack names of their own.
    if dual_stack && matches!(service.host, "s3" | "s3-control" | "secretsmanager") {
        let suffix = if china { "amazonaws.com.cn" } else { "amazonaws.com" };
        let name = match (fips, service.older_fips_dual_stack()) {
            (false, _) => service.dual_stack_host(),
            (true, Some(name)) => name.to_owned(),
            (true, None) => service.fips_host(region),
        };
        return format!("{name}.{region}.{suffix}");
    }
    let name = match (fips, dual_stack) {
        (false, false) => service.host.to_owned(),
        (true, false) => service.fips_host(region),
        (false, true) => service.dual_stack_host(),
        // The newer names have one form for all.
        (true, true) => format!("{}-fips", service.dual_stack_host()),
    };
    format!("{name}.{region}.{suffix}")
}

#[cfg(test)]
mod tests {
    use census_privilege::aws::regions::REGIONS;
    use serde_json::{Value, json};

    use super::*;
    use crate::fetch::services;

    /// `tests/e2e/contract.py` compares this file with the rules that AWS makes its SDKs from.
    #[test]
    fn the_endpoints_are_written_down() {
        let settings = [(false, false), (false, true), (true, false), (true, true)];
        let hosts = |service: &Service| -> Value {
            let regions = ["us-east-1", "eu-central-1", "us-gov-east-1", "us-gov-west-1", "cn-north-1"];
            let all =
                regions.into_iter().flat_map(|region| settings.map(|(fips, dual)| (region, fips, dual)));
            // China has no FIPS endpoints.
            all.filter(|(region, fips, _)| !(*fips && region.starts_with("cn-")))
                .map(|(region, fips, dual)| json!([region, fips, dual, host(service, region, fips, dual)]))
                .collect()
        };
        let listed = |service: &Service| -> Vec<&str> {
            REGIONS.into_iter().filter(|region| service.is_listed_in(region)).collect()
        };
        let lines: Vec<String> = services()
            .map(|one| json!({"service": one.id, "hosts": hosts(one), "listed": listed(one)}).to_string())
            .collect();
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("endpoints", format!("[\n{}\n]", lines.join(",\n")));
        });
    }
}
