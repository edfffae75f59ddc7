package page_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/terminal"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/view/matrix"
)

// chromium is the browser of this machine. The tests of the page in a browser are skipped where there is none; with
// GUARDRAILS_BROWSER=1, as CI sets it where it could install one, they fail instead.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	require.NotEqual(t, "1", os.Getenv("GUARDRAILS_BROWSER"), "GUARDRAILS_BROWSER=1 says that there is a browser")
	t.Skip("no chromium on the PATH")
	return ""
}

// tab is a tab of a browser that has opened a file, and what it complained about and asked for.
type tab struct {
	context.Context
	mu                sync.Mutex
	complaints, asked []string
}

func open(t *testing.T, text []byte) *tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	options := append(
		chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)),
		chromedp.NoSandbox,
		chromedp.WindowSize(1280, 1000),
	)
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	b := &tab{Context: ctx}
	chromedp.ListenTarget(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			b.asked = append(b.asked, e.Request.URL)
		case *runtime.EventExceptionThrown:
			b.complaints = append(b.complaints, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			b.complaints = append(b.complaints, fmt.Sprint(e.Type, " ", len(e.Args)))
		case *log.EventEntryAdded:
			b.complaints = append(b.complaints, e.Entry.Text)
		}
	})
	require.NoError(
		t,
		chromedp.Run(
			ctx,
			network.Enable(),
			log.Enable(),
			runtime.Enable(),
			chromedp.Navigate("file://"+file),
			chromedp.WaitReady("body"),
		),
	)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		assert.Empty(t, b.complaints, "nothing in the console")
		assert.Equal(t, []string{"file://" + file}, b.asked, "no request but the file itself")
	})
	return b
}

func (b *tab) do(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	require.NoError(t, chromedp.Run(b, actions...))
}

// text is what an expression of the page's script is, as text.
func (b *tab) text(t *testing.T, expression string) string {
	t.Helper()
	var out string
	b.do(t, chromedp.Evaluate(expression, &out))
	return out
}

// choose sets a field as a person does: the events come too.
func (b *tab) choose(t *testing.T, id, value string) {
	t.Helper()
	quoted, err := json.Marshal(value)
	require.NoError(t, err)
	b.do(
		t,
		chromedp.Evaluate(
			fmt.Sprintf(
				`(() => { const e = document.getElementById(%q); e.value = %s; e.dispatchEvent(new Event("input", {bubbles: true})); })()`,
				id,
				quoted,
			),
			nil,
		),
	)
}

const rows = `Array.from(document.querySelectorAll("#ways tr.way")).map(r => Array.from(r.children).map(c => c.textContent.trim()).join(" | ")).join("\n")`

// shot keeps a picture of the page where GUARDRAILS_SCREENSHOTS names a folder, for whoever changes how it looks.
func (b *tab) shot(t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv("GUARDRAILS_SCREENSHOTS")
	if folder == "" {
		return
	}
	var png []byte
	b.do(t, chromedp.FullScreenshot(&png, 100))
	b.keep(t, name, png)
}

func (b *tab) keep(t *testing.T, name string, png []byte) {
	t.Helper()
	folder := os.Getenv("GUARDRAILS_SCREENSHOTS")
	require.NoError(t, os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600))
}

