//! Files of techniques: `[[technique]]` tables.

use serde::{Deserialize, de::DeserializeOwned};

/// Reads the techniques of a file, in its order.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, toml::de::Error> {
    #[derive(Deserialize)]
    struct File<T> {
        technique: Vec<T>,
    }
    toml::from_str::<File<T>>(text).map(|file| file.technique)
}
