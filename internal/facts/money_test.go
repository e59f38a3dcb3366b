package facts

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestMoney: a name that several currencies share is told as one of them only where the text settles whose it is.
func TestMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag        lang.Tag
		text, want string
	}{
		{lang.EN, "India's government gave 3 crore rupees", "inr"},
		{lang.EN, "Pakistan's government gave 3 crore rupees", "pkr"},
		{lang.EN, "The village got 3 crore rupees", "rupee"},
		{lang.EN, "India and Pakistan gave 3 crore rupees", "rupee"},
		{lang.EN, "Sri Lanka gave 3 crore rupees", "rupee"},
		{lang.EN, "The village got INR 3 crore and 5 million INR", "inr"},
		{lang.EN, "India gave 5 million Pakistani rupees", "pkr"},
		{lang.EN, "India sent help. The roof cost 5 million rupees.", "inr"},
		{lang.RU, "Правительство Индии выделило 30 млн рупий", "inr"},
		{lang.RU, "Деревня получила 30 млн рупий", "rupee"},
		{lang.UR, "بھارت کی حکومت نے 3 کروڑ روپے دیے", "inr"},
		{lang.UR, "حکومت نے 3 کروڑ روپے دیے", "pkr"},
		{lang.KK, "Үндістан 30 млн рупия берді", "inr"},
		{lang.UZ, "Hindiston 30 million rupiya berdi", "inr"},
		{lang.TR, "Hindistan 30 milyon rupi verdi", "inr"},
		{lang.FA, "هند ۳۰ میلیون روپیه داد", "inr"},
		{lang.ZH, "印度拨款3000万卢比", "inr"},
		{lang.EN, "The village got 30 million dollars", "usd"},
		{lang.EN, "Canada gave 30 million dollars", "dollar"},
		{lang.EN, "Canada gave 30 million US dollars", "usd"},
		{lang.EN, "The firm paid HK$300000 for it", ""},
		{lang.EN, "Turkmenistan gave 30 million manats", "tmt"},
		{lang.EN, "The village got 30 million manats", "manat"},
		{lang.AZ, "Kənd 30 milyon manat aldı", "azn"},
		{lang.AZ, "Türkmənistan 30 milyon manat verdi", "manat"},
		{lang.TK, "Oba 30 million manat aldy", "tmt"},
		{lang.RU, "Белоруссия выделила 30 млн рублей", "rouble"},
		{lang.RU, "Деревня получила 30 млн рублей", "rub"},
		{lang.AR, "دفعت القرية 30 مليون ريال", "rial"},
		{lang.AR, "دفعت إيران 30 مليون ريال", "irr"},
		{lang.AR, "دفعت القرية 30 مليون ليرة", "lira"},
		{lang.TR, "Köy 30 milyon lira aldı", "try"},
		{lang.TR, "Suriye 30 milyon lira verdi", "lira"},
		{lang.UZ, "Qishloq 30 million soʻm oldi", "uzs"},
		{lang.KY, "Айыл 30 миллион сом алды", "kgs"},
		{lang.TR, "Köy 30 milyon som aldı", "som"},
		{lang.TR, "Kırgızistan 30 milyon som verdi", "kgs"},
		{lang.EN, "The village got 30 million dinars", ""},
	} {
		for _, q := range Read(c.tag, c.text).Quantities {
			if q.Unit != c.want {
				t.Errorf("%s %s: %s, not %s", c.tag, c.text, q.Unit, c.want)
			}
		}
	}
}
