//! Digits of all scripts: who writes 4915… may as well write ٤٩١٥….

/// Where the ten decimal digits of a script begin (Unicode 16, general category Nd).
const ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136,
    0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0,
    0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x1ccf0, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];
/// The digits that mathematicians style: five sets of ten.
const STYLED: std::ops::RangeInclusive<u32> = 0x1d7ce..=0x1d7ff;
/// Signs of one to nine: in circles, in brackets, with a stop.
const ONES: [u32; 7] = [0x2460, 0x2474, 0x2488, 0x24f5, 0x2776, 0x2780, 0x278a];
/// Han numerals from zero to nine.
const HAN: &str = "〇一二三四五六七八九";
const SUPERSCRIPTS: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SUBSCRIPTS: &str = "₀₁₂₃₄₅₆₇₈₉";

/// The value of a digit of any script.
#[must_use]
pub fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).and_then(|d| u8::try_from(d).ok());
    }
    let code = u32::from(c);
    let from = |start: u32, first: u32, count: u32| {
        let at = code.checked_sub(start).filter(|at| *at < count)?;
        u8::try_from(at + first).ok()
    };
    if STYLED.contains(&code) {
        return u8::try_from((code - STYLED.start()) % 10).ok();
    }
    let among = |signs: &str| signs.chars().position(|sign| sign == c).and_then(|at| u8::try_from(at).ok());
    ZEROS
        .into_iter()
        .find_map(|zero| from(zero, 0, 10))
        .or_else(|| ONES.into_iter().find_map(|one| from(one, 1, 9)))
        .or_else(|| matches!(c, '⓪' | '⓿').then_some(0))
        .or_else(|| [HAN, SUPERSCRIPTS, SUBSCRIPTS].into_iter().find_map(among))
}

#[cfg(test)]
mod tests {
    use super::digit;

    #[test]
    fn reads_digits_of_all_scripts() {
        for text in [
            "0189",
            "٠١٨٩",
            "۰۱۸۹",
            "०१८९",
            "০১৮৯",
            "๐๑๘๙",
            "０１８９",
            "𝟎𝟏𝟖𝟗",
            "𝟶𝟷𝟾𝟿",
            "⓪①⑧⑨",
            "〇一八九",
            "⁰¹⁸⁹",
            "₀₁₈₉",
        ] {
            assert_eq!(text.chars().map(digit).collect::<Vec<_>>(), [Some(0), Some(1), Some(8), Some(9)], "{text}");
        }
        assert!("aZ ½Ⅷ⑩é十".chars().all(|c| digit(c).is_none()));
    }
}
