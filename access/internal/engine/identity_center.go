package engine

// PermissionSetOf is the permission set whose role the ARN is; empty for every other role.
func (e *Engine) PermissionSetOf(arn string) string {
	if p := e.Principals[arn]; p != nil {
		return p.PermissionSet
	}
	return ""
}
