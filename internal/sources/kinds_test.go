package sources

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"golang.org/x/text/encoding/charmap"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/mail"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

func (s *stage) put(src source.Source) source.Watched {
	s.t.Helper()
	s.machine = true
	if src.Interval == 0 {
		src.Interval = time.Hour
	}
	r, err := s.Add(s.t.Context(), keeper, src, "test")
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// anew has a source asked and waits until it was.
func (s *stage) anew(id source.ID, ok func(source.Watched) bool) source.Watched {
	s.t.Helper()
	was := s.get(id).LastPoll
	if err := s.Poll(s.t.Context(), keeper, id); err != nil {
		s.t.Fatal(err)
	}
	return s.until(id, func(r source.Watched) bool { return r.LastPoll.After(was) && polled(r) && len(r.Parts) == 0 && ok(r) })
}

func always(source.Watched) bool { return true }

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func TestListOfSitemaps(t *testing.T) {
	t.Parallel()
	var asked sync.Map
	var changed atomic.Value
	changed.Store("2026-03-01")
	address := site(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := asked.LoadOrStore(r.URL.Path, new(atomic.Int32))
		n.(*atomic.Int32).Add(1)
		at := "http://" + r.Host
		switch {
		case r.URL.Path == "/sitemap.xml":
			fmt.Fprintf(w, `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>%s/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap><sitemap><loc>%s/news.xml.gz</loc><lastmod>%s</lastmod></sitemap><sitemap><loc>http://other.example/x.xml</loc></sitemap><sitemap><loc>%s/within.xml</loc><lastmod>2019-01-01</lastmod></sitemap></sitemapindex>`, at, at, changed.Load(), at)
		case r.URL.Path == "/within.xml":
			fmt.Fprintf(w, `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>%s/deep.xml</loc></sitemap></sitemapindex>`, at)
		case r.URL.Path == "/news.xml.gz":
			more := ""
			if changed.Load() != "2026-03-01" {
				more = `<url><loc>` + at + `/p/9</loc></url>`
			}
			io.WriteString(w, zipped(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">`+more+`<url><loc>`+at+`/p/1</loc><news:news><news:publication><news:name>N</news:name><news:language>kk</news:language></news:publication><news:publication_date>2026-03-01T08:00:00+05:00</news:publication_date><news:title>District one opens a new road</news:title></news:news></url></urlset>`))
		case r.URL.Path == "/old.xml":
			var b strings.Builder
			for i := range 60 {
				fmt.Fprintf(&b, "<url><loc>%s/p/old%d</loc><lastmod>2020-01-01</lastmod></url>", at, i)
			}
			io.WriteString(w, `<urlset>`+b.String()+`</urlset>`)
		case strings.HasPrefix(r.URL.Path, "/p/"):
			io.WriteString(w, page("District opens a new road "+r.URL.Path, r.URL.Path))
		default:
			w.WriteHeader(404)
		}
	})
	s := open(t, 10*time.Second)
	s.run()
	src := s.put(source.Source{Address: address + "/sitemap.xml"})
	r := s.until(src.ID, func(r source.Watched) bool { return polled(r) && len(r.Parts) == 0 && r.Items == 50 })
	if r.Format != "sitemapindex" || r.Trouble.Code != source.Index {
		t.Errorf("%+v", r)
	}
	for _, c := range s.captures(src.ID) {
		if strings.HasSuffix(c.SourceURL, "/p/1") && (c.Date == nil || c.Date.Value != "2026-03-01T03:00Z") {
			t.Errorf("the news sitemap's date: %+v", c.Date)
		}
	}
	changed.Store("2026-03-02")
	r = s.anew(src.ID, func(r source.Watched) bool { return r.Items == 51 })
	count := func(path string) int32 {
		n, ok := asked.Load(path)
		if !ok {
			return 0
		}
		return n.(*atomic.Int32).Load()
	}
	if count("/old.xml") != 1 || count("/news.xml.gz") != 2 || count("/deep.xml") != 0 || r.Errors != 0 {
		t.Errorf("old %d, news %d, deep %d, %+v", count("/old.xml"), count("/news.xml.gz"), count("/deep.xml"), r)
	}
}

func TestPageIsWatched(t *testing.T) {
	t.Parallel()
	var text atomic.Value
	text.Store("1")
	address := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/page" {
			w.WriteHeader(404)
			return
		}
		if text.Load() == "none" {
			io.WriteString(w, "<html><body><nav>Home</nav></body></html>")
			return
		}
		io.WriteString(w, "<!-- "+time.Now().String()+" -->"+page("District opens a new road", text.Load().(string)))
	})
	s := open(t, 10*time.Second)
	s.run()
	src := s.put(source.Source{Address: address + "/page", Kind: source.Page})
	s.until(src.ID, func(r source.Watched) bool { return polled(r) && r.Items == 1 })
	s.anew(src.ID, always)
	if n := len(s.captures(src.ID)); n != 1 {
		t.Errorf("%d captures of a page that says the same", n)
	}
	text.Store("2")
	s.anew(src.ID, func(r source.Watched) bool { return r.Items == 2 })
	cs := s.captures(src.ID)
	if len(cs) != 2 || cs[1].Fed.Earlier != cs[0].ID {
		t.Errorf("the second does not name the first: %+v", cs)
	}
	text.Store("none")
	if r := s.anew(src.ID, always); r.Trouble.Code != source.Unreadable || r.Failed != 1 || r.Errors != 1 {
		t.Errorf("%+v", r)
	}
}

