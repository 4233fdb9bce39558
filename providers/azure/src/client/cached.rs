//! Tokens that are kept until their end.
//!
//! The other credentials of `azure_identity` keep their tokens; that of the Azure CLI starts the program for each request.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    time::OffsetDateTime,
};
use tokio::sync::Mutex;

/// So long before its end a token is not used any more: it must last until the request that bears it arrives.
const MARGIN: Duration = Duration::from_secs(60);

/// A credential that asks once for each scope, and again towards the end of a token.
pub(super) struct Cached {
    inner: Arc<dyn TokenCredential>,
    tokens: Mutex<HashMap<String, AccessToken>>,
}

impl Cached {
    pub(super) fn new(inner: Arc<dyn TokenCredential>) -> Self {
        Self { inner, tokens: Mutex::default() }
    }
}

impl fmt::Debug for Cached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached").finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl TokenCredential for Cached {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let key = scopes.join(" ");
        // Held while the program runs, so that requests that start together start it once.
        let mut tokens = self.tokens.lock().await;
        if let Some(token) =
            tokens.get(&key).filter(|token| token.expires_on > OffsetDateTime::now_utc() + MARGIN)
        {
            return Ok(token.clone());
        }
        let token = self.inner.get_token(scopes, options).await?;
        tokens.insert(key, token.clone());
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// Gives tokens that last so many seconds, and counts them.
    #[derive(Debug)]
    struct Program {
        lasts: u64,
        runs: AtomicU64,
    }

    #[async_trait::async_trait]
    impl TokenCredential for Program {
        async fn get_token(
            &self,
            _scopes: &[&str],
            _options: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            self.runs.fetch_add(1, Ordering::Relaxed);
            let ends = OffsetDateTime::now_utc() + Duration::from_secs(self.lasts);
            Ok(AccessToken::new("token".to_owned(), ends))
        }
    }

    #[tokio::test]
    async fn a_program_runs_once_for_each_scope_until_its_token_ends() {
        for (lasts, runs) in [(3600, 2), (30, 6)] {
            let program = Arc::new(Program { lasts, runs: AtomicU64::new(0) });
            let cached = Cached::new(Arc::clone(&program) as Arc<dyn TokenCredential>);
            for _ in 0..3 {
                for scope in ["https://graph.microsoft.com/.default", "https://vault.azure.net/.default"] {
                    cached.get_token(&[scope], None).await.unwrap();
                }
            }
            assert_eq!(program.runs.load(Ordering::Relaxed), runs, "{lasts} s");
        }
    }
}
