package deployer

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"aws-access-guardrails/policy"
)

// WriteFiles writes the documents into a folder per stack and role, and gives their paths in the order written.
// Documents of an earlier run that no longer exist are removed.
func WriteFiles(folder string, renderings ...*Rendering) ([]string, error) {
	var written []string
	for _, r := range renderings {
		for _, role := range []struct {
			folder string
			Role
		}{{"deployer", r.Deployer}, {"preview", r.Preview}} {
			roleFolder := filepath.Join(folder, r.Stack, role.folder)
			if err := clear(roleFolder); err != nil {
				return nil, err
			}
			write := func(name string, d policy.Document) error {
				file := filepath.Join(roleFolder, name+".json")
				written = append(written, file)
				return os.WriteFile(file, []byte(d.Pretty()+"\n"), 0o644)
			}
			for _, p := range role.Policies {
				if err := write(p.Name, p.Document); err != nil {
					return nil, err
				}
			}
			if role.Trust != nil {
				if err := write("trust", *role.Trust); err != nil {
					return nil, err
				}
			}
		}
	}
	return written, nil
}

// clear makes a folder, or removes the documents in it.
func clear(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	earlier, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return err
	}
	for _, file := range earlier {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}

// WriteSteps writes the commands with which an administrator puts the documents of a folder in place, for a shell
// with credentials of the account.
func (r *Rendering) WriteSteps(w io.Writer, folder string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n# stack %s, with credentials of an administrator of account %s\n", r.Stack, r.Account)
	if r.Provider != "" {
		fmt.Fprintf(
			&b,
			"aws iam create-open-id-connect-provider --url https://%s --client-id-list %s   # once an account\n",
			r.Provider,
			r.Audience,
		)
	}
	for _, role := range []struct {
		folder string
		Role
	}{{"deployer", r.Deployer}, {"preview", r.Preview}} {
		roleFolder := folder + "/" + r.Stack + "/" + role.folder
		trust := "file://" + roleFolder + "/trust.json"
		if role.Trust == nil {
			trust = "file://TRUST-POLICY.json"
		}
		fmt.Fprintf(
			&b,
			"aws iam create-role --role-name %s%s --assume-role-policy-document %s\n",
			role.Name,
			path(role.Path),
			trust,
		)
		inline := fits(role.Policies, policy.DefaultQuotas().RoleInline)
		for _, p := range role.Policies {
			document := "file://" + roleFolder + "/" + p.Name + ".json"
			if inline {
				fmt.Fprintf(
					&b,
					"aws iam put-role-policy --role-name %s --policy-name %s --policy-document %s\n",
					role.Name,
					p.Name,
					document,
				)
				continue
			}
			arn := r.partition.PolicyARN(r.Account, "/", p.Name)
			fmt.Fprintf(&b, "aws iam create-policy --policy-name %s --policy-document %s\n", p.Name, document)
			fmt.Fprintf(&b, "aws iam attach-role-policy --role-name %s --policy-arn %s\n", role.Name, arn)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// json is a rendering as machines read it.
type jsonRole struct {
	Name     string                     `json:"name"`
	Path     string                     `json:"path"`
	Policies map[string]policy.Document `json:"policies"`
	Trust    *policy.Document           `json:"trust,omitempty"`
}

// WriteJSON writes one object a stack and line.
func WriteJSON(w io.Writer, renderings ...*Rendering) error {
	jsonOf := func(role Role) jsonRole {
		out := jsonRole{Name: role.Name, Path: role.Path, Policies: map[string]policy.Document{}, Trust: role.Trust}
		for _, p := range role.Policies {
			out.Policies[p.Name] = p.Document
		}
		return out
	}
	for _, r := range renderings {
		line, err := policy.Compact(map[string]any{
			"version":  1,
			"stack":    r.Stack,
			"account":  r.Account,
			"deployer": jsonOf(r.Deployer),
			"preview":  jsonOf(r.Preview),
			"provider": r.Provider,
			"audience": r.Audience,
		})
		if err != nil {
			return fmt.Errorf("deployer of stack %s: %w", r.Stack, err)
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
