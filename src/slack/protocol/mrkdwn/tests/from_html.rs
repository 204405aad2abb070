//! Our HTML on its way to Slack.

use super::super::{escape, from_html};

fn assert_all(cases: &[(&str, &str)]) {
    for (html, expected) in cases {
        assert_eq!(from_html(html), *expected, "{html}");
    }
}

#[test]
fn styles_become_markers_that_format() {
    assert_all(&[
        ("<b>a</b> <i>b</i> <s>c</s> <u>d</u>", "*a* _b_ ~c~ d"),
        ("<strong><em>a</em></strong>", "*_a_*"),
        ("<b>a <i>b</i></b>", "*a _b_*"),
        ("<b><strong>a</strong></b>", "*a*"),
        ("<b> a </b>b", "*a* b"),
        ("x<b> a </b>b", "x *a* b"),
        ("foo<b>bar</b>baz", "foo\u{200b}*bar*\u{200b}baz"),
        ("<b></b>a<i> </i>", "a"),
        ("<b>a<br>b</b>", "*a*\n*b*"),
        ("<b>a<i>b</b>c</i>", "*a\u{200b}_b_*\u{200b}_c_"),
        ("<b>open", "*open*"),
        ("<b><code>a</code></b>", "*`a`*"),
        ("<code>a`b *c* &lt;</code>", "`aˋb *c* &lt;`"),
        ("<span>a</span><font>b</font>", "ab"),
    ]);
}

#[test]
fn blocks_become_lines() {
    assert_all(&[
        ("a<br>b", "a\nb"),
        ("a\nb", "a\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<p>a</p>\n  <p>b</p>\n", "a\n\nb"),
        ("<p>a</p><p><br></p><p>b</p>", "a\n\n\n\nb"),
        ("a<p>b</p>c", "a\nb\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<h1>a</h1>b", "a\nb"),
        ("<ul><li>a</li><li>b</li></ul>c", "• a\n• b\nc"),
        ("<ol><li>a</li><li><p>b</p></li></ol>", "1. a\n2. b"),
        ("<ul><li>a<ol><li>b</li></ol></li><li></li></ul>", "• a\n    1. b"),
        ("<blockquote>a<br>b</blockquote>c", "> a\n> b\nc"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<pre>a\n  <b>b</b> &lt;</pre>", "```\na\n  b &lt;\n```"),
        ("x<pre><code>a`b``c```d````</code></pre>y", "x\n```\na`b``c``\u{200b}`d``\u{200b}``\n```\ny"),
        ("<blockquote><pre>a\nb</pre></blockquote>", "> `a`\n> `b`"),
        ("<br><br>a<br>", "a"),
        ("", ""),
        ("<p> </p>", ""),
    ]);
}

#[test]
fn links_keep_their_form_whatever_is_in_them() {
    assert_all(&[
        (r#"<a href="https://a.example">x</a>"#, "<https://a.example|x>"),
        (r#"<a href="https://a.example">https://a.example</a>"#, "<https://a.example>"),
        (r#"<a href="https://a.example"></a>"#, "<https://a.example>"),
        (r#"<a href="mailto:a@b.example">a@b.example</a>"#, "<mailto:a@b.example>"),
        (
            r#"<a href="https://a.example/a b|c&gt;?d=1&amp;e=2">x|&lt;y&gt;&amp;</a>"#,
            "<https://a.example/a%20b%7Cc%3E?d=1&amp;e=2|xy&amp;>",
        ),
        (r#"<a href="https://a.example"><b>x</b><br>y</a>"#, "*<https://a.example|x y>*"),
        (r#"<code><a href="https://a.example">x</a></code>"#, "<https://a.example|x>"),
        (r#"<a href="javascript:alert(1)">x</a>"#, "x"),
        (r#"<a href="!channel">x</a>"#, "x"),
        (r#"<a href="@U1">x</a>"#, "x"),
        (r#"<a href="/there">x</a>"#, "x"),
        ("<a>x</a>", "x"),
        (r#"<a href="https://a.example">&lt;!channel&gt;</a>"#, "<https://a.example|!channel>"),
    ]);
}

#[test]
fn text_is_escaped_exactly() {
    assert_all(&[
        ("&lt;!channel&gt; &amp; &quot;&#39;", "&lt;!channel&gt; &amp; \"'"),
        ("&amp;lt;!here&amp;gt;", "&amp;lt;!here&amp;gt;"),
        ("&lt;@U1&gt;&lt;#C1&gt;", "&lt;@U1&gt;&lt;#C1&gt;"),
        ("<b>&lt;</b>!channel<b>&gt;</b>", "*&lt;*!channel\u{200b}*&gt;*"),
        ("<!channel>x<script>a<b</script>y<style>z</style>", "xy"),
        ("a < b <3", "a &lt; b &lt;3"),
    ]);
}

#[test]
fn signs_are_defused_only_where_they_would_format() {
    let off = |sign: char| format!("\u{200b}{sign}\u{200b}");
    for text in ["snake_case_name", "5 * 3 * 2", "* note", "*note", "a ~ b", "it`s", "~/bin", "2*3*4", "_x"] {
        assert_eq!(escape(text), text);
    }
    assert_eq!(escape("*a*"), format!("{0}a{0}", off('*')));
    assert_eq!(escape("_a b_ c"), format!("{0}a b{0} c", off('_')));
    assert_eq!(escape("`a`"), format!("{0}a{0}", off('`')));
    assert_eq!(escape("```\nx\n```"), format!("{0}{0}{0}\nx\n{0}{0}{0}", off('`')));
    assert_eq!(escape("> a\r\nb"), "\u{200b}&gt; a\nb");
    assert_eq!(escape("a > b"), "a &gt; b");
    assert_eq!(from_html("<b>a* b</b>"), format!("*a{} b*", off('*')));
}
