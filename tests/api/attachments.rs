//! Files in and out: bytes, limits, disguises, names, and where they are kept.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aureole::service::sweeper;
use axum::body::{Body, Bytes};
use chrono::TimeDelta;
use futures_util::{StreamExt, future::join_all, stream};
use serde_json::json;

use crate::harness::{Desk, PNG, TestApp, bearer, eventually};

/// Bytes that no text and no format would repeat by chance, behind a PNG's signature.
fn picture(length: usize) -> Vec<u8> {
    let mut bytes = PNG.to_vec();
    let mut state = 1u32;
    while bytes.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.push(state.to_be_bytes()[0]);
    }
    bytes
}

async fn desk_with(variables: &[(&str, &str)]) -> Desk {
    Desk::over(TestApp::with(variables).await).await
}

#[tokio::test]
async fn files_that_come_slowly_are_in_nobodys_way() {
    let desk = Desk::over(TestApp::alone().await).await;
    let (slow, other) = (desk.live().await, desk.live().await);
    let mut headers = bearer(&slow.token);
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    let begun = Arc::new(AtomicUsize::new(0));
    let test = &desk.test;
    let uploads = (0..40).map(|_| {
        let begun = begun.clone();
        // The beginning of a file, and then nothing for ever.
        let body = stream::once(async move {
            begun.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::io::Error>(Bytes::from_static(b"[{"))
        });
        test.call("POST", "/Attachment", &headers, Body::from_stream(body.chain(stream::pending())))
    });
    let fast = async {
        eventually("the slow ones to begin", || async { (begun.load(Ordering::Relaxed) >= 4).then_some(()) })
            .await;
        test.upload(&other.token, other.chat, "cat.png", PNG).await.expect(201);
    };
    tokio::select! {
        _ = join_all(uploads) => unreachable!("they never end"),
        outcome = tokio::time::timeout(Duration::from_secs(15), fast) => outcome.expect("the fast one is taken"),
    }
}

#[tokio::test]
async fn bytes_come_back_as_they_were_sent_in_json_and_in_a_form() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    // Three pieces, the last one short.
    let bytes = picture(600_000);
    let sent = desk.test.upload(&visit.token, visit.chat, "cat.png", &bytes).await.expect(201);
    assert_eq!(
        sent,
        json!({
            "id": sent["id"], "filename": "cat.png", "content_type": "image/png", "filesize": 600_000,
            "isimage": true, "showforusers": true, "chat_id": visit.chat,
            "datecreated": "2026-03-02T09:00:00Z",
            "link": format!("http://chat.test/api/Attachment/{}", sent["id"])
        })
    );
    let got = desk.test.download(&visit.token, &sent).await;
    assert_eq!((got.status.as_u16(), got.bytes == bytes), (200, true));
    let files: [(&str, &[u8]); 2] = [("dog.png", &bytes), ("note.txt", b"caf\xc3\xa9")];
    let fields = [("chat_id", &*visit.chat.to_string()), ("desc", "Both")];
    let sent = desk.test.upload_form(&visit.token, &files, &fields).await.expect(201);
    assert_eq!((&sent[0]["filename"], &sent[1]["filename"]), (&json!("dog.png"), &json!("note.txt")));
    assert_eq!((&sent[1]["content_type"], &sent[1]["desc"]), (&json!("text/plain"), &json!("Both")));
    for (file, (_, bytes)) in sent.as_array().unwrap().iter().zip(files) {
        assert!(desk.test.download(&desk.anna_token, file).await.bytes == bytes);
    }
    let details = format!("/Attachment/{}?includedetails=true", sent[0]["id"]);
    assert_eq!(desk.test.get(&details, &visit.token).await.expect(200), sent[0]);
}

#[tokio::test]
async fn a_download_is_a_download_whatever_opens_it() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let sent =
        desk.test.upload(&visit.token, visit.chat, "Übersicht; \"1\".txt", &[b'x'; 500]).await.expect(201);
    let mut headers = bearer(&visit.token);
    headers.push(("accept-encoding".to_owned(), "gzip".to_owned()));
    let got = desk.test.call("GET", &format!("/Attachment/{}", sent["id"]), &headers, Body::empty()).await;
    assert_eq!(got.bytes, &[b'x'; 500][..]);
    let header = |name: &str| got.headers[name].to_str().unwrap();
    assert_eq!(header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(header("content-length"), "500");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"_bersicht; _1_.txt\"; filename*=UTF-8''%C3%9Cbersicht%3B%20_1_.txt"
    );
}

