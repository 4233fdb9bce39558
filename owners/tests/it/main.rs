//! The crate from outside: registry files in, owners out.
#![cfg(test)]

mod adapters;
mod attestations;
mod cases;
mod entra;
mod estate;
mod formats;
mod labelled;
mod properties;
mod review;
mod signatures;
mod suggestions;
mod workbook;
