//! An unknown or malformed variable stops the start with one clear line.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use aureole::config::Config;

fn problem(variables: &[(&str, &str)]) -> String {
    let lookup =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Config::from_lookup(&lookup).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn every_malformed_value_names_its_variable() {
    for (name, value) in [
        ("LISTEN_ADDR", "everywhere"),
        ("PUBLIC_URL", "chat.example.com"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY_PREVIOUS", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,short"),
        ("SIGN_IN_FAILURES_PER_HOUR_MAX", "-1"),
        ("ADDRESS_REQUESTS_PER_MINUTE_MAX", "many"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, mine"),
        ("PHONE_COUNTRY", "Britain"),
        ("PHONE_COUNTRY", "XX"),
        ("PHONE_COUNTRY", "4"),
        ("LOG_FORMAT", "xml"),
        ("RUST_LOG", "aureole=loud"),
        ("SLACK_API_URL", "slack"),
        ("OUTBOUND_ALLOW", "10.0.0.0/8, *.example.com"),
        ("OUTBOUND_ALLOW", "10.0.0.0/33"),
        ("AI_API_URL", "openai"),
        ("AI_API_URL", "https://me:hush@ai.example.com/v1"),
        ("AI_API_KEY", "two words"),
        ("ATTACHMENT_STORE", "s3://bucket"),
        ("ATTACHMENT_TYPES", "image/png,pdf"),
        ("ATTACHMENT_TYPES", "image/*"),
        ("ATTACHMENT_TYPES", "image/png,image/svg+xml"),
        ("ATTACHMENT_TYPES", "text/html"),
        ("ATTACHMENT_BYTES_MAX", "3000000000"),
        ("HTTP_STEP_BYTES_MAX", "0"),
        ("REQUEST_TIMEOUT_SECONDS", "-1"),
        ("DATABASE_CONNECTIONS_MAX", "many"),
        ("DATABASE_CONNECTIONS_MAX", "0"),
    ] {
        let line = problem(&[(name, value)]);
        assert!(line.starts_with(name) && !line.contains('\n'), "{line}");
    }
}

#[test]
fn what_belongs_together_is_asked_for_together() {
    assert!(problem(&[("DATABASE_URL", "postgres://x")]).contains("SECRET_KEY is needed"));
    assert!(problem(&[("ADMIN_CLIENT_ID", "x")]).contains("ADMIN_CLIENT_SECRET is needed"));
    assert!(problem(&[("ADMIN_CLIENT_SECRET", "hush")]).contains("ADMIN_CLIENT_ID is needed"));
}

#[test]
fn a_secret_does_not_print() {
    let lookup = |name: &str| match name {
        "ADMIN_CLIENT_ID" => Some("me".to_owned()),
        "AI_API_URL" => Some("https://ai.example.com/v1".to_owned()),
        "ADMIN_CLIENT_SECRET" | "SLACK_CLIENT_SECRET" | "AI_API_KEY" => Some("hush-hush".to_owned()),
        "DATABASE_URL" => Some("postgres://me:hush-hush@db/aureole".to_owned()),
        "SECRET_KEY" | "SECRET_KEY_PREVIOUS" => {
            Some("aHVzaC1odXNoLWh1c2gtaHVzaC1odXNoLWh1c2gtaHU=".to_owned())
        }
        _ => None,
    };
    let printed = format!("{:?}", Config::from_lookup(&lookup).unwrap());
    assert!(!printed.contains("hush-hush") && !printed.contains("aHVz"), "{printed}");
}
