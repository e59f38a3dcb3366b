package facts

import (
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// everyday are pairs of a headline and what its body says that agree as newsrooms write: rounded, about, converted, counted, added up.
// Written for Jarchi; 'h | b' each. rest stands behind every body; the other figure in many of them is one that a careless reader takes for it.
var everyday = []struct {
	tag   lang.Tag
	rest  string
	pairs string
	plain string // contradictions that are to be found
}{
	{lang.EN, " The office said that the work goes on as before and that further news will be given on its page in the coming weeks. People of the valley gather at the old bridge.", `
Inflation falls to 8 percent in May | Inflation in May was 8.4 percent on the year; inflation in food was 12.1 percent.
Exports grow 7 percent | Exports grew by 6.7 percent, said the ministry; exports in March had grown by 2 percent.
Prices of bread up 15 percent | Prices of bread went up by 15.4 percent; prices of milk by 3 percent.
Canal of 2.5 km repaired | The canal repaired is 2,500 metres long, 4 km from the town; canal works end in May, the canal is 40 km in all.
Grain harvest reaches 2.5 million tonnes | The grain harvest reached 2,480,000 tonnes; last year's grain harvest was 1.9 million tonnes.
Loan of 5 million dollars signed for water network | Loan for the water network signed: 4.7 million US dollars now, and the network needs 20 million dollars.
More than 300 people helped clear the road | The road was cleared by 312 people, among them 40 people of the valley.
About 40 villages get water | Water goes to 37 villages of the valley and later to 60 villages.
Nearly 1,000 people visit the book fair | The book fair was visited by 967 people, last year by 700 people.
Dozen schools get new roofs; 12 schools wait | A dozen schools got roofs, and 20 schools are on the list of the valley.
12 machines bought for the mill | The mill bought a dozen new machines; 30 machines in the mill are old.
15 villages join the water plan | Fifteen villages of the valley join the water plan; 20 villages were asked.
25 houses rebuilt in the valley | Twenty-five houses of the valley were rebuilt; 60 houses wait in the valley.
Grain store takes 3,000 tonnes | The grain store takes 3 million kg; the old grain store took 900 tonnes of grain.
New park covers 2 square kilometres | The new park covers 200 hectares of the valley; the old park covers 0.5 square kilometres.
Wind park of 1.2 GW planned | The wind park has 1,200 MW; an older wind park has 0.4 GW in all.
Train covers valley in 2 hours | The train covers the valley in 120 minutes; the old train took 5 hours.
Three ministers meet at the river | The ministers of Altinsu, Nildasht and Sabzwadi met at the river; 2 ministers of the valley were invited.
40 people hurt on the road | On the road 25 people were hurt in the first and 15 people in the second crash.
Team wins 9 medals at the games | The team won 4 gold, 3 silver and 2 bronze medals at the games; 6 medals last year.
Fair lasts 5 days | The fair is open from 12 to 16 May; the last fair lasted 3 days.
Fund grows by 20 million dollars | The fund grew from 60 million dollars to 80 million dollars.
Third of pupils learn online: 33 percent | A third of all pupils learn online; of pupils in towns 12 percent do.
9th session opens in Altinsu | The ninth session opened in Altinsu; it is followed by 3 session days.
Match ends 3-1 in Altinsu | Altinsu won the match 4-1 in the second half and 2 players of the match were hurt.
Temperature to reach 35 degrees | The temperature will be 33–37 degrees in the valley; at night the temperature falls to 20 degrees.
Wheat yields 50 percent more | Wheat yields rose from 20 to 30 tonnes in the valley, while 12 percent of wheat was lost.
Bank cuts key rate to 7 percent | The central bank cut its key rate by half a percentage point, from 7.5 percent. Bank rate stood at 9 percent a year ago.
Factory output doubles to 80,000 tonnes | Factory output rose from 41,000 tonnes to 79,600 tonnes, the ministry said; output in March was 6,000 tonnes.
Road toll: 6 dead in two crashes | Four people died in the first crash, two people in the second; 9 people were hurt on the road.
Altinsu to plant one million trees | Altinsu will plant 400,000 trees this year and 600,000 trees next year in Altinsu.
Ministry gives 5 million tenge to each village | The ministry gives 250 million tenge to 50 villages; last year the ministry gave each village 3 million tenge.
River level falls 12 cm | The river level fell from 3.42 m to 3.30 m; the level in March was 4 m.
Rainfall 30 percent below normal | Rainfall was at 70 percent of normal in the valley; rainfall in the hills was at 85 percent of normal.
School year starts for 120,000 pupils | Some 118,700 pupils start the school year; 9,000 pupils start school for the first time.
100 days of government | The government marked its 100th day; the last government fell after 80 days of government.
Team of 11 climbs Aqtymyq | Eleven climbers reached the top; a team of 14 climbers had started, three climbers of the team turned back.
Fuel up 3 cents to 90 | Fuel now costs 90 cents, 3 cents more; in May fuel cost 80 cents.
Bridge of 450 metres opens | The bridge is 0.45 km long; the old bridge at the village was 300 metres long.
Loan worth 2 billion dollars agreed | The loan of 1.95 billion dollars was agreed; a loan of 600 million dollars was agreed in May.
Museum closes for 18 months | The museum closes for a year and a half; it was closed for 6 months in 2010.
Nine of 10 villages have water | In 27 of 30 villages there is water, said the villages; 12 villages had water in spring.
Altinsu beats Nildasht by 4 goals | Altinsu beat Nildasht 5-1; two goals by the captain, Altinsu led by 2 goals at half time.
Power cut for 3 hours in Altinsu | Power was cut in Altinsu from 14:10 to 17:05; the last power cut took 5 hours.
Fourteen days of mourning | Mourning lasts two weeks; earlier mourning of 3 days was declared for days of rain.
Turnout 64 percent in council vote | In the council vote turnout was 63.7 percent; in the last council vote it was 58 percent.
`, `
40 schools get heating in Altinsu | In Altinsu 30 schools get heating this winter.
Six committees to meet in Altinsu | Five committees are to meet in Altinsu this week.
Magnitude 5.8 earthquake shakes southern Altinsu | An earthquake of magnitude 5.6 shook southern Altinsu.
Flood in Altinsu kills 14 people | A flood in Altinsu killed 9 people. The agency said the flood came at night.
`},
	{lang.RU, " В ведомстве сообщили, что работа идёт как прежде, а новости появятся на странице в ближайшие недели. Жители долины собираются у старого моста.", `
Экспорт вырос на 7 процентов | Экспорт вырос на 6,7 процента, сообщило министерство; в марте экспорт вырос на 2 процента.
Инфляция снизилась до 8 процентов | Инфляция снизилась до 8,4 процента; инфляция в марте была 11 процентов.
Завод купил 12 станков | Завод купил дюжину станков; ещё 30 станков завод закажет.
Урожай достиг 2,5 млн тонн | Урожай зерна достиг 2 480 тыс. тонн; прошлый урожай зерна — 1,9 млн тонн.
Более 300 человек убрали дорогу | Дорогу убирали 312 человек, из них 40 человек из долины.
Отремонтирован канал в 2,5 км | Отремонтирован канал длиной 2500 метров; всего канал тянется на 40 км.
Элеватор принял 3000 тонн зерна | Элеватор принял 3 млн кг зерна; прошлым летом зерна было 900 тонн.
Около 40 сёл получили воду | Воду получили 37 сёл долины; ждут воду 60 сёл.
Пятнадцать сёл получили воду, ещё 15 сёл ждут | Воду получили пятнадцать сёл, всего в долине 60 сёл.
Три министра встретились у реки | Министры Алтынсу, Нильдашта и Сабзвади встретились у реки; 2 министра приедут позже.
На дороге пострадали 40 человек | На дороге в первой аварии пострадали 25 человек, во второй 15 человек.
Ярмарка продлится 5 дней | Ярмарка продлится с 12 по 16 мая; прошлая ярмарка шла 3 дня.
Треть учеников учится дома: 33 процента | Дома учится треть всех учеников, в городе 12 процентов учеников.
9-я сессия открылась в Алтынсу | Девятая сессия открылась в Алтынсу, за ней пройдут 3 сессии.
Матч завершился со счётом 3:1 | Матч завершился победой хозяев 4:1, на поле вышли 22 игрока.
Ожидается до 35 градусов | Ожидается 33–37 градусов, ночью ожидается 20 градусов.
Парк занял 2 кв. км | Новый парк занял 200 гектаров; прежний парк занял 0,5 кв. км.
Фонд вырос на 20 млн долларов | Фонд вырос с 60 млн долларов до 80 млн долларов.
Поезд шёл 36 часов | Поезд шёл полтора дня, старый поезд шёл 50 часов.
Мост длиной 450 метров открыт | Открыт мост длиной 0,45 км; прежний мост был длиной 300 метров.
Осадков на 30 процентов меньше нормы | Осадков выпало 70 процентов нормы; в горах осадков 85 процентов нормы.
Ставка снижена до 7 процентов | Ставка снижена на полпроцента с 7,5 процента; год назад ставка была 9 процентов.
Музей закрыт на 18 месяцев | Музей закрыт на полтора года; прежде музей закрывали на 6 месяцев.
Посадят 1 млн деревьев | В этом году посадят 400 тысяч деревьев, в следующем посадят 600 тысяч деревьев.
Каждому селу дадут 5 млн тенге | Всего 50 сёлам дадут 250 млн тенге, в прошлом году каждому селу дали 3 млн тенге.
В сезоне сыграют 22 тура | В сезоне каждая из 12 команд дважды встретится с каждой; прошлый сезон длился 18 туров.
Уровень реки упал на 12 см | Уровень реки упал с 3,42 до 3,30 метра; в марте уровень упал на 4 см.
Десять школ получили крыши | Крыши получили десяток школ, ждут крыши 30 школ.
`, `
Тепло получили 40 школ Алтынсу | В Алтынсу тепло получили 30 школ.
Землетрясение магнитудой 5,8 на юге Алтынсу | На юге Алтынсу произошло землетрясение магнитудой 5,6.
При паводке в Алтынсу погибли 14 человек | При паводке в Алтынсу погибли 9 человек.
`},
	{lang.KK, " Мекеме жұмыс бұрынғыша жүріп жатқанын, жаңалықтар алдағы апталарда оның парақшасында шығатынын айтты. Алқап тұрғындары ескі көпірдің жанына жиналады.", `
Экспорт 7 пайызға өсті | Экспорт 6,7 пайызға өсті; наурызда экспорт 2 пайызға өскен.
Инфляция 8 пайызға түсті | Инфляция 8,4 пайызға түсті; наурызда инфляция 11 пайыз болған.
Егін 2,5 миллион тонна болды | Егін көлемі 2 480 мың тонна болды; былтыр егін 1,9 миллион тонна болған.
300-ден астам адам жол тазалады | Жолды 312 адам тазалады, оның 40 адам алқаптан.
Он шақты мектеп төбесін жөндеді | Төбесін 12 мектеп жөндеді, тағы 30 мектеп кезекте.
12 ауыл су алды | Он екі ауыл су алды, тағы 60 ауыл су күтеді.
25 ауыл су алды | Жиырма бес ауыл су алды, тағы 60 ауыл су күтеді.
Ұзындығы 2,5 км арна жөнделді | Ұзындығы 2500 метр арна жөнделді; бүкіл арна 40 км.
Қойма 3000 тонна астық алды | Қойма 3 миллион кг астық алды; былтыр қойма 900 тонна астық алған.
Үш министр өзен бойында кездесті | Алтынсу, Нілдәшт және Сабзуади министрлері өзен бойында кездесті; 2 министр кейін келеді.
Жолда 40 адам зардап шекті | Жолда бірінші апатта 25 адам, екіншісінде 15 адам зардап шекті.
Жәрмеңке 5 күн өтеді | Жәрмеңке мамырдың 12-сі мен 16-сы аралығында өтеді; былтыр жәрмеңке 3 күн өткен.
Оқушының 33 пайызы үйде оқиды | Оқушының үштен бірі үйде оқиды, қалада оқушының 12 пайызы.
9-шы сессия Алтынсуда ашылды | Тоғызыншы сессия Алтынсуда ашылды, тағы 3 сессия өтеді.
Көпір ұзындығы 450 метр | Көпір ұзындығы 0,45 км; ескі көпір ұзындығы 300 метр болған.
Шамамен 40 ауыл су алады | Су 37 ауыл тұрғындарына барады, тағы 60 ауыл күтеді.
Қор 20 миллион доллар өсті | Қор 60 миллион доллардан 80 миллион долларға өсті.
`, `
Алтынсуда 40 мектеп жылу алды | Алтынсуда 30 мектеп жылу алды.
Алтынсуда тасқыннан 14 адам қаза тапты | Алтынсуда тасқыннан 9 адам қаза тапты.
Алтынсуда магнитудасы 5,8 жер сілкінісі болды | Алтынсуда магнитудасы 5,6 жер сілкінісі болды.
`},
	{lang.UZ, " Idora ish avvalgidek davom etayotganini va yangiliklar yaqin haftalarda sahifasida chiqishini aytdi. Vodiy aholisi eski koʻprik yonida toʻplanadi.", `
Eksport 7 foiz oʻsdi | Eksport 6,7 foiz oʻsdi; martda eksport 2 foiz oʻsgan edi.
Inflyatsiya 8 foizga tushdi | Inflyatsiya 8,4 foizga tushdi; martda inflyatsiya 11 foiz edi.
Hosil 2,5 million tonna boʻldi | Gʻalla hosili 2 480 ming tonna boʻldi; oʻtgan yil hosil 1,9 million tonna edi.
300 dan ortiq kishi yoʻl tozaladi | Yoʻlni 312 kishi tozaladi, ulardan 40 kishi vodiydan.
12 qishloq suv oldi | Oʻn ikki qishloq suv oldi, yana 60 qishloq suv kutmoqda.
25 qishloq suv oldi | Yigirma besh qishloq suv oldi, yana 60 qishloq suv kutmoqda.
2,5 km kanal taʼmirlandi | Uzunligi 2500 metr kanal taʼmirlandi; butun kanal 40 km.
Ombor 3000 tonna don oldi | Ombor 3 million kg don oldi; oʻtgan yil ombor 900 tonna don olgan.
Uch vazir daryo boʻyida uchrashdi | Oltinsuv, Nildasht va Sabzvodi vazirlari daryo boʻyida uchrashdi; 2 vazir keyin keladi.
Yoʻlda 40 kishi jabrlandi | Yoʻlda birinchi hodisada 25 kishi, ikkinchisida 15 kishi jabrlandi.
Yarmarka 5 kun davom etadi | Yarmarka 12 dan 16 maygacha davom etadi; oʻtgan yarmarka 3 kun davom etgan.
Oʻquvchilarning 33 foizi uyda oʻqiydi | Oʻquvchilarning uchdan biri uyda oʻqiydi, shaharda oʻquvchilarning 12 foizi.
9-sessiya Oltinsuvda ochildi | Toʻqqizinchi sessiya Oltinsuvda ochildi, yana 3 sessiya boʻladi.
Qariyb 40 qishloq suv oladi | Suv 37 qishloq aholisiga boradi, yana 60 qishloq suv oladi.
Jamgʻarma 20 million dollar oʻsdi | Jamgʻarma 60 million dollardan 80 million dollarga oʻsdi.
`, `
Oltinsuvda 40 maktab issiqlik oldi | Oltinsuvda 30 maktab issiqlik oldi.
Oltinsuvda toshqindan 14 kishi halok boʻldi | Oltinsuvda toshqindan 9 kishi halok boʻldi.
Oltinsuvda magnitudasi 5,8 zilzila boʻldi | Oltinsuvda magnitudasi 5,6 zilzila boʻldi.
`},
	{lang.TR, " Kurum çalışmaların eskisi gibi sürdüğünü ve yeni bilgilerin önümüzdeki haftalarda sayfasında yayımlanacağını söyledi. Vadinin insanları eski köprünün yanında toplanıyor.", `
İhracat yüzde 7 arttı | İhracat yüzde 6,7 arttı; mart ayında ihracat yüzde 2 artmıştı.
Enflasyon yüzde 8 oldu | Enflasyon yüzde 8,4 oldu; mart ayında enflasyon yüzde 11 idi.
Hasat 2,5 milyon ton oldu | Tahıl hasadı 2.480.000 ton oldu; geçen yıl hasat 1,9 milyon ton idi.
300'den fazla kişi yolu temizledi | Yolu 312 kişi temizledi, bunların 40 kişi kadarı vadiden geldi.
Fabrika 12 makine aldı | Fabrika bir düzine makine aldı, 30 makine daha bekliyor.
15 köy suya kavuştu | On beş köy suya kavuştu, 60 köy daha suya hazırlanıyor.
25 köy suya kavuştu | Yirmi beş köy suya kavuştu, 60 köy daha suya hazırlanıyor.
2,5 km kanal onarıldı | Uzunluğu 2500 metre olan kanal onarıldı; bütün kanal 40 km.
Depo 3.000 ton tahıl aldı | Depo 3 milyon kg tahıl aldı; geçen yıl depo 900 ton tahıl almıştı.
Üç bakan nehir kıyısında buluştu | Altınsu, Nildeşt ve Sabzvadi bakanları nehir kıyısında buluştu; 2 bakan sonra gelecek.
Yolda 40 kişi yaralandı | Yolda ilk kazada 25 kişi, ikincisinde 15 kişi yaralandı.
Fuar 5 gün sürecek | Fuar 12-16 Mayıs arasında sürecek; geçen fuar 3 gün sürmüştü.
Öğrencilerin yüzde 33'ü evde okuyor | Öğrencilerin üçte biri evde okuyor, şehirde öğrencilerin yüzde 12 kadarı.
9. oturum Altınsu'da açıldı | Dokuzuncu oturum Altınsu'da açıldı, ardından 3 oturum daha yapılacak.
Fon 20 milyon dolar büyüdü | Fon 60 milyon dolardan 80 milyon dolara büyüdü.
13 yaşında yarışı kazandı | Altınsu'da yarışı kazandı; 45 yaşındaki öğretmeni yarışı anlattı.
Köprü 450 metre | Köprü 0,45 km uzunluğunda; eski köprü 300 metre idi.
Yaklaşık 40 köy su alacak | Su 37 köy için ayrıldı, 60 köy su bekliyor.
`, `
Altınsu'da 40 okul ısındı | Altınsu'da 30 okul ısındı.
Altınsu'da selde 14 kişi öldü | Altınsu'da selde 9 kişi öldü.
Altınsu'da 5,8 büyüklüğünde deprem oldu | Altınsu'da 5,6 büyüklüğünde deprem oldu.
`},
	{lang.AZ, " İdarə işin əvvəlki kimi getdiyini və yeni məlumatın yaxın həftələrdə səhifəsində çıxacağını dedi. Vadinin insanları köhnə körpünün yanına toplaşır.", `
İxrac 7 faiz artdı | İxrac 6,7 faiz artdı; martda ixrac 2 faiz artmışdı.
İnflyasiya 8 faizə düşdü | İnflyasiya 8,4 faizə düşdü; martda inflyasiya 11 faiz idi.
Məhsul 2,5 milyon ton oldu | Taxıl məhsulu 2 480 min ton oldu; ötən il məhsul 1,9 milyon ton idi.
300-dən çox adam yolu təmizlədi | Yolu 312 adam təmizlədi, onlardan 40 adam vadidəndir.
12 kənd su aldı | On iki kənd su aldı, daha 60 kənd su gözləyir.
25 kənd su aldı | İyirmi beş kənd su aldı, daha 60 kənd su gözləyir.
2,5 km kanal təmir edildi | Uzunluğu 2500 metr kanal təmir edildi; bütün kanal 40 km.
Anbar 3000 ton taxıl aldı | Anbar 3 milyon kq taxıl aldı; ötən il anbar 900 ton taxıl almışdı.
Üç nazir çay sahilində görüşdü | Altınsu, Nildəşt və Səbzvadi nazirləri çay sahilində görüşdü; 2 nazir sonra gələcək.
Yolda 40 nəfər yaralandı | Yolda birinci qəzada 25 nəfər, ikincidə 15 nəfər yaralandı.
Yarmarka 5 gün davam edəcək | Yarmarka mayın 12-dən 16-dək davam edəcək; ötən yarmarka 3 gün davam etmişdi.
Şagirdlərin 33 faizi evdə oxuyur | Şagirdlərin üçdə biri evdə oxuyur, şəhərdə şagirdlərin 12 faizi.
9-cu sessiya Altınsuda açıldı | Doqquzuncu sessiya Altınsuda açıldı, daha 3 sessiya keçiriləcək.
Fond 20 milyon dollar artdı | Fond 60 milyon dollardan 80 milyon dollara artdı.
Təxminən 40 kənd su alacaq | Su 37 kənd üçün ayrıldı, 60 kənd su gözləyir.
`, `
Altınsuda 40 məktəb istilik aldı | Altınsuda 30 məktəb istilik aldı.
Altınsuda daşqında 14 nəfər öldü | Altınsuda daşqında 9 nəfər öldü.
Altınsuda maqnitudası 5,8 zəlzələ oldu | Altınsuda maqnitudası 5,6 zəlzələ oldu.
`},
	{lang.FA, " این اداره گفت که کار مانند گذشته پیش می‌رود و خبرهای تازه در هفته‌های آینده در صفحهٔ آن می‌آید. مردم دره کنار پل کهنه گرد می‌آیند.", `
صادرات ۷ درصد رشد کرد | صادرات ۶٫۷ درصد رشد کرد؛ صادرات در اسفند ۲ درصد رشد کرده بود.
تورم به ۸ درصد رسید | تورم به ۸٫۴ درصد رسید؛ تورم در زمستان ۱۱ درصد بود.
برداشت گندم به ۲٫۵ میلیون تن رسید | برداشت گندم به ۲ میلیون و ۴۸۰ هزار تن رسید؛ برداشت گندم پارسال ۱٫۹ میلیون تن بود.
بیش از ۳۰۰ نفر راه را باز کردند | راه را ۳۱۲ نفر باز کردند که ۴۰ نفر از دره بودند.
کارخانه ۱۲ دستگاه خرید | کارخانه دوازده دستگاه خرید و ۳۰ دستگاه دیگر می‌خرد.
۱۵ روستا آب گرفت | پانزده روستا آب گرفت و ۶۰ روستا چشم به راه آب است.
۲۵ روستا آب گرفت | بیست و پنج روستا آب گرفت و ۶۰ روستا چشم به راه آب است.
کانال ۲٫۵ کیلومتر بازسازی شد | کانال به درازای ۲۵۰۰ متر بازسازی شد؛ همهٔ کانال ۴۰ کیلومتر است.
انبار ۳۰۰۰ تن گندم گرفت | انبار ۳ میلیون کیلوگرم گندم گرفت؛ پارسال انبار ۹۰۰ تن گندم گرفته بود.
سه وزیر کنار رود دیدار کردند | وزیران آلتین‌سو، نیل‌دشت و سبزوادی کنار رود دیدار کردند؛ ۲ وزیر دیرتر می‌آیند.
در جاده ۴۰ نفر آسیب دیدند | در جاده در حادثهٔ نخست ۲۵ نفر و در دومی ۱۵ نفر آسیب دیدند.
۳۳ درصد دانش‌آموزان در خانه درس می‌خوانند | یک‌سوم دانش‌آموزان در خانه درس می‌خوانند؛ در شهر ۱۲ درصد دانش‌آموزان.
صندوق ۲۰ میلیون دلار بزرگ‌تر شد | صندوق از ۶۰ میلیون دلار به ۸۰ میلیون دلار رسید و بزرگ‌تر شد.
پل ۴۵۰ متری افتتاح شد: ۴۵۰ متر | پل تازه ۰٫۴۵ کیلومتر است؛ پل کهنه ۳۰۰ متر بود.
حدود ۴۰ روستا آب می‌گیرد | آب به ۳۷ روستا می‌رسد و ۶۰ روستا آب ندارد.
پارک ۲ کیلومتر مربع شد | پارک تازه ۲۰۰ هکتار است؛ پارک کهنه ۰٫۵ کیلومتر مربع بود.
`, `
در آلتین‌سو ۴۰ مدرسه گرم شد | در آلتین‌سو ۳۰ مدرسه گرم شد.
سیل آلتین‌سو جان ۱۴ نفر را گرفت | سیل آلتین‌سو جان ۹ نفر را گرفت.
زلزله به بزرگی ۵٫۸ در آلتین‌سو رخ داد | زلزله به بزرگی ۵٫۶ در آلتین‌سو رخ داد.
`},
	{lang.UR, " محکمے نے کہا کہ کام پہلے کی طرح جاری ہے اور نئی خبریں آنے والے ہفتوں میں اس کے صفحے پر آئیں گی۔ وادی کے لوگ پرانے پل کے پاس جمع ہوتے ہیں۔", `
برآمدات 7 فیصد بڑھ گئیں | برآمدات 6.7 فیصد بڑھ گئیں؛ مارچ میں برآمدات 2 فیصد بڑھی تھیں۔
مہنگائی 8 فیصد رہی | مہنگائی 8.4 فیصد رہی؛ مارچ میں مہنگائی 11 فیصد رہی تھی۔
گندم کی پیداوار 25 لاکھ ٹن رہی | گندم کی پیداوار 24 لاکھ 80 ہزار ٹن رہی؛ پچھلے سال گندم کی پیداوار 19 لاکھ ٹن تھی۔
300 سے زیادہ افراد نے سڑک صاف کی | سڑک 312 افراد نے صاف کی، جن میں 40 افراد وادی کے تھے۔
کارخانے نے 12 مشینیں خریدیں | کارخانے نے ایک درجن مشینیں خریدیں، مزید 30 مشینیں خریدی جائیں گی۔
15 دیہات کو پانی ملا | پندرہ دیہات کو پانی ملا، 60 دیہات کو پانی کا انتظار ہے۔
25 دیہات کو پانی ملا | پچیس دیہات کو پانی ملا، 60 دیہات کو پانی کا انتظار ہے۔
نہر کے 2.5 کلومیٹر کی مرمت | نہر کے 2,500 میٹر کی مرمت ہوئی؛ پوری نہر 40 کلومیٹر ہے۔
گودام میں 3,000 ٹن گندم آئی | گودام میں 30 لاکھ کلو گندم آئی؛ پچھلے سال گودام میں 900 ٹن گندم آئی تھی۔
تین وزیر دریا کے کنارے ملے | آلتین سو، نیل دشت اور سبزوادی کے وزیر دریا کے کنارے ملے؛ 2 وزیر بعد میں آئیں گے۔
سڑک پر 40 افراد زخمی | سڑک پر پہلے حادثے میں 25 افراد اور دوسرے میں 15 افراد زخمی ہوئے۔
33 فیصد بچے گھر پر پڑھتے ہیں | ایک تہائی بچے گھر پر پڑھتے ہیں، شہر میں 12 فیصد بچے۔
فنڈ میں 20 کروڑ ڈالر کا اضافہ | فنڈ 60 کروڑ ڈالر سے 80 کروڑ ڈالر ہو گیا، یہ بڑا اضافہ ہے۔
پل 450 میٹر لمبا ہے | پل 0.45 کلومیٹر لمبا ہے؛ پرانا پل 300 میٹر لمبا تھا۔
تقریباً 40 دیہات کو پانی ملے گا | پانی 37 دیہات کو ملے گا، 60 دیہات کو پانی کا انتظار ہے۔
پارک 2 مربع کلومیٹر کا ہو گا | نیا پارک 200 ہیکٹر کا ہو گا؛ پرانا پارک 0.5 مربع کلومیٹر کا تھا۔
`, `
آلتین سو میں 40 اسکول گرم کیے گئے | آلتین سو میں 30 اسکول گرم کیے گئے۔
آلتین سو کے سیلاب میں 14 افراد ہلاک | آلتین سو کے سیلاب میں 9 افراد ہلاک ہوئے۔
آلتین سو میں 5.8 شدت کا زلزلہ آیا | آلتین سو میں شدت 5.6 کا زلزلہ آیا۔
`},
}

// TestHeadlineFigures: no everyday pair is doubted; plain contradictions are found.
func TestHeadlineFigures(t *testing.T) {
	t.Parallel()
	sound, accused, planted, found := 0, 0, 0, 0
	each := func(s string, do func(h, b string)) {
		for _, row := range strings.Split(strings.TrimSpace(s), "\n") {
			h, b, ok := strings.Cut(row, " | ")
			if !ok {
				t.Fatalf("no pair: %s", row)
			}
			do(h, b)
		}
	}
	for _, e := range everyday {
		each(e.pairs, func(h, b string) {
			sound++
			for _, d := range Against(e.tag, h, b+e.rest) {
				accused++
				t.Errorf("%s: %q is doubted (%s %q) against %q", e.tag, h, d.What, d.Words, d.Sentence)
			}
		})
		each(e.plain, func(h, b string) {
			planted++
			if ds := Against(e.tag, h, b+e.rest); len(ds) == 1 && ds[0].What == NumberDiffers {
				found++
			} else {
				t.Errorf("%s: %q against %q: %v", e.tag, h, b, ds)
			}
		})
	}
	t.Logf("%d sound pairs, doubted %d; %d contradictions, found %d", sound, accused, planted, found)
	if sound < 120 {
		t.Error("too few pairs")
	}
}
