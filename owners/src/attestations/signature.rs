//! Signatures of lines: OpenSSH's SSHSIG format, as `ssh-keygen -Y` writes and checks it (PROTOCOL.sshsig).

use std::fmt;

use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

use super::{
    AllowedSigners, Line,
    line::Armor,
    signers::{Refusal, Wanted},
};
use crate::registry::shown;

/// What a signature is for: one that was made for anything else does not count here.
pub const NAMESPACE: &str = "census-attestation";

/// Checks the signature of a line: made for attestations, over this line, by a key that is listed for who attests, at the
/// time of the line.
pub(super) fn verify(line: &Line, armor: &Armor, signers: &AllowedSigners) -> Result<(), String> {
    let signature = SshSig::from_pem(&*armor.0)
        .map_err(|error| format!("its signature is no OpenSSH signature: {error}"))?;
    if signature.namespace() != NAMESPACE {
        let namespace = shown(signature.namespace());
        return Err(format!("its signature was made for {namespace}, expected `{NAMESPACE}`"));
    }
    let key = signature.public_key();
    let (by, fingerprint) = (shown(&line.by.0), key.fingerprint(HashAlg::Sha256));
    let wanted = Wanted { principal: &line.by.0, key, at: line.at.0 };
    signers.allows(&wanted).map_err(|refusal| {
        let file = signers.name();
        match refusal {
            Refusal::UnknownKey => format!("its signature is by {fingerprint}, which `{file}` does not list"),
            Refusal::OtherPrincipal => {
                format!("its signature is by {fingerprint}, which `{file}` does not list for {by}")
            }
            Refusal::OtherNamespace => format!(
                "its signature is by {fingerprint}, which `{file}` lists for other namespaces than `{NAMESPACE}`"
            ),
            Refusal::OtherTime => {
                format!("its signature is by {fingerprint}, which `{file}` does not list for {}", line.at.0)
            }
        }
    })?;
    let message = line.canonical().map_err(|error| error.to_string())?;
    PublicKey::from(key.clone()).verify(NAMESPACE, message.as_bytes(), &signature).map_err(
        |error| match error {
            ssh_key::Error::AlgorithmUnsupported { .. } => unsupported(&key.algorithm()),
            _ => "its signature does not verify: the line was changed after it was signed".to_owned(),
        },
    )
}

pub(super) fn unsupported(algorithm: &Algorithm) -> String {
    format!("keys of type `{algorithm}` are not supported, use ssh-ed25519 or ecdsa-sha2-nistp256")
}

/// A private key that signs lines. Shows nothing of itself.
pub struct SigningKey(PrivateKey);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.0.fingerprint(HashAlg::Sha256))
    }
}

/// Why a file is no key to sign with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningError {
    /// It holds no private key in OpenSSH's format.
    NoKey,
    /// The key is encrypted.
    Encrypted,
    /// Keys of this type are not supported.
    Unsupported(String),
}

impl fmt::Display for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKey => f.write_str("it is no private key in OpenSSH's format"),
            Self::Encrypted => f.write_str("the key is encrypted"),
            Self::Unsupported(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for SigningError {}

impl SigningKey {
    /// Reads a private key, as `ssh-keygen -t ed25519` writes it. No error quotes anything of it.
    ///
    /// # Errors
    /// When it is none, is encrypted, or is of a type that is not supported.
    pub fn parse(bytes: &[u8]) -> Result<Self, SigningError> {
        let key = PrivateKey::from_openssh(bytes).map_err(|_| SigningError::NoKey)?;
        if key.is_encrypted() {
            return Err(SigningError::Encrypted);
        }
        match key.algorithm() {
            Algorithm::Ed25519 | Algorithm::Ecdsa { curve: ssh_key::EcdsaCurve::NistP256 } => Ok(Self(key)),
            other => Err(SigningError::Unsupported(unsupported(&other))),
        }
    }

    /// Signs a line.
    pub(super) fn sign(&self, line: &Line) -> Result<Armor, String> {
        let message = line.canonical().map_err(|error| error.to_string())?;
        let signed = self.0.sign(NAMESPACE, HashAlg::Sha512, message.as_bytes());
        let armored = signed.and_then(|signature| signature.to_pem(LineEnding::LF));
        armored.map(|text| Armor(text.into())).map_err(|error| format!("cannot sign: {error}"))
    }
}