#[tokio::test]
async fn a_file_is_taken_up_to_the_limit_and_not_a_byte_beyond() {
    let desk =
        desk_with(&[("ATTACHMENT_BYTES_MAX", "300000"), ("CHAT_ATTACHMENT_BYTES_MAX", "900000")]).await;
    let visit = desk.live().await;
    let chat = visit.chat.to_string();
    let (just, over) = (picture(300_000), picture(300_001));
    let fields = [("chat_id", &*chat)];
    desk.test.upload(&visit.token, visit.chat, "a.png", &just).await.expect(201);
    desk.test.upload_form(&visit.token, &[("a.png", &just)], &fields).await.expect(201);
    let refused = desk.test.upload(&visit.token, visit.chat, "b.png", &over).await.refused(413);
    assert_eq!(refused, "b.png is larger than 300000 bytes");
    desk.test.upload_form(&visit.token, &[("b.png", &over)], &fields).await.refused(413);
    // What does not even fit into a body is not read to its end.
    let huge = picture(800_000);
    desk.test.upload(&visit.token, visit.chat, "c.png", &huge).await.refused(413);
    desk.test.upload_form(&visit.token, &[("c.png", &huge)], &fields).await.refused(413);
    // Another such file would be too much for the chat, but not its last byte.
    let full = desk.test.upload(&visit.token, visit.chat, "d.png", &picture(299_999)).await;
    full.expect(201);
    let refused = desk.test.upload(&visit.token, visit.chat, "e.txt", b"xy").await.refused(400);
    assert!(refused.contains("900000 bytes"), "{refused}");
    desk.test.upload(&visit.token, visit.chat, "e.txt", b"x").await.expect(201);
    let list = desk.test.get(&format!("/Attachment?chat_id={chat}"), &visit.token).await.expect(200);
    assert_eq!(list["record_count"], 4);
    assert_eq!(pieces(&desk).await, 2 + 2 + 2 + 1, "nothing is left of what was refused");
}

#[tokio::test]
async fn uploads_at_once_do_not_fill_a_chat_twice() {
    let desk = desk_with(&[("CHAT_ATTACHMENT_BYTES_MAX", "900")]).await;
    let visit = desk.live().await;
    let bytes = picture(500);
    let upload = || desk.test.upload(&visit.token, visit.chat, "a.png", &bytes);
    let replies = join_all((0..4).map(|_| upload())).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400, 400, 400]);
}

async fn pieces(desk: &Desk) -> i64 {
    sqlx::query_scalar("select count(*) from attachment_chunks").fetch_one(&desk.test.app.pool).await.unwrap()
}

#[tokio::test]
async fn what_could_run_is_refused_in_any_disguise() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let exe = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff";
    let shown: [(&str, &[u8], &str); 10] = [
        ("page.png", b"<!DOCTYPE html><script>alert(1)</script>", "HTML, SVG or XML"),
        ("drawing.txt", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "HTML, SVG or XML"),
        ("setup.txt", exe, "portable-executable"),
        ("both.gif", b"GIF89a\x01\x00=1/*<script>*/", "HTML, SVG or XML"),
        ("both.pdf", b"<html>%PDF-1.7\n\xff\x00<script>alert(1)</script>", "HTML, SVG or XML"),
        ("run.txt", b"#!/bin/sh\nrm -rf /", "a script"),
        ("words.html", b"only words", ".html"),
        ("invoice.pdf.exe", b"only words", ".exe"),
        ("pack.zip", b"7z\xbc\xaf\x27\x1c\x00\x04", "application/x-7z-compressed"),
        ("noise.png", b"\xff\x00\xfe\x01", "of no known type"),
    ];
    for (name, bytes, seen) in shown {
        let refused = desk.test.upload(&visit.token, visit.chat, name, bytes).await.refused(400);
        assert!(refused.contains(seen) && refused.starts_with(name), "{refused}");
    }
    desk.test.upload(&visit.token, visit.chat, "nothing.txt", b"").await.refused(400);
    let one_bad: [(&str, &[u8]); 2] = [("fine.txt", b"words"), ("bad.txt", b"<html>")];
    desk.test.upload_form(&visit.token, &one_bad, &[]).await.refused(400);
    let list = desk.test.get("/Attachment", &visit.token).await.expect(200);
    assert_eq!(list, json!({ "record_count": 0, "attachments": [] }), "all or none");
    assert_eq!(pieces(&desk).await, 0);
}