func TestListOfLinks(t *testing.T) {
	t.Parallel()
	address := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/list/":
			io.WriteString(w, `<title>All news</title><base href="/news/"><a href="1">One</a><a href="1#comments">One</a><a href="/about">About</a><a href="2?page=1">Two</a><a href="http://other.example/news/3">Three</a><a href="javascript:x()">x</a>`)
		case strings.HasPrefix(r.URL.Path, "/news/"):
			io.WriteString(w, page("District opens a new road "+r.URL.Path, r.URL.Path))
		default:
			w.WriteHeader(404)
		}
	})
	s := open(t, 10*time.Second)
	s.run()
	src := s.put(source.Source{Address: address + "/list/", Kind: source.List, Pattern: "/news/*"})
	r := s.until(src.ID, func(r source.Watched) bool { return polled(r) && r.Items == 2 })
	if r.Title != "All news" || r.Format != "list" {
		t.Errorf("%+v", r)
	}
	tried, err := s.Try(t.Context(), keeper, source.Source{ID: src.ID})
	if err != nil || len(tried.Entries) != 2 || tried.Entries[0].What != "known" {
		t.Errorf("%+v, %v", tried, err)
	}
	none := s.put(source.Source{Address: address + "/list/?2", Kind: source.List, Pattern: "/nothing/*"})
	if r := s.until(none.ID, polled); r.Trouble.Code != source.NoLinks || r.Errors != 1 {
		t.Errorf("%+v", r)
	}
	for _, p := range []string{"", "news/*", "/" + strings.Repeat("*", 30)} {
		if _, err := s.Add(t.Context(), keeper, source.Source{Address: address + "/l", Kind: source.List, Pattern: p}, "u"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", p, err)
		}
	}
}

