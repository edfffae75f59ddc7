package main

import (
	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/replay"
	"aws-access-guardrails/internal/stackfile"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [stack | replay]",
		Short: "The JSON Schema of stack files or of replay.yaml, for editors",
		Long: `Prints the JSON Schema of stack files, made from the descriptions that they are read by: every key with its meaning, its default and the reason
for it, and an example. An editor with a YAML language server completes keys with it and underlines mistakes where "check" reports them. Rules between keys,
names that nothing declares and the proofs are known to "check" alone.

An editor finds the schema by the first line of a stack file:

  # yaml-language-server: $schema=stack-file.schema.json

"schema replay" is that of replay.yaml, the refusals that are meant.`,
		Example: `  guardrails schema > stack-file.schema.json
  guardrails schema replay > replay.schema.json`,
		ValidArgs: []string{"stack", "replay"},
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			schema := stackfile.SchemaText
			if len(args) == 1 && args[0] == "replay" {
				schema = replay.AcceptSchema
			}
			text, err := schema()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
}
