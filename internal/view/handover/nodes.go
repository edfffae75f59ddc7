package handover

import (
	"fmt"
	"io"
	"strings"

	"aws-access-guardrails/internal/stack"
)

// WriteNodeRights writes what the roles of nodes need for the logs and the key of sessions, for whoever makes nodes;
// nothing where they need nothing.
func WriteNodeRights(w io.Writer, stacks ...*stack.Stack) error {
	for _, s := range stacks {
		preferences := s.Preferences()
		if preferences == nil {
			continue
		}
		document, needed := preferences.NodeDocument()
		if !needed {
			continue
		}
		_, err := fmt.Fprintf(
			w,
			"\n--- for whoever makes nodes in account %s (%s)\n\nThe role of an instance profile needs %s and, for the logs and the key of sessions,\n",
			s.Account.ID,
			s.Name,
			s.Account.Partition.ManagedPolicyARN("AmazonSSMManagedInstanceCore"),
		)
		if err != nil {
			return err
		}
		if preferences.NodePolicy {
			_, err = fmt.Fprintf(
				w,
				"the policy of this stack:\n\naws iam attach-role-policy --role-name NodeRole --policy-arn %s\n",
				preferences.NodePolicyARN(),
			)
		} else {
			_, err = fmt.Fprintf(
				w,
				"these rights (sessions.nodePolicy: true makes a policy of them):\n\n%s\n",
				strings.TrimSpace(document.Pretty()),
			)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
