package lang

import "testing"

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag        Tag
		text, want string
	}{
		{KK, "240 миллион текше метр", "240000000=240 миллион"},
		{UR, "24 کروڑ مکعب میٹر", "240000000=24 کروڑ"},
		{UR, "۲۴ کروڑ", "240000000=۲۴ کروڑ"},
		{UR, "2 کروڑ 40 لاکھ روپے", "24000000=2 کروڑ 40 لاکھ"},
		{FA, "۲۴۰ میلیون متر مکعب", "240000000=۲۴۰ میلیون"},
		{FA, "٥٫٦ و ۱٬۲۳۴", "5.6=٥٫٦; 1234=۱٬۲۳۴"},
		{UZ, "24 million kub metr, 45 kun", "24000000=24 million; 45=45"},
		{RU, "240 млн, 2,4 млрд и 5,60; 12 345,5", "240000000=240 млн; 2400000000=2,4 млрд; 5.6=5,60; 12345.5=12 345,5"},
		{EN, "1,234,567.8 and 5.6 million, 1,234", "1234567.8=1,234,567.8; 5600000=5.6 million; 1234=1,234"},
		{TR, "5,6 büyüklüğünde, 1.234.567", "5.6=5,6; 1234567=1.234.567"},
		{EN, "007 and 0.50", "7=007; 0.5=0.50"},
		{EN, "six committees", "6=six"},
		{KK, "Алты комитет", "6=Алты"},
		{EN, "3.", "3=3"},
		{RU, "5,600", "5.6=5,600"},
	} {
		got := ""
		for i, n := range Numbers(c.tag, c.text) {
			if i > 0 {
				got += "; "
			}
			got += n.Value + "=" + n.Raw
			if c.text[n.Start:n.End] != n.Raw {
				t.Errorf("%s: span of %q", c.text, n.Raw)
			}
		}
		if got != c.want {
			t.Errorf("%s %q:\n got %q\nwant %q", c.tag, c.text, got, c.want)
		}
	}
}
