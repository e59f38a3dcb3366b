// Package chromium opens pages in a real Chromium, for tests. All tabs of one test binary share a
// process; each has cookies and storage of its own, like a new device.
package chromium

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Tab is one tab.
type Tab struct {
	Ctx context.Context
	t   testing.TB

	mu  sync.Mutex
	bad []string
}

// The process that the tabs share: there while one of them is.
var (
	running sync.Mutex
	tabs    int
	process context.Context
	end     func()
)

// Open opens a tab for a test. Without a Chromium the test is skipped, with CI=true it fails.
func Open(t testing.TB) *Tab {
	t.Helper()
	parent := start(t)
	ctx, stop := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	ctx, stop2 := context.WithTimeout(ctx, 5*time.Minute)
	b := &Tab{Ctx: ctx, t: t}
	t.Cleanup(func() {
		stop2()
		stop()
		running.Lock()
		defer running.Unlock()
		if tabs--; tabs == 0 {
			end()
		}
	})
	b.Do()
	// Each tab believes that somebody looks at it, however many there are.
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == chromedp.ConsoleError || m.Source == "security" {
				b.mu.Lock()
				b.bad = append(b.bad, m.String()+" "+m.URL)
				b.mu.Unlock()
			}
		}
	}()
	return b
}

// start counts one more tab and gives the process, started if it was not there.
func start(t testing.TB) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("Chromium is not installed; nothing was opened in a browser")
		}
		t.Skip("Chromium is not installed; nothing was opened in a browser")
	}
	running.Lock()
	defer running.Unlock()
	if tabs == 0 {
		opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true),
			chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "en"))
		ctx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
		ctx, stop2 := chromedp.NewContext(ctx)
		if err := chromedp.Do(ctx); err != nil {
			stop2()
			stop()
			t.Fatalf("Chromium did not start: %v", err)
		}
		process, end = ctx, func() { stop2(); stop() }
	}
	tabs++
	return process
}

// Complaints is what the console said against the pages: errors, refused sources.
func (b *Tab) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bad
}

// Do runs steps.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.Ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func call[P, R any](b *Tab, c cdp.Command[P, R], p P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.Ctx, c, p); err != nil {
		b.t.Fatal(err)
	}
}

// Eval is the value of an expression in the page, waited for if it is a promise.
func Eval[T any](b *Tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.Ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%.400s: %v", expression, err)
	}
	return v
}

// Into reads what an expression gives as JSON text.
func (b *Tab) Into(v any, expression string) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(Eval[string](b, expression)), v); err != nil {
		b.t.Fatal(err)
	}
}

// Run evaluates statements for what they do.
func (b *Tab) Run(statements string) {
	b.t.Helper()
	Eval[bool](b, "(() => {"+statements+"\nreturn true; })()")
}

// Wait waits until an expression is true on a page that is there whole, its scripts too; over pages that follow
// each other.
func (b *Tab) Wait(expression string) {
	b.t.Helper()
	var err error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var ok bool
		if ok, err = chromedp.Run(b.Ctx, chromedp.Evaluate[bool]("document.readyState === 'complete' && !!("+expression+")")); err == nil && ok {
			return
		}
	}
	said, serr := chromedp.Run(b.Ctx, chromedp.Evaluate[string](`location.href + ': ' + [...document.querySelectorAll('[role=status], [role=alert], .light-text, #saved, #trouble')].map(e => e.textContent.trim()).filter(Boolean).join(' | ')`))
	b.t.Fatalf("waiting for %s: %v; the page says %s %v", expression, err, said, serr)
}

// Key presses a key by its place on the keyboard: KeyJ, Shift+KeyW.
func (b *Tab) Key(code string) {
	b.t.Helper()
	shift := false
	if n := len("Shift+"); len(code) > n && code[:n] == "Shift+" {
		code, shift = code[n:], true
	}
	Eval[bool](b, fmt.Sprintf(`document.body.dispatchEvent(new KeyboardEvent('keydown', {code: %q, shiftKey: %v, bubbles: true, cancelable: true})) || true`, code, shift))
}

// Press presses a real key of those that move the focus or confirm: "\t", "\r", "\x1b".
func (b *Tab) Press(keys string) {
	b.t.Helper()
	b.Do(chromedp.KeyEvent(keys))
}

