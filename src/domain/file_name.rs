//! Names of files that strangers choose: safe to store, to show and to save under.

/// Characters of a name.
pub const NAME_CHARACTERS_MAX: usize = 255;
/// The name of a file that has none.
const NAMELESS: &str = "file";
/// What a system runs, or a browser opens as a page, when somebody clicks on the saved file.
const RUNNABLE: [&str; 78] = [
    "ade", "adp", "apk", "app", "appx", "asp", "aspx", "bash", "bat", "chm", "cmd", "com", "cpl", "crx",
    "csh", "deb", "dll", "dmg", "docm", "dotm", "exe", "gadget", "hta", "htm", "html", "img", "inf", "ins",
    "iso", "isp", "jar", "jnlp", "js", "jse", "jsp", "lnk", "mde", "mht", "mhtml", "mjs", "msc", "msi",
    "msix", "msp", "mst", "php", "pif", "pkg", "pl", "potm", "ppam", "pptm", "ps1", "psm1", "py", "rb",
    "reg", "rpm", "scf", "scr", "sct", "sh", "shtml", "svg", "svgz", "sys", "url", "vb", "vbe", "vbs", "wsf",
    "wsh", "xhtml", "xla", "xlsm", "xml", "xsl", "zsh",
];

/// The last part of a path, without what no name should hold. Direction marks go too: with them
/// `exe.fdp` shows as `pdf.exe` does.
pub fn safe_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|one| !one.is_control() && !is_invisible(*one))
        .map(|one| if matches!(one, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { one })
        .collect();
    // Windows forgets dots and spaces at the end: `run.exe.` is `run.exe` there.
    let name = shortened(without_idle_end(kept.trim()));
    if name.is_empty() { NAMELESS.to_owned() } else { name }
}

fn without_idle_end(name: &str) -> &str {
    name.trim_end_matches(|one: char| one == '.' || one.is_whitespace())
}

/// The ending of a name that would be run or opened as a page, in small letters.
pub fn runnable_ending(name: &str) -> Option<String> {
    let (_, ending) = name.rsplit_once('.')?;
    let ending = ending.to_lowercase();
    RUNNABLE.contains(&ending.as_str()).then_some(ending)
}

fn is_invisible(one: char) -> bool {
    matches!(one,
        '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Cuts a long name in front of its ending.
fn shortened(name: &str) -> String {
    let count = name.chars().count();
    if count <= NAME_CHARACTERS_MAX {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.len() <= 16);
    let ending = ending.map_or_else(String::new, |ending| format!(".{ending}"));
    let stem: String = name.chars().take(NAME_CHARACTERS_MAX - ending.chars().count()).collect();
    // The cut may leave what no name ends with.
    format!("{}{ending}", without_idle_end(&stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_controls_and_direction_marks_are_stripped() {
        for (sent, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\photo.png", "photo.png"),
            ("a\r\nX-Evil: 1.txt", "aX-Evil_ 1.txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("  run.exe. . ", "run.exe"),
            ("..", "file"),
            ("", "file"),
            ("a/", "file"),
            ("\u{200b}\u{feff}", "file"),
            ("Über 👩‍💻 报告.pdf", "Über 👩‍💻 报告.pdf"),
            ("what? \"now\".txt", "what_ _now_.txt"),
        ] {
            assert_eq!(safe_name(sent), kept, "{sent:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = safe_name(&format!("{}.pdf", "é".repeat(400)));
        assert_eq!(name.chars().count(), NAME_CHARACTERS_MAX);
        assert!(name.ends_with("é.pdf"));
        assert_eq!(safe_name(&"x.".repeat(400)).chars().count(), NAME_CHARACTERS_MAX);
    }

    #[test]
    fn a_cut_hides_no_ending() {
        let sent = format!("{}.exe. {}", "a".repeat(NAME_CHARACTERS_MAX - 6), "b".repeat(300));
        let name = safe_name(&sent);
        assert_eq!(runnable_ending(&name).as_deref(), Some("exe"), "{name}");
        assert_eq!(safe_name(&format!("{}{}", ".".repeat(NAME_CHARACTERS_MAX), "x".repeat(40))), NAMELESS);
    }

    #[test]
    fn what_would_run_is_known_by_its_last_ending() {
        assert_eq!(runnable_ending("report.pdf.EXE").as_deref(), Some("exe"));
        assert_eq!(runnable_ending("page.Html").as_deref(), Some("html"));
        assert_eq!(runnable_ending("exe.pdf"), None);
        assert_eq!(runnable_ending("exe"), None);
    }
}