// In a real browser the search finds, filters narrow, a click opens the journey and another closes it, the picture
// filters, and the keyboard does all of it. Nothing is asked of the network and nothing stands in the console.
func TestThePageWorksInABrowser(t *testing.T) {
	b := open(t, organizationPage(t))
	all := b.text(t, rows)
	assert.Contains(t, all, "alice")
	assert.Contains(t, all, "dave")
	b.shot(t, "light")

	b.choose(t, "q", "alice CHG")
	found := b.text(t, rows)
	require.NotEmpty(t, found)
	for l := range strings.Lines(found) {
		assert.True(t, strings.Contains(l, "alice") && strings.Contains(l, "CHG"), l)
	}
	b.choose(t, "q", "nobody of that name")
	assert.Empty(t, b.text(t, rows))
	assert.Contains(t, b.text(t, `document.getElementById("count").textContent`), "Nobody is found")
	b.choose(t, "q", "")
	b.choose(t, "f-osuser", "bob")
	narrowed := b.text(t, rows)
	assert.Less(t, strings.Count(narrowed, "\n"), strings.Count(all, "\n"))
	for l := range strings.Lines(narrowed) {
		assert.Contains(t, l, "| bob |")
	}
	b.do(
		t,
		chromedp.Click("#clear", chromedp.ByQuery),
		chromedp.Poll(
			fmt.Sprintf(`document.querySelectorAll("#ways tr.way").length === %d`, 1+strings.Count(all, "\n")),
			nil,
		),
	)
	require.Equal(t, all, b.text(t, rows))

	b.choose(t, "q", "shop-alice shell")
	b.do(t, chromedp.Click("#ways tr.way td", chromedp.ByQuery), chromedp.WaitVisible("ol.journey", chromedp.ByQuery))
	journey := b.text(t, `document.querySelector("ol.journey").innerText`)
	for _, want := range []string{"Signs in as alice of jump (111122223333)", "Takes the role shop-alice", "sts:AssumeRole on arn:aws:iam::444455556666:role/guardrails/operation/shop-alice",
		"ssm:StartSession", "allowed", "statement "} {
		assert.Contains(t, journey, want)
	}
	assert.NotContains(t, journey, "\ue000", "marks are filled in")
	assert.Equal(t, "true", b.text(t, `document.querySelector("button.who").getAttribute("aria-expanded")`))
	b.shot(t, "journey")
	b.do(t, chromedp.Focus("button.who", chromedp.ByQuery), chromedp.KeyEvent("\r"))
	assert.Equal(
		t,
		"false",
		b.text(t, `document.querySelector("button.who").getAttribute("aria-expanded")`),
		"the keyboard closes it",
	)

	b.do(
		t,
		chromedp.Click(`.wide a[data-account^="payments"]`, chromedp.ByQuery),
		chromedp.WaitReady("#ways tr.way"),
		chromedp.Poll(
			`Array.from(document.querySelectorAll("#ways tr.way")).length > 1 && Array.from(document.querySelectorAll("#ways tr.way")).every(r => r.textContent.includes("777788889999"))`,
			nil,
		),
	)
	for l := range strings.Lines(b.text(t, rows)) {
		assert.Contains(t, l, "777788889999")
	}

	b.do(
		t,
		chromedp.Click("#clear", chromedp.ByQuery),
		emulation.SetEmulatedMedia().
			WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}),
	)
	assert.Equal(
		t,
		"rgb(21, 23, 26)",
		b.text(t, `getComputedStyle(document.body).backgroundColor`),
		"dark where the reader's system is",
	)
	b.shot(t, "dark")
	b.do(t, emulation.SetEmulatedMedia(), emulation.SetDeviceMetricsOverride(390, 844, 2, true))
	assert.Equal(t, "390", b.text(t, `String(document.documentElement.scrollWidth)`), "nothing is wider than a phone")
	if os.Getenv("GUARDRAILS_SCREENSHOTS") != "" {
		for _, id := range []string{"picture", "reach", "count", "doors", "grants", "proofs"} {
			var png []byte
			b.do(
				t,
				chromedp.Evaluate(`document.getElementById("`+id+`").scrollIntoView({behavior: "instant"})`, nil),
				chromedp.CaptureScreenshot(&png),
			)
			b.keep(t, "phone-"+id, png)
		}
	}
	var pdf []byte
	b.do(t, emulation.ClearDeviceMetricsOverride(), chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		pdf, _, err = cdpage.PrintToPDF().WithPrintBackground(true).Do(ctx)
		return err
	}))
	assert.True(t, strings.HasPrefix(string(pdf), "%PDF-"), "it prints")
	if folder := os.Getenv("GUARDRAILS_SCREENSHOTS"); folder != "" {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "printed.pdf"), pdf, 0o600))
	}
}

// Names that are markup, scripts or directions of text are shown as what they are, and nothing of them runs.
func TestHostileNamesAreTextInTheBrowser(t *testing.T) {
	b := open(t, hostilePage(t))
	assert.Equal(t, "0", b.text(t, `String(document.querySelectorAll("img, b.injected, #ways script").length)`))
	assert.Equal(t, "undefined", b.text(t, `typeof window.injected`))
	assert.Contains(t, b.text(t, rows), hostileProject)
	b.do(t, chromedp.Click("button.who", chromedp.ByQuery), chromedp.WaitVisible("ol.journey", chromedp.ByQuery))
	assert.Equal(t, "0", b.text(t, `String(document.querySelectorAll("img, b.injected, #ways script").length)`))
}

// The picture of the page in the documentation shows the page as it is: beside it stands what it was made from. Where
// it is not, UPDATE_GOLDEN=1 takes it anew.
func TestThePictureInTheDocumentationIsCurrent(t *testing.T) {
	text := organizationPage(t)
	whole := string(text)
	shown := whole[:strings.Index(whole, `<section id="doors"`)] + whole[strings.Index(whole,
		`<script type="application/json"`):]
	sum := fmt.Sprintf("%x\n", sha256.Sum256([]byte(shown)))
	const picture, made = "../../../docs/images/page.png", "../../../docs/images/page.sha256"
	if testkit.Updating() {
		have, _ := os.ReadFile(made)
		if string(have) == sum {
			return
		}
		b := open(t, text)
		b.choose(t, "q", "alice shop")
		var png []byte
		b.do(
			t,
			emulation.SetDeviceMetricsOverride(1200, 1500, 1, false),
			chromedp.Click("#ways tr.way td", chromedp.ByQuery),
			chromedp.WaitVisible(
				"ol.journey",
				chromedp.ByQuery,
			),
			chromedp.Evaluate(`scrollTo(0, 0)`, nil),
			chromedp.CaptureScreenshot(&png),
		)
		require.NoError(t, os.MkdirAll(filepath.Dir(picture), 0o755))
		require.NoError(t, os.WriteFile(picture, png, 0o644))
		require.NoError(t, os.WriteFile(made, []byte(sum), 0o644))
	}
	have, err := os.ReadFile(made)
	require.NoError(t, err)
	assert.Equal(
		t,
		sum,
		string(have),
		"docs/images/page.png shows another page; where a chromium is on the PATH, UPDATE_GOLDEN=1 takes it anew",
	)
	png, err := os.ReadFile(picture)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(png), "\x89PNG"))
	assert.Less(t, len(png), 400_000)
}

