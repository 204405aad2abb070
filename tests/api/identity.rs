//! Identity tokens: who a visitor is by the word of the site.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{
    Desk,
    token::{SECRET, START, base64, desk_with, is_refused, save, signed, start, token},
};

/// Signs a visitor in with these claims; the chat's user.
async fn sign_in(desk: &Desk, claims: Value) -> i64 {
    start(desk, &token(SECRET, claims)).await.expect(201)["user_id"].as_i64().unwrap()
}

async fn user(desk: &Desk, id: i64) -> Value {
    desk.test.get(&format!("/Users/{id}"), &desk.test.admin).await.expect(200)
}

async fn users(desk: &Desk) -> i64 {
    desk.test.get("/Users", &desk.test.admin).await.expect(200)["record_count"].as_i64().unwrap()
}

#[tokio::test]
async fn a_token_makes_the_visitor_a_user_with_what_it_says() {
    let mappings = json!([
        { "id": 1, "thirdpartyname": "phone", "name": "mobilenumber" },
        { "id": 2, "thirdpartyname": "plan", "name": "identity_subject" } ]);
    let desk = desk_with(json!({ "new_user_site_id": 7, "usermappings": mappings })).await;
    let claims =
        json!({ "sub": "u-1", "name": "Grace", "email": "grace@x.test", "phone": 123, "plan": "stolen" });
    let started = start(&desk, &token(SECRET, claims)).await.expect(201);
    let id = started["user_id"].as_i64().unwrap();
    assert_eq!((&started["name"], &started["user_name"]), (&json!("Grace"), &json!("Grace")));
    let visitor = &started["participants"][0];
    assert_eq!((&visitor["user_id"], &visitor["email"]), (&json!(id), &json!("grace@x.test")));
    let (chat, visitor) = (started["id"].as_i64().unwrap(), started["access_token"].as_str().unwrap());
    assert_eq!(
        desk.transcript(chat, visitor).await[..3],
        ["Grace [1]", "Grace [14]", "Robin: Hello Grace"],
        "who it is is known before the bot speaks"
    );
    let made = user(&desk, id).await;
    assert_eq!((&made["name"], &made["emailaddress"]), (&json!("Grace"), &json!("grace@x.test")));
    assert_eq!((&made["site_id"], &made["mobilenumber"]), (&json!(7.0), &json!("123")));
    assert_eq!(made["identity_subject"], "u-1", "a mapping reaches no member that the server goes by");
}

#[tokio::test]
async fn the_flow_knows_who_is_signed_in_and_takes_no_claim_for_it() {
    let desk = desk_with(json!({ "steps": [
        { "step_id": 1, "isstart": true, "steptype": 0, "message": "Known: $known", "actions": [] } ] }))
    .await;
    let last = |started: Value| started["messages"].as_array().unwrap().last().unwrap()["text"].clone();
    let body =
        json!({ "chatprofileid": "help", "key": "open", "display_name": "Grace", "email": "g@x.test" });
    sign_in(&desk, json!({ "sub": "1", "email": "g@x.test" })).await;
    let claimed = desk.test.post("/Chat", "", &body).await.expect(201);
    assert_eq!(claimed["user_id"], 0);
    assert_eq!(last(claimed), "Known: false");
    let started = start(&desk, &token(SECRET, json!({ "sub": "1" }))).await.expect(201);
    assert_eq!(last(started), "Known: true");
}

