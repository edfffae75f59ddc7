package announce

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Format is the form of a message.
type Format string

// The formats. Teams takes an Adaptive Card: the older cards of Office 365 connectors are retired.
//
// Source: Slack, "Sending messages using incoming webhooks"; Microsoft Learn, "Create and send messages".
const (
	Slack Format = "slack"
	Teams Format = "teams"
)

// Message is what is told. All of it is text: whatever it says, it mentions nobody and forges no link.
type Message struct {
	// Title is one line. Required.
	Title string
	// Facts are shown in their order; those without a value are left out.
	Facts []Fact
	// Link is where to read more: an https or http URL; empty means none.
	Link string
}

// Fact is a value with its name.
type Fact struct{ Name, Value string }

// The most characters that Slack takes in the text of a section, which Teams takes too.
//
// Source: Slack, Block Kit reference, section.
const mostText = 3000

// Body is the JSON of the message. The error is that of an unknown format or of a link that is no URL.
func (m Message) Body(format Format) ([]byte, error) {
	if err := checkLink(m.Link); err != nil {
		return nil, err
	}
	switch format {
	case Slack:
		return json.Marshal(m.slack())
	case Teams:
		return json.Marshal(m.teams())
	}
	return nil, fmt.Errorf("%q is no format of a message; write slack or teams", format)
}

func checkLink(link string) error {
	if link == "" {
		return nil
	}
	if !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") ||
		strings.ContainsFunc(
			link,
			func(r rune) bool { return r <= ' ' || r == '<' || r == '>' || r == '|' || r == '"' },
		) {
		return fmt.Errorf("%q is no link; write one that begins with https://", link)
	}
	return nil
}

func (m Message) facts() []Fact {
	var facts []Fact
	for _, f := range m.Facts {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// slackText is text in which nothing is a mention, a link or a channel.
//
// Source: Slack, "Formatting text for app surfaces", escaping text.
var slackText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (m Message) slack() any {
	type text struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		Verbatim bool   `json:"verbatim"`
	}
	type block struct {
		Type string `json:"type"`
		Text text   `json:"text"`
	}
	lines := []string{"*" + slackText.Replace(cut(m.Title, 300)) + "*"}
	room := mostText - len([]rune(lines[0])) - len(m.Link)
	for _, f := range m.facts() {
		line := slackText.Replace(f.Name + ": " + cut(f.Value, 300))
		if room -= len([]rune(line)) + 1; room < 100 {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, line)
	}
	if m.Link != "" {
		lines = append(lines, "<"+strings.ReplaceAll(m.Link, "&", "&amp;")+">")
	}
	return struct {
		Text   string  `json:"text"`
		Blocks []block `json:"blocks"`
	}{
		slackText.Replace(cut(m.Title, 300)),
		[]block{{"section", text{"mrkdwn", strings.Join(lines, "\n"), true}}},
	}
}

// teamsText is text in which Markdown makes no link.
var teamsText = strings.NewReplacer("[", `\[`, "<", "&lt;")

func (m Message) teams() any {
	type object = map[string]any
	body := []object{{
		"type": "TextBlock", "text": teamsText.Replace(cut(m.Title, 300)), "weight": "Bolder", "wrap": true,
	}}
	facts := []object{}
	for _, f := range m.facts() {
		facts = append(facts, object{"title": f.Name, "value": teamsText.Replace(cut(f.Value, 300))})
	}
	if len(facts) > 0 {
		body = append(body, object{"type": "FactSet", "facts": facts})
	}
	card := object{
		"$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
		"type":    "AdaptiveCard",
		"version": "1.2",
		"body":    body,
	}
	if m.Link != "" {
		card["actions"] = []object{{"type": "Action.OpenUrl", "title": "Open", "url": m.Link}}
	}
	return object{"type": "message", "attachments": []object{{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card,
	}}}
}
