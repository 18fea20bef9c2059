//! Halves of the day, as the languages of phones write them: `p. m.`, `下午`, `م`.

/// What words beside a time say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    /// Nothing about the half of the day.
    Untold,
    /// Before noon.
    Before,
    /// After noon.
    After,
    /// Something, in words that are not known here.
    Unknown,
}

/// Longer words beside a time are no half of a day.
const MAX_CHARS: usize = 16;

/// Without spaces, points and commas, in lower case.
const BEFORE: [&str; 52] = [
    "am",
    "πμ",
    "上午",
    "凌晨",
    "清晨",
    "早上",
    "午前",
    "오전",
    "ص",
    "صباحا",
    "صباحًا",
    "قظ",
    "קםצ",
    "לפנהצ",
    "בבוקר",
    "לפנותבוקר",
    "पूर्वाह्न",
    "पू",
    "मपू",
    "पूर्व",
    "পূর্বাহ্ণ",
    "முற்பகல்",
    "ಪೂರ್ವಾಹ್ನ",
    "ఉదయం",
    "öö",
    "sa",
    "pg",
    "paradite",
    "eparadites",
    "ጥዋት",
    "de",
    "fm",
    "ap",
    "vm",
    "vorm",
    "dop",
    "дп",
    "претпладне",
    "преподне",
    "предиобяд",
    "ก่อนเที่ยง",
    "ព្រឹក",
    "နံနက်",
    "පෙව",
    "ਪੂਦੁ",
    "સવારે",
    "രാവിലെ",
    "ပိုမနက်",
    "ранку",
    "утра",
    "asubuhi",
    "dopoledne",
];

const AFTER: [&str; 55] = [
    "pm",
    "μμ",
    "下午",
    "中午",
    "晚上",
    "傍晚",
    "午後",
    "오후",
    "م",
    "مساء",
    "مساءً",
    "بظ",
    "ظهرا",
    "ظهرًا",
    "אחהצ",
    "בערב",
    "בצהריים",
    "בלילה",
    "अपराह्न",
    "मउ",
    "उ",
    "अप",
    "অপরাহ্ণ",
    "பிற்பகல்",
    "ಅಪರಾಹ್ನ",
    "సాయంత్రం",
    "ös",
    "ch",
    "ptg",
    "tengahari",
    "epasdites",
    "pasdite",
    "ከሰዓት",
    "du",
    "em",
    "ip",
    "nm",
    "nachm",
    "odp",
    "пп",
    "попладне",
    "поподне",
    "следобед",
    "หลังเที่ยง",
    "ល្ងាច",
    "ညနေ",
    "පව",
    "ਬਾਦੁ",
    "સાંજે",
    "വൈകുന്നേരം",
    "вечера",
    "дня",
    "вечора",
    "jioni",
    "odpoledne",
];

/// Words beside a time that say nothing of the half of the day.
const MEANINGLESS: [&str; 33] = [
    "", "г", "г в", "ч", "р", "h", "u", "s", "uhr", "klo", "kl", "à", "a", "at", "um", "o", "ob", "v", "в",
    "о", "às", "as", "alle", "alas", "las", "日", "일", "号", "號", "分", "秒", "분", "초",
];

/// What the words between a date and a time say, or those behind a time. `None` if they can be nothing of the kind.
pub(super) fn half(words: &str) -> Option<Half> {
    let bare: String = words
        .chars()
        .filter(|char| !char.is_whitespace() && !".,،、·'’״\"׳()".contains(*char))
        .flat_map(char::to_lowercase)
        .collect();
    let bare = bare.trim_start_matches(['日', '일', '号', '號']);
    let found = if BEFORE.contains(&bare) {
        Half::Before
    } else if AFTER.contains(&bare) {
        Half::After
    } else if MEANINGLESS.contains(&bare) {
        Half::Untold
    } else if bare.chars().count() <= MAX_CHARS && !bare.contains(['-', '/', ':', '[', ']', '(', '|']) {
        Half::Unknown
    } else {
        return None;
    };
    Some(found)
}

/// The hour of 24, of one that is said with a half of the day.
pub(super) fn hour(hour: u8, half: Half) -> u8 {
    match (half, hour) {
        (Half::Before, 12) => 0,
        (Half::After, 1..=11) => hour + 12,
        _ => hour,
    }
}
