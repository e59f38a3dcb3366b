package web

import (
	"html/template"
	"net/http"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/wire"
)

// The page of components: every part that pages share, made by the templates and functions that make
// the pages, from samples that stand here. It reads nothing from the exchange.

type componentsPage struct {
	page
	Languages, Themes []option
	Sizes             []option
	Thin              []thin
	Rows              []row
	Tags              []tag
	Item              *itemView // bars, tabs, text, differences, chain
	Machine           *itemView
	Versions          []versionView
	Time              twoTimes
	Notice            string
	Facts             []fact
	Problems          []sampleProblem
}

type sampleProblem struct {
	Href, Text, Name string
	Lang             lang.Tag
	Focus            bool
}

var (
	sampleAt      = time.Date(2026, 3, 12, 9, 5, 0, 0, time.UTC)
	sampleMembers = map[wire.MemberID]wire.Member{
		"toqsanbulaq": {ID: "toqsanbulaq", Kind: wire.PressService, Domain: "press.toqsanbulaq.example", Zone: "Etc/GMT-5",
			Names: map[lang.Tag]string{lang.EN: "Toqsanbulaq Press Service", lang.KK: "Тоқсанбұлақ баспасөз қызметі", lang.RU: "Пресс-служба Токсанбулака", lang.FA: "روابط عمومی توقسان‌بلاق", lang.UR: "توقسان بلاق پریس سروس"},
			Short: map[lang.Tag]string{lang.EN: "Toqsanbulaq PS", lang.KK: "Тоқсанбұлақ БҚ"}},
		"altinsu": {ID: "altinsu", Kind: wire.Agency, Domain: "altinsu.example", Zone: "Etc/GMT-3",
			Names: map[lang.Tag]string{lang.EN: "Altinsu News Agency for the Towns and Villages of the Upper Valley, Ltd", lang.TR: "Altınsu Haber Ajansı", lang.FA: "خبرگزاری آلتین‌سو"}, Short: map[lang.Tag]string{lang.EN: "Altinsu HA"}},
	}
)

// sampleRelease is one that was released; a fault is a mistake in the samples.
func sampleRelease(lead wire.MemberID, urgency int, embargo bool, items ...wire.NewItem) (*wire.Release, error) {
	r, err := wire.NewRelease([]wire.MemberID{lead}, sampleMembers[lead].Domain, wire.Audience{Class: wire.Public}, urgency, items, sampleAt)
	if err == nil && embargo {
		err = r.SetEmbargo(sampleAt.Add(4*time.Hour), sampleAt)
	}
	if err == nil {
		_, err = r.Publish(sampleAt)
	}
	return r, err
}

func sampleText(t lang.Tag, tr wire.Translation, headline string, body ...string) wire.NewItem {
	return wire.NewItem{Language: t, Translation: tr, Content: wire.Content{Headline: headline, Body: body}}
}

