//! Searching articles and services, also for words that are misspelt.

use serde_json::{Value, json};

use crate::harness::TestApp;

async fn articles(test: &TestApp) {
    for article in [
        json!({ "name": "Forgotten password", "description": "How to choose another one" }),
        json!({ "name": "Printers", "description": "What to do when one is jammed" }),
        json!({ "name": "Resetting the router", "kb_tags": "network,wireless" }),
        json!({ "name": "Password vault", "inactive": true }),
    ] {
        test.post("/KBArticle", &test.admin, &article).await.expect(201);
    }
}

/// What is found, best first: names and scores.
async fn search(test: &TestApp, path: &str, words: &str) -> Vec<(String, f64)> {
    let found =
        test.get(&format!("{path}?search={}", words.replace(' ', "%20")), &test.admin).await.expect(200);
    let rows = found.as_object().unwrap().values().find_map(Value::as_array).unwrap();
    assert_eq!(found["record_count"], rows.len());
    let row = |row: &Value| {
        (
            row["name"].as_str().unwrap().to_owned(),
            row["search_score"].as_f64().expect("each row has a score"),
        )
    };
    rows.iter().map(row).collect()
}

async fn names(test: &TestApp, words: &str) -> Vec<String> {
    search(test, "/KBArticle", words).await.into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn a_misspelt_word_still_finds_its_article() {
    let test = TestApp::new().await;
    articles(&test).await;
    for (words, name) in [
        ("pasword", "Forgotten password"),
        ("I have forgoten the PASWORD!", "Forgotten password"),
        ("printr", "Printers"),
        ("wirless", "Resetting the router"),
        ("wirelses", "Resetting the router"),
        ("roufer", "Resetting the router"),
    ] {
        assert_eq!(names(&test, words).await, [name], "{words}");
    }
    for unknown in ["banana", "migrating", "the that with", "pas", "%25%20%5C"] {
        assert!(names(&test, unknown).await.is_empty(), "{unknown}");
    }
}

#[tokio::test]
async fn what_is_only_spelt_alike_comes_after_what_holds_the_words() {
    let test = TestApp::new().await;
    articles(&test).await;
    let found = search(&test, "/KBArticle", "pasword for a jammed printer, pasword for the router").await;
    let order: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(order.last(), Some(&"Forgotten password"), "{found:?}");
    assert_eq!(order.len(), 3);
    assert!(found.windows(2).all(|pair| pair[0].1 > pair[1].1), "{found:?}");
    // A word that some text holds is spelt right: nothing like it is looked for.
    assert_eq!(names(&test, "jammed").await, ["Printers"]);
}

#[tokio::test]
async fn inactive_articles_are_never_found() {
    let test = TestApp::new().await;
    articles(&test).await;
    for words in ["vault", "vaultt", "password", "pasword"] {
        assert!(!names(&test, words).await.contains(&"Password vault".to_owned()), "{words}");
    }
    let all = test.get("/KBArticle", &test.admin).await.expect(200);
    assert_eq!(all["record_count"], 4, "a list is no search");
}

#[tokio::test]
async fn services_are_searched_alike() {
    let test = TestApp::new().await;
    let service = json!({ "name": "Laptop rental", "summary": "For visitors" });
    test.post("/Service", &test.admin, &service).await.expect(201);
    for words in ["laptops", "labtop rentl"] {
        assert_eq!(search(&test, "/Service", words).await[0].0, "Laptop rental", "{words}");
    }
}

#[tokio::test]
async fn without_the_extension_words_are_found_as_they_are_spelt() {
    let test = TestApp::new().await;
    sqlx::query("drop extension pg_trgm cascade").execute(&test.app.pool).await.unwrap();
    articles(&test).await;
    assert_eq!(names(&test, "printer passwords").await, ["Forgotten password", "Printers"]);
    assert!(names(&test, "pasword").await.is_empty());
}

#[tokio::test]
async fn a_flow_shows_what_a_misspelt_answer_is_about() {
    let test = TestApp::new().await;
    articles(&test).await;
    let profile = json!({ "id": "kb", "key": "k", "name": "Knowledge", "steps": [
        { "step_id": 1, "name": "Ask", "isstart": true, "steptype": 2, "message": "What is wrong?",
          "actions": [{ "end_step": 2 }] },
        { "step_id": 2, "name": "Find", "steptype": 5, "message": "Look:", "message2": "Nothing.",
          "actions": [{ "end_step": 3, "approval_result": 1 }, { "end_step": 3, "approval_result": 2 }] },
        { "step_id": 3, "name": "Bye", "steptype": 16, "message": "Bye" } ] });
    test.post("/ChatProfile", &test.admin, &profile).await.expect(201);
    let started = test.post("/Chat", "", &json!({ "chatprofileid": "kb", "key": "k" })).await.expect(201);
    let token = started["access_token"].as_str().unwrap();
    let answer = json!({ "chat_id": started["id"], "text": "I have forgoten my pasword" });
    test.post("/ChatMessage", token, &answer).await.expect(201);
    let log = test.get(&format!("/ChatMessage?chat_id={}", started["id"]), token).await.expect(200);
    let shown = log.as_array().unwrap().iter().find_map(|one| one["kb_search_results"].as_array()).unwrap();
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(shown[0]["name"], "Forgotten password");
}
