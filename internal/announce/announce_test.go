package announce

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var hostile = Message{
	Title: "<!channel> [click](https://evil.example) & more",
	Facts: []Fact{{"Person", "jump/<@U123>"}, {"Empty", ""}, {"Ticket", "CHG1 \"quoted\"\nsecond"}},
	Link:  "https://example.com/pull/1?a=b&c=d",
}

// A message arrives as JSON of the format that is asked for, with every fact that has a value, and nothing in it is a
// mention or a link that somebody wrote into a value.
func TestMessagesArriveInTheirFormat(t *testing.T) {
	for _, format := range []Format{Slack, Teams} {
		var got []byte
		var kind string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got, _ = io.ReadAll(r.Body)
			kind = r.Method + " " + r.Header.Get("Content-Type")
			_, _ = io.WriteString(w, "ok")
		}))
		hook, err := NewWebhook(server.URL + "/services/T0/B0/secret")
		require.NoError(t, err)
		require.NoError(t, hook.Post(t.Context(), format, hostile))
		server.Close()
		assert.Equal(t, "POST application/json", kind)
		var message map[string]any
		require.NoError(t, json.Unmarshal(got, &message))
		text := string(got)
		assert.NotContains(t, text, "Empty")
		switch format {
		case Slack:
			assert.Equal(t, "&lt;!channel&gt; [click](https://evil.example) &amp; more", message["text"])
			section := message["blocks"].([]any)[0].(map[string]any)["text"].(map[string]any)
			assert.Equal(t, true, section["verbatim"], "names of people and channels stay text")
			assert.Contains(t, section["text"], "Person: jump/&lt;@U123&gt;")
			assert.Contains(t, section["text"], "<https://example.com/pull/1?a=b&amp;c=d>")
		case Teams:
			card := message["attachments"].([]any)[0].(map[string]any)
			assert.Equal(t, "application/vnd.microsoft.card.adaptive", card["contentType"])
			content := card["content"].(map[string]any)
			assert.Equal(t, "AdaptiveCard", content["type"])
			body := content["body"].([]any)
			assert.Equal(t, `&lt;!channel> \[click](https://evil.example) & more`, body[0].(map[string]any)["text"])
			facts := body[1].(map[string]any)["facts"].([]any)
			require.Len(t, facts, 2)
			assert.Equal(t, "jump/&lt;@U123>", facts[0].(map[string]any)["value"])
			action := content["actions"].([]any)[0].(map[string]any)
			assert.Equal(t, hostile.Link, action["url"])
		}
	}
}

// Long messages are cut to what a channel takes.
func TestLongMessagesAreCut(t *testing.T) {
	m := Message{Title: strings.Repeat("日", 5000)}
	for range 50 {
		m.Facts = append(m.Facts, Fact{"Name", strings.Repeat("x", 1000)})
	}
	body, err := m.Body(Slack)
	require.NoError(t, err)
	var message struct {
		Blocks []struct{ Text struct{ Text string } }
	}
	require.NoError(t, json.Unmarshal(body, &message))
	assert.LessOrEqual(t, len([]rune(message.Blocks[0].Text.Text)), mostText)
	assert.Greater(t, len([]rune(message.Blocks[0].Text.Text)), mostText/2)
}

// Whatever goes wrong, the error names the host and no part of the secret; a redirection is not followed.
func TestErrorsNeverShowTheSecret(t *testing.T) {
	const secret = "/services/T0/B0/XXXXsecretXXXX?sig=YYYYsecretYYYY"
	check := func(err error, says string) {
		t.Helper()
		require.ErrorContains(t, err, says)
		assert.NotContains(t, err.Error(), "secret")
	}
	followed := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/elsewhere":
			followed = true
		case strings.HasPrefix(r.URL.Path, "/redirect"):
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		case strings.HasPrefix(r.URL.Path, "/echo"):
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, "no hook at "+r.URL.String())
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "no_service\x1b[2J\nforged")
		}
	}))
	post := func(ctx context.Context, url string) error {
		hook, err := NewWebhook(url)
		require.NoError(t, err)
		return hook.Post(ctx, Slack, Message{Title: "x"})
	}
	check(post(t.Context(), server.URL+secret), `answered 404 Not Found: no_service\u001b[2J\nforged`)
	check(post(t.Context(), server.URL+"/redirect"+secret), "answered 307")
	check(post(t.Context(), server.URL+"/echo"+secret), "answered 400")
	assert.False(t, followed)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	check(post(ended, server.URL+secret), "cannot be reached")
	server.Close()
	check(post(t.Context(), server.URL+secret), "cannot be reached")
	for _, url := range []string{"", "secret", "https://", "http://example.com" + secret, "ftp://example.com" + secret, "https://example.com/%zzsecret"} {
		_, err := NewWebhook(url)
		check(err, "write the URL of an incoming webhook")
	}
	for _, link := range []string{"javascript:alert(1)", "https://x|y", "https://x y", "example.com"} {
		_, err := Message{Title: "x", Link: link}.Body(Slack)
		check(err, "is no link")
	}
	_, err := Message{Title: "x"}.Body("irc")
	check(err, "write slack or teams")
}

// The format follows from the host where that is one of Slack or Microsoft.
func TestTheHostTellsTheFormat(t *testing.T) {
	for url, format := range map[string]Format{
		"https://hooks.slack.com/services/x":                                Slack,
		"https://example.webhook.office.com/webhookb2/x":                    Teams,
		"https://prod-00.westus.logic.azure.com:443/workflows/x":            Teams,
		"https://default1.environment.api.powerplatform.com/powerautomate/": Teams,
		"https://hooks.slack.com.example.com/x":                             "",
		"https://evil-logic.azure.com.example.com/x":                        "",
	} {
		hook, err := NewWebhook(url)
		require.NoError(t, err)
		assert.Equal(t, format, hook.Format(), url)
	}
}
