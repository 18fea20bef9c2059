//! The phrases of French, Spanish, Italian and Portuguese.

use crate::spans::{
    AFTER_3_MARCH, BEFORE_2024, BEFORE_YESTERDAY, DAY, FRIDAY, IN_2024, LAST_MONTH, LAST_WEEK, LAST_YEAR,
    MARCH, MARCH_2025, MONDAY, NIGHT, SEVEN_DAYS, SINCE_2024, SINCE_MARCH, THIS_MONTH, THIS_WEEK, THIS_YEAR,
    THREE_DAYS_AGO, TODAY, TWO_MONTHS_AGO, TWO_WEEKS, YESTERDAY, check_all,
};
use crate::support::check;

#[test]
fn french() {
    check_all(
        "dentiste",
        &[
            ("aujourd’hui", TODAY),
            ("ce matin", TODAY),
            ("d’hier", YESTERDAY),
            ("hier soir", YESTERDAY),
            ("avant-hier", BEFORE_YESTERDAY),
            ("avant hier", BEFORE_YESTERDAY),
            ("la nuit dernière", NIGHT),
            ("cette semaine", THIS_WEEK),
            ("ce mois-ci", THIS_MONTH),
            ("cette année", THIS_YEAR),
            ("la semaine dernière", LAST_WEEK),
            ("de la semaine passée", LAST_WEEK),
            ("le mois dernier", LAST_MONTH),
            ("du mois dernier", LAST_MONTH),
            ("l’année dernière", LAST_YEAR),
            ("l'an passé", LAST_YEAR),
            ("les 7 derniers jours", SEVEN_DAYS),
            ("au cours des deux dernières semaines", TWO_WEEKS),
            ("il y a trois jours", THREE_DAYS_AGO),
            ("il y a 2 mois", TWO_MONTHS_AGO),
            ("vendredi dernier", FRIDAY),
            ("en mars", MARCH),
            ("au mois de mars", MARCH),
            ("en mars 2025", MARCH_2025),
            ("en 2024", IN_2024),
            ("depuis mars", SINCE_MARCH),
            ("depuis 2024", SINCE_2024),
            ("avant 2024", BEFORE_2024),
            ("après le 3 mars 2025", AFTER_3_MARCH),
            ("le 14 mars 2025", DAY),
            ("le 14/03/2025", DAY),
        ],
    );
    check(&[(
        "rendez-vous chez le dentiste <hier>",
        "rendez-vous chez le dentiste",
        YESTERDAY.0,
        YESTERDAY.1,
    )]);
}

#[test]
fn spanish() {
    check_all(
        "dentista",
        &[
            ("hoy", TODAY),
            ("esta mañana", TODAY),
            ("ayer", YESTERDAY),
            ("de ayer", YESTERDAY),
            ("ayer por la tarde", YESTERDAY),
            ("anteayer", BEFORE_YESTERDAY),
            ("antes de ayer", BEFORE_YESTERDAY),
            ("anoche", NIGHT),
            ("esta semana", THIS_WEEK),
            ("este mes", THIS_MONTH),
            ("este año", THIS_YEAR),
            ("la semana pasada", LAST_WEEK),
            ("de la semana pasada", LAST_WEEK),
            ("el mes pasado", LAST_MONTH),
            ("del mes pasado", LAST_MONTH),
            ("el ano pasado", LAST_YEAR),
            ("los últimos 7 días", SEVEN_DAYS),
            ("en las últimas dos semanas", TWO_WEEKS),
            ("hace tres días", THREE_DAYS_AGO),
            ("hace 2 meses", TWO_MONTHS_AGO),
            ("el viernes pasado", FRIDAY),
            ("el pasado viernes", FRIDAY),
            ("el lunes", MONDAY),
            ("en marzo", MARCH),
            ("en marzo de 2025", MARCH_2025),
            ("en 2024", IN_2024),
            ("en el año 2024", IN_2024),
            ("desde marzo", SINCE_MARCH),
            ("desde 2024", SINCE_2024),
            ("antes de 2024", BEFORE_2024),
            ("después del 3 de marzo de 2025", AFTER_3_MARCH),
            ("el 14 de marzo de 2025", DAY),
        ],
    );
}

#[test]
fn italian() {
    check_all(
        "dentista",
        &[
            ("oggi", TODAY),
            ("stamattina", TODAY),
            ("ieri", YESTERDAY),
            ("di ieri", YESTERDAY),
            ("ieri sera", YESTERDAY),
            ("l’altro ieri", BEFORE_YESTERDAY),
            ("ieri notte", NIGHT),
            ("questa settimana", THIS_WEEK),
            ("questo mese", THIS_MONTH),
            ("quest'anno", THIS_YEAR),
            ("la settimana scorsa", LAST_WEEK),
            ("della scorsa settimana", LAST_WEEK),
            ("il mese scorso", LAST_MONTH),
            ("l’anno scorso", LAST_YEAR),
            ("lo scorso anno", LAST_YEAR),
            ("gli ultimi 7 giorni", SEVEN_DAYS),
            ("nelle ultime due settimane", TWO_WEEKS),
            ("tre giorni fa", THREE_DAYS_AGO),
            ("2 mesi fa", TWO_MONTHS_AGO),
            ("venerdì scorso", FRIDAY),
            ("lo scorso venerdi", FRIDAY),
            ("in marzo", MARCH),
            ("a marzo", MARCH),
            ("nel marzo 2025", MARCH_2025),
            ("nel 2024", IN_2024),
            ("da marzo", SINCE_MARCH),
            ("dal 2024", SINCE_2024),
            ("prima del 2024", BEFORE_2024),
            ("dopo il 3 marzo 2025", AFTER_3_MARCH),
            ("il 14 marzo 2025", DAY),
        ],
    );
}

#[test]
fn portuguese() {
    check_all(
        "dentista",
        &[
            ("hoje", TODAY),
            ("ontem", YESTERDAY),
            ("de ontem", YESTERDAY),
            ("ontem à tarde", YESTERDAY),
            ("anteontem", BEFORE_YESTERDAY),
            ("ontem à noite", NIGHT),
            ("nesta semana", THIS_WEEK),
            ("este mês", THIS_MONTH),
            ("este ano", THIS_YEAR),
            ("semana passada", LAST_WEEK),
            ("na semana passada", LAST_WEEK),
            ("no mês passado", LAST_MONTH),
            ("o ano passado", LAST_YEAR),
            ("os últimos 7 dias", SEVEN_DAYS),
            ("nas últimas duas semanas", TWO_WEEKS),
            ("há três dias", THREE_DAYS_AGO),
            ("2 meses atrás", TWO_MONTHS_AGO),
            ("sexta-feira passada", FRIDAY),
            ("na última sexta-feira", FRIDAY),
            ("na segunda-feira", MONDAY),
            ("na segunda feira", MONDAY),
            ("em março", MARCH),
            ("em março de 2025", MARCH_2025),
            ("em 2024", IN_2024),
            ("desde março", SINCE_MARCH),
            ("desde 2024", SINCE_2024),
            ("antes de 2024", BEFORE_2024),
            ("depois de 3 de março de 2025", AFTER_3_MARCH),
            ("em 14 de março de 2025", DAY),
        ],
    );
}
