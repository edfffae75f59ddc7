package main

import (
	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/config"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "The JSON Schema of stack files, for editors",
		Long: `Prints the JSON Schema of stack files, made from the descriptions that they are read by: every key with its meaning, its default and the reason
for it, and an example. An editor with a YAML language server completes keys with it and underlines mistakes where "check" reports them. Rules between keys,
names that nothing declares and the proofs are known to "check" alone.

An editor finds the schema by the first line of a stack file:

  # yaml-language-server: $schema=stack-file.schema.json`,
		Example: `  guardrails schema > stack-file.schema.json`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := config.SchemaText()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
}
