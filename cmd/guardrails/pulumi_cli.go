package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/pulumicli"
)

func newPulumiCLI() *cobra.Command {
	return &cobra.Command{
		Use:   "pulumi-cli",
		Short: "Find the Pulumi CLI, or build it once; for images and CI caches",
		Long: `Finds the Pulumi CLI that the other verbs drive: the one on PATH when it is recent enough, else one in the
user's cache, which is built from pinned sources when it is not there yet. Every verb that needs it does so by
itself; this one is for preparing an image or a cache. It prints the version.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			progress := progress.New(os.Stderr)
			command, err := pulumicli.Find(cmd.Context(), pulumicli.Options{Progress: progress.Status})
			progress.Done()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "v%s\n", command.Version())
			return err
		},
	}
}
