package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
)

const module = "aws-access-guardrails"

// room is a folder with what lives below it, the ground floor first: it may import the rooms named in may and none
// other. foreign, when given, are the prefixes of the only modules outside the standard library that it may use; nil
// means that any may be used.
type room struct {
	dir     string
	may     []string
	foreign []string
}

var noForeign = []string{}

// facts are the rooms of what AWS has and of what an admin wants, as plain values: nothing in them decides anything.
var facts = []string{
	"access/catalogue",
	"access/doors",
	"access/expectation",
	"access/intent",
	"access/match",
	"access/world",
	"access/world/sessiondoc",
}

// values are the rooms of plain values, from documents up to the nouns of an account.
var values = slices.Concat(facts, []string{"policy", "problem", "guardrail"})

// evaluator are the public rooms that decide. Its internal rooms are for those alone, which the compiler holds.
var evaluator = []string{
	"access",
	"access/claims",
	"access/expect",
	"access/journey",
	"access/prove",
	"access/world/details",
}

// cloudCore are the rooms that every service of the sandbox's AWS stands on, and cloudServices those services that have
// something of their own.
var (
	cloudCore     = []string{"policy", "internal/sandbox/cloud/api", "internal/sandbox/cloud/store"}
	cloudServices = []string{
		"internal/sandbox/cloud/iam",
		"internal/sandbox/cloud/organizations",
		"internal/sandbox/cloud/ssm",
		"internal/sandbox/cloud/ssoadmin",
	}
)

// providerCore are the rooms that the resource types of every service stand on, and providerForeign the modules that
// the sandbox's providers use.
var (
	providerCore    = []string{"internal/sandbox/provider/resources", "internal/sandbox/provider/schema"}
	providerForeign = []string{
		"github.com/hashicorp/awspolicyequivalence",
		"github.com/pulumi/",
		"google.golang.org/",
	}
)

