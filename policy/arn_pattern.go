package policy

// IsARN reports whether the text has the six parts of an ARN.
func (a *ARNText) IsARN() bool { return a.Colons >= ARNParts-1 && a.Parts[0] == "arn" }
