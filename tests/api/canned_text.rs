//! Texts that agents keep ready.

use serde_json::{Value, json};

use crate::harness::Desk;

async fn names(desk: &Desk, path: &str, token: &str) -> Vec<String> {
    let list = desk.test.get(path, token).await.expect(200);
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

async fn texts(desk: &Desk) {
    for text in [
        json!({ "name": "All", "text": "For everybody" }),
        json!({ "name": "Support", "text": "For the team", "team_id": desk.team }),
        json!({ "name": "Anna", "html": "<b>Mine</b>", "agent_id": desk.anna }),
        json!({ "name": "Bert", "text": "His", "agent_id": desk.bert, "team_id": 0 }),
    ] {
        desk.set_up("/CannedText", text).await;
    }
}

#[tokio::test]
async fn agents_see_what_is_meant_for_them() {
    let desk = Desk::new().await;
    texts(&desk).await;
    let path = "/CannedText";
    assert_eq!(names(&desk, path, &desk.anna_token).await, ["All", "Anna", "Support"]);
    assert_eq!(names(&desk, path, &desk.bert_token).await, ["All", "Bert", "Support"]);
    assert_eq!(names(&desk, path, &desk.carla_token).await, ["All"]);
    assert_eq!(names(&desk, path, &desk.test.admin).await, ["All", "Anna", "Bert", "Support"]);
    let whole_desk = desk.test.client(&["access:chat"], None).await;
    assert_eq!(names(&desk, path, &whole_desk).await.len(), 4);
    let of = |agent: i64| format!("{path}?agent_id={agent}");
    assert_eq!(names(&desk, &of(desk.anna), &desk.test.admin).await, ["All", "Anna", "Support"]);
    assert_eq!(names(&desk, &of(desk.anna), &desk.bert_token).await, ["All", "Support"]);
    let of_team = format!("{path}?team_id={}&agent_id={}", desk.team + 1, desk.anna);
    assert_eq!(names(&desk, &of_team, &desk.test.admin).await, ["All", "Anna"]);
    assert_eq!(names(&desk, "/CannedText?search=for+TEAM", &desk.anna_token).await, ["Support"]);
    assert_eq!(names(&desk, "/CannedText?search=100%25", &desk.anna_token).await, [""; 0]);
    let all = desk.test.get(path, &desk.test.admin).await.expect(200);
    assert_eq!((&all[1]["agent_name"], &all[3]["team_name"]), (&json!("Anna"), &json!("Support")));
    let berts = format!("{path}/{}", all[2]["id"]);
    desk.test.get(&berts, &desk.bert_token).await.expect(200);
    desk.test.get(&berts, &desk.anna_token).await.refused(404);
}

#[tokio::test]
async fn an_agent_keeps_texts_of_its_own_and_changes_no_others() {
    let desk = Desk::new().await;
    texts(&desk).await;
    // Whatever it says, it is its own.
    let own = json!([{ "name": "Own", "text": "Mine", "agent_id": desk.bert }]);
    let own = desk.test.post("/CannedText", &desk.anna_token, &own).await.expect(201);
    assert_eq!(own["agent_id"], desk.anna);
    let change = json!({ "id": own["id"].to_string(), "text": "Still mine" });
    let changed = desk.test.post("/CannedText", &desk.anna_token, &change).await.expect(201);
    assert_eq!((&changed["name"], &changed["text"]), (&json!("Own"), &json!("Still mine")));
    let all = desk.test.get("/CannedText", &desk.test.admin).await.expect(200);
    let id =
        |name: &str| all.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["id"].clone();
    for (name, status) in [("All", 403), ("Support", 403), ("Bert", 404)] {
        let change = json!({ "id": id(name), "text": "Changed" });
        desk.test.post("/CannedText", &desk.anna_token, &change).await.refused(status);
        desk.test.delete(&format!("/CannedText/{}", id(name)), &desk.anna_token).await.refused(status);
    }
    let whole_desk = desk.test.client(&["access:chat"], None).await;
    desk.test.post("/CannedText", &whole_desk, &json!({ "name": "X" })).await.refused(403);
    desk.test.delete(&format!("/CannedText/{}", own["id"]), &desk.anna_token).await.expect(200);
    desk.test.get(&format!("/CannedText/{}", own["id"]), &desk.test.admin).await.refused(404);
    desk.test.post("/CannedText", &desk.test.admin, &json!({ "text": "nameless" })).await.refused(400);
}

#[tokio::test]
async fn both_forms_are_there_and_safe_whichever_was_stored() {
    let desk = Desk::new().await;
    let read = async |text: Value| {
        let id = desk.set_up("/CannedText", text).await;
        desk.test.get(&format!("/CannedText/{id}"), &desk.anna_token).await.expect(200)
    };
    let plain = read(json!({ "name": "Plain", "text": "1 < 2\nand $username" })).await;
    assert_eq!(plain["html"], "1 &lt; 2<br>and $username");
    let html = "<p onclick='x()'>Hi <img src=x onerror=alert(1)><b>there</b></p><script>alert(1)</script>";
    let html = read(json!({ "name": "Html", "html": html, "group_id": 4, "tags": [{ "id": 1 }] })).await;
    assert_eq!((&html["html"], &html["text"]), (&json!("<p>Hi <b>there</b></p>"), &json!("Hi there")));
    assert_eq!((&html["group_id"], &html["tags"]), (&json!(4), &json!([{ "id": 1 }])));
}

#[tokio::test]
async fn a_chat_fills_in_what_it_knows_as_data() {
    let desk = Desk::new().await;
    let start = json!({ "chatprofileid": "help", "chatprofilekey": "open", "display_name": "<i>Ada</i>" });
    let started = desk.test.post("/Chat", "", &start).await.expect(201);
    let chat = started["id"].as_i64().unwrap();
    let join = json!({ "chat_id": chat, "text": "Person" });
    desk.test.post("/ChatMessage", started["access_token"].as_str().unwrap(), &join).await.expect(201);
    let text = json!({ "name": "Hello", "text": "$UserName, chat $chatid: $agentname of $profilename, $5 $nobody.",
        "html": "<b>$username</b> <a href='https://x.test/$username'>here</a>" });
    let id = desk.set_up("/CannedText", text).await;
    let path = format!("/CannedText/{id}?chat_id={chat}");
    let filled = desk.test.get(&path, &desk.anna_token).await.expect(200);
    assert_eq!(filled["text"], format!("<i>Ada</i>, chat {chat}: Anna of Help, $5 ."));
    assert_eq!(
        filled["html"],
        "<b>&lt;i&gt;Ada&lt;/i&gt;</b> <a href=\"https://x.test/%3Ci%3EAda%3C%2Fi%3E\" rel=\"noopener\">here</a>"
    );
    let list = desk.test.get(&format!("/CannedText?chat_id={chat}"), &desk.bert_token).await.expect(200);
    assert!(list[0]["text"].as_str().unwrap().contains("Bert of Help"), "{list}");
    let unfilled = desk.test.get(&format!("/CannedText/{id}"), &desk.anna_token).await.expect(200);
    assert!(unfilled["text"].as_str().unwrap().starts_with("$UserName"), "{unfilled}");
    desk.test.get(&path, &desk.carla_token).await.refused(404);
    desk.test.get(&format!("/CannedText?chat_id={chat}"), &desk.carla_token).await.refused(404);
    desk.test.get("/CannedText?chat_id=999", &desk.anna_token).await.refused(404);
}
