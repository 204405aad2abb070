//! Files in the forms in which clients send them.

use axum::body::Body;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{Reply, TestApp, bearer};

/// The smallest PNG that a decoder would take for one.
pub const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00";

impl TestApp {
    /// One file as Halo's clients send it.
    pub async fn upload(&self, token: &str, chat: i64, name: &str, bytes: &[u8]) -> Reply {
        let file =
            json!([{ "chat_id": chat, "filename": name, "data_base64": BASE64_STANDARD.encode(bytes) }]);
        self.post("/Attachment", token, &file).await
    }

    /// Files as a browser's form sends them, with the fields behind them.
    pub async fn upload_form(&self, token: &str, files: &[(&str, &[u8])], fields: &[(&str, &str)]) -> Reply {
        let mut body = Vec::new();
        for (name, bytes) in files {
            let head = format!(
                "--seam\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
                 Content-Type: image/png\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        for (name, value) in fields {
            let part =
                format!("--seam\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        body.extend_from_slice(b"--seam--\r\n");
        let mut headers = bearer(token);
        headers.push(("content-type".to_owned(), "multipart/form-data; boundary=seam".to_owned()));
        self.call("POST", "/Attachment", &headers, Body::from(body)).await
    }

    pub async fn download(&self, token: &str, file: &Value) -> Reply {
        self.get(&format!("/Attachment/{}", file["id"]), token).await
    }
}