// Where a feed or a page leads to another host, that host's robots.txt counts and its turn is taken: never two requests to it at once.
func TestOtherHostsTakeTheirOwnTurn(t *testing.T) {
	t.Parallel()
	var at, most atomic.Int32
	var forbidden atomic.Bool
	second := site(t, func(w http.ResponseWriter, r *http.Request) {
		if n := at.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(2 * time.Millisecond)
		defer at.Add(-1)
		switch {
		case r.URL.Path == "/robots.txt":
			io.WriteString(w, "User-agent: *\nDisallow: /closed/")
		case strings.HasPrefix(r.URL.Path, "/closed/"):
			forbidden.Store(true)
		case r.URL.Path == "/feed":
			io.WriteString(w, rss(plainItem("1"), plainItem("2"), plainItem("3")))
		case strings.HasPrefix(r.URL.Path, "/p/"):
			io.WriteString(w, page("District opens a new road "+r.URL.Path, r.URL.Path))
		}
	})
	s := open(t, 10*time.Second)
	s.run()
	var all []source.Watched
	for range 4 {
		first := site(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/feed":
				http.Redirect(w, r, second+"/feed", http.StatusMovedPermanently)
			case r.URL.Path == "/closed":
				http.Redirect(w, r, second+"/closed/feed", http.StatusFound)
			case r.URL.Path == "/own":
				io.WriteString(w, rss(plainItem("own"), plainItem("closed")))
			case r.URL.Path == "/p/own":
				http.Redirect(w, r, second+"/p/moved", http.StatusFound)
			case r.URL.Path == "/p/closed":
				http.Redirect(w, r, second+"/closed/p", http.StatusFound)
			default:
				w.WriteHeader(404)
			}
		})
		all = append(all, s.put(source.Source{Address: first + "/feed"}))
		if len(all) == 1 {
			all = append(all, s.put(source.Source{Address: first + "/closed"}), s.put(source.Source{Address: first + "/own"}))
		}
	}
	for i, src := range all {
		r := s.until(src.ID, func(r source.Watched) bool { return polled(r) && r.Step == "" })
		switch i {
		case 1:
			if r.Trouble.Code != source.Robots {
				t.Errorf("what the other host forbids: %+v", r.Trouble)
			}
		case 2:
			if r.Items != 1 || r.Failed != 1 {
				t.Errorf("pages on another host: %+v", r)
			}
		default:
			if r.Trouble.Code != "" || r.Moved != second+"/feed" {
				t.Errorf("a feed on another host: %+v", r)
			}
		}
	}
	if most.Load() != 1 || forbidden.Load() {
		t.Errorf("%d requests to one host at once, or one that it forbids (%v)", most.Load(), forbidden.Load())
	}
	loop := make([]string, 7)
	for i := range loop {
		loop[i] = site(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				w.WriteHeader(404)
				return
			}
			http.Redirect(w, r, loop[(i+1)%len(loop)]+"/feed", http.StatusFound)
		})
	}
	src := s.put(source.Source{Address: loop[0] + "/feed"})
	if r := s.until(src.ID, polled); r.Trouble.Code != source.Loop || r.Step != "" {
		t.Errorf("a circle of hosts: %+v", r)
	}
}

const nitfDoc = `<?xml version="1.0" encoding="utf-8"?><!DOCTYPE nitf SYSTEM "nitf-3-6.dtd"><nitf><head><docdata><doc-id id-string="n-%s"/><du-key version="1"/><doc.copyright year="2026" holder="Nurtau Agency"/></docdata></head><body xml:lang="ru"><body.head><hedline><hl1>В районе Нуртау открыли дорогу %[1]s</hl1></hedline></body.head><body.content><p>Дорогу к городу открыли утром в понедельник, сообщила администрация района.</p></body.content></body></nitf>`

