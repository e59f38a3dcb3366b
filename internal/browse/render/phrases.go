package render

import "jarchi.dev/jarchi/internal/lang"

// phrase is a sentence or a label of ours. Names, times and reasons follow a label after a colon, so that no ending has to fit them.
type phrase int

const (
	withdrawnHead phrase = iota
	withdrawnText
	erasedHead
	erasedText
	embargoHead
	embargoText
	reason
	issuers
	releasedAt
	withdrawnAt
	erasedAt
	opensAt
	credit
	holder
	terms
	captureHead
	captureText
	wireTitle
	wireAbout
	proof
	whole
	onNode
	draftHead
	last
)

// phrases in every language of the interface, in the order of the constants.
var phrases = map[lang.Tag][last]string{
	lang.EN: {"Withdrawn: do not use", "This text was withdrawn by those who released it. It must not be used any more, and its words are no longer handed out.",
		"Erased: do not use", "This text was erased. It must not be used any more; only issuer, times and languages are kept.",
		"Under embargo", "The text opens when the embargo ends. Until then only its header can be seen.",
		"Reason", "Issuer", "Released", "Withdrawn", "Erased", "Opens", "Credit", "Rights", "Terms of use",
		"No headline", "Outside source. Not released by a member of this exchange. The text stands at the source.",
		"Wire", "Releases of the members of this exchange, in every language, with corrections and withdrawals.", "Proof", "Whole text", "On this exchange", "Not released: do not use"},
	lang.RU: {"Отозвано: не использовать", "Текст отозван теми, кто его выпустил. Использовать его больше нельзя; его слова больше не выдаются.",
		"Стёрто: не использовать", "Текст стёрт. Использовать его больше нельзя; сохранены только автор выпуска, время и языки.",
		"Под эмбарго", "Текст откроется по окончании эмбарго. До этого виден только заголовочный блок.",
		"Причина", "Выпустил", "Выпущено", "Отозвано", "Стёрто", "Откроется", "Источник материала", "Права", "Условия использования",
		"Без заголовка", "Сторонний источник. Не выпущено участником этого обмена. Текст — на странице источника.",
		"Лента", "Выпуски участников этого обмена на всех языках, с исправлениями и отзывами.", "Доказательство", "Полный текст", "В этом обмене", "Не выпущено: не использовать"},
	lang.KK: {"Қайтарып алынды: пайдаланбаңыз", "Бұл мәтінді шығарған тарап қайтарып алды. Оны енді пайдалануға болмайды, сөздері бұдан былай берілмейді.",
		"Өшірілді: пайдаланбаңыз", "Бұл мәтін өшірілді. Оны енді пайдалануға болмайды; тек шығарушысы, уақыты мен тілдері сақталды.",
		"Эмбаргода", "Мәтін эмбарго аяқталғанда ашылады. Оған дейін тек жалпы мәліметі көрінеді.",
		"Себебі", "Шығарған", "Шығарылды", "Қайтарып алынды", "Өшірілді", "Ашылады", "Материал авторы", "Құқықтар", "Пайдалану шарттары",
		"Тақырыпсыз", "Басқа дереккөз. Осы алмасудың мүшесі шығармаған. Мәтін дереккөздің өзінде.",
		"Таспа", "Осы алмасу мүшелерінің барлық тілдегі шығарылымдары, түзетулерімен және қайтарып алуларымен.", "Дәлел", "Толық мәтін", "Осы алмасуда", "Шығарылмаған: пайдаланбаңыз"},
	lang.UZ: {"Qaytarib olindi: foydalanmang", "Bu matnni chiqargan tomon qaytarib oldi. Undan endi foydalanish mumkin emas, soʻzlari boshqa berilmaydi.",
		"Oʻchirildi: foydalanmang", "Bu matn oʻchirildi. Undan endi foydalanish mumkin emas; faqat chiqaruvchi, vaqt va tillar saqlangan.",
		"Embargo ostida", "Matn embargo tugaganda ochiladi. Ungacha faqat umumiy maʼlumot koʻrinadi.",
		"Sababi", "Chiqaruvchi", "Chiqarildi", "Qaytarib olindi", "Oʻchirildi", "Ochiladi", "Material muallifi", "Huquqlar", "Foydalanish shartlari",
		"Sarlavhasiz", "Boshqa manba. Bu almashuv aʼzosi chiqarmagan. Matn manbaning oʻzida.",
		"Tasma", "Bu almashuv aʼzolarining barcha tillardagi chiqarmalari, tuzatish va qaytarib olishlar bilan.", "Isbot", "Toʻliq matn", "Bu almashuvda", "Chiqarilmagan: foydalanmang"},
	lang.TR: {"Geri çekildi: kullanmayın", "Bu metni yayımlayan taraf geri çekti. Artık kullanılamaz, sözleri bundan sonra verilmez.",
		"Silindi: kullanmayın", "Bu metin silindi. Artık kullanılamaz; yalnız yayımlayan, zaman ve diller saklandı.",
		"Ambargolu", "Metin ambargo bitince açılır. O zamana kadar yalnız künye görünür.",
		"Gerekçe", "Yayımlayan", "Yayımlandı", "Geri çekildi", "Silindi", "Açılış", "Malzeme sahibi", "Haklar", "Kullanım koşulları",
		"Başlıksız", "Dış kaynak. Bu paylaşımın bir üyesi yayımlamadı. Metin kaynağın kendisinde.",
		"Akış", "Bu paylaşımın üyelerinin bütün dillerdeki yayınları, düzeltmeleri ve geri çekmeleriyle.", "Kanıt", "Metnin tamamı", "Bu paylaşımda", "Yayımlanmadı: kullanmayın"},
	lang.AZ: {"Geri götürülüb: istifadə etməyin", "Bu mətni buraxan tərəf geri götürüb. Ondan daha istifadə etmək olmaz, sözləri bundan sonra verilmir.",
		"Silinib: istifadə etməyin", "Bu mətn silinib. Ondan daha istifadə etmək olmaz; yalnız buraxan, vaxt və dillər saxlanılıb.",
		"Embarqo altında", "Mətn embarqo bitəndə açılır. O vaxta qədər yalnız ümumi məlumat görünür.",
		"Səbəb", "Buraxan", "Buraxılıb", "Geri götürülüb", "Silinib", "Açılır", "Material müəllifi", "Hüquqlar", "İstifadə şərtləri",
		"Başlıqsız", "Kənar mənbə. Bu mübadilənin üzvü buraxmayıb. Mətn mənbənin özündədir.",
		"Lent", "Bu mübadilənin üzvlərinin bütün dillərdə buraxılışları, düzəlişləri və geri götürmələri ilə.", "Sübut", "Mətnin hamısı", "Bu mübadilədə", "Buraxılmayıb: istifadə etməyin"},
	lang.FA: {"پس گرفته شد: به کار نبرید", "منتشرکننده این متن را پس گرفته است. این متن دیگر نباید به کار رود و واژه‌هایش دیگر داده نمی‌شود.",
		"پاک شد: به کار نبرید", "این متن پاک شده است. دیگر نباید به کار رود؛ تنها منتشرکننده، زمان و زبان‌ها نگه داشته شده است.",
		"در امبارگو", "متن با پایان امبارگو باز می‌شود. تا آن زمان تنها مشخصات دیده می‌شود.",
		"دلیل", "منتشرکننده", "انتشار", "پس گرفته شد", "پاک شد", "گشایش", "صاحب اثر", "حقوق", "شرایط استفاده",
		"بدون عنوان", "منبع بیرونی. عضوی از این شبکه آن را منتشر نکرده است. متن نزد خود منبع است.",
		"خبرها", "انتشارهای عضوهای این شبکه به همهٔ زبان‌ها، با تصحیح‌ها و پس‌گرفتن‌ها.", "گواهی", "متن کامل", "در این شبکه", "منتشر نشده: به کار نبرید"},
	lang.UR: {"منسوخ: استعمال نہ کریں", "جاری کنندہ نے یہ متن منسوخ کر دیا ہے۔ اب یہ استعمال نہ کیا جائے، اس کے الفاظ مزید فراہم نہیں کیے جاتے۔",
		"مٹا دیا گیا: استعمال نہ کریں", "یہ متن مٹا دیا گیا ہے۔ اب یہ استعمال نہ کیا جائے؛ صرف جاری کنندہ، وقت اور زبانیں محفوظ ہیں۔",
		"ایمبارگو میں", "متن ایمبارگو ختم ہونے پر کھلے گا۔ تب تک صرف کوائف نظر آتے ہیں۔",
		"وجہ", "جاری کنندہ", "اجرا", "منسوخ", "مٹا دیا گیا", "کھلنے کا وقت", "صاحب مواد", "حقوق", "استعمال کی شرائط",
		"سرخی نہیں", "بیرونی ذریعہ۔ اس تبادلے کے کسی رکن نے جاری نہیں کیا۔ متن خود ذریعے کے پاس ہے۔",
		"خبریں", "اس تبادلے کے اراکین کے اجرا، ہر زبان میں، تصحیح اور منسوخی کے ساتھ۔", "ثبوت", "پورا متن", "اس تبادلے میں", "جاری نہیں ہوا: استعمال نہ کریں"},
}

// say is a phrase in a language that Spoken gives.
func say(p phrase, in lang.Tag) string {
	if list, ok := phrases[in]; ok {
		return list[p]
	}
	return phrases[lang.EN][p]
}
