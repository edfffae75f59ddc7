package ssm

import (
	"context"

	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

func existingDocument(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	name := args.Text("name")
	d, err := s.SSM().GetDocument(ctx, name)
	if err != nil {
		return nil, resources.Doing(err, "reading SSM Document (%s) content", name)
	}
	content := d.Content()
	if args.Text("documentVersion") == "$LATEST" {
		content = d.Latest()
	}
	return schema.Values{
		"arn": schema.Text(
			s.SSM().DocumentARN(d.Name),
		),
		"content":         schema.Text(content),
		"documentFormat":  schema.Text(d.Format),
		"documentType":    schema.Text(d.Type),
		"documentVersion": args["documentVersion"],
		"id":              schema.Text(d.Name),
		"name":            schema.Text(d.Name),
	}, nil
}