// rooms is the map of the repository. An arrow that is not here is added only with a reason, and never upwards.
var rooms = []room{
	{dir: "policy", foreign: noForeign},
	{dir: "internal/visible", foreign: noForeign},
	{dir: "internal/awstype/token", foreign: noForeign},
	{dir: "problem", may: []string{"policy", "internal/visible"}, foreign: noForeign},
	{dir: "access/internal/wording", foreign: noForeign},
	{dir: "access/internal/conditionkey", may: []string{"policy"}, foreign: noForeign},
	{dir: "access/internal/wildcard", may: []string{"policy", "access/internal/conditionkey"}, foreign: noForeign},
	{
		dir:     "access/catalogue",
		may:     []string{"policy", "access/internal/conditionkey", "access/internal/wildcard"},
		foreign: noForeign,
	},
	{dir: "access/doors", may: []string{"access/catalogue"}, foreign: noForeign},
	{dir: "access/world", may: []string{"policy", "access/catalogue", "access/internal/wording"}, foreign: noForeign},
	{dir: "access/world/sessiondoc", may: []string{"access/world"}, foreign: noForeign},
	{dir: "access/intent", may: []string{"access/world"}, foreign: noForeign},
	{
		dir:     "access/expectation",
		may:     []string{"access/world", "access/internal/wording"},
		foreign: noForeign,
	},
	{dir: "access/match", may: []string{"access/internal/wildcard"}, foreign: noForeign},
	{dir: "access/internal/literal", foreign: noForeign},
	{dir: "access/internal/pattern", may: []string{
		"policy",
		"access/internal/conditionkey",
		"access/internal/wildcard",
	}, foreign: noForeign},
	{dir: "access/internal/needs", may: []string{
		"access/catalogue",
		"access/doors",
		"access/internal/wildcard",
		"access/internal/wording",
	}, foreign: noForeign},
	{
		dir: "access/internal/glob",
		may: []string{
			"policy",
			"access/internal/wildcard",
			"access/internal/conditionkey",
			"access/internal/pattern",
		},
		foreign: noForeign,
	},
	{dir: "access/internal/engine", may: []string{
		"policy",
		"access/catalogue",
		"access/world",
		"access/internal/conditionkey",
		"access/internal/glob",
		"access/internal/literal",
		"access/internal/needs",
		"access/internal/pattern",
		"access/internal/wildcard",
	}, foreign: noForeign},
	{
		dir:     "access/world/details",
		may:     []string{"policy", "access/world", "access/internal/engine"},
		foreign: noForeign,
	},
	{dir: "access/internal/call", may: []string{
		"policy",
		"access/catalogue",
		"access/internal/glob",
	}, foreign: noForeign},
	{dir: "access/internal/domain", may: []string{
		"policy",
		"access/catalogue",
		"access/internal/conditionkey",
		"access/internal/engine",
		"access/internal/glob",
		"access/internal/pattern",
		"access/internal/literal",
	}, foreign: noForeign},
	{dir: "access/internal/wayin", may: []string{
		"policy",
		"access/internal/conditionkey",
		"access/internal/engine",
	}, foreign: noForeign},
	{dir: "access/internal/oidc", may: []string{
		"policy",
		"access/internal/engine",
		"access/internal/wildcard",
	}, foreign: noForeign},
	{dir: "access/journey", may: []string{
		"policy",
		"access/catalogue",
		"access/doors",
		"access/world",
		"access/world/sessiondoc",
		"access/internal/conditionkey",
		"access/internal/pattern",
		"access/internal/wildcard",
		"access/internal/engine",
		"access/internal/wording",
	}, foreign: noForeign},
	{dir: "internal/testkit/garbage", foreign: noForeign},
	{
		dir:     "access/internal/fixture",
		may:     []string{"policy", "access/world", "access/journey", "access/internal/engine", "internal/testkit/garbage"},
		foreign: []string{"github.com/stretchr/testify/", "pgregory.net/rapid"},
	},
	{dir: "access/internal/model", may: []string{
		"policy",
		"access/world",
		"access/internal/call",
		"access/internal/conditionkey",
		"access/internal/engine",
		"access/internal/literal",
	}, foreign: noForeign},
	{dir: "access/internal/openkeys", may: []string{
		"access/internal/conditionkey",
		"access/internal/domain",
		"access/internal/glob",
	}, foreign: noForeign},
	{dir: "access/internal/search", may: []string{
		"policy",
		"access/catalogue",
		"access/doors",
		"access/world",
		"access/internal/call",
		"access/internal/conditionkey",
		"access/internal/domain",
		"access/internal/engine",
		"access/internal/glob",
		"access/internal/literal",
		"access/internal/model",
		"access/internal/needs",
		"access/internal/openkeys",
		"access/internal/wayin",
		"access/internal/pattern",
		"access/internal/wildcard",
	}, foreign: noForeign},
	{dir: "access/prove", may: []string{
		"policy",
		"access/catalogue",
		"access/doors",
		"access/world",
		"access/journey",
		"access/internal/conditionkey",
		"access/internal/model",
		"access/internal/pattern",
		"access/internal/wildcard",
		"access/internal/engine",
		"access/internal/glob",
		"access/internal/search",
		"access/internal/wording",
	}, foreign: noForeign},
	{dir: "access/expect", may: []string{
		"policy",
		"access/catalogue",
		"access/doors",
		"access/expectation",
		"access/match",
		"access/world",
		"access/journey",
		"access/prove",
		"access/internal/conditionkey",
		"access/internal/engine",
		"access/internal/wording",
	}, foreign: noForeign},
	{dir: "access/claims/internal/rests", may: []string{
		"policy",
		"access/intent",
		"access/world",
		"access/internal/engine",
		"access/internal/literal",
	}, foreign: noForeign},
	{dir: "access/claims/internal/symmetry", may: []string{
		"policy",
		"access/catalogue",
		"access/intent",
		"access/world",
		"access/prove",
		"access/internal/engine",
		"access/internal/literal",
		"access/internal/wildcard",
		"access/claims/internal/rests",
	}, foreign: noForeign},
	{dir: "access/claims/internal/claim", may: []string{
		"policy",
		"access/intent",
		"access/world",
		"access/journey",
		"access/prove",
		"access/internal/engine",
		"access/internal/model",
		"access/internal/search",
		"access/claims/internal/rests",
		"access/claims/internal/symmetry",
	}, foreign: noForeign},
	{dir: "access/claims/internal/osusers", may: []string{
		"policy",
		"access/intent",
		"access/world",
		"access/journey",
		"access/prove",
		"access/internal/conditionkey",
		"access/internal/engine",
		"access/internal/model",
		"access/internal/search",
		"access/internal/wording",
		"access/claims/internal/claim",
	}, foreign: noForeign},
	{dir: "access/claims/internal/people", may: []string{
		"policy",
		"access/doors",
		"access/intent",
		"access/prove",
		"access/internal/engine",
		"access/internal/search",
		"access/claims/internal/claim",
		"access/claims/internal/osusers",
	}, foreign: noForeign},
	{dir: "access/claims/internal/trust", may: []string{
		"policy",
		"access/intent",
		"access/prove",
		"access/internal/conditionkey",
		"access/internal/engine",
		"access/internal/model",
		"access/internal/oidc",
		"access/internal/search",
		"access/internal/wayin",
		"access/claims/internal/claim",
		"access/claims/internal/osusers",
	}, foreign: noForeign},
	{dir: "access/claims/internal/nodes", may: []string{
		"policy",
		"access/catalogue",
		"access/doors",
		"access/intent",
		"access/world",
		"access/world/sessiondoc",
		"access/prove",
		"access/internal/engine",
		"access/internal/search",
		"access/claims/internal/claim",
		"access/claims/internal/people",
	}, foreign: noForeign},
	{dir: "access/claims/internal/alive", may: []string{
		"policy",
		"access/intent",
		"access/world",
		"access/journey",
		"access/prove",
		"access/internal/conditionkey",
		"access/internal/engine",
		"access/internal/model",
		"access/internal/search",
		"access/claims/internal/rests",
		"access/claims/internal/claim",
	}, foreign: noForeign},
	{dir: "access/claims/internal/escalation", may: []string{
		"policy",
		"access/catalogue",
		"access/intent",
		"access/world",
		"access/internal/engine",
		"access/internal/search",
		"access/internal/wayin",
		"access/internal/wildcard",
		"access/claims/internal/claim",
		"access/claims/internal/nodes",
		"access/claims/internal/trust",
	}, foreign: noForeign},
	{dir: "access/claims/internal/identitycenter", may: []string{
		"policy",
		"access/intent",
		"access/world",
		"access/journey",
		"access/prove",
		"access/internal/engine",
		"access/internal/search",
		"access/internal/wording",
		"access/claims/internal/claim",
		"access/claims/internal/osusers",
		"access/claims/internal/people",
		"access/claims/internal/nodes",
		"access/claims/internal/trust",
		"access/claims/internal/alive",
	}, foreign: noForeign},
	{dir: "access/claims/internal/organization", may: []string{
		"policy",
		"access/catalogue",
		"access/doors",
		"access/intent",
		"access/world",
		"access/prove",
		"access/internal/engine",
		"access/internal/model",
		"access/internal/needs",
		"access/internal/search",
		"access/claims/internal/alive",
		"access/claims/internal/claim",
		"access/claims/internal/osusers",
		"access/claims/internal/rests",
		"access/claims/internal/symmetry",
	}, foreign: noForeign},
	{dir: "access/claims/internal/derive", may: []string{
		"policy",
		"access/intent",
		"access/world",
		"access/internal/engine",
		"access/claims/internal/osusers",
	}, foreign: noForeign},
	{dir: "access/claims", may: []string{
		"access/intent",
		"access/world",
		"access/prove",
		"access/internal/engine",
		"access/claims/internal/rests",
		"access/claims/internal/symmetry",
		"access/claims/internal/claim",
		"access/claims/internal/osusers",
		"access/claims/internal/people",
		"access/claims/internal/trust",
		"access/claims/internal/nodes",
		"access/claims/internal/alive",
		"access/claims/internal/escalation",
		"access/claims/internal/identitycenter",
		"access/claims/internal/organization",
		"access/claims/internal/derive",
	}, foreign: noForeign},
	{
		dir: "access/claims/internal/claimtest",
		may: []string{
			"policy",
			"access/intent",
			"access/world",
			"access/prove",
			"access/internal/engine",
			"access/claims",
			"internal/testkit/garbage",
		},
		foreign: []string{"github.com/stretchr/testify/"},
	},
	{dir: "access/recorded", may: []string{
		"policy",
		"access/catalogue",
		"access/world",
		"access/internal/conditionkey",
		"access/internal/domain",
		"access/internal/engine",
		"access/internal/glob",
		"access/internal/literal",
		"access/internal/pattern",
		"access/internal/wildcard",
	}, foreign: noForeign},
	{
		dir:     "access",
		may:     []string{"access/world", "access/internal/engine", "access/internal/pattern", "access/internal/wildcard"},
		foreign: noForeign,
	},
	{dir: "guardrail", may: slices.Concat(facts, []string{"policy", "problem"}), foreign: noForeign},
	{
		dir:     "components",
		may:     slices.Concat(values, evaluator, []string{"internal/awstype/token"}),
		foreign: []string{"github.com/pulumi/"},
	},
	{dir: "internal/awstype", foreign: noForeign},
	{dir: "internal/files", foreign: noForeign},
	{dir: "internal/commandline", foreign: noForeign},
	{
		dir: "internal/terminal",
		foreign: []string{
			"github.com/charmbracelet/lipgloss",
			"github.com/clipperhouse/displaywidth",
			"golang.org/x/term",
		},
	},
	{dir: "internal/clock", foreign: noForeign},
	{
		dir: "internal/strictyaml",
		may: []string{"policy", "problem", "internal/clock"},
		foreign: []string{
			"github.com/agext/levenshtein",
			"github.com/invopop/jsonschema",
			"gopkg.in/yaml.v3",
		},
	},
	{
		dir:     "internal/stackfile/provider",
		may:     []string{"policy", "problem", "internal/strictyaml"},
		foreign: []string{"github.com/invopop/jsonschema"},
	},
	{
		dir:     "internal/stackfile/sections",
		may:     slices.Concat(values, []string{"internal/clock", "internal/strictyaml", "internal/stackfile/provider"}),
		foreign: []string{"github.com/invopop/jsonschema"},
	},
	{
		dir: "internal/stackfile",
		may: []string{
			"policy",
			"problem",
			"internal/strictyaml",
			"internal/stackfile/provider",
			"internal/stackfile/sections",
		},
		foreign: []string{"github.com/invopop/jsonschema"},
	},
	{
		dir: "internal/stack",
		may: slices.Concat(
			values,
			evaluator,
			[]string{
				"internal/clock",
				"internal/strictyaml",
				"internal/stackfile",
				"internal/stackfile/provider",
				"internal/stackfile/sections",
			},
		),
		foreign: noForeign,
	},
	{
		dir: "internal/edit",
		may: slices.Concat(values, []string{"internal/stack", "internal/strictyaml"}),
		foreign: []string{
			"gopkg.in/yaml.v3",
			"github.com/rogpeppe/go-internal/diff",
			"github.com/rogpeppe/go-internal/lockedfile",
		},
	},
	{
		dir: "internal/judge",
		may: slices.Concat(
			values,
			evaluator,
			[]string{"internal/stack", "internal/stackfile", "internal/stackfile/sections", "internal/strictyaml"},
		),
		foreign: noForeign,
	},
	// A file has the parts of a finding that the face of the evaluator and its journeys give names.
	{
		dir:     "internal/verdicts",
		may:     []string{"access", "access/claims", "access/journey", "access/prove"},
		foreign: noForeign,
	},
	{dir: "examples/ci", foreign: noForeign},
	{
		dir:     "internal/start",
		may:     []string{"policy", "examples/ci", "internal/stack", "internal/stackfile", "internal/judge"},
		foreign: noForeign,
	},
	{dir: "internal/refusal", foreign: noForeign},
	{
		dir:     "internal/adopt",
		may:     slices.Concat(values, evaluator, []string{"internal/stack", "internal/edit"}),
		foreign: noForeign,
	},
	{dir: "internal/beside", may: []string{"internal/stackfile/provider"}, foreign: noForeign},
	{
		dir:     "internal/assignments",
		may:     []string{"internal/stackfile/provider"}, // It has the settings of the provider.
		foreign: []string{"github.com/aws/", "golang.org/x/net/http/httpproxy"},
	},
	{
		dir: "internal/program",
		may: slices.Concat(
			values,
			evaluator,
			[]string{
				"components",
				"internal/stack",
				"internal/stackfile",
				"internal/stackfile/provider",
				"internal/strictyaml",
				"internal/judge",
				"internal/adopt",
				"internal/assignments",
				"internal/beside",
				"internal/refusal",
			},
		),
		foreign: []string{"github.com/pulumi/"},
	},
	{
		dir: "internal/deployer",
		may: slices.Concat(
			values,
			evaluator,
			[]string{"internal/awstype", "components", "internal/stack", "internal/program"},
		),
		foreign: []string{"github.com/pulumi/"},
	},
	{
		dir:     "internal/reach",
		may:     slices.Concat(values, evaluator, []string{"internal/stack", "internal/judge"}),
		foreign: noForeign,
	},
	{dir: "internal/words", may: []string{"policy", "internal/reach"}, foreign: noForeign},
	{dir: "internal/testkit/tier", may: []string{"internal/testkit/garbage"}, foreign: noForeign},
	{
		dir:     "internal/testkit",
		may:     []string{"internal/testkit/garbage"},
		foreign: []string{"github.com/google/go-cmp/cmp", "github.com/stretchr/testify/"},
	},
	{
		dir:     "internal/testkit/accounts",
		may:     slices.Concat(values, []string{"access"}),
		foreign: noForeign,
	},
	{
		dir: "internal/testkit/stacktest",
		may: []string{"problem", "internal/stack", "internal/stackfile", "internal/testkit"},
		foreign: []string{
			"github.com/santhosh-tekuri/jsonschema/",
			"github.com/stretchr/testify/",
			"gopkg.in/yaml.v3",
			"pgregory.net/rapid",
		},
	},
	{
		dir:     "internal/testkit/proofs",
		may:     []string{"access/claims", "internal/judge", "internal/testkit/garbage", "internal/verdicts"},
		foreign: noForeign,
	},
	{dir: "internal/testkit/mocks"},
	{dir: "internal/testkit/stackvalues"},
	{dir: "internal/view/jsonline", foreign: noForeign},
	{
		dir: "internal/view/grants",
		may: slices.Concat(
			values,
			[]string{"internal/clock", "internal/stack", "internal/words", "internal/view/jsonline"},
		),
		foreign: noForeign,
	},
	{
		dir:     "internal/view/render",
		may:     slices.Concat(values, []string{"access/world/details", "internal/stack"}),
		foreign: noForeign,
	},
	{
		dir: "internal/view/matrix",
		may: slices.Concat(
			values,
			evaluator,
			[]string{
				"internal/stack",
				"internal/strictyaml",
				"internal/reach",
				"internal/words",
				"internal/view/jsonline",
			},
		),
		foreign: noForeign,
	},
	{dir: "internal/announce", foreign: noForeign},
	{
		dir: "internal/view",
		may: slices.Concat(
			values,
			evaluator,
			[]string{
				"internal/clock",
				"internal/stack",
				"internal/stackfile/sections",
				"internal/strictyaml",
				"internal/judge",
				"internal/reach",
				"internal/view/grants",
				"internal/view/jsonline",
				"internal/view/matrix",
				"internal/words",
			},
		),
		foreign: noForeign,
	},
	{dir: "internal/sandbox/cloud/store", foreign: noForeign},
	{dir: "internal/sandbox/cloud/api", may: []string{"policy", "internal/sandbox/cloud/store"}, foreign: noForeign},
	{dir: "internal/sandbox/cloud/cloudcontrol", may: cloudCore, foreign: noForeign},
	{dir: "internal/sandbox/cloud/organizations", may: cloudCore, foreign: noForeign},
	{dir: "internal/sandbox/cloud/ssm", may: cloudCore, foreign: []string{"gopkg.in/yaml.v3"}},
	{
		// The features of central root access are the organization's, and an instance profile is a node's.
		dir: "internal/sandbox/cloud/iam",
		may: slices.Concat(
			cloudCore,
			[]string{
				"access/catalogue",
				"internal/sandbox/cloud/organizations",
				"internal/sandbox/cloud/ssm",
			},
		),
		foreign: noForeign,
	},
	{
		// Identity Center makes roles in the accounts of the organization.
		dir: "internal/sandbox/cloud/ssoadmin",
		may: slices.Concat(
			cloudCore,
			[]string{"internal/sandbox/cloud/iam", "internal/sandbox/cloud/organizations"},
		),
		foreign: noForeign,
	},
	{dir: "internal/sandbox/cloud/plant", may: slices.Concat(cloudCore, cloudServices), foreign: noForeign},
	{
		dir: "internal/sandbox/cloud",
		may: slices.Concat(
			cloudCore,
			cloudServices,
			[]string{"internal/sandbox/cloud/cloudcontrol", "internal/sandbox/cloud/plant"},
		),
		foreign: noForeign,
	},
	{
		dir: "internal/sandbox/cloud/cloudtest",
		may: slices.Concat(
			cloudCore,
			cloudServices,
			[]string{"internal/sandbox/cloud", "internal/sandbox/cloud/plant"},
		),
		foreign: []string{"github.com/google/go-cmp/", "github.com/stretchr/testify/"},
	},
	{dir: "internal/sandbox/provider/schema", foreign: providerForeign},
	{
		dir: "internal/sandbox/provider/resources",
		may: slices.Concat(
			cloudCore,
			cloudServices,
			[]string{"internal/awstype", "internal/sandbox/cloud", "internal/sandbox/provider/schema"},
		),
		foreign: providerForeign,
	},
	{
		dir:     "internal/sandbox/provider/iam",
		may:     slices.Concat(providerCore, []string{"internal/sandbox/cloud/api", "internal/sandbox/cloud/iam"}),
		foreign: providerForeign,
	},
	{
		dir:     "internal/sandbox/provider/ssm",
		may:     slices.Concat(providerCore, []string{"internal/sandbox/cloud/api", "internal/sandbox/cloud/ssm"}),
		foreign: providerForeign,
	},
	{
		dir: "internal/sandbox/provider/organizations",
		may: slices.Concat(
			providerCore,
			[]string{"policy", "internal/sandbox/cloud/api", "internal/sandbox/cloud/organizations"},
		),
		foreign: providerForeign,
	},
	{
		dir: "internal/sandbox/provider/ssoadmin",
		may: slices.Concat(
			providerCore,
			[]string{"internal/sandbox/cloud/api", "internal/sandbox/cloud/ssoadmin"},
		),
		foreign: providerForeign,
	},
	{
		dir: "internal/sandbox/provider",
		may: slices.Concat(
			providerCore,
			[]string{
				"policy",
				"internal/awstype",
				"internal/sandbox/cloud",
				"internal/sandbox/cloud/api",
				"internal/sandbox/provider/iam",
				"internal/sandbox/provider/organizations",
				"internal/sandbox/provider/ssm",
				"internal/sandbox/provider/ssoadmin",
			},
		),
		foreign: providerForeign,
	},
	{
		dir:     "internal/sandbox/endpoint",
		may:     []string{"internal/sandbox/cloud", "internal/sandbox/cloud/api", "internal/sandbox/cloud/ssoadmin"},
		foreign: noForeign,
	},
	{
		dir: "internal/sandbox/provider/providertest",
		may: slices.Concat(
			cloudCore,
			cloudServices,
			[]string{"internal/sandbox/cloud", "internal/sandbox/cloud/plant", "internal/sandbox/provider"},
		),
		foreign: slices.Concat(providerForeign, []string{"github.com/stretchr/testify/"}),
	},
	{
		dir: "internal/sandbox",
		may: slices.Concat(
			values,
			evaluator,
			cloudCore,
			cloudServices,
			[]string{
				"internal/strictyaml",
				"internal/sandbox/cloud",
				"internal/sandbox/cloud/plant",
				"internal/sandbox/endpoint",
				"internal/sandbox/provider",
			},
		),
	},
	{dir: "internal/workspace/exit", foreign: noForeign},
	{dir: "internal/workspace/urn", foreign: noForeign},
	{dir: "internal/workspace/enginelock", foreign: []string{"github.com/shirou/gopsutil/"}},
	{
		dir: "internal/workspace/project",
		may: slices.Concat(
			values,
			[]string{
				"internal/judge",
				"internal/stack",
				"internal/stackfile",
				"internal/strictyaml",
				"internal/workspace/exit",
			},
		),
		foreign: noForeign,
	},
	{
		dir:     "internal/sandbox/known",
		may:     slices.Concat(values, []string{"internal/stack", "internal/stackfile/sections", "internal/sandbox"}),
		foreign: noForeign,
	},
	{
		dir: "internal/workspace",
		may: slices.Concat(
			values,
			[]string{
				"internal/sandbox/known",
				"internal/awstype",
				"internal/adopt",
				"internal/beside",
				"internal/edit",
				"internal/stack", "internal/stackfile", "internal/strictyaml",
				"internal/judge",
				"internal/program",
				"internal/sandbox",
				"internal/testkit/tier",
				"internal/workspace/enginelock",
				"internal/workspace/exit", "internal/workspace/project", "internal/workspace/urn",
				"internal/sandbox/cloud/api",
				"internal/sandbox/cloud/store",
			},
		),
	},
	{
		dir: "internal/change",
		may: slices.Concat(
			values,
			evaluator,
			[]string{
				"internal/stack", "internal/stackfile", "internal/judge", "internal/reach", "internal/words",
				"internal/workspace/urn", // Types are called as up calls them.
			},
		),
		foreign: noForeign,
	},
	{
		dir: "internal/against",
		may: slices.Concat(
			values,
			evaluator,
			[]string{
				"internal/awstype",
				"internal/change",
				"internal/stack",
				"internal/judge",
				"internal/program",
				// It knows which arguments the real provider takes for a difference, and which of them replace.
				"internal/sandbox/provider",
				"internal/workspace", "internal/workspace/exit", "internal/workspace/project",
			},
		),
		foreign: []string{"github.com/pulumi/"},
	},
	{dir: "internal/replay/cloudtrail", foreign: []string{
		"github.com/go-json-experiment/json/jsontext",
		"github.com/klauspost/compress/gzip",
		"golang.org/x/text/encoding/unicode",
	}},
	{
		dir:     "internal/replay/judging",
		may:     slices.Concat(values, evaluator, []string{"access/recorded", "internal/replay/cloudtrail"}),
		foreign: noForeign,
	},
	{
		dir: "internal/replay",
		may: slices.Concat(
			values,
			evaluator,
			[]string{
				"internal/commandline",
				"internal/stack",
				"internal/judge",
				"internal/replay/cloudtrail",
				"internal/replay/judging",
			},
		),
		foreign: []string{"gopkg.in/yaml.v3"},
	},
	{
		dir: "internal/people",
		may: slices.Concat(
			values,
			[]string{
				"internal/stack",
				"internal/strictyaml",
				"internal/edit",
				"internal/files",
				"internal/workspace/exit", "internal/workspace/project",
				"internal/change",
			},
		),
		foreign: noForeign,
	},
	{
		dir: "cmd/guardrails",
		may: slices.Concat(
			values,
			evaluator,
			[]string{
				"internal/adopt",
				"internal/against",
				"internal/announce",
				"internal/change",
				"internal/clock",
				"internal/stack", "internal/stackfile", "internal/strictyaml",
				"internal/deployer",
				"internal/edit",
				"internal/judge",
				"internal/people",
				"internal/program",
				"internal/replay",
				"internal/replay/judging",
				"internal/start",
				"internal/verdicts",
				"internal/view",
				"internal/view/grants",
				"internal/view/jsonline",
				"internal/view/matrix",
				"internal/view/render",
				"internal/workspace", "internal/workspace/exit", "internal/workspace/project",
			},
		),
		foreign: []string{"github.com/spf13/"},
	},
	{dir: ".", may: []string{"internal/program"}, foreign: []string{"github.com/pulumi/pulumi/sdk/v3/go/pulumi"}},
	{
		dir: "tools/performance",
		may: slices.Concat(
			values,
			evaluator,
			[]string{"internal/judge", "internal/change", "internal/against"},
		),
	},
	{dir: "tools/compare"},
	{dir: "tools/slowest"},
	{dir: "tools/later"},
	{dir: "tools/names"},
	{dir: "tools/lint"},
	{dir: "tools/records"},
	{dir: "tools/emulators"},
	{dir: "tools/emulators/gcs", may: []string{"tools/emulators"}},
	{dir: "tools/emulators/s3", may: []string{"tools/emulators"}},
	{dir: "tests"},
}

