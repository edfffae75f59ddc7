package adopt

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/internal/edit"
)

// setting is one value of the preferences, as text and as the file has it. A text that the file cannot say has a nil
// value.
type setting struct {
	keys  []any
	text  string
	value any
}

// settings are the values of preferences, in the order of the section. Settings of a log that there is not are left
// out.
func settings(a *preferences.Args) []setting {
	var all []setting
	add := func(text string, value any, keys ...any) {
		all = append(all, setting{append([]any{"sessions"}, keys...), text, value})
	}
	word := func(text string, keys ...any) { add(text, text, keys...) }
	flag := func(b *bool, keys ...any) {
		enabled := b == nil || *b
		add(strconv.FormatBool(enabled), enabled, keys...)
	}
	length := func(d time.Duration, keys ...any) {
		if d == 0 {
			add("without an end", nil, keys...)
			return
		}
		text := strconv.Itoa(int(d/time.Minute)) + "m"
		add(text, text, keys...)
	}
	flag(a.RunAs.Enabled, "runAs", "enabled")
	word(a.RunAs.DefaultUser, "runAs", "defaultUser")
	length(a.IdleTimeout, "idleTimeout")
	length(a.MaxDuration, "maxDuration")
	word(a.Shell.Linux, "shell", "linux")
	word(a.Shell.Windows, "shell", "windows")
	word(a.Logs.CloudWatch.Group, "logs", "cloudWatch", "group")
	if a.Logs.CloudWatch.Group != "" {
		flag(a.Logs.CloudWatch.Encrypted, "logs", "cloudWatch", "encrypted")
		flag(a.Logs.CloudWatch.Streaming, "logs", "cloudWatch", "streaming")
	}
	word(a.Logs.S3.Bucket, "logs", "s3", "bucket")
	if a.Logs.S3.Bucket != "" {
		word(a.Logs.S3.Prefix, "logs", "s3", "prefix")
		flag(a.Logs.S3.Encrypted, "logs", "s3", "encrypted")
	}
	word(a.KMSKeyID, "kmsKeyId")
	return all
}

// preferences adopts the documents. The first Region fills in what the file leaves open; the others become like it.
func (p *planner) preferences() {
	var will []setting
	filled := false
	for _, found := range p.existing.Preferences {
		if p.managed(found.ARN) {
			continue
		}
		what := "preferences of " + found.Region
		is, err := preferences.Read(found.Content)
		if err != nil {
			p.refuse(what, "%v; change that in the console, or delete the document", err)
			continue
		}
		thing := Adopted{What: what}
		if p.stack.Sessions == nil && !filled { // Nothing is written about sessions: these are all there is to say.
			p.write(&thing, edit.Addition{Keys: []any{"sessions", "regions"}, Value: []string{found.Region}})
		}
		if !filled {
			will, filled = p.fill(&thing, is), true
		}
		for _, s := range settings(is) {
			index := slices.IndexFunc(will, func(w setting) bool { return slices.Equal(w.keys, s.keys) })
			switch place := (edit.Addition{Keys: s.keys}).Place(); {
			case index < 0:
				thing.Changes = append(thing.Changes, fmt.Sprintf("%s is %s, goes with its log", place, shown(s.text)))
			case will[index].text != s.text:
				thing.Changes = append(thing.Changes, becomes(place, s.text, will[index].text))
			}
		}
		p.adopt(
			thing,
			slices.Contains(p.stack.Adopt.Sessions, found.Region),
			edit.Addition{Keys: []any{"adopt", "sessions", edit.Element}, Value: found.Region},
		)
	}
}

// fill writes the values that the file leaves open and that are not what it would mean without them, and gives what
// the document will be. A value that the file would be refused for is not written.
func (p *planner) fill(thing *Adopted, is *preferences.Args) []setting {
	will := p.meant(nil)
	for _, s := range settings(is) {
		index := slices.IndexFunc(will, func(w setting) bool { return slices.Equal(w.keys, s.keys) })
		if s.value == nil || p.file.Has(s.keys...) || index >= 0 && will[index].text == s.text || index < 0 && s.text == "" {
			continue
		}
		candidate := edit.Addition{Keys: s.keys, Value: s.value}
		if next := p.meant(&candidate); next != nil {
			p.write(thing, candidate)
			will = next
		}
	}
	return will
}

// meant is what the file says about sessions with the additions so far and one more; nil where it would be refused,
// and for a file without sessions the defaults of its keys.
func (p *planner) meant(more *edit.Addition) []setting {
	additions := slices.Clone(p.Additions)
	if more != nil {
		additions = append(additions, *more)
	}
	stack, err := p.file.With(additions...)
	if err != nil || stack.Sessions == nil {
		return nil
	}
	return settings(stack.Sessions)
}
