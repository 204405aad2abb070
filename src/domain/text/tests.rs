//! What people write, what is left of it, and whether that is told.

use proptest::prelude::*;

use super::{SafeHtml, Sanitised, has_tags};

fn sanitised(html: &str) -> (String, bool) {
    let Sanitised { html, was_safe } = SafeHtml::sanitise(html);
    (html.into_string(), was_safe)
}

/// Comes out as it went in, and is called safe.
fn assert_kept(html: &str) {
    assert_eq!(sanitised(html), (html.to_owned(), true));
}

fn assert_removed(html: &str, left: &str) {
    assert_eq!(sanitised(html), (left.to_owned(), false));
}

#[test]
fn keeps_ordinary_formatting() {
    for html in [
        "plain words",
        "<b>a</b> <i>b</i> <u>c</u> <s>d</s> <em>e</em> <strong>f</strong>",
        "<p>one</p><p>two<br>three</p>",
        "<ul><li>a</li></ul><ol><li>b</li></ol>",
        "<pre><code>let x = 1;</code></pre>",
        "<blockquote>said</blockquote>",
        "fish &amp; chips",
        r#"<a href="https://example.com/?a=1&amp;b=2" rel="noopener">here</a>"#,
    ] {
        assert_kept(html);
    }
}

#[test]
fn calls_sloppy_but_harmless_writing_safe() {
    for (html, left) in [
        ("a < b & c", "a &lt; b &amp; c"),
        (r"<a href='tel:1 href='>x</a>", r#"<a href="tel:1 href=" rel="noopener">x</a>"#),
        ("i <3 you", "i &lt;3 you"),
        ("x > y", "x &gt; y"),
        ("a</", "a&lt;/"),
        ("<B>loud</B>", "<b>loud</b>"),
        ("<b>open", "<b>open</b>"),
        ("line<br/>line", "line<br>line"),
        ("<a href=https://example.com>x</a>", r#"<a href="https://example.com" rel="noopener">x</a>"#),
        (r#"<a rel="me" href='tel:+4412345'>x</a>"#, r#"<a href="tel:+4412345" rel="noopener">x</a>"#),
    ] {
        assert_eq!(sanitised(html), (left.to_owned(), true), "{html}");
    }
}

#[test]
fn removes_what_is_not_on_the_list_and_says_so() {
    assert_removed("a<script>alert(1)</script>b", "ab");
    assert_removed("<style>p{}</style>x", "x");
    assert_removed("<div>x</div>", "x");
    assert_removed("<img src=x onerror=alert(1)>x", "x");
    assert_removed("<b onclick=\"alert(1)\">x</b>", "<b>x</b>");
    assert_removed("<p style='color:red'>x</p>", "<p>x</p>");
    assert_removed("<p/onclick=x>y</p>", "<p>y</p>");
    assert_removed("x<!-- note -->y", "xy");
    assert_removed("x</span>y", "xy");
    assert_removed(
        "<a\nhref=\"https://a.example\" target=\"_blank\">x</a>",
        r#"<a href="https://a.example" rel="noopener">x</a>"#,
    );
    assert_removed("cut off <b", "cut off ");
    assert_removed("<svg><a href=\"https://a.example\">x</a></svg>", "");
}

#[test]
fn code_keeps_the_line_breaks_that_it_begins_with() {
    let (once, _) = sanitised("<pre>\n\n\nx</pre>");
    assert_eq!(once, "<pre>\n\n\nx</pre>", "one of them a reader drops");
    assert_kept(&once);
    assert_eq!(SafeHtml::from_storage(once).to_plain(), "\n\nx");
}

#[test]
fn what_is_left_is_nested_as_a_browser_reads_it() {
    let (once, _) = sanitised("<ul><li>1<math><mtext><li>2</ul>");
    assert_eq!(sanitised(&once), (once.clone(), true));
}

#[test]
fn refuses_addresses_that_run_load_or_depend_on_the_page() {
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java&#115;cript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "/path",
        "//evil.example",
        "page.html",
        "#part",
        "",
    ] {
        let html = format!("<a href=\"{address}\">x</a>");
        assert_eq!(sanitised(&html), (r#"<a rel="noopener">x</a>"#.to_owned(), false), "{address}");
    }
}

#[test]
fn one_good_link_does_not_hide_a_bad_one() {
    let html = r#"<a href="https://a.example">a</a><a href="javascript:b">b</a>"#;
    assert!(!sanitised(html).1);
    assert!(!sanitised(r#"<a href="https://a.example" href="javascript:b">b</a>"#).1);
}

#[test]
fn escapes_every_special_character() {
    let html = SafeHtml::escape("<b a=\"1\" c='2'>&\r\nnew\0 line");
    assert_eq!(html.as_str(), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;<br>new line");
    assert_eq!(html.to_plain(), "<b a=\"1\" c='2'>&\nnew line");
}

#[test]
fn holds_no_nul_however_it_was_written() {
    assert_eq!(sanitised("a\0b"), ("ab".to_owned(), true));
    assert_eq!(sanitised("<b>a\0b</b>"), ("<b>ab</b>".to_owned(), true));
    assert_eq!(sanitised("<scr\0ipt>x</scr\0ipt>").0, "");
}

#[test]
fn tells_a_tag_from_a_sign() {
    for html in ["<b>", "</b>", "<!-- x", "a <i", "<?xml"] {
        assert!(has_tags(html), "{html}");
    }
    for text in ["", "a < b", "i <3 you", "a<", "&lt;b&gt;"] {
        assert!(!has_tags(text), "{text}");
    }
}

#[test]
fn plain_form_keeps_lines() {
    for (html, plain) in [
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("one<br><br>two", "one\n\ntwo"),
        ("<ul><li>a</li><li>b</li></ul>after", "a\nb\nafter"),
        ("a &lt; b &amp;&amp; c&nbsp;d", "a < b && c\u{a0}d"),
        ("&amp;ééé", "&ééé"),
        ("&amp;lt;", "&lt;"),
        (r#"<a href="https://a.example/?x=1>2">go</a>"#, "go"),
        ("<b>bold</b>", "bold"),
        ("", ""),
    ] {
        let html = SafeHtml::sanitise(html).html;
        assert_eq!(html.to_plain(), plain, "{html}");
    }
}

/// Pieces that make tags, halves of tags and attributes when they stand side by side.
/// There is no `<pre>`, because every parser drops one line break behind it.
fn html_soup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<",
        ">",
        "/",
        "</",
        "<b>",
        "</b>",
        "<a ",
        "href=",
        "\"",
        "'",
        "https://a.example",
        "javascript:x",
        " ",
        "=",
        "onclick",
        "<p",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "&amp;",
        "&",
        ";",
        "é",
        "\0",
        "\n",
        "<br>",
        "<li>",
        "<table>",
        "<svg>",
        "text",
        "rel=",
    ]);
    prop::collection::vec(pieces, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_left_is_safe_and_loses_nothing_more(html in html_soup()) {
        let once = SafeHtml::sanitise(&html).html;
        let twice = SafeHtml::sanitise(once.as_str());
        prop_assert!(twice.was_safe, "{once} from {html}");
        // Elements may nest otherwise when they are read again, once a table around them is gone.
        let words = |html: &SafeHtml| html.to_plain().replace('\n', "");
        prop_assert_eq!(words(&twice.html), words(&once));
        prop_assert!(!once.as_str().contains('\0'));
    }

    #[test]
    fn what_is_called_safe_lost_no_word(words in "[xz<>&\"'=/ ]{0,30}") {
        let sanitised = SafeHtml::sanitise(&words);
        if !has_tags(&words) {
            prop_assert!(sanitised.was_safe);
            prop_assert_eq!(sanitised.html.to_plain(), words);
        }
    }

    #[test]
    fn escaped_text_reads_as_it_was(words in "[a-z<>&\"'=/é]{0,30}") {
        let html = SafeHtml::escape(&words);
        prop_assert_eq!(html.to_plain(), words);
        prop_assert!(SafeHtml::sanitise(html.as_str()).was_safe);
    }
}
