//! The crate from outside: registry files in, owners out.
#![cfg(test)]

mod cases;
mod estate;
mod formats;
mod properties;
mod suggestions;
