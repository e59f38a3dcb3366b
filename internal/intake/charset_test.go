package intake

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// TestOldEncodings: pages that do not say in which of the old encodings they are, also where it shows in a few letters only.
func TestOldEncodings(t *testing.T) {
	t.Parallel()
	english := strings.Repeat(" The council of the river towns met and agreed to build a bridge near the old mill.", 6)
	for _, c := range []struct {
		name, text string
		as         *charmap.Charmap
	}{
		{"English, one accent", "A café opens." + english, charmap.Windows1252},
		{"English, several", "The naïve señor and his “façade” at Müller’s." + english, charmap.Windows1252},
		{"Turkish", "Köprü yapılıyor. Belediye, ırmağın üzerine yeni bir köprü yapılacağını söyledi." + english, charmap.Windows1254},
		{"Russian", "Мост построят. Совет речных городов решил построить мост." + english, charmap.Windows1251},
		{"Russian, names in Latin letters", "Система Smart City, приложение Wi-Fi и COVID-19-го года: совет решил построить мост.", charmap.Windows1251},
		{"Russian, KOI8", "Мост построят. Совет речных городов решил построить мост." + english, charmap.KOI8R},
		{"Arabic letters", "قال المجلس إن الجسر الجديد سيبنى قرب الطاحونة القديمة." + english, charmap.Windows1256},
	} {
		b, err := c.as.NewEncoder().Bytes([]byte(c.text))
		if err != nil {
			t.Fatal(c.name, err)
		}
		if got := decode(b, "text/html", true); got != c.text {
			t.Errorf("%s: read as %.80q", c.name, got)
		}
	}
}
