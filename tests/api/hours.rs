//! Working hours: kept whole, and when a profile that names them is open.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Desk, TestApp};

/// Nine to five in Berlin on weekdays. The clock stands at ten o'clock there, on a Monday.
fn office() -> Value {
    json!({
        "name": "Office", "timezone": "Europe/Berlin", "alldayssame": true, "start": "09:00", "end": "17:00:00",
        "incmonday": true, "inctuesday": true, "incwednesday": true, "incthursday": true, "incfriday": true,
    })
}

async fn post(test: &TestApp, workday: &Value) -> Value {
    test.post("/Workday", &test.admin, workday).await.expect(201)
}

/// Lets the desk's profile keep to these hours.
async fn keep_to(desk: &Desk, workday: &Value) {
    let profile = json!({ "id": "help", "workdays_id": workday["id"] });
    desk.test.post("/ChatProfile", &desk.test.admin, &profile).await.expect(201);
}

/// What widgets are told: on the profile, and on the list of chats.
async fn is_available(desk: &Desk) -> bool {
    let test = &desk.test;
    let profile = test.get("/ChatProfile/help?key=open&check_available=true", "").await.expect(200);
    let path = "/Chat?checkavailable=true&chatprofile_id=help";
    let list = test.get(path, &desk.anna_token).await.expect(200);
    assert_eq!(profile["_chat_available"], list["available"]);
    list["available"].as_bool().unwrap()
}

#[tokio::test]
async fn working_hours_come_back_as_they_were_sent() {
    let test = TestApp::new().await;
    let sent = json!({
        "guid": "a34f0eb2-5f48-44af-87f7-5ba3307339a9", "name": "All", "summary": "Everything",
        "timezone": "AUS Eastern Standard Time", "start": "1900-01-01T09:00:00", "end": "1900-01-01T17:00:00+10:00",
        "incmonday": true, "incsunday": false, "alldayssame": false,
        "startmonday": "1900-01-01T10:00:00Z", "endmonday": "2026-01-01T16:00:00",
        "holidays": [{ "id": "b34f0eb2-5f48-44af-87f7-5ba3307339a9", "holid": 4, "date": "2026-12-25T00:00:00",
            "end_date": "2026-12-26", "allday": true, "name": "Christmas", "isrecurring": true, "duration": 2.5,
            "schedule": { "kept": [1] } }],
        "timeslots": [{ "id": 1, "name": "Morning", "start_time": "09:00:00", "end_time": "12:00:00" }],
        "breaks": [{ "id": 2, "name": "Lunch", "start": "1900-01-01T12:00:00", "end": "1900-01-01T12:30:00", "incfriday": true }],
        "access_control_level": 3,
    });
    let made = post(&test, &sent).await;
    let read = test.get(&format!("/Workday/{}", made["id"]), &test.admin).await.expect(200);
    for (member, value) in sent.as_object().unwrap() {
        assert_eq!((&made[member], &read[member]), (value, value), "{member}");
    }
    let short = post(&test, &office()).await;
    assert_eq!(
        (&short["start"], &short["end"]),
        (&json!("1900-01-01T09:00:00"), &json!("1900-01-01T17:00:00"))
    );
    let list = test.get("/Workday?showholidays=true", &test.admin).await.expect(200);
    let names: Vec<&Value> = list.as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["All", "Office"]);
    let changed = post(&test, &json!({ "id": made["id"], "breaks": null })).await;
    assert!(changed.get("breaks").is_none() && changed["holidays"] == sent["holidays"]);
    test.delete(&format!("/Workday/{}", made["id"]), &test.admin).await.expect(200);
    test.get(&format!("/Workday/{}", made["id"]), &test.admin).await.refused(404);
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_by_name() {
    let desk = Desk::new().await;
    let refused = async |body: Value| desk.test.post("/Workday", &desk.test.admin, &body).await.refused(400);
    assert!(
        refused(json!({ "name": "x", "timezone": "Middle-earth/Shire" }))
            .await
            .contains("Middle-earth/Shire")
    );
    assert!(refused(json!({ "name": "x", "startfriday": "noon" })).await.starts_with("startfriday"));
    assert!(refused(json!({ "name": "x", "breaks": [{ "end": 9 }] })).await.starts_with("breaks[0].end"));
    assert!(refused(json!({ "timezone": "UTC" })).await.starts_with("name"));
    let workday = post(&desk.test, &office()).await;
    refused(json!({ "id": workday["id"], "timezone": "Berlin" })).await;
    desk.test.post("/Workday", &desk.anna_token, &office()).await.refused(403);
    desk.test.get("/Workday", "").await.refused(401);
}

