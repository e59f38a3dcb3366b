package stories_test

import (
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// One event of invented members, in three languages.
var summit = map[lang.Tag][2]string{
	lang.EN: {"Ministers of energy meet in Koksoy", "Koksoy, 12 June 2026. Energy ministers of Kazakhstan, Uzbekistan and Turkey met in Astana on 12 June 2026 and agreed on 1,450 megawatts of wind power. " +
		"Minister Daniyar Tolegenov said that 37 turbines would stand at Yereymentau by 2028, at a cost of 912 million dollars."},
	lang.RU: {"Министры энергетики встретились в Астане", "Астана, 12 июня 2026 года. Министры энергетики Казахстана, Узбекистана и Турции встретились в Астане 12 июня 2026 года и договорились о 1450 мегаваттах ветровой энергии. " +
		"Министр Данияр Толегенов сказал, что к 2028 году в Ерейментау встанут 37 турбин стоимостью 912 миллионов долларов."},
	lang.TR: {"Enerji bakanları Astana'da buluştu", "Astana, 12 Haziran 2026. Kazakistan, Özbekistan ve Türkiye enerji bakanları 12 Haziran 2026'da Astana'da bir araya geldi ve 1450 megavat rüzgâr gücünde anlaştı. " +
		"Bakan Daniyar Tolegenov, 2028'e kadar Ereymentau'da 912 milyon dolara 37 türbin kurulacağını söyledi."},
}

func texts(tags ...lang.Tag) map[lang.Tag][2]string {
	out := map[lang.Tag][2]string{}
	for _, t := range tags {
		out[t] = summit[t]
	}
	return out
}

func (n *node) report(t testing.TB, member wire.MemberID, change func(*publish.Input), tags ...lang.Tag) *wire.Release {
	t.Helper()
	in := testkit.Input(texts(tags...))
	in.Issuers = []wire.MemberID{member}
	if change != nil {
		change(&in)
	}
	r, err := n.Publish.Create(ctx, testkit.Viewer(member), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// kept counts what the tables of stories hold.
func (n *node) kept(t testing.TB) (texts, reports, together, due int) {
	t.Helper()
	db := testkit.SQL(t, n.Dir)
	if err := db.QueryRow(`select (select count(*) from story_text), (select count(*) from story_report), (select count(*) from story_report where together = 1),
		(select count(*) from story_due)`).Scan(&texts, &reports, &together, &due); err != nil {
		t.Fatal(err)
	}
	return texts, reports, together, due
}

func (n *node) list(t testing.TB, v access.Viewer) []stories.Story {
	t.Helper()
	p, err := n.stories.List(ctx, v, "", 20)
	if err != nil || p.Next != "" {
		t.Fatal(p.Next, err)
	}
	heads, err := n.stories.Heads(ctx, v, "", 20, []lang.Tag{lang.TR})
	if err != nil || len(heads.Stories) != len(p.Stories) {
		t.Fatal(heads, err)
	}
	for i, h := range heads.Stories { // the same, with the words of one report
		if one := p.Stories[i]; h.ID != one.ID || len(h.Reports) != len(one.Reports) {
			t.Errorf("heads: %+v, not %+v", h, one)
			continue
		}
		for k, r := range h.Reports {
			w := p.Stories[i].Reports[k]
			if !r.Time.Equal(w.Time) || (r.Capture == nil) != (w.Capture == nil) || (r.Release == nil) != (w.Release == nil) {
				t.Errorf("head %d: %+v, not %+v", k, r, w)
			}
			words := r.Capture != nil && len(r.Capture.Body) > 0 && r.Capture.Body[0] != "" || r.Release != nil && len(r.Release.Items[0].Versions) > 0
			if words != (k == h.Best) {
				t.Errorf("head %d of %d, the best is %d: %+v", k, len(h.Reports), h.Best, r)
			}
		}
	}
	return p.Stories
}

// noise is enough of other texts that what is usual can be told.
func (n *node) noise(t testing.TB) {
	t.Helper()
	for _, text := range []string{riverNews, roadNews,
		"The museum of clay in Aksu shows 60 bowls that children made; the oldest potter of the town, who is ninety, chose them herself and would not say how.",
		"Snow closed the pass above Sarytal for two nights. Drivers waited in the school, where the cook gave them soup and the teacher lessons in chess."} {
		n.release(t, "beta", text, nil)
	}
}

// TestOneEventInManyLanguages: reports of members in different languages are one story; the languages of one release are
// one report; each reader has the story that she may read.
func TestOneEventInManyLanguages(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.noise(t)
	alfa, beta, anyone := testkit.Viewer("alfa"), testkit.Viewer("beta"), access.Viewer{}
	first := n.report(t, "alfa", nil, lang.RU, lang.TR)
	n.settle(t)
	if got := n.list(t, anyone); len(got) != 0 {
		t.Fatalf("one release in two languages is no story: %+v", got)
	}
	n.Clock.Move(time.Hour)
	second := n.report(t, "beta", nil, lang.EN)
	n.settle(t)
	got := n.list(t, anyone)
	if len(got) != 1 || len(got[0].Reports) != 2 || got[0].ID != string(first.ID) || got[0].Reports[0].Release.ID != first.ID || got[0].Reports[1].Release.ID != second.ID {
		t.Fatalf("%+v", got)
	}

	// A capture is for members, and has nothing to do with what a stranger sees.
	n.Clock.Move(time.Hour)
	c := n.capture(t, "portal", summit[lang.TR][0]+"\n\n"+summit[lang.TR][1])
	n.settle(t)
	if got := n.list(t, anyone); len(got) != 1 || len(got[0].Reports) != 2 {
		t.Errorf("a stranger: %+v", got)
	}
	if got := n.list(t, alfa); len(got) != 1 || len(got[0].Reports) != 3 {
		t.Fatalf("a member: %+v", got)
	}
	one, err := n.stories.Story(ctx, alfa, string(c))
	if err != nil || one.ID != string(first.ID) || len(one.Uses) != 1 || one.Reports[one.Uses[0].From].Capture == nil || one.Reports[one.Uses[0].Of].Release.ID != first.ID || one.Uses[0].FromItem != -1 {
		t.Errorf("%+v, %v", one, err)
	}
	if _, err := n.stories.Story(ctx, anyone, string(c)); fault.KindOf(err) != fault.NotFound || err == nil {
		t.Errorf("a stranger by the capture's id: %v", err)
	}
	for _, id := range []string{string(second.ID), string(first.ID)} {
		if one, err := n.stories.Story(ctx, anyone, id); err != nil || one.ID != string(first.ID) || len(one.Reports) != 2 || len(one.Uses) != 0 {
			t.Errorf("a stranger by %s: %+v, %v", id, one, err)
		}
	}

	// What is for partners alone neither shows nor moves anything for others.
	closed := n.report(t, "alfa", func(in *publish.Input) {
		in.Audience = wire.Audience{Class: wire.Partners, Partners: []wire.MemberID{"beta"}}
	}, lang.EN)
	n.settle(t)
	if one, err := n.stories.Story(ctx, beta, string(closed.ID)); err != nil || len(one.Reports) != 4 {
		t.Errorf("the partner: %+v, %v", one, err)
	}
	if one, err := n.stories.Story(ctx, anyone, string(first.ID)); err != nil || len(one.Reports) != 2 {
		t.Errorf("a stranger: %+v, %v", one, err)
	}
	e, err := n.Browse.Release(ctx, anyone, second.ID)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := n.stories.Of(ctx, anyone, e); err != nil || id != string(second.ID) {
		t.Error(id, err)
	}

	// Withdrawn: gone from the story at once, and the story with it where one report is left.
	if _, err := n.Publish.Withdraw(ctx, alfa, first.ID, "It was wrong.", nil); err != nil {
		t.Fatal(err)
	}
	if got := n.list(t, anyone); len(got) != 0 {
		t.Errorf("a stranger, after the withdrawal: %+v", got)
	}
	if got := n.list(t, alfa); len(got) != 1 || len(got[0].Reports) != 3 || got[0].ID != string(second.ID) {
		t.Errorf("a member, after the withdrawal: %+v", got)
	}
	for _, v := range []access.Viewer{alfa, anyone} {
		if _, err := n.stories.Story(ctx, v, string(first.ID)); fault.KindOf(err) != fault.NotFound || err == nil {
			t.Error(err)
		}
	}

	// Another process goes on where this one stopped: the window is read again.
	again := &node{n.Node, stories.New(n.Store, n.Browse, n.Clock.Now)}
	third := again.report(t, "beta", nil, lang.RU)
	again.settle(t)
	if one, err := again.stories.Story(ctx, anyone, string(third.ID)); err != nil || one.ID != string(second.ID) || len(one.Reports) != 2 {
		t.Errorf("after a restart: %+v, %v", one, err)
	}
	if _, err := n.Publish.Erase(ctx, beta, second.ID, nil); err != nil {
		t.Fatal(err)
	}
	again.settle(t)
	if got := again.list(t, anyone); len(got) != 0 {
		t.Errorf("erased: %+v", got)
	}
}

// TestStoriesKeepNothingOfWhatMayNotBeRead: nothing is kept of a text before it is on the wire, under embargo, and once
// it is withdrawn.
func TestStoriesKeepNothingOfWhatMayNotBeRead(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.report(t, "alfa", func(in *publish.Input) { in.Draft = true }, lang.EN)
	sealed := n.report(t, "alfa", func(in *publish.Input) { in.EmbargoedUntil = n.Clock.Now().Add(time.Hour) }, lang.EN, lang.RU)
	n.settle(t)
	if texts, reports, _, due := n.kept(t); texts+reports+due != 0 {
		t.Fatal(texts, reports, due)
	}
	n.Clock.Move(2 * time.Hour)
	n.settle(t) // it opens
	n.settle(t)
	if texts, reports, together, due := n.kept(t); texts != 2 || reports != 1 || together != 0 || due != 0 {
		t.Fatal(texts, reports, together, due)
	}
	changed := func(words string) wire.Changes {
		ch := wire.Changes{Content: map[wire.ItemID]wire.Content{}}
		for _, it := range sealed.Items {
			ch.Content[it.ID] = wire.Content{Headline: words, Body: []string{words + "."}}
		}
		return ch
	}
	if _, err := n.Publish.Update(ctx, testkit.Viewer("alfa"), sealed.ID, changed("Ministers meet again"), nil); err != nil {
		t.Fatal(err)
	}
	if texts, reports, _, due := n.kept(t); texts != 0 || reports != 1 || due != 2 {
		t.Fatal("updated: the old words are gone, the report stays", texts, reports, due)
	}
	n.settle(t)
	if texts, reports, _, due := n.kept(t); texts != 2 || reports != 1 || due != 0 {
		t.Fatal(texts, reports, due)
	}
	if _, err := n.Publish.Withdraw(ctx, testkit.Viewer("alfa"), sealed.ID, "It was wrong.", nil); err != nil {
		t.Fatal(err)
	}
	n.settle(t)
	if texts, reports, _, due := n.kept(t); texts+reports+due != 0 {
		t.Fatal("withdrawn", texts, reports, due)
	}
}

// TestStoriesPageByPage: cursors lead through all stories, each once, and are not to be read or made.
func TestStoriesPageByPage(t *testing.T) {
	t.Parallel()
	n := open(t)
	for _, text := range []string{riverNews, roadNews, summit[lang.EN][1]} { // a copy is of the same event
		n.release(t, "alfa", text, nil)
		n.release(t, "beta", text, nil)
	}
	n.settle(t)
	all := n.list(t, access.Viewer{})
	if len(all) != 3 {
		t.Fatalf("%d stories", len(all))
	}
	var got []string
	for cursor := ""; ; {
		p, err := n.stories.List(ctx, access.Viewer{}, cursor, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range p.Stories {
			got = append(got, s.ID)
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if len(got) != len(all) {
		t.Fatalf("%v, not %d", got, len(all))
	}
	for i := range all {
		if got[i] != all[i].ID {
			t.Errorf("%d: %s, not %s", i, got[i], all[i].ID)
		}
	}
	page, err := n.Browse.List(ctx, access.Viewer{}, browse.Query{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"7", page.Next, "AAAA"} {
		if _, err := n.stories.List(ctx, access.Viewer{}, bad, 1); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "x", "../etc", "01J00000000000000000000000"} {
		if _, err := n.stories.Story(ctx, access.Viewer{}, bad); fault.KindOf(err) != fault.NotFound || err == nil {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestChineseReasonsAreReadable: why two Chinese reports are one story, and why a story is near, is told in words, not in pairs of characters.
func TestChineseReasonsAreReadable(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.noise(t)
	report := func(member wire.MemberID, headline, body string) *wire.Release {
		r := n.release(t, member, "", func(in *publish.Input) {
			*in = testkit.Input(map[lang.Tag][2]string{lang.ZH: {headline, body}})
			in.Issuers = []wire.MemberID{member}
		})
		n.settle(t)
		return r
	}
	report("alfa", "科克索伊市新建水电站投入运行", "能源部长托列格诺夫在科克索伊市宣布，新建水电站于周一投入运行，居民用电价格不会上涨，四台机组总容量为912兆瓦。")
	second := report("beta", "新建水電站在科克索伊市啟用", "居民用電價格保持不變，能源部長托列格諾夫說。新建水電站的四台機組均已投入運行，總容量為912兆瓦。")
	one, err := n.stories.Story(ctx, testkit.Viewer("beta"), string(second.ID))
	if err != nil || len(one.Because) == 0 {
		t.Fatal(one, err)
	}
	check := func(all []story.Reason) {
		t.Helper()
		words := 0
		for _, r := range all {
			if r.Kind == "word" && utf8.RuneCountInString(r.Value) > 2 {
				words++
			}
		}
		if !slices.Contains(all, story.Reason{Kind: "word", Value: "新建水電站"}) || words < 2 {
			t.Errorf("%v", all)
		}
	}
	check(one.Because[0].All)
	if _, err := n.stories.Part(ctx, stories.Who{Viewer: testkit.Viewer("beta"), By: "u"}, stories.Saying{Report: string(second.ID)}); err != nil {
		t.Fatal(err)
	}
	near, err := n.stories.Near(ctx, testkit.Viewer("beta"), string(second.ID))
	if err != nil || len(near) == 0 {
		t.Fatal(near, err)
	}
	check(near[0].Reasons.All)
}
