package sources

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/wire"
)

// wordpressFeed has the elements that WordPress's RSS 2.0 template writes (wp-includes/feed-rss2.php, of version 6.1), with texts of ours: figures for
// apostrophes and dots, names, categories and texts in CDATA, a guid that is an address and no permanent link, the line by which many sites end an item.
func wordpressFeed(at, first string) string {
	item := func(n int, title, excerpt, body string) string {
		foot := fmt.Sprintf(`<p>The post <a href="%s/2026/05/%d/">%s</a> appeared first on <a href="%s">Қарасу хабары</a>.</p>`, at, n, title, at)
		return fmt.Sprintf("\t<item>\n\t\t<title>%s</title>\n\t\t<link>%s/2026/05/%d/</link>\n\t\t\t\t\t<comments>%s/2026/05/%d/#respond</comments>\n\n\t\t<dc:creator><![CDATA[Айгүл С.]]></dc:creator>\n\t\t<pubDate>Sun, 31 May 2026 0%d:15:00 +0000</pubDate>\n"+
			"\t\t\t\t<category><![CDATA[Су]]></category>\n\t\t<category><![CDATA[Ауыл & қала]]></category>\n\t\t<guid isPermaLink=\"false\">%s/?p=%d</guid>\n\n\t\t\t\t\t<description><![CDATA[<p>%s [&#8230;]</p>\n%s]]></description>\n"+
			"\t\t\t\t\t\t\t\t\t\t<content:encoded><![CDATA[%s%s]]></content:encoded>\n\t\t\t\t\t\n\t\t\t\t\t<wfw:commentRss>%s/2026/05/%d/feed/</wfw:commentRss>\n\t\t\t<slash:comments>0</slash:comments>\n\t\t\n\t\t\n\t\t\t</item>\n",
			title, at, n, at, n, n, at, n, excerpt, foot, body, foot, at, n)
	}
	return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:wfw="http://wellformedweb.org/CommentAPI/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:atom="http://www.w3.org/2005/Atom"
	xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
	xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
	>

<channel>
	<title>Қарасу хабары</title>
	<atom:link href="` + at + `/feed/" rel="self" type="application/rss+xml" />
	<link>` + at + `</link>
	<description>Ауданның сайты</description>
	<lastBuildDate>Sun, 31 May 2026 06:00:00 +0000</lastBuildDate>
	<language>kk</language>
	<sy:updatePeriod>
	hourly	</sy:updatePeriod>
	<sy:updateFrequency>
	1	</sy:updateFrequency>
	<generator>https://wordpress.org/?v=6.1.9</generator>
` + item(1, "Көпір &#8216;жаңа&#8217; жолмен ашылды", "Көпір ашылды", "\n<p>"+first+"</p>\n\n\n\n<p>Құрылыс екі жылға созылды, оған алпыс адам жұмылды, деді әкімдік өкілі.</p>\n") +
		item(2, "Мектепке жиырма орын қосылды", "Мектепке орын қосылды", "\n<p>Мектептің жаңа бөлмелері қыркүйекте ашылады, деді оқу бөлімінің басшысы.</p>\n<figure class=\"wp-block-image\"><img src=\""+at+"/wp-content/uploads/1.jpg\" alt=\"\"/></figure>\n<p>Оған отыз бала қабылданады, үш мұғалім келеді.</p>\n") +
		"</channel>\n</rss>\n"
}

// A theme's page: what is read of it is the article, not what stands round it.
func wordpressPage(title string, body ...string) string {
	return `<!DOCTYPE html><html lang="kk-KZ"><head><meta charset="UTF-8" /><title>` + title + ` &#8211; Қарасу хабары</title><meta name="generator" content="WordPress 6.1.9" /></head><body class="post-template-default single single-post">
<header id="masthead"><nav><ul class="menu"><li><a href="/">Басты бет</a></li><li><a href="/about/">Біз туралы</a></li></ul></nav></header><main id="main"><article class="post type-post status-publish"><header class="entry-header"><h1 class="entry-title">` + title + `</h1>
<div class="entry-meta"><time class="entry-date published" datetime="2026-05-31T06:15:00+05:00">31 мамыр, 2026</time></div></header><div class="entry-content"><p>` + strings.Join(body, "</p>\n<p>") + `</p></div>
<footer class="entry-footer"><a href="/category/su/" rel="category tag">Су</a></footer></article><nav class="post-navigation"><a href="/x/">Алдыңғы жазба</a></nav><div id="comments"><h3>Пікір қалдыру</h3></div></main><footer><a href="https://wordpress.org/">Proudly powered by WordPress</a></footer></body></html>`
}

func TestWordPressIsASource(t *testing.T) {
	t.Parallel()
	const was, now = "Қарасу өзеніндегі көпір бейсенбіде ашылды.", "Қарасу өзеніндегі көпір жұмада ашылды деп түзетілді."
	var first atomic.Value
	first.Store(was)
	address := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/feed/":
			w.Header().Set("Content-Type", "application/rss+xml; charset=UTF-8")
			io.WriteString(w, wordpressFeed("http://"+r.Host, first.Load().(string)))
		case "/2026/05/1/":
			io.WriteString(w, wordpressPage("Көпір &#8216;жаңа&#8217; жолмен ашылды", first.Load().(string), "Құрылыс екі жылға созылды, оған алпыс адам жұмылды, деді әкімдік өкілі."))
		case "/robots.txt":
			io.WriteString(w, "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n")
		default: // a plug-in that shuts out programs: the feed's own text is taken
			w.WriteHeader(http.StatusForbidden)
		}
	})
	s := open(t, 10*time.Second)
	s.run()
	src := s.add(address + "/feed/")
	r := s.until(src.ID, func(r source.Watched) bool { return polled(r) && r.Items == 2 })
	if r.Name != "" || r.Title != "Қарасу хабары" || r.Trouble.Code != "" {
		t.Errorf("%+v", r)
	}
	by := map[string]*wire.Capture{}
	for _, c := range s.captures(src.ID) {
		by[c.Headline] = c
	}
	page, text := by["Көпір ‘жаңа’ жолмен ашылды"], by["Мектепке жиырма орын қосылды"]
	if page == nil || text == nil {
		t.Fatalf("%v", by)
	}
	for c, want := range map[*wire.Capture][]string{page: {was, "Құрылыс екі жылға созылды, оған алпыс адам жұмылды, деді әкімдік өкілі."},
		text: {"Мектептің жаңа бөлмелері қыркүйекте ашылады, деді оқу бөлімінің басшысы.", "Оған отыз бала қабылданады, үш мұғалім келеді."}} {
		if strings.Join(c.Body, "|") != strings.Join(want, "|") || c.Language != "kk" || strings.Join(c.Fed.Categories, "|") != "Су|Ауыл & қала" || c.Date == nil || !strings.HasPrefix(c.Date.Value, "2026-05-31T0") ||
			strings.Join(c.Bylines, "") != "Айгүл С." || len(c.Attribution) != 1 || c.Attribution[0].Source != "Қарасу хабары" || c.Fed.TextOfFeed != (c == text) {
			t.Errorf("%s: %q, %s, %q, %+v, %q, %+v, cut %v", c.Headline, c.Body, c.Language, c.Fed.Categories, c.Date, c.Bylines, c.Attribution, c.Truncated)
		}
	}
	// A post that is edited is fetched again and names what it said before.
	first.Store(now)
	s.anew(src.ID, func(r source.Watched) bool { return r.Items == 3 })
	all := s.captures(src.ID)
	if last := all[len(all)-1]; last.Body[0] != now || last.Fed.Earlier != page.ID {
		t.Errorf("%+v, %+v", last, last.Fed)
	}
}