// ground are rooms that every room but those of the documents may import: how files are read, how what they say is
// printed, and how people are told what to run.
var ground = []string{
	"internal/awstype/token",
	"internal/commandline",
	"internal/files",
	"internal/terminal",
	"internal/visible",
}

// roomOf is the innermost room that a folder, given by its path from the root, lies in; nil for a folder that no room
// holds.
func roomOf(dir string) *room {
	var in *room
	for i, r := range rooms {
		if (dir == r.dir || r.dir != "." && strings.HasPrefix(dir, r.dir+"/")) &&
			(in == nil || len(r.dir) > len(in.dir)) {
			in = &rooms[i]
		}
	}
	return in
}

// imports are the import paths of every Go file that is not a test, by file.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	testkit.Walk(t, func(path string) {
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", path), nil, parser.ImportsOnly)
		require.NoError(t, err)
		found[path] = []string{}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			found[path] = append(found[path], name)
		}
	})
	return found
}

// Arrows between rooms point down only, and a room that promises to need nothing but the standard library keeps its
// word.
func TestRoomsImportOnlyWhatTheMapAllows(t *testing.T) {
	seen := map[string]bool{}
	for path, names := range imports(t) {
		dir := filepath.ToSlash(filepath.Dir(path))
		from := roomOf(dir)
		if !assert.NotNil(t, from, "%s lies in no room of the map", path) {
			continue
		}
		seen[from.dir] = true
		for _, name := range names {
			if to, ok := strings.CutPrefix(name, module+"/"); ok {
				target := roomOf(to)
				require.NotNil(t, target, "%s imports %s, which is in no room", path, name)
				assert.True(
					t,
					target == from || from.dir == "tests" || slices.Contains(from.may, target.dir) ||
						strings.Contains(from.dir, "/") && slices.Contains(ground, target.dir),
					"%s must not import %s",
					path,
					name,
				)
				continue
			}
			if host, _, _ := strings.Cut(name, "/"); from.foreign != nil && strings.Contains(host, ".") {
				assert.True(
					t,
					slices.ContainsFunc(
						from.foreign,
						func(prefix string) bool { return strings.HasPrefix(name, prefix) },
					),
					"%s must not import %s",
					path,
					name,
				)
			}
		}
	}
	for _, r := range rooms {
		if r.dir != "tests" {
			assert.True(t, seen[r.dir], "the map has a room %s that does not exist", r.dir)
		}
	}
}

