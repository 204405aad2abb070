//! What people and programs send that nobody thought of.

use std::time::{Duration, Instant};

use super::{
    super::{escape, from_html, split},
    html, plain,
};

#[test]
fn odd_text_comes_through_as_it_is() {
    for text in ["مرحبا *عالم", "\u{202e}abc", "👩‍👩‍👧‍👦 e\u{301}", "a\u{a0}b", "*", "~~~", "* *", "``"]
    {
        assert_eq!(html(text), text);
        assert_eq!(plain(text), text);
    }
    assert_eq!(html("_*_*_"), "<em>*</em>*_");
    assert_eq!(html("a\0b\rc"), "abc");
    assert_eq!(html("*_~a~_*_"), "<strong><em><s>a</s></em></strong>_");
}

/// Quadratic work on a hundred thousand characters takes minutes, linear work a moment.
#[test]
fn floods_take_linear_time() {
    let started = Instant::now();
    for piece in [
        "<",
        "<a",
        "<@U1",
        ">",
        "&",
        "&lt;",
        "*",
        "*a",
        "*a ",
        "_a* ",
        "`",
        "``` ",
        "`a",
        ":",
        ":a",
        ":a:",
        "~a_*`",
        "\n",
        "> ",
        ">>>\n",
        " ",
        "<https://a.example|",
        "\u{200b}",
    ] {
        let flood = piece.repeat(100_000 / piece.len());
        let _ = (html(&flood), plain(&flood), escape(&flood), split(&flood, 3000));
    }
    for piece in [
        "<b>",
        "<b>a</i>",
        "<li>",
        "<ul><li>a",
        "<blockquote>",
        "<a href=https://a.example>",
        "<pre>`",
        "</p>",
    ] {
        from_html(&piece.repeat(100_000 / piece.len()));
    }
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
}
