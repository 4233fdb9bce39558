//! Ids of requests.

use std::sync::atomic::{AtomicU64, Ordering};

/// An id that no other answer of this process has, in the form of a UUID.
pub(crate) fn request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("5ca1ab1e-0000-4000-8000-{:012x}", number & 0xffff_ffff_ffff)
}
