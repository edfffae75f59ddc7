package engine

func (a *CompiledAccount) Arn(service, region, resource string) string {
	return "arn:" + string(a.Partition) + ":" + service + ":" + region + ":" + a.ID + ":" + resource
}

// Device is the ARN of the virtual device that has the user's name.
func (p *Principal) Device() string { return p.Account.Arn("iam", "", "mfa/"+p.Name) }
