//! Variables in messages and labels: data, whatever stands in them.

use super::{
    super::{
        scope::Scope,
        template::{Html, Plain},
    },
    *,
};

fn learnt() -> Facts {
    let variables =
        [("x", "<b>&\"'$y"), ("y", "why"), ("line", "a\nb"), ("_1", "one"), ("host", "evil.example")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Facts { variables, ..facts() }
}

fn html(source: &str) -> String {
    Html::parse(source).fill(&Scope::new(&learnt())).into_string()
}

fn plain(source: &str) -> String {
    Plain::parse(source).fill(&Scope::new(&learnt()))
}

#[test]
fn values_are_escaped_and_never_evaluated() {
    assert_eq!(html("$x!"), "&lt;b&gt;&amp;&quot;&#39;$y!");
    assert_eq!(html("<p>$line</p>"), "<p>a<br>b</p>");
    assert_eq!(plain("$x!"), "<b>&\"'$y!");
}

#[test]
fn names_end_where_a_name_ends() {
    for (source, filled) in [
        ("$y.", "why."),
        ("$Y$y", "whywhy"),
        ("$yes", ""),
        ("$_1", "one"),
        ("$yé", "whyé"),
        ("$unknown|", "|"),
        ("$5 and $ 5 and $", "$5 and $ 5 and $"),
        ("$$y", "$y"),
        ("$$$y", "$why"),
        ("$$", "$"),
        ("", ""),
    ] {
        assert_eq!(plain(source), filled, "{source}");
        assert_eq!(html(source), filled, "{source}");
    }
}

#[test]
fn configured_markup_is_sanitised() {
    assert_eq!(html("<b>$y</b><script>x</script><img src=$y>"), "<b>why</b>");
}

#[test]
fn configured_text_without_markup_keeps_its_lines() {
    assert_eq!(html("one\r\ntwo $y\n"), "one<br>two why");
    assert_eq!(html("<p>one\ntwo</p>"), "<p>one\ntwo</p>");
}

#[test]
fn a_value_in_an_address_stays_a_part_of_it() {
    let anchor = |href: &str| format!("<a href=\"{href}\" rel=\"noopener\">go</a>");
    for (source, href) in [
        (
            "<a href='https://a.example/?q=$x&amp;r=$y'>go</a>",
            "https://a.example/?q=%3Cb%3E%26%22%27%24y&amp;r=why",
        ),
        ("<a href='https://$host/'>go</a>", "https://evil.example/"),
        ("<a href='https://a.example/$line>$y'>go</a>", "https://a.example/a%0Ab&gt;why"),
    ] {
        assert_eq!(html(source), anchor(href), "{source}");
    }
    assert_eq!(
        html("<a href='https://a.example/$y'>go</a> $x"),
        anchor("https://a.example/why") + " &lt;b&gt;&amp;\"'$y"
    );
}

#[test]
fn a_value_cannot_be_a_whole_address() {
    for source in ["<a href='$x'>go</a>", "<a href='$unknown'>go</a>", "<a href='https://$unknown'>go</a>"] {
        assert_eq!(html(source), "<a rel=\"noopener\">go</a>", "{source}");
    }
}

#[test]
fn a_message_of_nothing_but_an_unknown_name_is_not_said() {
    let flow = flow(vec![message(1, "$unknown").message2(" ")]);
    assert_eq!(play(&flow, &[]), "end:  Finished");
}

#[test]
fn a_variable_that_holds_itself_does_not_grow_without_end() {
    let mut steps = vec![set(1, "x", "0123456789\0").to(link(2))];
    steps.extend((2..20).map(|id| set(id, "x", "$x$x").to(link(id + 1))));
    steps.push(message(20, "done"));
    let advance = advance(&flow(steps), &Position::NotStarted, &Event::Opened { at: None }, &facts());
    let lengths: Vec<usize> = advance
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::SetVariable { value, .. } => Some(value.len()),
            _ => None,
        })
        .collect();
    assert_eq!((lengths[0], lengths[1], lengths[18]), (10, 20, 10_000));
}
