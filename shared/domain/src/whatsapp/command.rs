//! What somebody wants who types something in the chat. Nearly everything is something to keep; a few words, in a few languages,
//! ask for something.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::LinkCode;

/// What is wanted.
#[derive(Clone, PartialEq, Eq)]
pub enum Command {
    /// It holds a code that may prove the phone.
    Link(LinkCode),
    /// Memo is to answer this question.
    Ask(String),
    /// The memories that these words find.
    Find(String),
    /// The latest memories.
    Recent,
    /// The last memory is to go again.
    Undo,
    /// An export.
    Export,
    /// What can be said here.
    Help,
    /// Memo is to be silent.
    Stop,
    /// Memo is to answer again.
    Start,
    /// It is to be kept: nothing else is wanted.
    Save,
}

/// Words that a question or a search begins with, without accents. What follows is the question or the words to find.
const ASK: &str = "ask frag frage pregunta demande pergunta chiedi";
const FIND: &str =
    "find search finde suche such busca buscar cherche chercher trouve procura procurar cerca cercare trova";

/// Whole messages, without accents.
const WHOLE: [(Command, &str); 6] = [
    (
        Command::Recent,
        "recent latest list neueste letzte liste recientes ultimos ultimas lista recents derniers recentes recenti ultimi elenco",
    ),
    (Command::Undo, "undo ruckgangig rueckgaengig deshacer annuler desfazer annulla"),
    (Command::Export, "export exportieren exportar exporter esporta esportare"),
    (Command::Help, "help menu hilfe ayuda aide ajuda aiuto"),
    (Command::Stop, "stop stopp parar arreter arrete pare ferma"),
    (Command::Start, "start unstop starten iniciar empezar demarrer comecar avvia inizia"),
];

/// How a question begins in any language.
const QUESTION_MARKS: [char; 4] = ['?', '¿', '？', '؟'];

impl Command {
    /// Reads what somebody typed.
    pub fn read(typed: &str) -> Self {
        if let Some(code) = LinkCode::find_in(typed) {
            return Self::Link(code);
        }
        let text = typed.trim();
        if text.starts_with(QUESTION_MARKS) {
            let question =
                text.trim_start_matches(|c: char| QUESTION_MARKS.contains(&c) || c.is_whitespace());
            return if says_something(question) { Self::Ask(question.to_owned()) } else { Self::Help };
        }
        with_more(text).or_else(|| whole(text)).unwrap_or(Self::Save)
    }

    /// Its name, for logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Link(_) => "link",
            Self::Ask(_) => "ask",
            Self::Find(_) => "find",
            Self::Recent => "recent",
            Self::Undo => "undo",
            Self::Export => "export",
            Self::Help => "help",
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Save => "save",
        }
    }
}

/// Not the code, nor what somebody asks or looks for.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A question or a search: its word, then white space, a colon or a comma, then more.
fn with_more(text: &str) -> Option<Command> {
    let end = text.find(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))?;
    let (word, rest) = text.split_at(end);
    if !rest.starts_with(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '：')) {
        return None;
    }
    let more = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '：'));
    if !says_something(more) {
        return None;
    }
    let word = plain(word);
    if is_among(ASK, &word) {
        return Some(Command::Ask(more.to_owned()));
    }
    // In Spanish, "cerca de" is no search but "near".
    let is_near =
        word == "cerca" && ["de", "del"].contains(&more.split_whitespace().next().unwrap_or_default());
    (is_among(FIND, &word) && !is_near).then(|| Command::Find(more.to_owned()))
}

/// A word that is the whole message, whatever stands around it. A hashtag is none.
fn whole(text: &str) -> Option<Command> {
    let word = text.trim_matches(|c: char| !c.is_alphanumeric() && !is_combining_mark(c) && c != '#');
    let word = plain(word);
    WHOLE.into_iter().find(|(_, words)| is_among(words, &word)).map(|(command, _)| command)
}

fn is_among(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|one| one == word)
}

fn says_something(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// In small letters, without accents.
fn plain(word: &str) -> String {
    word.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(question: &str) -> Command {
        Command::Ask(question.to_owned())
    }

    fn find(words: &str) -> Command {
        Command::Find(words.to_owned())
    }

    #[test]
    fn a_code_comes_before_everything_else() {
        assert!(matches!(Command::read("? memo-DEADBEEF"), Command::Link(_)));
    }

    #[test]
    fn questions_and_searches_say_what_they_are() {
        for (typed, command) in [
            ("?what did Ida say", ask("what did Ida say")),
            (" ?? When is it? ", ask("When is it?")),
            ("¿Cuándo vuelve Ida?", ask("Cuándo vuelve Ida?")),
            ("ASK: where are\nthe keys", ask("where are\nthe keys")),
            ("Frag, wo ist der Schlüssel?", ask("wo ist der Schlüssel?")),
            ("demande où est la clé", ask("où est la clé")),
            ("Find oat milk", find("oat milk")),
            ("search:lake", find("lake")),
            ("suche Rechnung 2026", find("Rechnung 2026")),
            ("cerca la ricetta", find("la ricetta")),
            ("BUSCA el recibo", find("el recibo")),
        ] {
            assert_eq!(Command::read(typed), command, "{typed}");
        }
    }

    #[test]
    fn a_word_alone_is_a_command_in_every_language() {
        for (typed, command) in [
            ("Recent", Command::Recent),
            ("  LATEST… ", Command::Recent),
            ("últimos", Command::Recent),
            ("u\u{301}ltimos", Command::Recent),
            ("Undo!", Command::Undo),
            ("rückgängig", Command::Undo),
            ("Rueckgaengig", Command::Undo),
            ("export", Command::Export),
            ("/help", Command::Help),
            ("Hilfe 🙏", Command::Help),
            ("menú", Command::Help),
            ("?", Command::Help),
            ("STOP.", Command::Stop),
            ("arrête", Command::Stop),
            ("unstop", Command::Start),
            ("começar", Command::Start),
        ] {
            assert_eq!(Command::read(typed), command, "{typed}");
        }
    }

    #[test]
    fn everything_else_is_kept() {
        for typed in [
            "",
            "   ",
            "🙂",
            "buy oat milk",
            "ask",
            "ask!!",
            "asking for a friend",
            "find-me",
            "searching",
            "help Ida move on Sunday",
            "stop at the bakery",
            "list: milk, eggs",
            "#help",
            "cerca de la estación hay un bar",
            "what did Ida say?",
        ] {
            assert_eq!(Command::read(typed), Command::Save, "{typed}");
        }
    }

    #[test]
    fn what_is_asked_is_not_shown() {
        assert_eq!(format!("{:?} {:?}", ask("secret"), find("secret")), "ask find");
    }
}