// apart are rooms whose packages need nothing of others, neither themselves nor through another package.
var apart = []struct {
	why   string
	rooms []string
	// from are import paths; those that end in / stand for all that they begin.
	from []string
}{
	{
		"what is proven, and who reaches what, is a matter of documents alone",
		[]string{
			"access",
			"guardrail",
			"internal/change",
			"internal/edit",
			"internal/judge",
			"internal/people",
			"internal/reach",
			"internal/replay",
			"internal/stack",
			"internal/stackfile",
			"internal/strictyaml",
			"internal/view",
		},
		[]string{"github.com/pulumi/"},
	},
	{
		"what an admin writes, and what an account has, is read and built without deciding anything",
		[]string{"guardrail", "internal/stackfile", "internal/strictyaml"},
		[]string{
			module + "/access",
			module + "/access/claims",
			module + "/access/expect",
			module + "/access/internal/engine",
			module + "/access/internal/glob",
			module + "/access/internal/search",
			module + "/access/journey",
			module + "/access/prove",
		},
	},
}

// Between documents and verdicts stands no package of Pulumi, and the decoder of stack files asks no evaluator.
func TestRoomsKeepApart(t *testing.T) {
	of := map[string][]string{}
	for path, names := range imports(t) {
		dir := filepath.ToSlash(filepath.Dir(path))
		of[dir] = append(of[dir], names...)
	}
	for _, a := range apart {
		seen := map[string]bool{}
		var needs func(dir string, by []string)
		needs = func(dir string, by []string) {
			if seen[dir] {
				return
			}
			seen[dir] = true
			by = append(slices.Clip(by), dir)
			for _, name := range of[dir] {
				for _, refused := range a.from {
					assert.False(
						t,
						name == refused || strings.HasSuffix(refused, "/") && strings.HasPrefix(name, refused),
						"%s needs %s, but %s",
						strings.Join(by, " > "),
						name,
						a.why,
					)
				}
				if below, ok := strings.CutPrefix(name, module+"/"); ok {
					needs(below, by)
				}
			}
		}
		for _, room := range a.rooms {
			found := false
			for dir := range of {
				if dir == room || strings.HasPrefix(dir, room+"/") {
					found = true
					needs(dir, nil)
				}
			}
			assert.True(t, found, "there is no room %s", room)
		}
	}
}

