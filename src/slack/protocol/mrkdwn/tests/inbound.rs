//! What Slack sends, as HTML and as plain text.

use super::{html, plain};

#[test]
fn formatting_is_only_at_word_boundaries() {
    for (text, expected) in [
        ("*bold* _italic_ ~gone~", "<strong>bold</strong> <em>italic</em> <s>gone</s>"),
        ("(*a*), _b_.", "(<strong>a</strong>), <em>b</em>."),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("*a _b_ ~c~*", "<strong>a <em>b</em> <s>c</s></strong>"),
        ("snake_case_name 2*3*4 a~b~c", "snake_case_name 2*3*4 a~b~c"),
        ("5 * 3 * 2", "5 * 3 * 2"),
        ("*open", "*open"),
        ("a*b c*", "a*b c*"),
        ("*a b*c", "*a b*c"),
        ("*a\nb*", "*a<br>b*"),
        ("**a**", "**a**"),
        ("*a _b* c_", "<strong>a _b</strong> c_"),
        ("*<https://a.example|x>*", "<strong><a href=\"https://a.example\">x</a></strong>"),
    ] {
        assert_eq!(html(text), expected, "{text}");
    }
}

#[test]
fn code_has_no_formatting_inside() {
    for (text, expected) in [
        ("`*a*`", "<code>*a*</code>"),
        ("a `b` `c`", "a <code>b</code> <code>c</code>"),
        ("`a\nb`", "`a<br>b`"),
        ("``", "``"),
        ("`<https://a.example|x>`", "<code>x</code>"),
        ("see\n```\n*a* &lt;b&gt;\n  c\n```\nthere", "see<pre>*a* &lt;b&gt;\n  c</pre>there"),
        ("```one``` two ```three```", "<pre>one</pre> two <pre>three</pre>"),
        ("```open", "```open"),
    ] {
        assert_eq!(html(text), expected, "{text}");
    }
}

#[test]
fn quotes_are_lines_that_begin_with_the_mark() {
    for (text, expected) in [
        ("&gt; a\n&gt;b\nc", "<blockquote>a<br>b</blockquote>c"),
        ("> a", "<blockquote>a</blockquote>"),
        ("a > b", "a &gt; b"),
        ("&gt;&gt;&gt; a\nb", "<blockquote>a<br>b</blockquote>"),
        ("&gt; *a*", "<blockquote><strong>a</strong></blockquote>"),
        ("```a```> b", "<pre>a</pre>&gt; b"),
    ] {
        assert_eq!(html(text), expected, "{text}");
    }
}

#[test]
fn links_go_only_where_they_may() {
    for (text, expected) in [
        ("<https://a.example>", "<a href=\"https://a.example\">https://a.example</a>"),
        ("<https://a.example|a|b>", "<a href=\"https://a.example\">a|b</a>"),
        ("<https://a.example/?a=1&amp;b=2|x>", "<a href=\"https://a.example/?a=1&amp;b=2\">x</a>"),
        ("<mailto:a@b.example|a@b.example>", "<a href=\"mailto:a@b.example\">a@b.example</a>"),
        ("<tel:+4412345>", "<a href=\"tel:+4412345\">+4412345</a>"),
        ("<https://a.example|&lt;b&gt; :wave:>", "<a href=\"https://a.example\">&lt;b&gt; 👋</a>"),
        ("<https://a.example/\"onclick=\"x|y>", "<a href=\"https://a.example/&quot;onclick=&quot;x\">y</a>"),
        ("<javascript:alert(1)|click>", "click"),
        ("<slack://open|open>", "open"),
        ("<https://a.example|>", "<a href=\"https://a.example\">https://a.example</a>"),
    ] {
        assert_eq!(html(text), expected, "{text}");
    }
}

#[test]
fn mentions_are_names_and_never_brackets() {
    for (text, expected) in [
        ("<@U1>", "@Ann &lt;b&gt;"),
        ("<@U2>", "@someone"),
        ("<@W2|bob>", "@bob"),
        ("<#C1>", "#general"),
        ("<#C2|random>", "#random"),
        ("<#C2|>", "#channel"),
        ("<!subteam^S1>", "@oncall"),
        ("<!subteam^S2|@devs>", "@devs"),
        ("<!subteam^S2>", "@group"),
        ("<!here> <!channel> <!everyone|everyone>", "@here @channel @everyone"),
        ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
        ("<!date^1^{date}^https://a.example|Feb 18>", "<a href=\"https://a.example\">Feb 18</a>"),
        ("<!date^1^{date}^javascript:x|Feb 18>", "Feb 18"),
        ("<!date^1^{date}>", "date"),
        ("<!foo|bar> <!foo>", "bar foo"),
    ] {
        assert_eq!(html(text), expected, "{text}");
    }
}

#[test]
fn exactly_three_entities_are_decoded() {
    assert_eq!(html("&amp;lt; &quot; &#39; &nbsp;"), "&amp;lt; &amp;quot; &amp;#39; &amp;nbsp;");
    assert_eq!(plain("&lt;@U1&gt; &amp;amp;"), "<@U1> &amp;");
}

#[test]
fn what_was_never_escaped_is_text() {
    for (text, expected) in [
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<a href=\"https://a.example\">", "&lt;a href=&quot;https://a.example&quot;&gt;"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;"),
        ("<!DOCTYPE html>", "&lt;!DOCTYPE html&gt;"),
        ("1 < 2 > 0 <> <@> <#> <!>", "1 &lt; 2 &gt; 0 &lt;&gt; &lt;@&gt; &lt;#&gt; &lt;!&gt;"),
        ("<@U1", "&lt;@U1"),
        ("<<@U1>", "&lt;@Ann &lt;b&gt;"),
    ] {
        assert_eq!(html(text), expected, "{text}");
    }
}

#[test]
fn plain_text_keeps_what_can_be_read() {
    let text = "*Hi* <@U1> :wave:\r\n&gt; said\n```\nlet x;\n```\n\
                see <https://a.example|this> or <https://a.example>, <mailto:a@b.example|a@b.example>";
    insta::assert_snapshot!(plain(text), @r"
    Hi @Ann <b> 👋
    > said
    let x;
    see this (https://a.example) or https://a.example, a@b.example
    ");
}
