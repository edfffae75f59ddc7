package ssm

import (
	"cmp"
	"fmt"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// ExistingDocument is a document of a Region.
type ExistingDocument struct {
	Region string
	NewDocument
}

// Node is a machine that Systems Manager knows.
type Node struct {
	// ID is i-... for an instance, mi-... for another managed node.
	ID     string            `json:"id"`
	Region string            `json:"region"`
	Tags   map[string]string `json:"tags,omitempty"`
	// OSUsers are the logins besides root; nil means that every legal name exists.
	OSUsers []string `json:"osUsers"`
	// Profile is the name of the role of the instance profile, "" for none.
	Profile string `json:"profile,omitempty"`
	// VolumeKeys are the KMS keys of the volumes: key ARNs, or alias/aws/ebs. Nil means that nobody says which.
	VolumeKeys []string `json:"volumeKeys"`
}

// Planting plants what an account has in Systems Manager before any stack, within one call.
type Planting struct {
	state *State
	tx    *store.Tx
}

// Planting plants within a call.
func (s *State) Planting(tx *store.Tx) Planting { return Planting{s, tx} }

// Document plants a document of one version.
func (p Planting) Document(account string, in ExistingDocument, again bool) error {
	if !documentName.MatchString(in.Name) {
		return fmt.Errorf(
			"%q is not the name of a document; write 3 to 128 letters, digits, dots, hyphens and underscores",
			in.Name,
		)
	}
	if err := checkContent(in.Type, "JSON", in.Content); err != nil {
		return err
	}
	row, exists := p.state.Documents.Get(account, DocumentKey(in.Region, in.Name))
	if exists && !again {
		return api.ErrMadeSince
	}
	p.state.Documents.Put(p.tx, account, DocumentKey(in.Region, in.Name), Document{
		Region:   in.Region,
		Name:     in.Name,
		Type:     in.Type,
		Format:   "JSON",
		Tags:     in.Tags,
		Versions: []string{in.Content},
		Default:  1,
		Created:  cmp.Or(row.Created, p.state.world.Time()),
	})
	return nil
}

// Node plants a node.
func (p Planting) Node(account string, n Node, _ bool) error {
	p.state.Nodes.Put(p.tx, account, n.ID, n)
	return nil
}
