//! Flows as pictures: whole ones, broken ones, and names that would break a picture.

use insta::assert_snapshot;

use super::*;
use crate::domain::ids::ProfileId;

#[test]
fn a_flow_is_drawn_with_its_entries_shapes_and_links() {
    let limit = LinkSource { time_limit_mins: Some(2.5), ..link(5) };
    let steps = vec![
        step(1, 1, "About?")
            .to(LinkSource { selection_order: 2, ..option("Person", 5) })
            .to(LinkSource { selection_order: 1, ..option("Order", 2) }),
        StepSource { allow_start_override: true, ..question(2, "Which?", 3) }.to(link(3)).to(limit),
        step(3, 3, "").to(when("$answer", 4, "A-", 4)).to(link(5)),
        step(4, 11, "").to(success(6)).to(failure(5)),
        step(5, 8, "One moment").to(failure(6)),
        step(6, 16, "Bye"),
    ];
    let start_mappings = vec![StartMapping { url: "shop.example/help".to_owned(), step: Some(2) }];
    let source = FlowSource { greeting: Some("<b>Hello</b> $username!".to_owned()), start_mappings, steps };
    assert_snapshot!(diagram(&source), @r#"
    flowchart TD
        greeting(["Greeting<br>Hello $username!"])
        s1{{"1 Step 1<br>choice"}}
        s2[/"2 Step 2<br>question"/]
        s3{"3 Step 3<br>condition"}
        s4[["4 Step 4<br>HTTP call"]]
        s5("5 Step 5<br>live chat")
        s6(["6 Step 6<br>end"])
        greeting -->|"start"| s1
        greeting -->|"page shop.example/help"| s2
        greeting -.->|"on request"| s2
        s1 -->|"Order"| s2
        s1 -->|"Person"| s5
        s2 --> s3
        s2 -->|"after 2.5 minutes"| s5
        s3 -->|"if answer begins with A-"| s4
        s3 -->|"otherwise"| s5
        s4 -->|"success"| s6
        s4 -->|"failure"| s5
        s5 -->|"failure"| s6
        classDef start stroke-width:3px
        class s1 start
    "#);
}

#[test]
fn every_kind_has_its_shape() {
    let mut steps: Vec<StepSource> = (0..=17).map(|kind| step(kind + 1, kind, "")).collect();
    steps[12].next_profile = Some(ProfileId::new("sales"));
    assert_snapshot!(diagram(&source(steps)), @r#"
    flowchart TD
        greeting(["Start"])
        s1["1 Step 1<br>message"]
        s2{{"2 Step 2<br>choice"}}
        s3[/"3 Step 3<br>question"/]
        s4{"4 Step 4<br>condition"}
        s5[/"5 Step 5<br>verify user"/]
        s6[("6 Step 6<br>knowledge search")]
        s7[("7 Step 7<br>service search")]
        s8[("8 Step 8<br>log ticket")]
        s9("9 Step 9<br>live chat")
        s10[["10 Step 10<br>virtual agent"]]
        s11[["11 Step 11<br>AI decision"]]
        s12[["12 Step 12<br>HTTP call"]]
        s13>"13 Step 13<br>go to sales"]
        s14[/"14 Step 14<br>feedback"/]
        s15[/"15 Step 15<br>page data"/]
        s16["16 Step 16<br>set values"]
        s17(["17 Step 17<br>end"])
        s18["18 Step 18<br>kind 17, as a message"]
        greeting -->|"start"| s1
        classDef start stroke-width:3px
        class s1 start
    "#);
}

#[test]
fn a_condition_says_what_it_judges() {
    let both = vec![criterion("$weekday", 6, "6"), criterion("withinhours", 0, "true")];
    let judged = StepSource { conditions: both, ..step(1, 3, "") };
    let set = LinkSource { conditions: vec![criterion("topic", 7, "")], ..link(1) };
    let strange = LinkSource { conditions: vec![criterion("", 42, "x")], ..link(1) };
    let by_links = step(2, 3, "").to(set).to(strange).to(when("a", 9, "b, c", 1)).to(link(1));
    assert_snapshot!(diagram(&source(vec![judged.to(success(2)).to(failure(1)), by_links])), @r#"
    flowchart TD
        greeting(["Start"])
        s1{"1 Step 1<br>condition"}
        s2{"2 Step 2<br>condition"}
        greeting -->|"start"| s1
        s1 -->|"success: weekday is less than 6 and withinhours is true"| s2
        s1 -->|"failure"| s1
        s2 -->|"if topic is set"| s1
        s2 -->|"if nothing compares by 42, which never holds"| s1
        s2 -->|"if a is one of b, c"| s1
        s2 -->|"otherwise"| s1
        classDef start stroke-width:3px
        class s1 start
    "#);
}

#[test]
fn what_is_never_taken_is_dotted() {
    let odd = LinkSource { approval_result: 9, ..link(2) };
    let steps =
        vec![step(1, 0, "").to(odd), step(2, 0, "").ending().to(link(1)), step(3, 16, "").to(link(1))];
    assert_snapshot!(diagram(&source(steps)), @r#"
    flowchart TD
        greeting(["Start"])
        s1["1 Step 1<br>message"]
        s2["2 Step 2<br>message, ends the bot's part"]
        s3(["3 Step 3<br>end"])
        greeting -->|"start"| s1
        s1 -.->|"outcome 9"| s2
        s2 -.-> s1
        s3 -.-> s1
        classDef start stroke-width:3px
        class s1 start
    "#);
}

#[test]
fn a_broken_flow_is_drawn_as_it_is() {
    let model = StepSource { ai_failure_step: Some(9), ..step(2, 10, "") };
    let nowhere = LinkSource::default();
    let unnumbered = StepSource { step_id: None, name: None, ..message(0, "") };
    let steps = vec![
        model.to(option("Lost", 9)).to(nowhere),
        StepSource { is_start: true, ..message(-3, "") }.to(link(-4)),
        StepSource { is_start: true, ..message(2, "").to(link(2)) },
        unnumbered,
    ];
    let start_mappings = vec![StartMapping { url: "/x".to_owned(), step: Some(7) }, StartMapping::default()];
    assert_snapshot!(diagram(&FlowSource { start_mappings, ..source(steps) }), @r#"
    flowchart TD
        greeting(["Start"])
        s2[["2 Step 2<br>AI decision"]]
        p2["-3 Step -3<br>message"]
        p3["2 again Step 2<br>message"]
        p4["no number<br>message"]
        greeting -->|"start"| p2
        greeting -.->|"marked as the start too"| p3
        lost7["no step 7"]
        greeting -->|"page /x"| lost7
        lost9["no step 9"]
        s2 -->|"Lost"| lost9
        lost["nowhere"]
        s2 --> lost
        s2 -->|"the model fails"| lost9
        lostminus4["no step -4"]
        p2 --> lostminus4
        p3 --> s2
        classDef start stroke-width:3px
        class p2,p3 start
        classDef lost stroke:#c00,stroke-dasharray:4
        class lost,lost7,lost9,lostminus4 lost
    "#);
}

#[test]
fn a_flow_without_steps_leads_to_people_and_one_without_a_start_to_its_first_step() {
    assert_snapshot!(diagram(&FlowSource::default()), @r#"
    flowchart TD
        greeting(["Start"])
        people("People")
        greeting --> people
    "#);
    let unmarked = StepSource { is_start: false, ..message(1, "") };
    assert_snapshot!(diagram(&source(vec![unmarked])), @r#"
    flowchart TD
        greeting(["Start"])
        s1["1 Step 1<br>message"]
        greeting -->|"start: none is marked"| s1
        classDef start stroke-width:3px
        class s1 start
    "#);
}

#[test]
fn a_name_cannot_break_the_picture() {
    for (name, drawn) in [
        ("end", "end"),
        ("a\"]; s9[\"b", "a#34;#93;#59; s9#91;#34;b"),
        ("<script>alert(1)</script> & <br>", "#60;script#62;alert#40;1#41;#60;/script#62; #38; #60;br#62;"),
        ("line\none\r\n\ttwo\u{2028}three", "line one two three"),
        ("`**bold** _it_`", "#96;#42;#42;bold#42;#42; #95;it#95;#96;"),
        ("%%{init: {'theme':'dark'}}%%", "#37;#37;#123;init: #123;'theme'#58;'dark'#125;#125;#37;#37;"),
        ("1. first", "1#46; first"),
        ("- item", "#45; item"),
        ("$$x$$ $y", "#36;$x#36;$ $y"),
        ("fa:fa-bomb", "fa#58;fa-bomb"),
        ("#quot; &quot; \\n", "#35;quot#59; #38;quot#59; #92;n"),
        ("a|b|c --> d", "a#124;b#124;c --#62; d"),
        ("\u{202e}gnirts\u{200b}", "gnirts"),
        ("https://a.example/x?y=1", "https#58;//a.example/x?y#61;1"),
        ("Größe: 5 € (neu)", "Größe: 5 € #40;neu#41;"),
    ] {
        let named = StepSource { name: Some(name.to_owned()), ..message(1, "") };
        let told = diagram(&source(vec![named.to(option(name, 1))]));
        let label = told.lines().nth(2).and_then(|line| line.strip_prefix("    s1[\"1 "));
        let label = label.and_then(|label| label.strip_suffix("<br>message\"]")).expect("a step's line");
        assert_eq!(label, drawn);
        assert_eq!(told.lines().count(), 7, "{told}");
        assert!(told.contains(&format!("    s1 -->|\"{label}\"| s1\n")), "{told}");
    }
}

#[test]
fn a_long_name_is_cut() {
    let named = StepSource { name: Some("<".repeat(100)), ..message(1, "") };
    let told = diagram(&source(vec![named]));
    assert!(told.contains(&format!("s1[\"1 {}…<br>", "#60;".repeat(60))), "{told}");
}
