//! One way of making short, stable identifiers out of parts.

use sha2::{Digest as _, Sha256};

/// A SHA-256 over labelled parts. Each part is preceded by its length, so `("ab","c")` and `("a","bc")` differ.
#[derive(Clone, Default)]
pub struct Digest(Sha256);

impl Digest {
    /// An empty digest for one purpose; the purpose keeps digests of different nouns apart.
    pub fn new(purpose: &str) -> Self {
        Self::default().part(purpose)
    }

    /// Adds one part.
    #[must_use]
    pub fn part(mut self, part: &str) -> Self {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part.as_bytes());
        self
    }

    /// Lower-case hexadecimal, `bytes` bytes of it (at most 32).
    pub fn hex(self, bytes: usize) -> String {
        self.0.finalize().iter().take(bytes).map(|b| format!("{b:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn parts_keep_their_borders() {
        let of =
            |parts: &[&str]| parts.iter().fold(Digest::new("t"), |digest, part| digest.part(part)).hex(8);
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a", ""]), of(&["a"]));
        assert_eq!(of(&[]).len(), 16);
    }
}
