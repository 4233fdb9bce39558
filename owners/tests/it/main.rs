//! The crate from outside: registry files in, owners out.
#![cfg(test)]

mod adapters;
mod cases;
mod estate;
mod formats;
mod labelled;
mod properties;
mod suggestions;
mod workbook;
