//! Where a service is asked in a region.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::{Partition, service::Service};

/// The endpoint of a service: what the environment or the profile names, as every SDK takes it, else the one that AWS
/// has for the region.
pub(super) fn endpoint(config: &SdkConfig, service: &Service, region: &str) -> String {
    configured(config, service).unwrap_or_else(|| {
        let host = host(
            service,
            region,
            config.use_fips().unwrap_or_default(),
            config.use_dual_stack().unwrap_or_default(),
        );
        format!("https://{host}")
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
    let name = match (fips, dual_stack) {
        (false, false) => service.host.to_owned(),
        (true, false) => service.fips_host(region),
        (false, true) => service.dual_stack_host(),
        // The newer names have one form for all.
        (true, true) => format!("{}-fips", service.dual_stack_host()),
    };
    format!("{name}.{region}.{suffix}")
}