func TestFolderIsWatched(t *testing.T) {
	t.Parallel()
	s := open(t, time.Second)
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Add(t.Context(), keeper, source.Source{Address: "file://" + dir, Kind: source.Folder}, "u"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("anybody names a folder: %v", err)
	}
	// What is named for one member is not another's, and what is named for none is the member's of a node that has one.
	for _, folders := range []Folders{{"beta": {filepath.Dir(dir)}}, {"": {filepath.Dir(dir)}}} {
		s.folders = folders
		if _, err := s.Add(t.Context(), keeper, source.Source{Address: "file://" + dir, Kind: source.Folder}, "u"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v: %v", folders, err)
		}
	}
	for i, id := range []wire.MemberID{"alfa", "beta"} {
		if err := s.store.AddMember(t.Context(), testkit.Member(id, wire.Agency)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.mayName(t.Context(), "alfa", source.Source{Address: "file://" + dir, Kind: source.Folder}); (err == nil) != (i == 0) {
			t.Errorf("%d members, a folder of none: %v", i+1, err)
		}
	}
	s.folders = Folders{"alfa": {filepath.Dir(dir)}}
	src, err := s.Add(t.Context(), keeper, source.Source{Address: "file://" + dir, Kind: source.Folder, Rights: "Inside alone", Interval: 5 * time.Second}, "u")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add(t.Context(), keeper, source.Source{Address: "file:///", Kind: source.Folder}, "u"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a folder that is not allowed: %v", err)
	}
	write("a.xml", fmt.Sprintf(nitfDoc, "1"))
	write("same.xml", " "+fmt.Sprintf(nitfDoc, "1")+" ")
	write("1251.txt", encoded(t, cp1251, ruTitle+"\n\n"+ruText))
	write("1256.txt", encoded(t, cp1256, strings.ReplaceAll(faTitle+"\n\n"+faText, "ی", "ي")))
	write("wide.txt", utf16BOM(ruTitle+"\n\n"+ruText+" Ещё одна строка."))
	write("lies.xml", strings.Replace(fmt.Sprintf(nitfDoc, "2"), "utf-8", "windows-1256", 1))
	write("broken.xml", "<?xml version='1.0'?>\n<nitf><body>\n<p></nitf>")
	write("bomb.gz", string(squeezed()))
	write(".hidden", "nobody sees it")
	write("later.part", "it is being written")
	write("held.json", `{"uri":"urn:h:1","embargoedUntil":"2999-01-01T00:00:00Z","headlines":[{"value":"H"}],"bodies":[{"value":"Nobody reads it yet."}]}`)
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link.txt")); err != nil {
		t.Fatal(err)
	}
	s.run()
	grown := make(chan struct{})
	go func() { // one that grows is left alone
		defer close(grown)
		for i := range 30 {
			os.WriteFile(filepath.Join(dir, "growing.txt"), []byte(strings.Repeat("The office opened a road in the morning, it said. ", i+1)), 0o600)
			time.Sleep(100 * time.Millisecond)
		}
	}()
	s.until(src.ID, func(r source.Watched) bool { return r.Items >= 6 && r.Failed == 3 && !r.LastTaken.IsZero() })
	if _, err := os.Stat(filepath.Join(dir, "growing.txt")); err != nil {
		t.Error("a file was taken while it grew")
	}
	<-grown
	for name, where := range map[string]string{"a.xml": "done", "same.xml": "done", "1251.txt": "done", "1256.txt": "done", "wide.txt": "done", "lies.xml": "done", "broken.xml": "quarantine", "bomb.gz": "quarantine", "held.json": "done",
		".hidden": ".", "later.part": ".", "link.txt": "."} {
		if _, err := os.Lstat(filepath.Join(dir, where, name)); err != nil {
			t.Errorf("%s is not in %s", name, where)
		}
	}
	s.until(src.ID, func(r source.Watched) bool { return r.Items >= 7 && len(r.Files) == 0 })
	cs := s.captures(src.ID)
	heads := map[string]*wire.Capture{}
	for _, c := range cs {
		heads[c.FileName] = c
		if c.Fed.Rights != "Inside alone" {
			t.Errorf("rights of %s: %+v", c.FileName, c.Fed)
		}
	}
	if len(cs) != 6 || heads["1251.txt"] == nil || heads["1251.txt"].Headline != ruTitle || heads["1251.txt"].Language != lang.RU || heads["wide.txt"].Headline != ruTitle || heads["lies.xml"].Headline != "В районе Нуртау открыли дорогу 2" ||
		heads["1256.txt"].Language != lang.FA || heads["a.xml"] == nil && heads["same.xml"] == nil || heads["lies.xml"].Sent.Rights != "© 2026 Nurtau Agency" {
		t.Errorf("%d captures: %v", len(cs), heads)
	}
	list, err := s.receive.Quarantined(t.Context(), keeper)
	if err != nil || len(list) != 3 {
		t.Errorf("%+v, %v", list, err)
	}
	for _, k := range list {
		if k.Name == "" || k.Reason == "" || k.Source != src.ID || k.Name == "broken.xml" && !strings.HasPrefix(k.Place, "line 3") {
			t.Errorf("%+v", k)
		}
	}
}

