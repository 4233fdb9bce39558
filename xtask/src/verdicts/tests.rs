use census_model::Digest;

use super::*;

fn lines(kind: Kind) -> Vec<String> {
    let world = World::new(kind);
    let mut requests = Requests::new(&world);
    (0..50).map(|_| requests.line().unwrap()).collect()
}

#[test]
fn the_same_kind_makes_the_same_bytes_everywhere() {
    let digest =
        |kind| lines(kind).iter().fold(Digest::new("lines"), |digest, line| digest.part(line)).hex(8);
    let digests = Kind::ALL.map(digest);
    assert_eq!(digests, Kind::ALL.map(digest));
    // Figures compare only while these stay.
    assert_eq!(digests, ["12a97fcf191a5fc2", "679f6ddb8ee2af51", "97ea432db5af6c1b"]);
}

#[test]
fn every_kind_is_decided_in_several_ways() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        for (work, least) in [(Work::Estate, 3), (Work::Lines, 2)] {
            let figures = run(work, &world, 500).unwrap();
            assert_eq!(figures.count, 500);
            let often = figures.decisions.keys().filter(|decision| figures.percent(decision) > 1.0).count();
            assert!(often >= least, "{kind:?} {work:?}: {figures:?}");
        }
    }
}

#[test]
fn a_new_simulator_for_each_line_decides_alike() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        let decisions = |work| run(work, &world, 100).unwrap().decisions;
        assert_eq!(decisions(Work::Lines), decisions(Work::LinesAnew));
    }
}

#[test]
fn all_actions_are_ones_that_aws_has() {
    for service in service::SERVICES {
        for name in service.actions {
            let action = format!("{}:{name}", service.prefix);
            assert!(census_privilege::aws::catalogue::action(&action).is_some(), "{action}");
        }
    }
}
