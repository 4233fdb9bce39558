//! A fuzzer: libFuzzer around the target that `CENSUS_FUZZ_TARGET` names. `cargo xtask fuzz` builds and runs it.
#![no_main]
#![allow(unreachable_pub, missing_docs, reason = "the macros of libfuzzer-sys")]

use std::sync::OnceLock;

use census_fuzz::{Target, mutate};

static TARGET: OnceLock<Target> = OnceLock::new();

/// An unknown name ends the run at once.
fn target() -> Target {
    *TARGET.get_or_init(|| {
        std::env::var("CENSUS_FUZZ_TARGET").ok().and_then(|name| Target::named(&name)).unwrap_or_else(|| {
            std::process::abort();
        })
    })
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| target().run(data));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let input = data.get(..size).unwrap_or_default();
    match mutate::json(input, seed).filter(|changed| changed.len() <= max_size) {
        Some(changed) => {
            for (to, from) in data.iter_mut().zip(&changed) {
                *to = *from;
            }
            changed.len()
        }
        None => libfuzzer_sys::fuzzer_mutate(data, size, max_size),
    }
});
