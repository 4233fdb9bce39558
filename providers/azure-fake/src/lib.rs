//! A tenant for tests.
