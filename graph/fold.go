package graph

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns the form of s that names are matched and searched by: Unicode
// NFKD, marks (accents, Arabic and Hebrew points) and tatweel stripped, lower
// case, and letters that people use for one another unified (Arabic alef, yeh
// and teh marbuta forms; dotless i, d with stroke and their like). Two names
// that fold alike may still be two names.
func Fold(s string) string {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ReplaceAll(strings.ToLower(s), "'", "")
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(s) {
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("ـ'’׳״", r) {
			continue
		}
		r = unicode.ToLower(r)
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		if to, ok := letters[r]; ok {
			b.WriteString(to)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

var letters = map[rune]string{
	'أ': "ا", 'إ': "ا", 'آ': "ا", 'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ئ': "ي", 'ؤ': "و", 'ة': "ه", 'ک': "ك",
	'ı': "i", 'đ': "d", 'ð': "d", 'ø': "o", 'ł': "l", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'þ': "th", 'ς': "σ", 'ё': "е",
	'ך': "כ", 'ם': "מ", 'ן': "נ", 'ף': "פ", 'ץ': "צ", 'ħ': "h",
}

// words gives the words of a folded text, in order: runs of letters and
// digits. Scripts written without spaces give their pairs of characters; an
// Arabic word with the article also gives the word without it.
func words(folded string, add func(word string)) {
	start, cjk := -1, rune(0)
	flush := func(end int) {
		if start < 0 {
			return
		}
		w := folded[start:end]
		start = -1
		add(w)
		if rest, ok := strings.CutPrefix(w, "ال"); ok && utf8.RuneCountInString(rest) >= 3 {
			add(rest)
		}
	}
	for i, r := range folded {
		switch {
		case r >= unicode.MaxLatin1 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			flush(i)
			if cjk != 0 {
				add(string([]rune{cjk, r}))
			} else if next, _ := utf8.DecodeRuneInString(folded[i+utf8.RuneLen(r):]); !unicode.In(next, unicode.Han, unicode.Hiragana, unicode.Katakana) {
				add(string(r))
			}
			cjk = r
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if start < 0 {
				start = i
			}
			cjk = 0
		default:
			flush(i)
			cjk = 0
		}
	}
	flush(len(folded))
}
