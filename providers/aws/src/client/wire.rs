//! Calls to services without an SDK crate of their own, through the same runtime as those with one: its signing,
//! retries and time-outs, and our guard and gate.

use std::{borrow::Cow, sync::Arc};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_runtime::{
    auth::{SigV4OperationSigningConfig, sigv4},
    invocation_id::InvocationIdInterceptor,
    request_info::RequestInfoInterceptor,
    retries::classifiers::AwsErrorCodeClassifier,
    service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor},
};
use aws_smithy_runtime::client::{
    identity::IdentityCache,
    orchestrator::operation::Operation,
    retries::{
        RetryPartition,
        classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
    },
};
use aws_smithy_runtime_api::client::{
    auth::{
        AuthSchemeOptionResolverParams, SharedAuthScheme, static_resolver::StaticAuthSchemeOptionResolver,
    },
    identity::SharedIdentityCache,
    orchestrator::{HttpResponse, OrchestratorError},
    result::SdkError,
    runtime_components::RuntimeComponentsBuilder,
    runtime_plugin::RuntimePlugin,
};
use aws_smithy_types::{
    config_bag::{FrozenLayer, Layer},
    timeout::TimeoutConfig,
};
use aws_types::{SigningName, region::SigningRegion};

use super::{
    answer::{self, ApiError},
    egress::Gate,
    endpoint::endpoint,
    guard::ReadOnly,
    request::{Call, Input, account_of, request},
};

/// Calls as one caller.
#[derive(Clone, Debug)]
pub(crate) struct Wire(Arc<Settings>);

#[derive(Debug)]
struct Settings {
    config: SdkConfig,
    gate: Gate,
    guard: ReadOnly,
    identities: SharedIdentityCache,
    /// Whose retries are counted together.
    name: String,
}

impl Wire {
    /// Calls with the credentials of a configuration, through this gate and past this guard.
    pub(super) fn new(config: &SdkConfig, gate: Gate, guard: ReadOnly, name: &str) -> Self {
        let identities = config.identity_cache().unwrap_or_else(|| IdentityCache::lazy().build());
        Self(Arc::new(Settings { config: config.clone(), gate, guard, identities, name: name.to_owned() }))
    }

    /// Makes a call in a region; gives the bytes of the answer.
    ///
    /// # Errors
    /// When the call fails in any way.
    pub(super) async fn send(
        &self,
        call: &Call,
        region: &str,
        input: Input,
    ) -> Result<Vec<u8>, SdkError<ApiError, HttpResponse>> {
        let settings = &*self.0;
        let config = &settings.config;
        let (to_send, protocol) = (*call, call.service.protocol);
        let retries = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let timeouts = config.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled);
        let mut operation = Operation::builder()
            .service_name(call.read.service)
            .operation_name(call.read.operation)
            .behavior_version(BehaviorVersion::v2026_01_12())
            .http_client(settings.gate.clone())
            .endpoint_url(&endpoint(config, call.service, region, account_of(call, &input)))
            .standard_retry(&retries)
            .timeout_config(timeouts)
            .interceptor(settings.guard.clone())
            .with_connection_poisoning()
            .interceptor(ServiceClockSkewInterceptor::new())
            .interceptor(RequestInfoInterceptor::new())
            .interceptor(InvocationIdInterceptor::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(TransientErrorClassifier::<ApiError>::new())
            .retry_classifier(AwsErrorCodeClassifier::<ApiError>::new())
            .retry_classifier(ServiceClockSkewClassifier::<ApiError>::new())
            .runtime_plugin(Signed::new(settings, call, region));
        if let Some(sleep) = config.sleep_impl() {
            operation = operation.sleep_impl(sleep);
        }
        if let Some(time) = config.time_source() {
            operation = operation.time_source(time);
        }
        let operation = operation
            .serializer(move |input: Input| request(&to_send, input))
            .deserializer(move |response: &HttpResponse| {
                let body = response.body().bytes().unwrap_or_default();
                if response.status().is_success() {
                    Ok(body.to_vec())
                } else {
                    let error = answer::error(protocol, response.headers(), body);
                    Err(OrchestratorError::operation(error))
                }
            })
            .build();
        operation.invoke(input).await
    }
}

/// Signature version 4 for one service in one region.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>
#[derive(Debug)]
struct Signed {
    config: FrozenLayer,
    components: RuntimeComponentsBuilder,
}

impl Signed {
    fn new(settings: &Settings, call: &Call, region: &str) -> Self {
        let mut config = Layer::new("signed");
        config.store_put(SigningName::from_static(call.service.signing));
        config.store_put(SigningRegion::from(Region::new(region.to_owned())));
        let mut signing = SigV4OperationSigningConfig::default();
        if call.service.signing == "s3" {
            // S3 has its own rules: paths as they are sent, and the digest of the body in a header.
            // <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>
            signing.signing_options.double_uri_encode = false;
            signing.signing_options.content_sha256_header = true;
            signing.signing_options.normalize_uri_path = false;
        }
        config.store_put(signing);
        config.store_put(AuthSchemeOptionResolverParams::new(()));
        // Retries of one account, service or region do not use up those of another.
        let partition = format!("census-{}-{}-{region}", call.service.id, settings.name);
        config.store_put(RetryPartition::new(partition));
        let mut components = RuntimeComponentsBuilder::new("signed")
            .with_auth_scheme(SharedAuthScheme::new(sigv4::SigV4AuthScheme::new()))
            .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![
                sigv4::SCHEME_ID,
            ])))
            .with_identity_cache(Some(settings.identities.clone()));
        if let Some(credentials) = settings.config.credentials_provider() {
            components.set_identity_resolver(sigv4::SCHEME_ID, credentials);
        }
        Self { config: config.freeze(), components }
    }
}

impl RuntimePlugin for Signed {
    fn config(&self) -> Option<FrozenLayer> {
        Some(self.config.clone())
    }

    fn runtime_components(&self, _: &RuntimeComponentsBuilder) -> Cow<'_, RuntimeComponentsBuilder> {
        Cow::Borrowed(&self.components)
    }
}
