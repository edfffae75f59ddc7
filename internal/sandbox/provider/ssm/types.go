package ssm

import (
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/provider/resources"
)

// Types are the types of resources of Systems Manager.
func Types() []*resources.Type { return []*resources.Type{documentType()} }

// NativeTypes are those of the provider that drives AWS through Cloud Control.
func NativeTypes() []*resources.Type { return []*resources.Type{nativeDocumentType()} }

// Functions read what Systems Manager has in a Region, whoever made it.
func Functions() map[string]resources.Function {
	return map[string]resources.Function{
		token.SSMGetDocument: {
			Arguments: []string{"name", "documentFormat", "documentVersion"},
			Answer:    existingDocument,
		},
	}
}
