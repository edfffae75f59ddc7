package journey

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/world"
)

// agentsReading is what the Systems Manager agent makes of the OS user that Run As names. The agent puts the name, as
// it is, behind the command "id" of a shell: a name may lead and end in spaces, several words are several users, a
// hyphen begins an option, and a number is the user with that number. It then refuses users whose user id or group id
// is 0.
//
// Source: amazon-ssm-agent, agent/session/utility/utility_unix.go (DoesUserExist) and
// agent/session/shell/shell_unix.go (getUserCredentials); GNU coreutils manual, "id invocation": a user is a name or
// a numeric id.
type agentsReading struct {
	// login is the user whom the node is asked for; empty when the session fails.
	login string
	// number: the login is a number. Whose it is, the node knows.
	number bool
	// fails says why the session ends.
	fails string
}

func readLogin(name string) agentsReading {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' })
	switch {
	case len(words) == 0:
		return agentsReading{fails: "names nobody"}
	case len(words) > 1:
		return agentsReading{fails: "is several words, of which the agent makes several users"}
	}
	login := words[0]
	digits := strings.TrimPrefix(login, "+")
	switch {
	case strings.HasPrefix(login, "-"):
		return agentsReading{fails: "begins with a hyphen, which the agent's command reads as an option"}
	case login == "root":
		return agentsReading{fails: "is root, which Run As does not support"}
	case digits != "" && strings.Trim(digits, "0") == "":
		return agentsReading{fails: "is the user id of root, which Run As does not support"}
	case digits != "" && strings.Trim(digits, "0123456789") == "":
		return agentsReading{login: login, number: true}
	}
	return agentsReading{login: login}
}

// Login is the user of a name on the node. A name that the agent takes and the node may have is taken to be there.
func Login(n *world.Node, name, how string) OSUser {
	read := readLogin(name)
	switch {
	case read.fails != "":
		return OSUser{Fails: true, How: fmt.Sprintf("%q, %s: it %s", name, how, read.fails)}
	case read.number:
		return OSUser{
			Name:    read.login,
			Unknown: true,
			How: fmt.Sprintf(
				"%q, %s, is the user with that number: often the login that the image comes with, which may use sudo",
				read.login,
				how,
			),
		}
	case n.OSUsers != nil && !slices.Contains(n.OSUsers, read.login):
		return OSUser{Fails: true, How: fmt.Sprintf("%q, %s: the node has no such user", name, how)}
	}
	return OSUser{Name: read.login, How: how, Superuser: read.login == world.AgentUser}
}
