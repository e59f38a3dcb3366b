package facts

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestAgainstNewsroom: headlines of newsrooms over bodies of several sentences, true ones and the same with one thing changed.
// Both places of a finding are held against the texts: the words of the headline are among what was changed, the sentence of
// the body is the one that contradicts it. What was found at first sight stands in docs/languages.md.
func TestAgainstNewsroom(t *testing.T) {
	t.Parallel()
	againstNewsroom(t, "newsroom.txt", map[string]int{"number": 56, "party": 38, "negation": 30, "intention": 30, "date": 15})
	againstNewsroom(t, "newsroom-later.txt", map[string]int{"party": 15, "intention": 14})
	againstNewsroom(t, "releases.txt", map[string]int{"number": 16, "party": 16, "negation": 16, "intention": 16})
	againstNewsroom(t, "releases-later.txt", map[string]int{"negation": 15, "intention": 16})
}

func againstNewsroom(t *testing.T, file string, bounds map[string]int) {
	data, err := os.ReadFile("testdata/against/" + file)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{"number": NumberDiffers, "date": NumberDiffers, "party": PartyDiffers, "negation": Negated, "intention": Negated}
	cases, found, doubted := map[string]int{}, map[string]int{}, map[string]int{}
	byTag := map[lang.Tag]int{}
	var tag lang.Tag
	body := ""
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		switch {
		case line[0] == '#':
			continue
		case strings.HasPrefix(line, "= "):
			tag = lang.Tag(line[2:])
			continue
		case strings.HasPrefix(line, "- "):
			body = line[2:]
			continue
		}
		f := strings.Split(line, "|")
		kind, yes, not := f[0], f[1], f[2]
		cases[kind]++
		byTag[tag]++
		for _, d := range Against(tag, yes, body) {
			doubted[kind]++
			t.Errorf("%s: %q is true and doubted (%s %q) against %q", tag, yes, d.What, d.Words, d.Sentence)
		}
		ds := Against(tag, not, body)
		if len(ds) != 1 || ds[0].What != kinds[kind] {
			t.Logf("%s %s: %q: %v", tag, kind, not, ds)
			continue
		}
		found[kind]++
		d, n := ds[0], slices.IndexFunc(lang.Sentences(tag, body), func(s lang.Span) bool { return s == ds[0].Body })
		if not[d.Headline.Start:d.Headline.End] != d.Words || !changed(yes, not, d.Headline) {
			t.Errorf("%s: %q: doubted is %q", tag, not, d.Words)
		}
		if body[d.Body.Start:d.Body.End] != d.Sentence || strconv.Itoa(n+1) != f[3] {
			t.Errorf("%s: %q: contradicted by %q, not by sentence %s", tag, not, d.Sentence, f[3])
		}
	}
	for kind, least := range bounds {
		t.Logf("%-9s %d true, doubted %d; %d false, found %d", kind, cases[kind], doubted[kind], cases[kind], found[kind])
		if found[kind] < least {
			t.Errorf("%s: fewer than the %d that were", kind, least)
		}
	}
	if len(byTag) < 15 {
		t.Errorf("%d languages", len(byTag))
	}
}

// changed says whether the words at a place of a headline hold something that the true one has not.
func changed(yes, not string, at lang.Span) bool {
	from := 0
	for from < len(yes) && from < len(not) && yes[from] == not[from] {
		from++
	}
	end := 0
	for end < len(yes)-from && end < len(not)-from && yes[len(yes)-1-end] == not[len(not)-1-end] {
		end++
	}
	if from == len(not)-end && len(yes) > len(not) { // words are only left out, and what is left is the deed
		return true
	}
	return at.Start <= len(not)-end && at.End >= from
}