#[tokio::test]
async fn a_profile_is_available_inside_its_hours() {
    // The tokens outlive the working day.
    let desk = Desk::over(TestApp::with(&[("ACCESS_TOKEN_SECONDS", "86400")]).await).await;
    assert!(is_available(&desk).await, "a profile without hours is always open");
    let workday = post(&desk.test, &office()).await;
    keep_to(&desk, &workday).await;
    assert!(is_available(&desk).await);
    desk.test.clock.advance(TimeDelta::minutes(7 * 60 - 1));
    assert!(is_available(&desk).await, "16:59");
    desk.test.clock.advance(TimeDelta::minutes(1));
    assert!(!is_available(&desk).await, "17:00");
    // A change shows at once in the process that made it.
    post(&desk.test, &json!({ "id": workday["id"], "end": "17:01" })).await;
    assert!(is_available(&desk).await);
    post(&desk.test, &json!({ "id": workday["id"], "holidays": [{ "date": "2026-03-02T00:00:00" }] })).await;
    assert!(!is_available(&desk).await);
    desk.test.delete(&format!("/Workday/{}", workday["id"]), &desk.test.admin).await.expect(200);
    assert!(is_available(&desk).await, "hours that are gone close nothing");
}

#[tokio::test]
async fn where_somebody_must_be_online_it_is_somebody_of_the_flows_teams() {
    let desk = Desk::new().await;
    let must = json!({ "id": "help", "techmustonline": true });
    desk.test.post("/ChatProfile", &desk.test.admin, &must).await.expect(201);
    assert!(!is_available(&desk).await);
    desk.test.post("/OnlineStatus", &desk.carla_token, &json!({})).await.expect(201);
    assert!(!is_available(&desk).await, "Carla's team is none of the flow's");
    let anybody = desk.test.get("/Chat?checkavailable=true", &desk.anna_token).await.expect(200);
    assert_eq!(anybody["available"], true);
    desk.test.post("/OnlineStatus", &desk.anna_token, &json!({})).await.expect(201);
    assert!(is_available(&desk).await);
    let workday = post(&desk.test, &json!({ "name": "Never" })).await;
    keep_to(&desk, &workday).await;
    assert!(!is_available(&desk).await, "Anna is there, but outside the hours");
    let any_team = json!({ "id": "help", "workdays_id": null, "steps": [
        { "step_id": 1, "name": "People", "isstart": true, "steptype": 8, "message": "One moment" } ] });
    desk.test.post("/ChatProfile", &desk.test.admin, &any_team).await.expect(201);
    desk.test.post("/OnlineStatus", &desk.anna_token, &json!({ "agent_status": 2 })).await.expect(201);
    assert!(is_available(&desk).await, "a flow that names no team hands over to Carla's as well");
}

#[tokio::test]
async fn a_visitor_asks_about_its_own_profile_and_learns_of_no_other() {
    let desk = Desk::new().await;
    let visit = desk.visit().await;
    let other = json!({ "id": "other", "name": "Other", "steps": [] });
    desk.test.post("/ChatProfile", &desk.test.admin, &other).await.expect(201);
    let ask = async |id: &str, token: &str| {
        desk.test.get(&format!("/Chat?checkavailable=true&chatprofile_id={id}"), token).await
    };
    assert_eq!(ask("help", &visit.token).await.expect(200)["available"], true);
    assert_eq!(ask("other", &desk.anna_token).await.expect(200)["available"], true);
    let hidden = ask("other", &visit.token).await.refused(404);
    assert_eq!(ask("third", &visit.token).await.refused(404), hidden.replace("other", "third"));
    ask("third", &desk.anna_token).await.refused(404);
}

#[tokio::test]
async fn a_flow_knows_the_hours_and_their_clock_and_starts_outside_them_too() {
    let desk = Desk::new().await;
    let workday = post(&desk.test, &office()).await;
    let profile = json!({ "id": "clock", "key": "k", "name": "Clock", "workdays_id": workday["id"], "steps": [
        { "step_id": 1, "name": "Say", "isstart": true, "steptype": 16, "message": "$today $time $withinhours" } ] });
    desk.test.post("/ChatProfile", &desk.test.admin, &profile).await.expect(201);
    let said = async || {
        let started = json!({ "chatprofileid": "clock", "key": "k" });
        let started = desk.test.post("/Chat", "", &started).await.expect(201);
        let messages = started["messages"].as_array().unwrap().clone();
        messages.iter().find(|one| one["sender_id"] == 0).unwrap()["textplain"].as_str().unwrap().to_owned()
    };
    assert_eq!(said().await, "2026-03-02 10:00 true");
    desk.test.clock.advance(TimeDelta::hours(14));
    assert_eq!(said().await, "2026-03-03 00:00 false");
}