// The map itself has no arrow upwards: a room may import only rooms that stand before it.
func TestTheMapHasNoCircle(t *testing.T) {
	for i, r := range rooms {
		for _, to := range r.may {
			at := slices.IndexFunc(rooms, func(r room) bool { return r.dir == to })
			assert.True(t, at >= 0 && at < i, "%s may import %s, which does not stand below it", r.dir, to)
		}
	}
}

// A view decides nothing, so that nothing is built on one: commands alone import it, and views each other.
func TestCommandsAloneImportViews(t *testing.T) {
	const views = "internal/view/"
	for file, names := range imports(t) {
		if strings.HasPrefix(file, views) || strings.HasPrefix(file, "cmd/") || strings.HasPrefix(file, "tools/") {
			continue
		}
		for _, name := range names {
			assert.False(t, strings.HasPrefix(name, module+"/"+views), "%s imports the view %s", file, name)
		}
	}
}

// Nothing is called util: a folder is named after what lives in it.
func TestNoRoomIsCalledUtil(t *testing.T) {
	testkit.Walk(t, func(path string) {
		for _, part := range strings.Split(filepath.ToSlash(filepath.Dir(path)), "/") {
			assert.NotContains(
				t,
				[]string{"util", "utils", "common", "helpers", "misc"},
				part,
				"%s: name the folder after what lives there",
				path,
			)
		}
	})
}

