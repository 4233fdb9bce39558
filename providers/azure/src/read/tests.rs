//! Documents in, estate out.
