package intake

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

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

// TestMarkOfUTF16: the mark is believed where what stands behind it is UTF-16, and only there.
func TestMarkOfUTF16(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"short":                 "Bridge",
		"English":               "A bridge opens. The town council agreed.\nIt takes effect at once.",
		"Russian":               "Мост построят. Совет речных городов решил построить мост.",
		"Kazakh":                "Көпір салынады. Қала кеңесі шешім қабылдады.",
		"Arabic":                "قال المجلس إن الجسر الجديد سيبنى قرب الطاحونة.",
		"Chinese":               "交通厅长韩砚舟周四为柳溪大桥通车剪彩。旧桥两年前被山洪冲垮，学生们一直坐渡船上学。",
		"Chinese without marks": "交通厅长韩砚舟周四为柳溪大桥通车剪彩",
		"page":                  "<html><body><p>青岩省新闻处</p></body></html>",
	} {
		for mark, order := range map[string]binary.AppendByteOrder{"\xff\xfe": binary.LittleEndian, "\xfe\xff": binary.BigEndian} {
			wide := []byte(mark)
			for _, u := range utf16.Encode([]rune(text)) {
				wide = order.AppendUint16(wide, u)
			}
			if got := decode(wide, "", false); got != text {
				t.Errorf("%s, UTF-16: read as %.60q", name, got)
			}
			if name == "short" || name == "Chinese without marks" {
				continue // nothing in them tells
			}
			if got := decode([]byte(mark+text), "", false); got != text {
				t.Errorf("%s, UTF-8 behind a mark of UTF-16: read as %.60q", name, got)
			}
		}
	}
	old, err := charmap.Windows1251.NewEncoder().String("Мост построят. Совет речных городов решил построить мост.")
	if err != nil {
		t.Fatal(err)
	}
	if got := decode([]byte("\xff\xfe"+old), "", false); got != "Мост построят. Совет речных городов решил построить мост." {
		t.Errorf("windows-1251 behind a mark of UTF-16: read as %.60q", got)
	}
}
