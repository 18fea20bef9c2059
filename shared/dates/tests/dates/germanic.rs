//! The phrases of German and Dutch.

use crate::spans::{
    AFTER_3_MARCH, BEFORE_2024, BEFORE_YESTERDAY, DAY, FRIDAY, IN_2024, LAST_MONTH, LAST_WEEK, LAST_YEAR,
    MARCH, MARCH_2025, MONDAY, NIGHT, SEVEN_DAYS, SINCE_2024, SINCE_MARCH, THIS_MONTH, THIS_WEEK, THIS_YEAR,
    THREE_DAYS_AGO, TODAY, TWO_MONTHS_AGO, TWO_WEEKS, YESTERDAY, check_all,
};

#[test]
fn german() {
    check_all(
        "Zahnarzt",
        &[
            ("heute", TODAY),
            ("heute morgen", TODAY),
            ("gestern", YESTERDAY),
            ("von gestern", YESTERDAY),
            ("gestern Abend", YESTERDAY),
            ("vorgestern", BEFORE_YESTERDAY),
            ("letzte Nacht", NIGHT),
            ("diese Woche", THIS_WEEK),
            ("in diesem Monat", THIS_MONTH),
            ("dieses Jahr", THIS_YEAR),
            ("letzte Woche", LAST_WEEK),
            ("in der letzten Woche", LAST_WEEK),
            ("vergangene Woche", LAST_WEEK),
            ("letzten Monat", LAST_MONTH),
            ("im vorigen Monat", LAST_MONTH),
            ("letztes Jahr", LAST_YEAR),
            ("des letzten Jahres", LAST_YEAR),
            ("letzte 7 Tage", SEVEN_DAYS),
            ("in den letzten zwei Wochen", TWO_WEEKS),
            ("vor drei Tagen", THREE_DAYS_AGO),
            ("vor 2 Monaten", TWO_MONTHS_AGO),
            ("letzten Freitag", FRIDAY),
            ("am letzten Freitag", FRIDAY),
            ("am Montag", MONDAY),
            ("diesen Montag", MONDAY),
            ("im März", MARCH),
            ("im Maerz", MARCH),
            ("im März 2025", MARCH_2025),
            ("Mär. 2025", MARCH_2025),
            ("in 2024", IN_2024),
            ("im Jahr 2024", IN_2024),
            ("seit März", SINCE_MARCH),
            ("seit 2024", SINCE_2024),
            ("vor 2024", BEFORE_2024),
            ("nach dem 3. März 2025", AFTER_3_MARCH),
            ("am 14. März 2025", DAY),
            ("vom 14.03.2025", DAY),
        ],
    );
}

#[test]
fn dutch() {
    check_all(
        "tandarts",
        &[
            ("vandaag", TODAY),
            ("vanochtend", TODAY),
            ("gisteren", YESTERDAY),
            ("van gisteren", YESTERDAY),
            ("gisteravond", YESTERDAY),
            ("eergisteren", BEFORE_YESTERDAY),
            ("gisternacht", NIGHT),
            ("deze week", THIS_WEEK),
            ("deze maand", THIS_MONTH),
            ("dit jaar", THIS_YEAR),
            ("vorige week", LAST_WEEK),
            ("van vorige maand", LAST_MONTH),
            ("vorig jaar", LAST_YEAR),
            ("de afgelopen 7 dagen", SEVEN_DAYS),
            ("afgelopen week", SEVEN_DAYS),
            ("in de laatste twee weken", TWO_WEEKS),
            ("drie dagen geleden", THREE_DAYS_AGO),
            ("2 maanden geleden", TWO_MONTHS_AGO),
            ("afgelopen vrijdag", FRIDAY),
            ("op maandag", MONDAY),
            ("in maart", MARCH),
            ("in maart 2025", MARCH_2025),
            ("in 2024", IN_2024),
            ("sinds maart", SINCE_MARCH),
            ("sinds 2024", SINCE_2024),
            ("na 3 maart 2025", AFTER_3_MARCH),
            ("op 14 maart 2025", DAY),
        ],
    );
}
