//! The fake from outside: what it answers, what goes wrong on purpose, and what Microsoft's own clients make of it.

mod arm;
mod clients;
mod faults;
mod graph;
mod proxy;
mod support;
mod tokens;
mod vault;
