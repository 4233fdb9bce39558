//! Refuses operations that no read declares, in the SDK and before the network.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeSerializationInterceptorContextRef},
        orchestrator::Metadata,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use census_provider_api::Guard;

/// The guard as a hook of the SDK. It looks at the operation that is about to be executed, before there is a request.
#[derive(Debug, Clone)]
pub(crate) struct ReadOnly(Guard);

impl ReadOnly {
    /// Lets pass what the guard permits.
    pub(crate) fn new(guard: Guard) -> Self {
        Self(guard)
    }
}

impl Intercept for ReadOnly {
    fn name(&self) -> &'static str {
        "ReadOnly"
    }

    // The first hook that sees which operation it is. An error skips all that follows, the request included.
    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().ok_or("refused a call that does not name its operation")?;
        self.0.permit(operation.service(), operation.name())?;
        Ok(())
    }
}
