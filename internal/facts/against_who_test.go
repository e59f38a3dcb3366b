package facts

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestAgainstWhoActs: what others did, did not do or only wish to do says nothing of whom the headline names; of him it does.
func TestAgainstWhoActs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag            lang.Tag
		headline, body string
		doubted        bool
	}{
		{lang.EN, "Minister resigns", "The minister cleared his desk on Monday. Deputies asked the cabinet to resign.", false},
		{lang.EN, "Water minister resigns", "Water minister Karim Aliyev cleared his desk on Monday. The prime minister did not resign.", false},
		{lang.EN, "Water minister resigns", "The prime minister resigned on Monday. The water minister did not resign.", true},
		{lang.EN, "Water minister resigns", "Deputies asked the water minister to resign. The mayor resigned.", true},
		{lang.EN, "Kazakhstan signs customs treaty", "Kazakhstan put its name to the customs treaty on Monday. Iran did not sign the customs treaty.", false},
		{lang.EN, "Iran signs customs treaty", "Kazakhstan signed the customs treaty on Monday. Iran did not sign the customs treaty.", true},
		{lang.EN, "Parliament ratifies rail convention", "Deputies debated the rail convention on Monday. It was ratified by 84 votes. The senate did not ratify the rail convention last year.", false},
		{lang.EN, "Parliament ratifies rail convention", "Parliament ratified the water convention on Monday. It did not ratify the rail convention.", true},
		{lang.EN, "Parliament ratifies water convention", "Parliament ratified the water convention on Monday. It did not ratify the rail convention.", false},
		{lang.EN, "Parliament does not ratify rail convention", "Parliament ratified the water convention on Monday. It did not ratify the rail convention.", false},
		{lang.EN, "Parliament does not ratify water convention", "Parliament ratified the water convention on Monday. It did not ratify the rail convention.", true},
		{lang.RU, "Министр водного хозяйства ушёл в отставку", "Министр водного хозяйства Карим Алиев освободил кабинет в понедельник. Премьер-министр не ушёл в отставку.", false},
		{lang.RU, "Министр водного хозяйства ушёл в отставку", "Премьер-министр ушёл в отставку в понедельник. Министр водного хозяйства не ушёл в отставку.", true},
		{lang.RU, "Иран подписал таможенный договор", "Казахстан подписал таможенный договор в понедельник. Иран не подписал таможенный договор.", true},
		{lang.RU, "Казахстан подписал таможенный договор", "Казахстан поставил подпись под таможенным договором. Иран не подписал таможенный договор.", false},
		{lang.AR, "وزير المياه يستقيل", "غادر وزير المياه كريم علييف مكتبه يوم الاثنين. ولم يستقل رئيس الوزراء.", false},
		{lang.AR, "الوزيران يستقيلان", "استقال الوزيران يوم الاثنين. ولم يستقل رئيس البلدية.", false},
		{lang.AR, "الوزيران يستقيلان", "لم يستقل الوزيران يوم الاثنين.", true},
		{lang.AR, "الرئيسان يوقعان معاهدة الجمارك", "وقع الرئيسان معاهدة الجمارك يوم الاثنين.", false},
		{lang.AR, "الرئيسان يوقعان معاهدة الجمارك", "لم يوقع الرئيسان معاهدة الجمارك يوم الاثنين.", true},
		{lang.TR, "Su bakanı istifa etti", "Su bakanı pazartesi günü odasını boşalttı. Başbakan istifa etmedi.", false},
		{lang.TR, "Su bakanı istifa etti", "Başbakan pazartesi günü istifa etti. Su bakanı istifa etmedi.", true},
		{lang.FA, "وزیر آب استعفا داد", "وزیر آب روز دوشنبه دفترش را ترک کرد. نخست‌وزیر استعفا نداد.", false},
		{lang.FA, "وزیر آب استعفا داد", "نخست‌وزیر روز دوشنبه استعفا داد. وزیر آب استعفا نداد.", true},
		{lang.KK, "Су министрі отставкаға кетті", "Су министрі дүйсенбіде кабинетін босатты. Премьер-министр отставкаға кеткен жоқ.", false},
		{lang.KK, "Су министрі отставкаға кетті", "Премьер-министр дүйсенбіде отставкаға кетті. Су министрі отставкаға кеткен жоқ.", true},
	} {
		ds := Against(c.tag, c.headline, c.body+fillerOf(c.tag))
		if (len(ds) > 0) != c.doubted || c.doubted && ds[0].What != Negated {
			t.Errorf("%s: %q against %q: %v", c.tag, c.headline, c.body, ds)
		}
	}
}