func (q *request) components() (err error) {
	s := *q // the samples have members of their own
	s.members = sampleMembers
	d := componentsPage{page: q.newPage(q.text("components.title"), "settings")}
	theme := oneOf(q.r.URL.Query().Get("theme"), d.Theme, "light", "dark")
	d.Theme = theme
	here := func(ui lang.Tag, theme, density string) string {
		v := map[string][]string{"ui": {string(ui)}, "density": {density}}
		if theme != "" {
			v["theme"] = []string{theme}
		}
		return "/help/components" + address(v)[1:]
	}
	for _, t := range interfaceLanguages {
		d.Languages = append(d.Languages, option{Value: here(t, theme, q.density), Label: t.Autonym(), Lang: t, Selected: t == q.ui})
	}
	for _, x := range []string{"light", "dark"} {
		d.Themes = append(d.Themes, option{Value: here(q.ui, x, q.density), Label: q.text("settings." + x), Selected: theme == x})
	}

	kk := sampleText(lang.KK, wire.Original, "Тоқсанбұлақ 1 маусымнан бастап Көксай су қоймасынан 24 миллион текше метр су жібереді", "Су үш ауданға бөлінеді.", "Су 45 күн бойы беріледі.")
	kk.Content.Dateline = "Көксай"
	items := []wire.NewItem{kk,
		sampleText(lang.UR, wire.OfficialText, "توقسان بلاق یکم جون سے کوکسائی آبی ذخیرے سے 24 کروڑ مکعب میٹر پانی چھوڑے گا", "پانی 45 دن تک فراہم کیا جائے گا۔"),
		sampleText(lang.FA, wire.Human, "توقسان‌بلاق از ۱۱ خرداد ۲۴۰ میلیون متر مکعب آب از سد کوک‌سای رها می‌کند", "آب ۴۵ روز داده می‌شود."),
		sampleText(lang.EN, wire.Machine, "Toqsanbulaq to release 240 million cubic metres of water from Koksai reservoir from 1 June", "Water will be supplied for 45 days.")}
	water, err := sampleRelease("toqsanbulaq", 3, false, items...)
	if err != nil {
		return fault.E(fault.Internal, "A sample of the components is broken.").Because(err)
	}
	before := items[0].Content
	mended := before
	mended.Headline = "Тоқсанбұлақ 1 маусымнан бастап Көксай су қоймасынан 240 миллион текше метр су жібереді"
	if _, err = water.Update(wire.Changes{Content: map[wire.ItemID]wire.Content{water.Items[0].ID: before}}, sampleAt.Add(10*time.Minute)); err == nil {
		_, err = water.Correct(wire.Changes{Content: map[wire.ItemID]wire.Content{water.Items[0].ID: mended}}, "240 миллион", sampleAt.Add(17*time.Minute))
	}
	if err != nil {
		return fault.E(fault.Internal, "A sample of the components is broken.").Because(err)
	}
	water.Items[3].Stale = true
	var flash, sealed, gone *wire.Release
	for _, x := range []struct {
		to      **wire.Release
		lead    wire.MemberID
		urgency int
		embargo bool
		item    wire.NewItem
	}{
		{&flash, "altinsu", 1, false, sampleText(lang.TR, wire.Original, "Altınsu'nun güneyinde 5,6 büyüklüğünde deprem; can kaybı bildirilmedi", "Sarsıntı komşu köylerde duyuldu.")},
		{&sealed, "toqsanbulaq", 4, true, sampleText(lang.RU, wire.Original, "Токсанбулак", "Текст.")},
		{&gone, "altinsu", 4, false, sampleText(lang.UZ, wire.Original, "Toshkoʻprik chegara punkti 3-aprelda ochiladi", "Punkt ochiladi.")},
	} {
		if *x.to, err = sampleRelease(x.lead, x.urgency, x.embargo, x.item); err != nil {
			return fault.E(fault.Internal, "A sample of the components is broken.").Because(err)
		}
	}
	if _, err = gone.Withdraw("sana tasdiqlanmagan", sampleAt.Add(time.Hour)); err != nil {
		return fault.E(fault.Internal, "A sample of the components is broken.").Because(err)
	}
	outside := &wire.Capture{ID: "sample", Language: lang.UR, SourceURL: "https://khabar.example/", Body: []string{"سبزوادی: «Smart City 2.0» منصوبے کا معاہدہ (15 مئی)."}, ArrivedAt: sampleAt, MachineTranslated: true, Truncated: true}

	reading := func(order ...lang.Tag) request { // somebody who reads these
		x := s
		x.reading = order
		return x
	}
	for _, x := range []string{"comfortable", "compact", "large"} {
		d.Sizes = append(d.Sizes, option{Value: here(q.ui, theme, x), Label: q.text("density." + x), Selected: q.density == x})
	}
	add := func(x request, e browse.Entry, change func(*row)) {
		e.At = sampleAt
		w, ok := x.row(e)
		if !ok {
			return
		}
		w.ID, w.Href = "sample"+string(rune('a'+len(d.Rows))), "help/components#rows"
		w.Time, w.Under = clock(q.ui, sampleAt.In(q.zone)), ""
		if change != nil {
			change(&w)
		}
		d.Rows = append(d.Rows, w)
	}
	all := func(r *wire.Release) browse.Entry { return browse.Entry{Level: access.All, Release: r, Item: -1} }
	add(reading(lang.KK), all(water), nil)
	add(reading(lang.UR, lang.FA), all(water), nil)
	add(reading(lang.FA), all(water), func(w *row) { w.Open = true })
	add(reading(lang.EN), all(water), func(w *row) { w.More = []string{q.text("state.corrected")} })
	add(reading(lang.KK), browse.Entry{Level: access.All, Release: water, Item: 0, Headline: []search.Fragment{{Text: "Тоқсанбұлақ 1 маусымнан бастап "}, {Text: "Көксай", Hit: true}, {Text: " су қоймасынан су жібереді"}},
		Snippet: []search.Fragment{{Text: "Су "}, {Text: "Көксайдан", Hit: true}, {Text: " 45 күн бойы беріледі."}}}, nil)
	add(reading(q.ui), all(flash), func(w *row) { w.Flash = true })
	add(reading(q.ui), all(flash), nil)
	add(s, browse.Entry{Level: access.Header, Release: sealed, Item: -1}, nil)
	add(s, all(gone), nil)
	add(s, browse.Entry{Level: access.All, Capture: outside, Item: -1}, nil)
	w := s.thinRow(browse.RegisterEntry{Kind: wire.EventWithdrawn, At: sampleAt.Add(time.Hour), Release: gone, Reason: gone.Reason})
	w.Href, w.Row = "help/components#rows", ""
	d.Thin = []thin{w}
	for _, x := range []string{"machine", "embargo", "corrected", "withdrawn", "stale"} {
		d.Tags = append(d.Tags, q.tag(x))
	}
	d.Tags = append(d.Tags, tag{Class: "flash", Word: q.text("state.flash")}, tag{Class: "pending", Word: q.text("state.draft")})

	view := func(r *wire.Release, i int, level access.Level) *itemView {
		it := &r.Items[i]
		v := &itemView{Lang: it.Language, Dir: dirOf(it.Language), Path: "help/components"}
		lead := s.member(r.Lead())
		s.languages(v, r, it, lead.Official)
		s.releaseBars(v, r, it, lead, level == access.All)
		for n := range v.Bars {
			if v.Bars[n].Link != "" {
				v.Bars[n].Link = "#bars"
			}
		}
		for n := range v.Tabs {
			v.Tabs[n].Href = "#tabs"
		}
		if level == access.All {
			c := it.Current().Content
			v.Headline, v.Dateline, v.Machine, v.Pane = revealed(c.Headline), c.Dateline, it.Translation.ByMachine(), true
			v.Body = paragraphs(i, c.Body)
		}
		return v
	}
	d.Item = view(water, 0, access.All)
	d.Machine = view(water, 3, access.All)
	for _, x := range []*itemView{d.Machine, view(water, 1, access.All), view(water, 2, access.All), view(flash, 0, access.All), view(sealed, 0, access.Header), view(gone, 0, access.All)} {
		for _, b := range x.Bars { // each kind once
			if !slices.ContainsFunc(d.Item.Bars, func(is bar) bool { return is.Class+is.Icon == b.Class+b.Icon }) {
				d.Item.Bars = append(d.Item.Bars, b)
			}
		}
		if x.Lang == lang.UR || x.Lang == lang.FA || x.Machine {
			d.Item.All = append(d.Item.All, x)
		}
	}
	d.Item.Chain = []chainLink{{Relation: q.text("relation.original"), Source: "Нилдешт ақпарат агенттігі", Words: "Нилдешт хабарлауынша"}}
	left := 1 << 16
	d.Versions = []versionView{{N: 3, Kind: q.text("version.correct"), Correction: true, Reason: "240 миллион", Time: s.times(sampleAt.Add(17*time.Minute), zone("Etc/GMT-5")),
		Changes: s.changes(&water.Items[0], 3, &before, &mended, &left)},
		{N: 2, Kind: q.text("version.update"), Time: s.times(sampleAt.Add(10*time.Minute), zone("Etc/GMT-5"))}}
	d.Time = s.times(sampleAt, zone("Etc/GMT-5"))
	d.Notice = q.text("settings.saved")
	d.Facts = []fact{{q.text("item.audience"), template.HTML(template.HTMLEscapeString(q.text("audience.public")))}, {q.text("item.address"), ltr("urn:newsml:press.toqsanbulaq.example:20260312:7q4m")}}
	d.Problems = []sampleProblem{{Href: "#c-reading", Text: q.text("settings.reading.bad")}}
	return q.render(http.StatusOK, "components", d)
}