// In a folder where nothing can be moved every file is taken once, and again when there is another under its name.
func TestFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := open(t, time.Second)
	dir := t.TempDir()
	for _, name := range []string{doneFolder, keptFolder} { // nothing can be moved into a file
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	os.WriteFile(filepath.Join(dir, "a.txt"), []byte("Road opened\n\nThe office opened the road on Monday, it said in the town hall."), 0o600)
	src := s.put(source.Source{Address: "file://" + dir, Kind: source.Folder, Interval: 5 * time.Second})
	s.run()
	items := s.until(src.ID, func(r source.Watched) bool { return r.Items >= 1 && len(r.Files) == 0 }).Items
	if r := s.anew(src.ID, always); r.Items != items || !r.Fixed {
		t.Errorf("taken again: %+v", r)
	}
	gone := s.put(source.Source{Address: "file://" + dir + "/nothing", Kind: source.Folder})
	if r := s.until(gone.ID, polled); r.Trouble.Code != source.NoFolder {
		t.Errorf("%+v", r.Trouble)
	}
}

type mailServer struct {
	user *imapmemserver.User
	port string
	ca   *x509.CertPool
}

func mailbox(t *testing.T) *mailServer {
	t.Helper()
	certs := httptest.NewUnstartedServer(nil)
	certs.StartTLS()
	t.Cleanup(certs.Close)
	m := &mailServer{user: imapmemserver.NewUser("desk", "open sesame"), ca: x509.NewCertPool()}
	m.ca.AddCert(certs.Certificate())
	if err := m.user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	mem := imapmemserver.New()
	mem.AddUser(m.user)
	srv := imapserver.New(&imapserver.Options{NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
		return mem.NewSession(), nil, nil
	},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}})
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certs.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	_, m.port, _ = net.SplitHostPort(l.Addr().String())
	return m
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func (m *mailServer) arrives(t *testing.T, text string) {
	t.Helper()
	if _, err := m.user.Append("INBOX", literal{strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n"))}, &imap.AppendOptions{}); err != nil {
		t.Fatal(err)
	}
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	s := open(t, time.Second)
	m := mailbox(t)
	s.roots = m.ca
	s.secret = func(where string) (string, error) {
		return map[string]string{"env:RIGHT": "open sesame", "env:WRONG": "open barley"}[where], nil
	}
	m.arrives(t, "From: Nurtau Agency <wire@nurtau.example>\nMessage-ID: <1@nurtau.example>\nSubject: =?windows-1251?B?7u7u?=\nDate: Mon, 2 Mar 2026 08:00:00 +0500\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee the attachment.\n--b\nContent-Type: application/xml; name=\"road.xml\"\nContent-Transfer-Encoding: 8bit\n\n"+fmt.Sprintf(nitfDoc, "m1")+"\n--b\nContent-Type: image/png; name=logo.png\nContent-Transfer-Encoding: base64\n\niVBORw0K\n--b--\n")
	m.arrives(t, "From: a@nurtau.example\nMessage-ID: <2@nurtau.example>\nSubject: Road opened\nDate: Mon, 2 Mar 2026 09:00:00 +0500\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"+encoded(t, cp1251, ruTitle+"\n\n"+ruText)+"\n")
	m.arrives(t, "From: a@nurtau.example\nMessage-ID: <3@nurtau.example>\nSubject: Pictures\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\niVBORw0K\n")
	deep := "Content-Type: text/plain\n\nThe office opened a road.\n"
	for i := range 25 {
		deep = fmt.Sprintf("Content-Type: multipart/mixed; boundary=d%d\n\n--d%d\n%s\n--d%d--\n", i, i, deep, i)
	}
	m.arrives(t, "From: a@nurtau.example\nMessage-ID: <4@nurtau.example>\nSubject: Deep\n"+deep)
	s.run()
	src := s.put(source.Source{Address: "imaps://desk@127.0.0.1:" + m.port + "/INBOX", Kind: source.Mail, Secret: "env:RIGHT"})
	r := s.until(src.ID, func(r source.Watched) bool { return polled(r) && r.Items == 2 && r.Failed == 2 })
	cs := s.captures(src.ID)
	if len(cs) != 2 || cs[0].Sent == nil || cs[0].Sent.GUID != "n-m1" || cs[0].Language != lang.RU || cs[1].Language != lang.RU || cs[1].Headline != ruTitle && cs[1].Headline != "Road opened" || r.UID != 4 {
		t.Errorf("%+v\n%+v", r, cs)
	}
	list, err := s.receive.Quarantined(t.Context(), keeper)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, k := range list {
		if !strings.HasPrefix(k.Place, "message ") {
			t.Errorf("%+v", k)
		}
	}
	m.arrives(t, "From: a@nurtau.example\nMessage-ID: <5@nurtau.example>\nSubject: Bridge opened\n\nThe office opened the bridge on Tuesday morning, its spokesman said.\n")
	r = s.anew(src.ID, func(r source.Watched) bool { return r.Items == 3 })
	if n := len(s.captures(src.ID)); n != 3 || r.UID != 5 {
		t.Errorf("%d captures, %+v", n, r)
	}
	for secret, code := range map[string]source.Code{"env:WRONG": source.Login} {
		bad := s.put(source.Source{Address: "imaps://desk@127.0.0.1:" + m.port + "/Other", Kind: source.Mail, Secret: secret})
		if r := s.until(bad.ID, polled); r.Trouble.Code != code {
			t.Errorf("%s: %+v", secret, r.Trouble)
		}
	}
	none := s.put(source.Source{Address: "imaps://desk@127.0.0.1:" + m.port + "/None", Kind: source.Mail, Secret: "env:RIGHT"})
	if r := s.until(none.ID, polled); r.Trouble.Code != source.Mailbox {
		t.Errorf("%+v", r.Trouble)
	}
	other := open(t, time.Second)
	other.secret = s.secret
	other.run()
	untrusted := other.put(source.Source{Address: "imaps://desk@127.0.0.1:" + m.port + "/INBOX", Kind: source.Mail, Secret: "env:RIGHT"})
	if r := other.until(untrusted.ID, polled); r.Trouble.Code != source.Insecure {
		t.Errorf("a certificate that nobody vouches for: %+v", r.Trouble)
	}
	if _, err := New(s.store, s.receive, s.client, Options{}).Add(t.Context(), keeper, source.Source{Address: "imaps://desk@mail.example/INBOX", Kind: source.Mail, Secret: "env:HOME"}, "u"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("anybody names a mailbox: %v", err)
	}
}

var cp1251, cp1256 = charmap.Windows1251, charmap.Windows1256

// TestDateOfMail: a message's date is what it says, by a zone that is known; where the zone is letters that nobody knows, or the year cannot be true, it has none.
func TestDateOfMail(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)
	for raw, want := range map[string]string{
		"Mon, 2 Mar 2026 08:00:00 +0500": "03:00", "Mon, 02 Mar 2026 08:00:00 +0500 (PKT)": "03:00", "Mon, 2 Mar 2026 08:00:00 PKT": "03:00", "Mon, 2 Mar 2026 08:00:00 EST": "13:00",
		"2 Mar 2026 08:00 GMT": "08:00", "Mon, 2 Mar 2026 08:00:00 XYZ": "", "Mon, 2 Mar 2099 08:00:00 +0500": "", "": "",
	} {
		got := ""
		if e := mailEntry(mail.Message{RawDate: raw}, now); !e.At.IsZero() {
			got = e.At.Format("15:04")
		}
		if got != want {
			t.Errorf("%q: %s, not %s", raw, got, want)
		}
	}
}
