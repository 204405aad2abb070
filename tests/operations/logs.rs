//! Each line of a request says which request it is of.

use serde_json::Value;

use crate::{eventually, server::Server, support::database::TestDatabase};

/// The lines of the log that are of this request.
fn lines_of(server: &Server, id: &str) -> Vec<Value> {
    let log = server.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["span"]["id"] == id || line["spans"][0]["id"] == id).collect()
}

async fn ask(server: &Server, path: &str, token: &str, id: &str) -> (u16, String) {
    let request = server.http.get(format!("{}{path}", server.base)).bearer_auth(token);
    let answer = request.header("X-Request-Id", id).send().await.unwrap();
    let given = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    (answer.status().as_u16(), given)
}

#[tokio::test]
async fn an_error_names_its_request_and_so_does_the_answer() {
    let database = TestDatabase::new().await;
    // So little is logged that the lines of ordinary requests are left out.
    let server = Server::start(&database.url(), &[("LOG_FORMAT", "json"), ("RUST_LOG", "warn")]).await;
    let token = server.sign_in().await;
    let pool = database.pool().await;
    sqlx::query("drop table team_members cascade").execute(&pool).await.unwrap();
    let (status, given) = ask(&server, "/Team", &token, "from-the-proxy_1.2").await;
    assert_eq!((status, given.as_str()), (500, "from-the-proxy_1.2"));
    let line = eventually("the line", || async { lines_of(&server, "from-the-proxy_1.2").pop() }).await;
    assert_eq!((&line["level"], &line["message"]), (&"ERROR".into(), &"a request failed".into()), "{line}");
    assert!(!server.log().contains(&token));
}

#[tokio::test]
async fn every_line_is_json_and_a_strange_id_becomes_one_of_ours() {
    let database = TestDatabase::new().await;
    let server =
        Server::start(&database.url(), &[("LOG_FORMAT", "json"), ("RUST_LOG", "aureole=debug")]).await;
    let long = "a".repeat(65);
    for strange in ["two words", "\"quoted\"", "ä", "", long.as_str()] {
        let (_, given) = ask(&server, "/health/live", "t", strange).await;
        assert!(given.len() == 32 && given.bytes().all(|byte| byte.is_ascii_hexdigit()), "{given}");
        let line = eventually("the line", || async { lines_of(&server, &given).pop() }).await;
        assert_eq!((&line["message"], &line["path"]), (&"answered".into(), &"/health/live".into()), "{line}");
    }
    for line in server.log().lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
}
