//! Everything that people and programs wrote down about owners, from all files.

use std::collections::BTreeMap;

use census_model::{ClaimSource, Evidence, Text};

use crate::{
    AllowedSigners,
    adapters::{
        BackstageConfig, Codeowners, DirectoryConfig, RepositoryConfig, ServicenowConfig, TableConfig,
        TerraformState,
    },
    attestations,
    intake::Source,
    life::Attestation,
    people::Directory,
    registry::{Registry, RegistryError},
};

/// What a source that is no registry says about identities that it names by their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The ids that it names.
    pub(crate) ids: Vec<Text>,
    /// The immutable id of what it is about, where it says that too: one that differs is a predecessor of the same name.
    pub(crate) immutable_id: Option<Text>,
    /// What kind of source.
    pub(crate) source: ClaimSource,
    /// Who answers for them.
    pub(crate) owner: Text,
    /// What shows it.
    pub(crate) evidence: Vec<Evidence>,
}

/// Who owns the code of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RepositoryOwner {
    /// Who.
    pub(crate) owner: Text,
    /// What shows it.
    pub(crate) evidence: Vec<Evidence>,
}

/// What was read of one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Intake {
    /// The file, as it was named.
    pub file: Text,
    /// The format: `registry`, `attestations`, `table`, `servicenow`, `backstage`, `repository`, `terraform`, `directory`.
    pub format: &'static str,
    /// How many registry entries, statements or people it gave.
    pub taken: usize,
    /// How many rows or entities are not about identities, and were left out.
    pub left_out: usize,
}

/// Everything that was written down about owners.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Entries of registries, and of tables and inventories that are one.
    pub registry: Registry,
    /// People and teams.
    pub directory: Directory,
    pub(crate) attestations: Vec<Attestation>,
    pub(crate) statements: Vec<Statement>,
    /// Owners of repositories, by `owner/name` in lower case.
    pub(crate) repositories: BTreeMap<String, Vec<RepositoryOwner>>,
    intakes: Vec<Intake>,
}

impl From<Registry> for Records {
    fn from(registry: Registry) -> Self {
        Self { registry, ..Self::default() }
    }
}

impl Records {
    /// What was read, by file.
    pub fn intakes(&self) -> &[Intake] {
        &self.intakes
    }

    /// Adds a registry file of census's own format.
    ///
    /// # Errors
    /// As [`Registry::parse`].
    pub fn add_registry(&mut self, name: &str, bytes: &[u8]) -> Result<(), RegistryError> {
        let registry = Registry::parse(name, bytes)?;
        self.note(name, "registry", registry.entries().len(), 0);
        self.registry.merge(registry);
        Ok(())
    }

    /// Adds an attestation log. What several logs say alike counts once.
    ///
    /// # Errors
    /// When a line is not right, was written in part only, or bears a signature that does not verify; each problem with
    /// line and column. A log is taken as a whole or not at all.
    pub fn add_attestations(
        &mut self,
        name: &str,
        bytes: &[u8],
        signers: Option<&AllowedSigners>,
    ) -> Result<(), RegistryError> {
        let found = attestations::read(name, bytes, signers)?;
        self.note(name, "attestations", found.len(), 0);
        self.attestations.extend(found);
        Ok(())
    }

    /// The attestations of all logs.
    pub fn attestations(&self) -> &[Attestation] {
        &self.attestations
    }

    /// Adds a table with a map of columns.
    ///
    /// # Errors
    /// When the file is not what the configuration says; each problem with line and column.
    pub fn add_table(
        &mut self,
        name: &str,
        source: &mut dyn Source,
        config: &TableConfig,
    ) -> Result<(), RegistryError> {
        let entries = config.read(name, source)?;
        self.note(name, "table", entries.registry.entries().len(), entries.left_out);
        self.registry.merge(entries.registry);
        Ok(())
    }

    /// Adds an export of ServiceNow.
    ///
    /// # Errors
    /// When the file is not what the configuration says; each problem with line and column.
    pub fn add_servicenow(
        &mut self,
        name: &str,
        source: &mut dyn Source,
        config: &ServicenowConfig,
    ) -> Result<(), RegistryError> {
        let entries = config.read(name, source)?;
        self.note(name, "servicenow", entries.registry.entries().len(), entries.left_out);
        self.registry.merge(entries.registry);
        Ok(())
    }

    /// Adds an export of people. Comes before catalogues, so that both know the same people.
    ///
    /// # Errors
    /// When the file is not what the configuration says; each problem with line and column.
    pub fn add_directory(
        &mut self,
        name: &str,
        source: &mut dyn Source,
        config: &DirectoryConfig,
    ) -> Result<(), RegistryError> {
        let people = config.read(name, source)?;
        self.note(name, "directory", people.len(), 0);
        self.directory.add_people(people);
        Ok(())
    }

    /// Adds a catalogue file of Backstage.
    ///
    /// # Errors
    /// When it is no YAML of entities.
    pub fn add_backstage(
        &mut self,
        name: &str,
        bytes: &[u8],
        config: &BackstageConfig,
    ) -> Result<(), RegistryError> {
        let catalog = config.read(name, bytes)?;
        let taken = catalog.statements.len() + catalog.people.len() + catalog.groups.len();
        self.note(name, "backstage", taken, catalog.left_out);
        self.directory.add_catalog_people(catalog.people);
        self.directory.add_groups(catalog.groups);
        self.statements.extend(catalog.statements);
        for (repository, owner) in catalog.repositories {
            self.repositories.entry(repository).or_default().push(owner);
        }
        Ok(())
    }

    /// Adds who owns the workflows of a repository, and with them whatever its pipeline becomes.
    pub fn add_repository(&mut self, config: &RepositoryConfig, codeowners: &Codeowners) {
        let owner = codeowners.owner_of(crate::adapters::WORKFLOW);
        self.note(codeowners.name(), "repository", usize::from(owner.is_some()), 0);
        if let Some((owner, evidence)) = owner {
            let owner = RepositoryOwner { owner, evidence: vec![evidence] };
            self.repositories.entry(config.name.to_lowercase()).or_default().push(owner);
        }
    }

    /// Adds the identities of a Terraform state, owned by those who own the code that made them.
    ///
    /// # Errors
    /// When it is no state of version 4.
    pub fn add_terraform(
        &mut self,
        name: &str,
        bytes: &[u8],
        config: &TerraformState,
        codeowners: &Codeowners,
    ) -> Result<(), RegistryError> {
        let found = config.read(name, bytes, codeowners)?;
        self.note(name, "terraform", found.statements.len(), found.left_out);
        self.statements.extend(found.statements);
        Ok(())
    }

    fn note(&mut self, file: &str, format: &'static str, taken: usize, left_out: usize) {
        self.intakes.push(Intake { file: file.into(), format, taken, left_out });
        self.intakes.sort_unstable();
    }
}
