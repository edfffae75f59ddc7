package components

import (
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// SessionPreferencesArgs configures Session Manager: the section "sessions" of the stack file. Preferences are kept per account and per
// Region; a Region that is not listed keeps AWS's defaults, which open shells as ssm-user with sudo.
type SessionPreferencesArgs struct {
	Account Account
	// Regions where the preferences are set. Required.
	Regions []string
	RunAs   RunAs
	// IdleTimeout ends a session without input, in whole minutes, 1 to 60. Zero means 15 minutes.
	IdleTimeout time.Duration
	// MaxDuration ends every session, in whole minutes, 1 minute to 24 hours. Zero means 60 minutes.
	MaxDuration time.Duration
	Shell       Shell
	Logs        SessionLogs
	// KMSKeyID encrypts session data between client and node, on top of TLS: a key id (a multi-Region key where several Regions are listed) or
	// the key ARN of the only Region, never an alias. Empty means TLS alone.
	KMSKeyID string
	// NodePolicy makes the customer managed policy NodePolicyName of NodeDocument, for the roles of nodes. Nothing is attached: nodes are made elsewhere.
	NodePolicy bool
}

// RunAs says as which OS user shells on Linux and macOS start.
type RunAs struct {
	// Enabled starts shells as the OS user in the tag SSMSessionRunAs of the principal. Nil means true; false starts them as ssm-user, who
	// has sudo.
	Enabled *bool
	// DefaultUser is the OS user of principals without the tag. Empty means that their sessions fail.
	DefaultUser string
	// DomainLogins says that OS users can be logins of a domain (user@domain). Stack files need it for such a login; the documents do not change.
	DomainLogins bool
}

// Shell is what Session Manager runs at the start of a shell, up to 512 characters each. Empty means nothing.
type Shell struct{ Linux, Windows string }

// SessionLogs says where the output of shells is kept. The zero value keeps none.
type SessionLogs struct {
	CloudWatch CloudWatchLogs
	S3         S3Logs
}

// CloudWatchLogs sends session output to CloudWatch Logs.
type CloudWatchLogs struct {
	// Group is the name of the log group, which must exist in every listed Region. Empty means no log.
	Group string
	// Encrypted refuses sessions when the log group is not encrypted with a KMS key. Nil means true.
	Encrypted *bool
	// Streaming sends the log while the session runs, not when it ends. Nil means true.
	Streaming *bool
}

// S3Logs sends session output to a bucket when the session ends.
type S3Logs struct {
	// Bucket is the name of the bucket. Empty means no log.
	Bucket string
	// Prefix is the key prefix in the bucket. Optional.
	Prefix string
	// Encrypted refuses sessions when the bucket is not encrypted. Nil means true.
	Encrypted *bool
}

// SessionPreferences is the preferences document of every listed Region.
type SessionPreferences struct {
	pulumi.ResourceState
	customResources

	// DocumentARNs are the ARNs of the documents by Region.
	DocumentARNs pulumi.StringMapOutput `pulumi:"documentArns"`
}

// NewSessionPreferences makes the documents. They stay when the stack or a Region goes, because without them AWS's defaults apply again: shells
// as ssm-user with sudo, no limits, no logs. It registers nothing when Validate has a problem.
func NewSessionPreferences(
	ctx *pulumi.Context, name string, args *SessionPreferencesArgs, providers RegionProviders, opts ...pulumi.ResourceOption,
) (*SessionPreferences, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	if err := validatePreferencesProviders(args, providers); err != nil {
		return nil, err
	}
	preferences := &SessionPreferences{}
	children, err := register(ctx, SessionPreferencesToken, name, preferences, opts)
	if err != nil {
		return nil, err
	}
	arns := pulumi.StringMap{}
	for _, region := range args.Regions {
		content, err := contentOver(ctx, args, preferences, providers[region])
		if err != nil {
			return nil, err
		}
		document, err := ssm.NewDocument(ctx, childName(name, childPreferences, region), &ssm.DocumentArgs{
			Name:           pulumi.String(PreferencesDocument),
			DocumentType:   pulumi.String("Session"),
			DocumentFormat: pulumi.String("JSON"),
			Content:        pulumi.String(content),
		}, children.with(preferencesOptions(providers[region])...)...)
		if err != nil {
			return nil, err
		}
		preferences.add(document)
		arns[region] = document.Arn
	}
	if args.NodePolicy {
		document, _ := args.NodeDocument()
		// No description: it could never change without replacing the policy.
		made, err := iam.NewPolicy(ctx, childName(name, childPolicy, NodePolicyName), &iam.PolicyArgs{
			Name: pulumi.String(NodePolicyName), Path: pulumi.String(PolicyPath), Policy: pulumi.String(document.JSON()),
		}, children...)
		if err != nil {
			return nil, err
		}
		preferences.add(made)
	}
	preferences.DocumentARNs = arns.ToStringMapOutput()
	return preferences, ctx.RegisterResourceOutputs(preferences, pulumi.Map{"documentArns": preferences.DocumentARNs})
}

// contentOver is the content for the Region of a provider, unlike what the document there had before.
func contentOver(
	ctx *pulumi.Context, args *SessionPreferencesArgs, parent *SessionPreferences, provider pulumi.ProviderResource,
) (string, error) {
	asks := []pulumi.InvokeOption{pulumi.Parent(parent)}
	if provider != nil {
		asks = append(asks, pulumi.Provider(provider))
	}
	deployed, err := deployedContent(ctx, PreferencesDocument, asks...)
	return followingContent(args.Content(), deployed), err
}

// preferencesOptions are the options of the document of a Region.
func preferencesOptions(provider pulumi.ProviderResource) []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.RetainOnDelete(true)}
	if provider != nil {
		opts = append(opts, pulumi.Provider(provider))
	}
	return opts
}

// validatePreferencesProviders wants a provider for every Region but one: the component's own provider works in a single Region, and a second document
// made by it would be the same one.
func validatePreferencesProviders(args *SessionPreferencesArgs, providers RegionProviders) error {
	var p Problems
	ambient, others := providers.missing(args.Regions)
	for _, i := range others {
		p.add(at("regions", i), args.Regions[i], "has no provider, and the provider of the component is taken to be that of "+ambient, "give providers an entry for it")
	}
	return p.Err()
}