#[tokio::test]
async fn every_hmac_of_the_profiles_secret_is_taken_and_nothing_else() {
    let desk = desk_with(json!({})).await;
    for algorithm in ["HS256", "HS384", "HS512"] {
        start(&desk, &signed(algorithm, SECRET, json!({ "sub": "1" }))).await.expect(201);
    }
    desk.publish("other", json!([])).await;
    let other = json!({ "id": "other", "enable_user_matching": true, "new_hmac_secret": "the other one" });
    desk.test.post("/ChatProfile", &desk.test.admin, &other).await.expect(201);
    let before = desk.test.get("/Chat", &desk.test.admin).await.expect(200)["record_count"].clone();
    let good = token(SECRET, json!({ "sub": "1" }));
    let (signed_part, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signed_part.split_once('.').unwrap();
    let none = base64(r#"{"alg":"none","typ":"JWT"}"#);
    let forged = base64(r#"{"sub":"2","exp":99999999999}"#);
    for wrong in [
        token("the other one", json!({ "sub": "1" })),
        token("", json!({ "sub": "1" })),
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{header}.{forged}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        signed("none", SECRET, json!({ "sub": "1" })),
        signed("RS256", SECRET, json!({ "sub": "1" })),
        signed("hs256", SECRET, json!({ "sub": "1" })),
        token(SECRET, json!({ "sub": "1", "exp": START })),
        token(SECRET, json!({ "sub": "1", "exp": null })),
        token(SECRET, json!({ "sub": "1", "exp": "soon" })),
        token(SECRET, json!({ "sub": "1", "nbf": START + 61 })),
        token(SECRET, json!({ "sub": "1", "iat": START + 61 })),
        token(SECRET, json!({ "name": "Nobody" })),
        token(SECRET, json!({ "email": "g@x.test", "email_verified": false })),
        token(SECRET, json!({ "sub": "x".repeat(400) })),
        token(SECRET, json!({ "sub": "nul\u{0}" })),
        "no token at all".to_owned(),
    ] {
        let words = is_refused(start(&desk, &wrong).await, 401);
        assert!(!words.contains(SECRET) && !words.contains(signature), "{words}");
    }
    assert_eq!(desk.test.get("/Chat", &desk.test.admin).await.expect(200)["record_count"], before);
    start(&desk, &token(SECRET, json!({ "sub": "1", "nbf": START + 60, "iat": START + 60 })))
        .await
        .expect(201);
    desk.test.clock.advance(TimeDelta::seconds(300));
    is_refused(start(&desk, &good).await, 401);
    save(&desk, json!({ "validate_lifetime": false })).await;
    start(&desk, &good).await.expect(201);
    save(&desk, json!({ "enable_user_matching": false })).await;
    is_refused(start(&desk, &good).await, 401);
    save(&desk, json!({ "enable_user_matching": true, "new_hmac_secret": null })).await;
    is_refused(start(&desk, &good).await, 401);
}

#[tokio::test]
async fn users_are_found_by_subject_and_then_by_an_address_that_was_checked() {
    let desk = desk_with(json!({})).await;
    let known = json!({ "name": "Grace Hopper", "emailaddress": "Grace@x.test" });
    let grace = desk.set_up("/Users", known).await;
    let by_email = json!({ "sub": "u-1", "email": "grace@X.test", "name": "G" });
    assert_eq!(sign_in(&desk, by_email).await, grace);
    let found = user(&desk, grace).await;
    assert_eq!((&found["name"], &found["identity_subject"]), (&json!("Grace Hopper"), &json!("u-1")));
    assert_eq!(sign_in(&desk, json!({ "sub": "u-1", "email": "new@x.test" })).await, grace);
    // The address is another person's now.
    let other = sign_in(&desk, json!({ "sub": "u-2", "email": "grace@x.test" })).await;
    assert_ne!(other, grace);
    let unchecked = json!({ "sub": "u-3", "email": "grace@x.test", "email_verified": false });
    let third = sign_in(&desk, unchecked).await;
    assert!(third != grace && user(&desk, third).await.get("emailaddress").is_none());
    save(&desk, json!({ "use_subject_matching": false })).await;
    assert_eq!(sign_in(&desk, json!({ "sub": "u-3", "email": "grace@x.test" })).await, grace);
    is_refused(start(&desk, &token(SECRET, json!({ "sub": "u-3" }))).await, 401);
    let taken = json!({ "name": "X", "identity_subject": "u-1" });
    desk.test.post("/Users", &desk.test.admin, &taken).await.refused(400);
    let gone = json!({ "id": grace, "inactive": true });
    desk.test.post("/Users", &desk.test.admin, &gone).await.expect(201);
    is_refused(start(&desk, &token(SECRET, json!({ "email": "grace@x.test" }))).await, 401);
}

#[tokio::test]
async fn a_known_user_gets_mapped_fields_where_they_are_empty_unless_the_mapping_says_otherwise() {
    let map = |field: &str, more: Value| {
        let mut row = json!({ "thirdpartyname": format!("c_{field}"), "name": field });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    };
    let desk = desk_with(json!({ "usermappings": [
        map("title", json!({})), map("department", json!({})),
        map("other1", json!({ "dontupdate": false })),
        map("other2", json!({ "dontupdate": true })),
        map("other3", json!({ "dontupdate": true, "populateemptyvalue": true })),
        map("other4", json!({ "dontupdate": false, "populateemptyvalue": true })) ] }))
    .await;
    let known =
        json!({ "name": "Grace", "identity_subject": "1", "title": "Dr", "other1": "old", "other4": "old" });
    let grace = desk.set_up("/Users", known).await;
    let mut claims = json!({ "sub": "1" });
    for field in ["title", "department", "other1", "other2", "other3", "other4"] {
        claims[format!("c_{field}")] = json!("new");
    }
    sign_in(&desk, claims.clone()).await;
    let found = user(&desk, grace).await;
    let is = |field: &str| found.get(field).and_then(Value::as_str).unwrap_or("-").to_owned();
    assert_eq!([is("title"), is("department")], ["Dr", "new"]);
    assert_eq!([is("other1"), is("other2"), is("other3"), is("other4")], ["new", "-", "new", "old"]);
    claims["sub"] = json!("2");
    let made = sign_in(&desk, claims).await;
    assert_eq!(user(&desk, made).await["other2"], "new", "a new user gets everything");
}

#[tokio::test]
async fn a_profile_for_signed_in_people_opens_with_a_token() {
    let desk = desk_with(json!({ "access_type": 0 })).await;
    let body = json!({ "chatprofileid": "help", "chatprofilekey": "open" });
    desk.test.post("/Chat", "", &body).await.refused(401);
    is_refused(start(&desk, &token("wrong", json!({ "sub": "1" }))).await, 401);
    start(&desk, &token(SECRET, json!({ "sub": "1" }))).await.expect(201);
    let without_key =
        json!({ "chatprofileid": "help", "identity_token": token(SECRET, json!({ "sub": "1" })) });
    desk.test.post("/Chat", "", &without_key).await.refused(401);
}

#[tokio::test]
async fn starts_at_once_with_a_new_person_make_one_user() {
    for (changes, claims) in [
        (json!({}), json!({ "sub": "new" })),
        (json!({}), json!({ "sub": "new", "email": "new@x.test" })),
        (json!({ "use_subject_matching": false }), json!({ "sub": "new", "email": "new@x.test" })),
    ] {
        let desk = desk_with(changes).await;
        let token = token(SECRET, claims);
        let starts = (0..12).map(|_| start(&desk, &token));
        for reply in futures_util::future::join_all(starts).await {
            reply.expect(201);
        }
        assert_eq!(users(&desk).await, 1);
    }
}

#[tokio::test]
async fn a_name_that_is_too_long_for_an_index_is_cut() {
    let desk =
        desk_with(json!({ "usermappings": [{ "id": 1, "thirdpartyname": "full", "name": "name" }] })).await;
    let text = |length| -> String {
        (0..length).filter_map(|n| char::from_u32(0x4e00 + n * 7919 % 20000)).collect()
    };
    let id = sign_in(&desk, json!({ "sub": "1", "name": text(2_000), "full": text(2_000) })).await;
    assert_eq!(user(&desk, id).await["name"], text(320));
}
