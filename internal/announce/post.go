package announce

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"aws-access-guardrails/internal/visible"
)

// longest is how long an announcement may take. Whoever deploys waits for it.
const longest = 10 * time.Second

// Webhook is an incoming webhook. Its URL is a secret: whoever has it posts to the channel.
type Webhook struct{ url *url.URL }

// NewWebhook takes the URL of a webhook: https, or http on this machine. No error has a part of it besides the host.
func NewWebhook(secret string) (Webhook, error) {
	const write = "write the URL of an incoming webhook, which begins with https://"
	u, err := url.Parse(strings.TrimSpace(secret))
	switch {
	case err != nil || u.Hostname() == "":
		return Webhook{}, errors.New("it is no URL; " + write)
	case u.Scheme == "http" && !local(u.Hostname()), u.Scheme != "http" && u.Scheme != "https":
		return Webhook{}, fmt.Errorf(
			"the URL of %s is not one of https, so that others could read it; %s",
			u.Host,
			write,
		)
	}
	return Webhook{u}, nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Format is the format that the host of the webhook takes; empty where it is not known.
func (w Webhook) Format() Format {
	host := strings.ToLower(w.url.Hostname())
	switch {
	case host == "hooks.slack.com", host == "hooks.slack-gov.com":
		return Slack
	case strings.HasSuffix(host, ".webhook.office.com"), strings.HasSuffix(host, ".logic.azure.com"),
		strings.HasSuffix(host, ".powerplatform.com"):
		return Teams
	}
	return ""
}

// Post posts the message, and gives up after ten seconds or when ctx ends. It follows no redirection: the message is
// for the host that was named. The error says the host and what it answered, and never the URL.
func (w Webhook) Post(ctx context.Context, format Format, m Message) error {
	body, err := m.Body(format)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url.String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%s: the request cannot be made", w.url.Host)
	}
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("%s cannot be reached: %w", w.url.Host, withoutURL(err))
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(response.Body, 512))
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %s%s", w.url.Host, response.Status, w.said(answer))
	}
	return nil
}

// withoutURL is the error of a request without the URL that net/http puts before it.
func withoutURL(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// said is what the host answered, on one line; nothing where the answer has a part of the secret.
func (w Webhook) said(answer []byte) string {
	text := strings.TrimSpace(string(answer))
	if text == "" || len(w.url.Path) > 1 && strings.Contains(text, strings.Trim(w.url.Path, "/")) ||
		w.url.RawQuery != "" && strings.Contains(text, w.url.RawQuery) {
		return ""
	}
	return ": " + visible.Line(cut(text, 200))
}
