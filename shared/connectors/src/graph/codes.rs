//! What Meta's codes mean (its pages "Error codes" of the Cloud API and "Handling errors" of the Graph API).

use super::ErrorClass;

/// The class of a code; `None` if it is not known.
pub(super) fn class_of(code: i64) -> Option<ErrorClass> {
    Some(match code {
        0 | 190 => ErrorClass::Token,
        3 | 10 | 200..=299 | 131_005 => ErrorClass::Permission,
        4 | 80_007 | 130_429 | 131_048 | 132_069 | 133_016 => ErrorClass::Throttled,
        131_056 => ErrorClass::PairRate,
        368 | 130_497 | 131_031 | 131_037 | 131_042 | 131_045 => ErrorClass::Account,
        // A number that is not set up yet, or not any more.
        133_005 | 133_006 | 133_008 | 133_009 | 133_010 | 133_015 => ErrorClass::Account,
        1 | 2 | 131_000 | 131_016 | 131_057 | 133_000 | 133_004 => ErrorClass::Transient,
        131_047 => ErrorClass::WindowClosed,
        130_472 | 131_026 | 131_049 | 131_050 | 131_062 | 137_000 => ErrorClass::Undeliverable,
        131_052 => ErrorClass::TooLarge,
        33 | 100 | 131_008 | 131_009 | 131_021 | 131_030 | 131_051 | 131_053 | 131_059 | 135_000 => {
            ErrorClass::Request
        }
        // Templates, the import of a history, and groups, in this order.
        132_000..=132_999 | 2_593_107..=2_593_109 | 131_200..=131_299 => ErrorClass::Request,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_is_described_has_a_class() {
        use ErrorClass::*;
        let table: &[(ErrorClass, &[i64])] = &[
            (Token, &[0, 190]),
            (Permission, &[3, 10, 200, 250, 299, 131_005]),
            (Throttled, &[4, 80_007, 130_429, 131_048, 133_016, 132_069]),
            (PairRate, &[131_056]),
            (Account, &[368, 131_031, 130_497, 131_042, 131_045, 131_037]),
            (Account, &[133_005, 133_006, 133_008, 133_009, 133_010, 133_015]),
            (Transient, &[1, 2, 131_000, 131_016, 131_057, 133_000, 133_004]),
            (WindowClosed, &[131_047]),
            (Undeliverable, &[131_026, 131_049, 131_050, 130_472, 131_062, 137_000]),
            (TooLarge, &[131_052]),
            (Request, &[33, 100, 131_008, 131_009, 131_021, 131_030, 131_051, 131_053, 131_059, 135_000]),
            (Request, &[132_000, 132_001, 132_005, 132_007, 132_012, 132_015, 132_016, 132_068]),
            (Request, &[2_593_107, 2_593_108, 2_593_109, 131_200, 131_215]),
        ];
        for (class, codes) in table {
            for &code in *codes {
                assert_eq!(class_of(code), Some(*class), "{code}");
            }
        }
        for unknown in [-1, 5, 199, 300, 131_100, 2500, i64::MAX] {
            assert_eq!(class_of(unknown), None, "{unknown}");
        }
    }
}