// Size makes the window so large; one narrower than 600 is a phone's.
func (b *Tab) Size(width, height int64) {
	b.t.Helper()
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 600})
}

// Open goes to an address in a window of a size and waits until its fonts are there. HEIGHT in the
// environment makes every window so high: a whole page in one picture.
func (b *Tab) Open(width, height int64, url string) {
	b.t.Helper()
	if n, err := strconv.ParseInt(os.Getenv("HEIGHT"), 10, 64); err == nil {
		height = n
	}
	b.Size(width, height)
	b.Do(chromedp.Navigate(url))
	b.Settle()
}

// Settle waits until the page is drawn with its fonts; the next page, if this one leads on by itself. What fonts a
// page needs is known once it was laid out.
func (b *Tab) Settle() {
	b.t.Helper()
	var err error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, err = chromedp.Run(b.Ctx, chromedp.Evaluate[bool](`(async () => { const frames = () => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r))); await frames(); await document.fonts.ready; await frames(); return true; })()`, chromedp.EvalAwaitPromise)); err == nil {
			return
		}
	}
	b.t.Fatal(err)
}

// Type types into a field, letter by letter, as a keyboard of that language does.
func (b *Tab) Type(id, text string) {
	b.t.Helper()
	b.Run(fmt.Sprintf(`const e = document.getElementById(%q); e.focus(); e.setSelectionRange(e.value.length, e.value.length);`, id))
	for _, r := range text {
		call(b, input.InsertText, input.InsertTextParams{Text: string(r)})
	}
}

// Cookie gives the tab a cookie of a site: somebody is signed in.
func (b *Tab) Cookie(url string, c *http.Cookie) {
	b.t.Helper()
	call(b, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: url, Path: "/"})
}

// Offline cuts the tab's network, or gives it back. A page that is being told of live events is cut
// only by the server's end.
func (b *Tab) Offline(off bool) {
	b.t.Helper()
	conditions := cdp.Command[network.OverrideNetworkStateParams, cdp.Empty]{Method: "Network.emulateNetworkConditions"} // the same parameters
	call(b, conditions, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
}

// WithoutScripts turns the scripts of pages off, or on again.
func (b *Tab) WithoutScripts(off bool) {
	b.t.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
}

// Media emulates a medium ("print", "" for the screen) and features, name and value in turn.
func (b *Tab) Media(media string, features ...string) {
	b.t.Helper()
	p := emulation.SetEmulatedMediaParams{Media: media}
	for i := 0; i+1 < len(features); i += 2 {
		p.Features = append(p.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	call(b, emulation.SetEmulatedMedia, p)
}

// Touch makes the tab one of a device without a mouse, or not.
func (b *Tab) Touch(on bool) {
	b.t.Helper()
	p := emulation.SetTouchEmulationEnabledParams{Enabled: on}
	if on {
		p.MaxTouchPoints = 2
	}
	call(b, emulation.SetTouchEmulationEnabled, p)
}

// Before runs statements before the scripts of every page that is opened from now on.
func (b *Tab) Before(statements string) {
	b.t.Helper()
	if _, err := chromedp.Call(b.Ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: statements}); err != nil {
		b.t.Fatal(err)
	}
}

// Clipboard lets the pages of a site read and write the clipboard.
func (b *Tab) Clipboard(site string) {
	b.t.Helper()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		p := browser.SetPermissionParams{Origin: site, Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted, BrowserContextID: chromedp.FromContext(b.Ctx).BrowserContextID}
		if _, err := chromedp.CallBrowser(b.Ctx, browser.SetPermission, p); err != nil {
			b.t.Fatal(err)
		}
	}
}

// Picture writes what stands in the window to a PNG file, in a folder that is made if need be.
func (b *Tab) Picture(file string) {
	b.t.Helper()
	png, err := chromedp.Run(b.Ctx, chromedp.CaptureScreenshot())
	if err = errors.Join(err, os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, png, 0o644)); err != nil {
		b.t.Fatal(err)
	}
}

// PDF is the page on A4 paper.
func (b *Tab) PDF() []byte {
	b.t.Helper()
	pdf, err := chromedp.Run(b.Ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground(), chromedp.PDFOutlineAndTagged()))
	if err != nil {
		b.t.Fatal(err)
	}
	return pdf
}

// Go is the step of going to an address.
func Go(url string) chromedp.Action[chromedp.Void] { return chromedp.Navigate(url) }
