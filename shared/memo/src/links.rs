//! Links in what a model says. One that nobody gave is left out, because a link can carry away what it is made of; one that somebody gave
//! stays exactly as it was given, and nothing can grow on to it.

/// What stands for a link that nobody gave.
const NO_LINK: &str = "(link left out)";
/// Schemes that are followed without two slashes behind them.
const SCHEMES: [&str; 9] = ["http", "https", "ftp", "ws", "wss", "mailto", "javascript", "vbscript", "data"];
/// Those that run or show what stands behind them, rather than lead somewhere.
const BAD_SCHEMES: [&str; 4] = ["javascript", "vbscript", "data", "blob"];

/// The characters at which a link may begin.
pub(crate) const STARTS: [char; 6] = [']', ':', '/', '\\', 'w', 'W'];

/// A text without the links that do not stand in what was `shown`.
pub(crate) fn without_strange_links(text: &str, shown: &[&str]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(STARTS) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let read = link(from, &mut out, shown).unwrap_or_else(|| {
            out.push_str(&from[..1]);
            1
        });
        rest = &from[read..];
    }
    out.push_str(rest);
    out
}

/// Reads a link that begins a text and follows what is `out` already, and says it if it was `shown`. Returns how long it is; nothing if
/// no link begins here.
pub(crate) fn link(from: &str, out: &mut String, shown: &[&str]) -> Option<usize> {
    if let Some(target) = from.strip_prefix("](") {
        let address = &target[..target.find(|c: char| c == ')' || c.is_whitespace()).unwrap_or(target.len())];
        let is_good = was_shown(address, shown) && is_good(address);
        out.push_str("](");
        out.push_str(if is_good { address } else { "#" });
        return Some(2 + address.len());
    }
    if from.starts_with("]:") {
        // At the beginning of a line it would say where every `[1]` of the answer leads.
        out.push_str("] :");
        return Some(2);
    }
    let (start, length) = match from.chars().next()? {
        ':' => with_scheme(from, out)?,
        '/' | '\\' => (out.len(), with_slashes(from, out)?),
        _ => (out.len(), with_www(from, out)?),
    };
    let whole = format!("{}{}", &out[start..], &from[..length]);
    if !was_shown(&whole, shown) || !is_good(&whole) {
        out.truncate(start);
        out.push_str(NO_LINK);
        return Some(length);
    }
    out.push_str(&from[..length]);
    if word(&from[length..]).contains(char::is_alphanumeric) {
        // Programs that find links in a text would take what follows for a part of it.
        out.push(' ');
    }
    Some(length)
}

/// Whether a text could hold a link that goes on.
pub(crate) fn may_go_on(text: &str) -> bool {
    let has_scheme =
        || text.as_bytes().windows(2).any(|pair| pair[0].is_ascii_alphabetic() && pair[1] == b':');
    let has_www = || text.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"www."));
    text.contains("](") || text.contains(['/', '\\']) || has_scheme() || has_www()
}

/// Where a scheme begins that is `out` already, and how far its address goes from the colon on.
fn with_scheme(from: &str, out: &str) -> Option<(usize, usize)> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
    let start = out.len() - out.bytes().rev().take_while(|b| is_part(b)).count();
    let (length, rest) = behind_slashes(from, 1);
    let scheme = out[start..].to_ascii_lowercase();
    let leads = if SCHEMES.contains(&scheme.as_str()) || (!scheme.is_empty() && from.starts_with("://")) {
        rest.starts_with(|c: char| !c.is_whitespace())
    } else {
        scheme.is_empty() && length > 2 && names_host(rest)
    };
    leads.then(|| (start, length + address(rest).len()))
}

/// How long an address is that leaves its scheme to the page that it is on.
fn with_slashes(from: &str, out: &str) -> Option<usize> {
    let (length, rest) = behind_slashes(from, 0);
    (length > 1 && !ends_in_word(out) && names_host(rest)).then(|| length + address(rest).len())
}

fn with_www(from: &str, out: &str) -> Option<usize> {
    let begins = from.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    (begins && !ends_in_word(out)).then(|| address(from).len())
}

/// Where slashes end that begin `at` a place, whichever way they lean, and what follows.
fn behind_slashes(from: &str, at: usize) -> (usize, &str) {
    let slashes = from.bytes().skip(at).take_while(|b| b"/\\".contains(b)).count();
    (at + slashes, &from[at + slashes..])
}

fn ends_in_word(out: &str) -> bool {
    out.ends_with(|last: char| last.is_ascii_alphanumeric())
}

/// Whether a text begins like the name of a host with something behind it, rather than like a remark in a program.
fn names_host(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || c == '[')
        && word(text).contains(['.', '/', ':', '?', '#'])
}

/// What follows without a space between.
fn word(text: &str) -> &str {
    &text[..text.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(text.len())]
}

/// The address that begins a text, without the punctuation of the sentence around it.
fn address(from: &str) -> &str {
    let end = from.find(|c: char| !c.is_ascii_graphic() || "<>\"'`)]}|\\".contains(c)).unwrap_or(from.len());
    from[..end].trim_end_matches(['.', ',', ';', '!', '?', ':', '*', '_'])
}