// terminalPage is a terminal as a page: what `guardrails diff` and `matrix` print there, in its colours and at its
// width.
func terminalPage(t *testing.T) []byte {
	t.Helper()
	m, err := matrix.Of(someDay, organizationStacks(t)...)
	require.NoError(t, err)
	require.NoError(t, m.Only("jump/carol"))
	m.Width = 112
	var text bytes.Buffer
	painter := terminal.NewPainter(&text, func() bool { return true })
	fmt.Fprint(painter, "$ guardrails matrix --person jump/carol\n")
	require.NoError(t, m.WriteText(painter))
	require.NoError(t, painter.Close())
	colours := strings.NewReplacer(
		"\x1b[31m",
		`<b style="color:#ff8a80">`,
		"\x1b[32m",
		`<b style="color:#5cc97b">`,
		"\x1b[33m",
		`<b style="color:#e5b04d">`,
		"\x1b[2m",
		`<b style="color:#a0a6ae">`,
		"\x1b[0m",
		"</b>",
	)
	return []byte(
		`<!DOCTYPE html><meta charset="utf-8"><title>terminal</title><style>body{margin:0;background:#15171a}pre{margin:0;padding:14px 18px;color:#e6e8ea;` +
			`font:13px/1.45 "DejaVu Sans Mono",monospace;white-space:pre-wrap}b{font-weight:400}</style><pre>` + colours.Replace(
			html.EscapeString(text.String()),
		) + `</pre>`,
	)
}

// The picture of a terminal in the documentation shows what a terminal shows.
func TestThePictureOfATerminalIsCurrent(t *testing.T) {
	text := terminalPage(t)
	sum := fmt.Sprintf("%x\n", sha256.Sum256(text))
	const picture, made = "../../../docs/images/terminal.png", "../../../docs/images/terminal.sha256"
	if have, _ := os.ReadFile(made); testkit.Updating() && string(have) != sum {
		b := open(t, text)
		var png []byte
		b.do(t, emulation.SetDeviceMetricsOverride(960, 560, 1, false), chromedp.FullScreenshot(&png, 100))
		require.NoError(t, os.WriteFile(picture, png, 0o644))
		require.NoError(t, os.WriteFile(made, []byte(sum), 0o644))
	}
	have, err := os.ReadFile(made)
	require.NoError(t, err)
	assert.Equal(
		t,
		sum,
		string(have),
		"docs/images/terminal.png shows other text; where a chromium is on the PATH, UPDATE_GOLDEN=1 takes it anew",
	)
	png, err := os.ReadFile(picture)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(png), "\x89PNG"))
}

// A page of many people is painted in a browser without a complaint; of two thousand at night. How long the first paint
// took is written to the log of the test (go test -v): a loaded machine must change no result.
func TestThePageOfManyPeopleIsPainted(t *testing.T) {
	chromium(t)
	people := tier.Pick(100, 100, 2000)
	text := pageOf(t, hand(
		people,
		func(n int) string { return fmt.Sprint("project ", n) },
		func(n int) string { return fmt.Sprint("person", n) },
	))
	b := open(t, text)
	var painted []struct {
		Name  string  `json:"name"`
		Start float64 `json:"start"`
	}
	const paints = `new Promise(done => {
		const tell = () => performance.getEntriesByType("paint").map(e => ({name: e.name, start: e.startTime}))
		const wait = () => tell().length > 0 ? done(tell()) : setTimeout(wait, 20)
		wait()
	})`
	awaited := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	b.do(t, chromedp.Evaluate(paints, &painted, awaited))
	require.NotEmpty(t, painted)
	for _, p := range painted {
		t.Logf("%s: %.0f ms of %d KB", p.Name, p.Start, len(text)>>10)
	}
	var loaded float64
	b.do(t, chromedp.Evaluate(`performance.getEntriesByType("navigation")[0].loadEventEnd`, &loaded))
	t.Logf("loaded: %.0f ms", loaded)
	assert.Empty(t, b.complaints)
}
