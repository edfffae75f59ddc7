package change

import "aws-access-guardrails/internal/config"

// Resource is one resource that a stack makes.
type Resource struct {
	URN, Type, Name string
}

func (c *comparison) resources() {}

func resourcesOf([]*config.Stack) (map[string][]Resource, error) { return nil, nil }
