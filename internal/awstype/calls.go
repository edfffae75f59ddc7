package awstype

// The repositories that were read. pulumi-aws 6.83 is built on version 5.100 of the first. No revision that was read
// is that version itself: what decides was read in one before it and in one after it, which agree, and the commit
// names the one that is nearer.
const (
	terraform = "hashicorp/terraform-provider-aws"
	native    = "pulumi/pulumi-aws-native"
	// sdk is what the program asks with where no function of the providers asks.
	sdk = "aws/aws-sdk-go-v2"
	// cloudControl has the schemas of CloudFormation too, in newer revisions.
	cloudControl = "hashicorp/terraform-provider-awscc"
	// fork has a revision of 2024 of which the first was not at hand: the first in which a user's policies go with
	// the user.
	fork = "max-ts0gt/terraform-provider-aws"
)

func read(file, commit string, groups ...[]Call) Calls {
	return readIn(terraform, file, commit, groups...)
}

func readIn(repository, file, commit string, groups ...[]Call) Calls {
	c := Calls{Source: Source{Repository: repository, File: file, Commit: commit}}
	for _, g := range groups {
		c.Calls = append(c.Calls, g...)
	}
	return c
}

// group gives calls the statement that allows them.
func group(name string, calls ...Call) []Call {
	for i := range calls {
		calls[i].For = name
	}
	return calls
}

// withheld are calls that the deployer may not make.
func withheld(why string, calls ...Call) []Call {
	for i := range calls {
		calls[i].Withheld = why
	}
	return calls
}

func call(in Operation, action string) Call { return Call{Action: action, In: in} }

func (c Call) when(condition string) Call {
	c.When = condition
	return c
}

// handled is a call of which the handlers of a type of CloudFormation say that they need it to create with tags.
func (c Call) handled(schema string) Call {
	c.Source = Source{Repository: native, File: "aws-cloudformation-schema/" + schema, Commit: "43eed3b0"}
	return c
}

// reader is a call of which the handlers of a type of CloudFormation say that they need it to read.
func reader(schema, commit string, actions ...string) []Call {
	return readerIn(Source{Repository: native, File: "aws-cloudformation-schema/" + schema, Commit: commit}, actions...)
}

// readerIn is reader with the schema as another repository has it.
func readerIn(source Source, actions ...string) []Call {
	var all []Call
	for _, action := range actions {
		c := call(Invoke, action).when("the type is read")
		c.Source = source
		all = append(all, c)
	}
	return all
}

// shown is a call that another file of the provider shows than that of its type.
func (c Call) shown(file, commit string) Call {
	c.Source = Source{Repository: terraform, File: file, Commit: commit}
	return c
}

const (
	changed = Create | Update
	looked  = Create | Read | Update

	ifTagged    = "tags are passed"
	ifChanged   = "the property changed"
	ifDifferent = "the list differs from what AWS has"
	ifThere     = "the user has one"
	ifForced    = "forceDetachPolicies is set, or the state has policies of the role"
)

// provisioning brings roles in accounts up to date and waits for it.
func provisioning(in Operation, when string) []Call {
	return group(
		"ProvisionPermissionSets",
		call(
			in,
			"sso:ProvisionPermissionSet",
		).when(when),
		call(in, "sso:DescribePermissionSetProvisioningStatus").when(when),
	)
}

func slicesOf(groups ...[]Call) []Call {
	var all []Call
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}