// TestAgainstWays: ways of headlines that were read wrongly.
func TestAgainstWays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag            lang.Tag
		headline, body string
		what           string
	}{
		{lang.EN, "Kazakhstan signs rail freight deal", "Kazakhstan did not sign the rail freight deal on Monday.", Negated},
		{lang.EN, "Kazakhstan signs rail freight deal", "Kazakhstan signed the rail freight deal on Monday.", ""},
		{lang.EN, "Parliament bans plastic bags", "Parliament did not ban plastic bags on Monday.", Negated},
		{lang.EN, "Foreign minister visits border market", "The foreign minister postponed his visit to the border market.", Negated},
		{lang.EN, "Ministers to sign rail contract", "The ministers have not signed the rail contract yet.", ""},
		{lang.EN, "Lawmakers approve pasture bill", "Lawmakers rejected the pasture bill on Monday.", Negated},
		{lang.EN, "9 dead including gunman at fair", "A gunman shot dead 8 visitors of the fair. Police killed the gunman at the gate.", ""},
		{lang.EN, "14 dead including gunman at fair", "A gunman shot dead 8 visitors of the fair. Police killed the gunman at the gate.", NumberDiffers},
		{lang.EN, "12 drown off southern coast", "Off the southern coast 19 fishermen drowned when a boat sank.", NumberDiffers},
		{lang.RU, "Министр не прочь подписать договор о складах", "Министр не прочь подписать договор о складах.", ""},
		{lang.UR, "اسمبلی نے بجٹ منظور کر لیا", "اسمبلی نے بجٹ منظور نہیں کیا۔", Negated},
		{lang.MN, "Үерт 12 хүн амиа алджээ", "Үерт 19 хүн амиа алджээ.", NumberDiffers},
		{lang.TR, "Çığ altında kalan 12 kişi öldü", "Çığ altında kalan 19 kişi öldü.", NumberDiffers},
		{lang.TR, "Enflasyon yüzde 8'in altında", "Enflasyon yüzde 6 oldu.", ""},
		{lang.FA, "۱۲ نفر زیر آوار جان باختند", "زیر آوار ۱۹ نفر جان باختند.", NumberDiffers},
		{lang.FA, "تورم زیر ۸ درصد است", "تورم به ۶ درصد رسید.", ""},
		{lang.FA, "۱۲ تن در سیل کشته شدند", "در سیل ۱۹ نفر کشته شدند.", NumberDiffers},
		{lang.FA, "۱۲ تن در سیل کشته شدند", "در سیل ۱۲ نفر کشته شدند.", ""},
		{lang.ZH, "书展5月12日开幕", "书展5月17日在老集市开幕。", NumberDiffers},
		{lang.KO, "도서전 5월 12일 개막", "도서전이 5월 17일 옛 시장에서 개막한다.", NumberDiffers},
	} {
		ds := Against(c.tag, c.headline, c.body+fillerOf(c.tag))
		if c.what == "" && len(ds) > 0 || c.what != "" && (len(ds) != 1 || ds[0].What != c.what) {
			t.Errorf("%s: %q against %q: %v", c.tag, c.headline, c.body, ds)
		}
	}
	for headline, want := range map[string]Status{"Ministers express readiness to sign": Proposed, "Pakistan expressed readiness to sign gas contract": Proposed, "Pakistan to sign gas contract": Planned, "Pakistan signs gas contract": Done} {
		if got := Read(lang.EN, headline).Act; got.Status != want {
			t.Errorf("%q is %v", headline, got)
		}
	}
	if got := Read(lang.RU, "Министр не прочь подписать договор о складах").Act; got.Status != Proposed {
		t.Errorf("не прочь is %v", got)
	}
	if got := Read(lang.FA, "۱۲ تن در سیل کشته شدند").Quantities; len(got) != 1 || got[0].Unit != "people" {
		t.Errorf("تن is %v", got)
	}
	if got := Read(lang.FA, "۱۲ تن گندم به بازار رسید").Quantities; len(got) != 1 || got[0].Unit != "t" {
		t.Errorf("تن of wheat is %v", got)
	}
}

// TestAgainstWishedEarlier: what was wished a year ago, or before it came to be, is no reason to doubt that it was done; what is wished
// now is.
func TestAgainstWishedEarlier(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		t                             lang.Tag
		headline, body, earlier, wish string
	}{
		{lang.EN, "Cabinet approves new rail tariff", "The new rail tariff was backed at the weekly session, the transport ministry said. % It takes effect in January and will be reviewed each year.",
			"Freight companies had proposed that the cabinet approve a lower rail tariff.", "Freight companies proposed that the cabinet approve a lower rail tariff."},
		{lang.RU, "Казахстан и Киргизия подписали соглашение о границе", "Министры поставили подписи под документом в Бишкеке. % Он вступит в силу после ратификации, сообщило ведомство.",
			"Казахстан и Киргизия еще в прошлом году выразили готовность подписать соглашение о границе.", "Казахстан и Киргизия выразили готовность подписать соглашение о границе."},
		{lang.UR, "پارلیمنٹ نے پانی کا بل منظور کر لیا", "ارکان نے جمعرات کو پانی کے بل کے حق میں ۱۸۰ ووٹ دیے۔ % بل اب صدر کے پاس دستخط کے لیے جائے گا اور جنوری سے نافذ ہو گا۔",
			"کسانوں نے پارلیمنٹ سے پانی کا بل منظور کرنے کا مطالبہ کیا تھا۔", "کسانوں نے پارلیمنٹ سے پانی کا بل منظور کرنے کا مطالبہ کیا۔"},
		{lang.ZH, "议会通过水法", "议员们周四以180票赞成表决了草案。%议长表示，该法将于明年一月起施行，各地政府须在半年内制定细则，并向社会公布征求意见的结果，确保落实到位。",
			"此前农民团体呼吁议会通过水法。", "农民团体呼吁议会通过水法。"},
	} {
		if ds := Against(c.t, c.headline, strings.Replace(c.body, "%", c.earlier, 1)); len(ds) != 0 {
			t.Errorf("%s %q is true and doubted: %v", c.t, c.headline, ds)
		}
		if ds := Against(c.t, c.headline, strings.Replace(c.body, "%", c.wish, 1)); len(ds) != 1 || ds[0].Sentence != c.wish {
			t.Errorf("%s %q is only wished: %v", c.t, c.headline, ds)
		}
	}
}
