package iam

import (
	"net/http"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

func noSuchEntity(format string, args ...any) *api.Error {
	return api.Refuse(http.StatusNotFound, "NoSuchEntity", format, args...)
}

func alreadyExists(format string, args ...any) *api.Error {
	return api.Refuse(http.StatusConflict, "EntityAlreadyExists", format, args...)
}

func deleteConflict(message string) *api.Error {
	return api.Refuse(http.StatusConflict, "DeleteConflict", "%s", message)
}

func limitExceeded(format string, args ...any) *api.Error {
	return api.Refuse(http.StatusConflict, "LimitExceeded", format, args...)
}