#[tokio::test]
async fn the_operator_says_which_types_are_taken() {
    let desk = desk_with(&[("ATTACHMENT_TYPES", "application/pdf, application/x-7z-compressed")]).await;
    let visit = desk.live().await;
    let packed = b"7z\xbc\xaf\x27\x1c\x00\x04";
    desk.test.upload(&visit.token, visit.chat, "a.7z", packed).await.expect(201);
    let refused = desk.test.upload(&visit.token, visit.chat, "a.txt", b"words").await.refused(400);
    assert_eq!(refused, "a.txt is not taken: its content is text/plain");
}

#[tokio::test]
async fn names_hold_nothing_that_could_hurt() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let long = format!("{}.txt", "n".repeat(500));
    for (sent, kept) in [
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: b.txt", "aSet-Cookie_ b.txt"),
        ("gpj.\u{202e}txt", "gpj.txt"),
        ("报告 👩‍💻.txt", "报告 👩‍💻.txt"),
        ("", "file"),
        (&long, &format!("{}.txt", "n".repeat(251))),
    ] {
        let file = desk.test.upload(&visit.token, visit.chat, sent, b"words").await.expect(201);
        assert_eq!(file["filename"], *kept, "{sent:?}");
        let got = desk.test.download(&visit.token, &file).await;
        assert!(got.headers["content-disposition"].to_str().unwrap().starts_with("attachment; "));
    }
    let file = desk.test.upload_form(&visit.token, &[("C:\\temp\\x.txt", b"words")], &[]).await.expect(201);
    assert_eq!(file["filename"], "x.txt");
}

#[tokio::test]
async fn malformed_bodies_are_told_what_is_wrong() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let post = async |body| desk.test.post("/Attachment", &visit.token, &body).await.refused(400);
    assert!(post(json!([])).await.contains("empty"));
    assert!(post(json!({ "filename": "a.txt" })).await.contains("data_base64"));
    assert!(post(json!({ "data_base64": 7 })).await.contains("data_base64"));
    assert!(post(json!({ "data_base64": "a*b+" })).await.contains("base64"));
    assert!(
        desk.test.upload_form(&visit.token, &[], &[("desc", "x")]).await.refused(400).contains("no file")
    );
    let url = json!({ "filename": "a.txt", "data_base64": "data:image/png;base64,d29yZHM=" });
    let file = desk.test.post("/Attachment", &visit.token, &url).await.expect(201);
    assert_eq!((&file["content_type"], &file["chat_id"]), (&json!("text/plain"), &json!(visit.chat)));
}

#[tokio::test]
async fn the_file_store_keeps_bytes_in_its_folder_and_loses_none() {
    let folder = std::env::temp_dir().join(format!("aureole-attachments-{}", std::process::id()));
    let names = || {
        let entries = fs::read_dir(folder.join("attachments")).into_iter().flatten();
        let mut names: Vec<_> = entries.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let desk = desk_with(&[("ATTACHMENT_STORE", "file"), ("DATA_DIR", folder.to_str().unwrap())]).await;
    let visit = desk.live().await;
    let bytes = picture(600_000);
    let file = desk.test.upload(&visit.token, visit.chat, "cat.png", &bytes).await.expect(201);
    assert!(desk.test.download(&visit.token, &file).await.bytes == bytes);
    assert_eq!((names().len(), pieces(&desk).await), (1, 0));
    desk.test.upload(&visit.token, visit.chat, "bad.txt", b"<html>").await.refused(400);
    assert_eq!(names().len(), 1);

    // What a crash between the bytes and the record leaves: a file, perhaps unfinished, and its note.
    for (blob, name) in [
        ("11111111-1111-1111-1111-111111111111", "11111111111111111111111111111111"),
        ("22222222-2222-2222-2222-222222222222", "22222222222222222222222222222222.part"),
    ] {
        fs::write(folder.join("attachments").join(name), b"cut short").unwrap();
        sqlx::query("insert into attachment_leftovers values ($1::text::uuid, 'file', $2)")
            .bind(blob)
            .bind("2026-03-02T09:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap())
            .execute(&desk.test.app.pool)
            .await
            .unwrap();
    }
    let list = desk.test.get("/Attachment", &visit.token).await.expect(200);
    assert_eq!(list["record_count"], 1, "no record without its bytes");
    sweeper::clean_up(&desk.test.app).await.unwrap();
    assert_eq!(names().len(), 3, "an upload may still be under way");
    desk.test.clock.advance(TimeDelta::hours(2));
    sweeper::clean_up(&desk.test.app).await.unwrap();
    assert_eq!(names().len(), 1);
    assert!(desk.test.download(&visit.token, &file).await.bytes == bytes);

    desk.test.delete(&format!("/Attachment/{}", file["id"]), &desk.anna_token).await.expect(200);
    assert_eq!(names().len(), 0);
    fs::remove_dir_all(&folder).unwrap();
}