// main.go is pulumi.Run(program.Run), but for how a refusal reads, and nothing else: what is in package main cannot
// be imported by a test.
func TestMainOnlyRunsTheProgram(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../main.go", nil, 0)
	require.NoError(t, err)
	var functions []*ast.FuncDecl
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			functions = append(functions, f)
			continue
		}
		assert.Equal(t, token.IMPORT, decl.(*ast.GenDecl).Tok, "main.go declares more than main")
	}
	require.Len(t, functions, 1)
	require.Len(t, functions[0].Body.List, 1)
	source, err := os.ReadFile("../main.go")
	require.NoError(t, err)
	assert.Contains(t, string(source), "pulumi.Run(program.Run)")
}

// Resources are told to wait at two places alone: where components hold what they are given against components, and
// where the program hands custom resources on.
func TestNothingElseInTheProductSaysWhatToWaitFor(t *testing.T) {
	allowed := map[string][]string{
		"components/children.go":     {"childrenOf", "after"},
		"internal/program/create.go": {"after"},
	}
	found := map[string][]string{}
	testkit.Walk(t, func(path string) {
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "tests/") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", path), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			where := ""
			if f, is := declaration.(*ast.FuncDecl); is {
				where = f.Name.Name
			}
			ast.Inspect(declaration, func(n ast.Node) bool {
				selector, is := n.(*ast.SelectorExpr)
				if !is || selector.Sel.Name != "DependsOn" && selector.Sel.Name != "DependsOnInputs" {
					return true
				}
				if pkg, is := selector.X.(*ast.Ident); is && pkg.Name == "pulumi" &&
					!slices.Contains(found[path], where) {
					found[path] = append(found[path], where)
				}
				return true
			})
		}
	})
	assert.Equal(t, allowed, found)
}
