//! Microsoft Azure and Entra ID: API → documents → nouns.
