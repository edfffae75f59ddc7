package sections

import (
	"aws-access-guardrails/guardrail/sessiondocument"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

var sessionDocumentKeys = strictyaml.Keys(
	"a session document of the account's own",
	strictyaml.Key("name", func(a *sessiondocument.Args) *string { return &a.Name },
		strictyaml.Text(policy.ValidateSessionDocumentName).Pattern(documentPattern)).
		Required("write the name of the document").
		Doc("The name of the document. Roles list it in documents.").
		Example("ShopDatabase"),
	strictyaml.Key("portForwarding",
		func(a *sessiondocument.Args) **sessiondocument.PortForwarding { return &a.PortForwarding },
		strictyaml.Optionally(portForwardingKeys)).
		OrNothing("it forwards no port", "a document does one of the two").
		Doc("Forwards one port of one host, which nobody who starts a session can change. It is not logged, and "+
			"has no "+
			"OS user.").
		Example(map[string]any{"host": "db.example.internal", "port": 5432}),
	strictyaml.Key("interactiveCommand",
		func(a *sessiondocument.Args) **sessiondocument.InteractiveCommand { return &a.InteractiveCommand },
		strictyaml.Optionally(interactiveCommandKeys)).
		OrNothing("it runs no command", "a document does one of the two").
		Doc("Runs one command as the OS user of the role, with the limits and logs of sessions.").
		Example(map[string]any{"linux": "tail -f /var/log/shop.log"}),
)

var portForwardingKeys = strictyaml.Keys(
	"one port of one host",
	strictyaml.Key("host", func(f *sessiondocument.PortForwarding) *string { return &f.Host }, strictyaml.Text(nil)).
		OrNothing("the node itself", "the project of the node says what is reached").
		Doc("A name or an address that the node reaches. It carries no tag, so this line alone decides.").
		Example("db.example.internal"),
	strictyaml.Key("port", func(f *sessiondocument.PortForwarding) *int { return &f.Port },
		strictyaml.WholeNumber{Least: 1, Most: 65535}).
		Required("write the port").
		Doc("The port of the host. The port of their own machine is the choice of whoever starts the session.").
		Example(5432),
)

var interactiveCommandKeys = strictyaml.Keys(
	"one command",
	strictyaml.Key("linux", func(c *sessiondocument.InteractiveCommand) *string { return &c.Linux },
		strictyaml.Text(nil).OfLines()).
		OrNothing("nodes of Linux and macOS run nothing", "one of linux and windows is given").
		Doc("The command of nodes of Linux and macOS. {{ name }} stands for a parameter. A command that opens a "+
			"shell, "+
			"such as an editor or a pager, gives the caller all of it.").
		Example("tail -f /var/log/{{ file }}"),
	strictyaml.Key("windows", func(c *sessiondocument.InteractiveCommand) *string { return &c.Windows },
		strictyaml.Text(nil).OfLines()).
		OrNothing("nodes of Windows run nothing", "one of linux and windows is given").
		Doc("The command of nodes of Windows.").
		Example(`Get-Content -Wait C:\logs\{{ file }}`),
	strictyaml.Key("parameters",
		func(c *sessiondocument.InteractiveCommand) *[]sessiondocument.Parameter { return &c.Parameters },
		strictyaml.ListOf(documentParameterKeys)).
		OrNothing("there are none", "the command is what it says").
		Doc("What whoever starts a session fills in.").
		Example([]any{map[string]any{"name": "file", "allowedPattern": `^[a-z]+\.log$`}}),
)

var documentParameterKeys = strictyaml.Keys(
	"a part of a command that whoever starts a session fills in",
	strictyaml.Key("name", func(p *sessiondocument.Parameter) *string { return &p.Name }, strictyaml.Text(nil)).
		Required("write the name, as it stands in the command").
		Doc("The name: letters, digits and _.").
		Example("file"),
	strictyaml.Key("default", func(p *sessiondocument.Parameter) *string { return &p.Default }, strictyaml.Text(nil)).
		OrNothing("it has to be given", "whoever starts a session says what it is for").
		Doc("What stands there when nothing is given.").
		Example("app.log"),
	strictyaml.Key("allowedPattern", func(p *sessiondocument.Parameter) *string { return &p.AllowedPattern },
		strictyaml.Text(nil)).
		OrNothing("allowedValues say what it can be", "one of the two is given, or free").
		Doc("A regular expression between ^ and $ that what is given has to match. It takes no space and no "+
			"character of "+
			"a shell.").
		Example(`^[a-z]+\.log$`),
	strictyaml.Key("allowedValues", func(p *sessiondocument.Parameter) *[]string { return &p.AllowedValues },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("allowedPattern says what it can be", "one of the two is given, or free").
		Doc("All values that can be given.").
		Example([]string{"app.log", "error.log"}),
	strictyaml.Key("free", func(p *sessiondocument.Parameter) *bool { return &p.Free }, strictyaml.Boolean{}).
		OrElse(false, "whoever fills in a part of a command as they like runs any command").
		Doc("Accepts whatever is given.").
		Example(false),
)