/// Whether an address leads somewhere, and says plainly by which scheme, if by any.
fn is_good(address: &str) -> bool {
    match address.split_once(':') {
        Some((scheme, _)) => {
            let is_plain = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-./[".contains(&b));
            is_plain && !BAD_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str())
        }
        // `&` may write a colon in another way.
        None => !address.contains('&') || address.contains('?'),
    }
}

/// Whether somebody gave this address: then it stands in what the model was shown.
fn was_shown(address: &str, shown: &[&str]) -> bool {
    !address.is_empty() && shown.iter().any(|text| contains_whole(text, address))
}

/// Whether an address stands in a text, and not only the beginning of a longer one that leads elsewhere.
fn contains_whole(text: &str, address: &str) -> bool {
    text.match_indices(address).any(|(at, _)| {
        let next = text[at + address.len()..].chars().next();
        next.is_none_or(|next| !matches!(next, '@' | ':') && !next.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: &[&str] = &[
        "See https://example.org/menu, or www.example.com/a?b=1. Evil: https://evil.example/?q= and //evil.example/c",
        "[click](javascript:alert(1)) data:text/html,hello mailto:a@example.org?body= javascript&colon;alert(1)",
    ];

    #[test]
    fn a_link_that_nobody_gave_is_left_out() {
        for (words, says) in [
            ("It is at https://example.org/menu.", "It is at https://example.org/menu."),
            ("It is at https://evil.example/?q=heron-42.", "It is at (link left out)."),
            ("Go to HTTPS://evil.example/x now", "Go to (link left out) now"),
            ("[x](https://example.org/menu)", "[x](https://example.org/menu)"),
            ("[x](https://evil.example/heron \"t\")", "[x](# \"t\")"),
            ("[x](//evil.example/heron-42)", "[x](#)"),
            ("[x](\nhttps://evil.example/a)", "[x](#\n(link left out))"),
            ("(www.evil.example/heron)", "((link left out))"),
            ("www.example.com/a?b=1", "www.example.com/a?b=1"),
            // Only the beginning of what was given: another page, or another host.
            ("https://example.org/men", "(link left out)"),
            ("https://example.org.evil.example", "(link left out)"),
            ("https://example.org@evil.example/", "(link left out)"),
            ("wow: a://b and 10:30", "wow: (link left out) and 10:30"),
        ] {
            assert_eq!(without_strange_links(words, SHOWN), says, "{words}");
        }
    }

    #[test]
    fn addresses_without_a_scheme_or_without_slashes_are_links_too() {
        for (words, says) in [
            ("<img src=\"//evil.example/heron\">", "<img src=\"(link left out)\">"),
            ("<img src=/\\evil.example/heron>", "<img src=(link left out)>"),
            ("<img src=///evil.example/heron>", "<img src=(link left out)>"),
            ("<img src=http:evil.example/heron>", "<img src=(link left out)>"),
            ("<img src=http:\\\\evil.example/heron>", "<img src=(link left out)>"),
            ("<mailto:x@evil.example?body=heron>", "<(link left out)>"),
            ("//evil.example/c is known", "//evil.example/c is known"),
            ("// a remark, 1//2, C:\\Users\\ada, a \\\\ b", "// a remark, 1//2, C:\\Users\\ada, a \\\\ b"),
            ("Data: none. Note:this 10:30 a/b/c", "Data: none. Note:this 10:30 a/b/c"),
        ] {
            assert_eq!(without_strange_links(words, SHOWN), says, "{words}");
        }
    }

    #[test]
    fn nothing_grows_on_to_a_link_that_was_given() {
        for words in [
            "https://evil.example/?q='heron-42",
            "https://evil.example/?q=é-heron",
            "https://evil.example/?q=|heron",
            "https://evil.example/?q=\u{200b}heron",
        ] {
            let said = without_strange_links(words, SHOWN);
            let link = said.split_whitespace().next().unwrap_or_default();
            assert!(!link.contains("heron") && said.contains("heron"), "{said}");
        }
        assert_eq!(without_strange_links("[x](https://evil.example/?q=é-heron)", SHOWN), "[x](#)");
        assert_eq!(
            without_strange_links("(https://example.org/menu), then", SHOWN),
            "(https://example.org/menu), then"
        );
    }

    #[test]
    fn no_mark_of_a_citation_becomes_a_link() {
        assert_eq!(
            without_strange_links("[1]: https://evil.example/heron\n[2]://evil.example/c", SHOWN),
            "[1] : (link left out)\n[2] ://evil.example/c"
        );
    }

    #[test]
    fn what_would_run_is_no_link_even_if_it_was_given() {
        for words in
            ["[x](javascript:alert(1))", "[x](javascript&colon;alert(1))", "[x](data:text/html,hello)"]
        {
            assert!(without_strange_links(words, SHOWN).starts_with("[x](#)"), "{words}");
        }
        assert_eq!(without_strange_links("<a href=javascript:alert(1)>", SHOWN), "<a href=(link left out))>");
    }
}
