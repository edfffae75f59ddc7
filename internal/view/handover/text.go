package handover

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/words"
)

// Options choose a form of the text.
type Options struct {
	// SessionToken writes the command line part for tools that know no MFA codes of their own, but take the
	// credentials of GetSessionToken.
	SessionToken bool
}

// WriteText writes what each person does next, as text to be sent to the person.
func WriteText(w io.Writer, people []Person, options Options) error {
	var b strings.Builder
	for i, p := range people {
		if i > 0 {
			b.WriteString("\n" + strings.Repeat("-", 80) + "\n\n")
		}
		p.write(&b, options)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (p Person) write(b *strings.Builder, options Options) {
	fmt.Fprintf(b, "%s\n%s\n\n", p.Name, p.ARN)
	if p.Portal != nil {
		p.Portal.write(b, p.Name, p.Roles)
		return
	}
	p.writeFirstSignIn(b)
	p.writeRoles(b)
	p.writeProfiles(b, options)
}

func (p Person) writeFirstSignIn(b *strings.Builder) {
	if !p.Managed {
		fmt.Fprintf(b, "Sign in as ever, with MFA: %s\n\n", p.SignInURL)
		return
	}
	box, then := "Leave out", "."
	if p.FirstPasswordChange {
		box, then = "Tick", ";\nyou are asked for a new one."
	}
	b.WriteString("Before: whoever runs the account enables console access for the user, under\n" +
		"\"Security credentials\" of the user in the IAM console, and hands over the\n")
	fmt.Fprintf(b, "password. %s \"User must create new password at next sign-in\".\n\n", box)
	steps := []string{
		fmt.Sprintf("Open %s\nand sign in as %s with the password that you were given%s", p.SignInURL, p.Name, then),
		fmt.Sprintf(
			"Open \"Security credentials\" in the menu below your name and assign an MFA\ndevice. Name it %s.%s",
			p.Name,
			p.deviceAdvice(),
		),
		"Sign out, and sign in again with the device. Without it you can do nothing\nbut the steps so far.",
	}
	if p.AccessKeys {
		steps = append(
			steps,
			fmt.Sprintf(
				"For the command line, make an access key under \"Security credentials\",\nand run\naws configure --profile %s",
				p.Profile,
			),
		)
	}
	if p.AWSLogin {
		steps = append(
			steps,
			"With a passkey or security key, which shows no code, sign the command line\nin with aws login instead.",
		)
	}
	b.WriteString("First sign-in\n")
	for i, step := range steps {
		fmt.Fprintf(b, "  %d. %s\n", i+1, strings.ReplaceAll(step, "\n", "\n     "))
	}
	b.WriteString("\n")
}

// deviceAdvice is for those who will use the command line, which asks for a code that only an authenticator app shows.
func (p Person) deviceAdvice() string {
	if !p.AccessKeys {
		return ""
	}
	return "\nTake an authenticator app: the command line asks for its code."
}

func (p Person) writeRoles(b *strings.Builder) {
	if len(p.Roles) == 0 {
		b.WriteString("Roles: none\n\n")
		return
	}
	b.WriteString("Roles (each link opens \"Switch role\", filled in)\n")
	for _, r := range p.Roles {
		way := r.SwitchRoleURL
		if way == "" {
			way = "on the command line alone, as shown below: \"Switch role\" sends no session tag"
		}
		fmt.Fprintf(b, "  %s: %s\n    %s\n", r.Name, r.purpose(), way)
		fmt.Fprintf(
			b,
			"    sign in with MFA at most %s before; a session lasts up to %s\n",
			words.Duration(r.MFAMaxAgeSeconds),
			words.Duration(r.MaxSessionSeconds),
		)
	}
	b.WriteString("\n")
}

// writeProfiles writes the part for ~/.aws/config. It is not indented: the file's format gives leading spaces a
// meaning.
func (p Person) writeProfiles(b *strings.Builder, options Options) {
	if len(p.Roles) == 0 || p.Managed && !p.AccessKeys {
		return
	}
	source := p.Profile
	b.WriteString("Command line: add this to ~/.aws/config\n\n")
	fmt.Fprintf(b, "[profile %s]\nregion = %s\n", p.Profile, p.Region)
	if options.SessionToken {
		source = p.Profile + "-mfa"
		fmt.Fprintf(b, "\n[profile %s]\nregion = %s\n", source, p.Region)
	}
	for _, r := range p.Roles {
		if len(r.SessionTags) == 0 {
			p.writeProfile(b, r, source, options)
		}
	}
	if options.SessionToken {
		p.writeSessionToken(b, source)
	}
	if !p.Managed {
		b.WriteString(
			"\nThe device is taken to be named after you; if yours is not, write its serial\nnumber in place of that one.\n",
		)
	}
	p.writeCommands(b)
	for _, r := range p.Roles {
		if len(r.SessionTags) > 0 {
			p.writeTagged(b, r, source, options)
		}
	}
}

func (p Person) writeProfile(b *strings.Builder, r Role, source string, options Options) {
	fmt.Fprintf(b, "\n[profile %s]\nrole_arn = %s\nsource_profile = %s\n", r.Profile, r.ARN, source)
	if !options.SessionToken {
		fmt.Fprintf(b, "mfa_serial = %s\n", p.MFASerial)
	}
	if r.SessionName != "" {
		fmt.Fprintf(b, "role_session_name = %s\n", r.SessionName)
	}
	for _, key := range slices.Sorted(maps.Keys(r.SessionTags)) {
		fmt.Fprintf(b, "session_tags = %s=%s\n", key, r.SessionTags[key])
	}
	fmt.Fprintf(b, "duration_seconds = %d\nregion = %s\n", r.MaxSessionSeconds, r.Region)
}

// writeTagged writes the two ways into a role that wants session tags. A profile of the AWS CLI has no setting for
// them; aws-vault reads one.
func (p Person) writeTagged(b *strings.Builder, r Role, source string, options Options) {
	fmt.Fprintf(
		b,
		"\nThe role %s wants a session tag, which profiles of the AWS CLI do not\nsend. With aws-vault (github.com/ByteNess/aws-vault), add this to ~/.aws/config\n",
		r.Name,
	)
	p.writeProfile(b, r, p.Profile, Options{})
	fmt.Fprintf(
		b,
		"\nand run, the first line once, with your access key:\n\naws-vault add %s\naws-vault exec %s -- aws ssm start-session --target i-1234567890abcdef0\n",
		p.Profile,
		r.Profile,
	)
	profile := r.Profile + "-tagged"
	b.WriteString("\nWithout it, in bash")
	code := ""
	if !options.SessionToken {
		b.WriteString(", with the code of your device in place of 123456")
		code = fmt.Sprintf("  --serial-number %s --token-code 123456 \\\n", p.MFASerial)
	}
	fmt.Fprintf(
		b,
		":\n\nread -r id secret token < <(aws sts assume-role --profile %s \\\n  --role-arn %s \\\n",
		source,
		r.ARN,
	)
	for _, key := range slices.Sorted(maps.Keys(r.SessionTags)) {
		fmt.Fprintf(
			b,
			"  --role-session-name %s --tags Key=%s,Value=%s --duration-seconds %d \\\n",
			cmp.Or(r.SessionName, p.Name),
			key,
			r.SessionTags[key],
			r.MaxSessionSeconds,
		)
	}
	b.WriteString(code)
	writeCredentials(b, profile)
	fmt.Fprintf(b, "aws ssm start-session --profile %s --region %s --target i-1234567890abcdef0\n", profile, r.Region)
}

// writeCredentials ends a command that prints credentials, and keeps them in a profile.
func writeCredentials(b *strings.Builder, profile string) {
	b.WriteString("  --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)\n")
	for _, set := range []string{"aws_access_key_id \"$id\"", "aws_secret_access_key \"$secret\"", "aws_session_token \"$token\""} {
		fmt.Fprintf(b, "aws configure set %s --profile %s\n", set, profile)
	}
}

// writeSessionToken writes the commands that fill the profile from which roles are assumed.
func (p Person) writeSessionToken(b *strings.Builder, profile string) {
	fmt.Fprintf(b, "\nGet credentials with MFA, in bash, with the code of your device in place of 123456:\n\n")
	fmt.Fprintf(
		b,
		"read -r id secret token < <(aws sts get-session-token --profile %s \\\n  --serial-number %s --token-code 123456 \\\n",
		p.Profile,
		p.MFASerial,
	)
	writeCredentials(b, profile)
	shortest := p.Roles[0].MFAMaxAgeSeconds
	for _, r := range p.Roles {
		shortest = min(shortest, r.MFAMaxAgeSeconds)
	}
	b.WriteString("\nThey last 12 hours.")
	if shortest < int(12*time.Hour/time.Second) {
		fmt.Fprintf(
			b,
			" A role refuses them when they are older than it says above: the first one after %s.",
			words.Duration(shortest),
		)
	}
	b.WriteString("\n")
}

// writeCommands shows the first role at work.
func (p Person) writeCommands(b *strings.Builder) {
	for _, r := range p.Roles {
		if r.Project == "" || len(r.SessionTags) > 0 {
			continue
		}
		fmt.Fprintf(
			b,
			"\nA shell on a node:\n\naws ssm start-session --profile %s --target i-1234567890abcdef0\n",
			r.Profile,
		)
		for _, document := range r.Documents {
			if document == world.PortDocument {
				fmt.Fprintf(
					b,
					"\nPort 80 of a node on your machine:\n\naws ssm start-session --profile %s --target i-1234567890abcdef0 \\\n",
					r.Profile,
				)
				b.WriteString(
					"  --document-name AWS-StartPortForwardingSession \\\n  --parameters '{\"portNumber\":[\"80\"],\"localPortNumber\":[\"18080\"]}'\n",
				)
			}
		}
		return
	}
}
