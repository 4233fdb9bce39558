//! Reads in batches.

use super::*;

fn ask(id: &str) -> Ask {
    Ask { call: &THINGS, target: THINGS.target(1, &[id]) }
}

fn inner(id: usize, status: u16, body: &Value) -> Value {
    json!({"id": id.to_string(), "status": status, "headers": {"Retry-After": "0"}, "body": body})
}

#[tokio::test]
async fn a_batch_maps_answers_retries_inner_throttling_and_follows_inner_pages() {
    let one = |id: &str| json!({"value": [{"id": id}]});
    let link = "https://graph.microsoft.com/v1.0/things/b/parts?$skiptoken=2";
    let paged = json!({"value": [{"id": "b1"}], "@odata.nextLink": link});
    let none = json!({"error": {"code": "Request_ResourceNotFound"}});
    let slow = json!({"error": {"code": "TooManyRequests"}});
    let first = json!({"responses":
        [inner(2, 404, &none), inner(1, 200, &paged), inner(0, 429, &slow), inner(9, 200, &one("x"))]});
    let second = json!({"responses": [inner(0, 200, &one("a1"))]});
    let third = json!({"responses": []});
    let says = [Says::Json(200, first), page(&["b2"], None), Says::Json(200, second), Says::Json(200, third)];
    let (api, script) = both(says.into());
    let results = api.batch(vec![ask("a"), ask("b"), ask("c"), ask("d")]).await;
    assert_eq!(ids(results[0].as_ref().unwrap()), ["a1"]);
    assert_eq!(ids(results[1].as_ref().unwrap()), ["b1", "b2"]);
    assert!(results[2].as_ref().unwrap_err().is_absence());
    assert_eq!(results[3].as_ref().unwrap_err().reason, GapReason::Invalid, "no answer");
    let bodies = script.bodies.lock().unwrap();
    assert_eq!(
        bodies[0]["requests"][1],
        json!({"id": "1", "method": "GET", "url": "/things/b/parts?$top=2"})
    );
    // What was throttled is asked again, and what was not answered, until that has been tried often enough.
    assert_eq!(bodies[1]["requests"].as_array().unwrap().len(), 2);
    assert_eq!(bodies[2]["requests"].as_array().unwrap().len(), 1);
    assert_eq!((api.gate.requests(), api.gate.inner_requests()), (5, 7));
}

#[tokio::test]
async fn a_batch_holds_twenty_and_fails_as_one_where_the_request_fails() {
    let answers = |n: usize| {
        let all: Vec<Value> = (0..n).map(|at| inner(at, 200, &json!({"value": []}))).collect();
        Says::Json(200, json!({"responses": all}))
    };
    let (mut api, script) = both(vec![answers(20), Says::Json(403, json!({}))]);
    api.concurrency = 1;
    let results = api.batch((0..25).map(|at| ask(&format!("t{at}"))).collect()).await;
    assert_eq!(script.asked().len(), 2);
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 20);
    assert!(results[20..].iter().all(|result| result.as_ref().unwrap_err().reason == GapReason::Denied));
}

#[tokio::test]
async fn what_was_throttled_to_the_end_says_so() {
    let slow = || Says::Json(200, json!({"responses": [inner(0, 429, &json!({}))]}));
    let (api, _) = both(vec![slow(), slow(), slow()]);
    assert_eq!(api.batch(vec![ask("a")]).await[0].as_ref().unwrap_err().reason, GapReason::Throttled);
}
