//! A scan and an export are the same estate.

use census_provider_api::{DirStore, Manifest, StoreError};

use super::*;

/// A folder as a scan of it would have been at a time.
struct Export(DirStore, Manifest);

impl DocumentStore for Export {
    fn paths(&self) -> &BTreeSet<DocPath> {
        self.0.paths()
    }

    fn get(&self, path: &DocPath) -> Result<Option<std::borrow::Cow<'_, [u8]>>, StoreError> {
        self.0.get(path)
    }

    fn manifest(&self) -> Option<&Manifest> {
        Some(&self.1)
    }
}

fn estate(documents: &dyn DocumentStore) -> census_model::Estate {
    use census_provider_api::Provider;

    let mut estate = census_model::EstateBuilder::new();
    crate::AzureProvider::default().read(documents, &mut estate).unwrap();
    estate.finish(CLOCK, CLOCK, CLOCK)
}

/// What is kept of a tenant's answers is all that is looked at: an export and a scan are the same estate.
#[tokio::test]
async fn a_scan_reads_like_an_export() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../azure-fake/tenants/small");
    let extras: Value = serde_json::from_slice(&fs::read(folder.join("fake.json")).unwrap()).unwrap();
    let client = extras["clients"].as_array().unwrap().iter().find(|one| one["secret"].is_string()).unwrap();
    let tenant = FakeTenant::open(&folder).unwrap();
    let fake = std::thread::spawn(|| Fake::start(vec![tenant], Settings::default()).unwrap()).join().unwrap();
    let organization: Value = serde_json::from_slice(&fs::read(folder.join("tenant.json")).unwrap()).unwrap();
    let id = organization["value"][0]["id"].as_str().unwrap().to_owned();
    let options = AzureOptions { tenants: vec![id], deep: true, ..options() };
    let secret: &'static str = Box::leak(client["secret"].as_str().unwrap().to_owned().into_boxed_str());
    let environment = Environment::of_secret(client["client_id"].as_str().unwrap(), secret);
    let collector = Collector::in_memory(CLOCK);
    let context = FetchContext { collector: &collector, progress: &Silent, deadline: None };
    fetch_through(&gate_to(&fake), environment, &options, context).await.unwrap();
    let scanned = collector.finish(CLOCK).unwrap();
    assert_eq!(gaps(&scanned), []);
    let exported = Export(DirStore::open(&folder).unwrap(), Manifest::new(CLOCK));
    let (mut live, mut export) = (estate(&scanned), estate(&exported));
    live.gaps.clear();
    export.gaps.clear();
    let lines = |estate: &census_model::Estate| serde_json::to_string_pretty(estate).unwrap();
    let (live, export) = (lines(&live), lines(&export));
    let differing = live.lines().zip(export.lines()).find(|(live, export)| live != export);
    assert!(live == export, "the first difference: {differing:?}");
    for path in scanned.paths() {
        let text = text(&scanned, path.as_str());
        // What `fake.json` puts into answers beside the documents.
        assert!(!text.contains("canary-") && !text.contains("Y2FuYXJ5LWtleQ=="), "{path}");
    }
    assert!(live.len() > 10_000, "there is something to compare");
}
