package analysis

import (
	"slices"
	"testing"
)

func TestWordsSayWhatATextIsAbout(t *testing.T) {
	for text, want := range map[string][]string{
		"They who keep the wells of the Réfugiés": {"refugie", "well"},
		"نحن على النهر وفي المدينة":               {"المدينه", "النهر"},
		"אנחנו שומרים על הנחל":                    {"הנחל", "שומרימ"},
		"水と平和":                                    {"と平", "平和", "水と"},
		"Glass, classes; a b":                     {"classe", "glass"},
	} {
		if got := wordsOf([]string{text}); !slices.Equal(got, want) {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

// Reasons show words as people write them, not what is left after folding.
func TestWordsAreSaidAsWritten(t *testing.T) {
	texts := []string{"Wells", "Families of the Réfugiés; شبكة المياه"}
	for _, word := range wordsOf(texts) {
		want := map[string]string{"well": "wells", "familie": "families", "refugie": "réfugiés", "شبكه": "شبكة", "المياه": "المياه"}[word]
		if got := written(word, texts); got != want {
			t.Errorf("%q is said as %q, not %q", word, got, want)
		}
	}
}
