package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/workspace/pulumicli"
)

// release and commit are set by the linker when a release is made; a build of another kind has what the Go toolchain
// knows.
var release, commit string

// version is the release, or what the Go toolchain knows of this build.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}

// revision is the commit of this build; empty where nobody knows.
func revision() string {
	if commit != "" {
		return commit
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				return setting.Value
			}
		}
	}
	return ""
}

func newVersion(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "The version of the command, and of the Pulumi release that it is made for",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			about := struct {
				Version string `json:"version"`
				Commit  string `json:"commit,omitempty"`
				Go      string `json:"go"`
				System  string `json:"system"`
				Pulumi  string `json:"pulumi"`
			}{version(), revision(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, "v" + pulumicli.Version.String()}
			if f.json {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(about)
			}
			text := "guardrails " + about.Version
			if about.Commit != "" {
				text += ", commit " + about.Commit
			}
			_, err := fmt.Fprintf(
				cmd.OutOrStdout(),
				"%s\n%s, %s, for Pulumi %s or newer\n",
				text,
				about.Go,
				about.System,
				about.Pulumi,
			)
			return err
		},
	}
	f.jsonFlag(cmd)
	return cmd
}
