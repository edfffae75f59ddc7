package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// maxAttempts is how often the real provider calls AWS before it gives up on an error that a retry may cure.
const maxAttempts = 25

// Error is AWS's refusal of one API call. Its text is the one that the AWS SDK for Go makes of the answer.
type Error struct {
	// Service is the SDK's name of the service, such as "IAM".
	Service   string
	Operation string
	// Status is the HTTP status of the answer.
	Status int
	// Code is the error code, such as "EntityAlreadyExists".
	Code    string
	Message string
	// Hint is what the sandbox adds for people; AWS says nothing of the kind.
	Hint      string
	RequestID string
	// Attempts is above zero where the SDK gave up after that many.
	Attempts int
}

// Error is the text of the SDK: operation, status, request id, code and message, then the hint in parentheses.
func (e *Error) Error() string {
	text := fmt.Sprintf("operation error %s: %s, ", e.Service, e.Operation)
	if e.Attempts > 0 {
		text += fmt.Sprintf("exceeded maximum number of attempts, %d, ", e.Attempts)
	}
	text += fmt.Sprintf("https response error StatusCode: %d, RequestID: %s, ", e.Status, e.RequestID)
	if !modelled[e.Code] {
		text += "api error "
	}
	text += e.Code + ": " + e.Message
	if e.Hint != "" {
		text += " (sandbox: " + e.Hint + ")"
	}
	return text
}

// Code is the AWS error code of the error, or "" where AWS did not answer it.
func Code(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// Is reports whether AWS refused with one of the codes.
func Is(err error, codes ...string) bool {
	code := Code(err)
	for _, c := range codes {
		if c == code && code != "" {
			return true
		}
	}
	return false
}

// Says reports whether AWS refused with a code, in a message that has the words.
func Says(err error, code, words string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code && strings.Contains(e.Message, words)
}

// modelled are the codes that the SDK knows as types of their own and prints without "api error".
var modelled = map[string]bool{
	"AWSOrganizationsNotInUseException":     true,
	"AccessDeniedException":                 true,
	"CallerIsNotManagementAccountException": true,
	"ConflictException":                     true,
	"ConstraintViolationException":          true,
	"DeleteConflict":                        true,
	"DocumentAlreadyExists":                 true,
	"DocumentLimitExceeded":                 true,
	"DocumentVersionLimitExceeded":          true,
	"DuplicateDocumentContent":              true,
	"DuplicatePolicyAttachmentException":    true,
	"DuplicatePolicyException":              true,
	"EntityAlreadyExists":                   true,
	"InvalidDocument":                       true,
	"InvalidDocumentContent":                true,
	"InvalidDocumentOperation":              true,
	"InvalidDocumentVersion":                true,
	"InvalidInput":                          true,
	"InvalidInputException":                 true,
	"LimitExceeded":                         true,
	"MalformedPolicyDocument":               true,
	"MalformedPolicyDocumentException":      true,
	"MaxDocumentSizeExceeded":               true,
	"NoSuchEntity":                          true,
	"OrganizationNotFoundException":         true,
	"ParentNotFoundException":               true,
	"PolicyInUseException":                  true,
	"PolicyNotAttachable":                   true,
	"PolicyNotAttachedException":            true,
	"PolicyNotFoundException":               true,
	"PolicyTypeNotEnabledException":         true,
	"ResourceNotFoundException":             true,
	"ServiceAccessNotEnabledException":      true,
	"ServiceFailure":                        true,
	"ServiceQuotaExceededException":         true,
	"TargetNotFoundException":               true,
	"TooManyTagsError":                      true,
	"UnmodifiableEntity":                    true,
	"ValidationException":                   true,
}

// Refuse is an error of AWS; the call that returns it adds the service, the operation and the request id.
func Refuse(status int, code, format string, args ...any) *Error {
	return &Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Hinted returns the error with a hint for people.
func (e *Error) Hinted(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// MessageOf is what AWS says of an error, without its code; for another error its text.
func MessageOf(err error) string {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal.Message
	}
	return err.Error()
}

// MalformedPolicy is how IAM refuses a policy document.
func MalformedPolicy(format string, args ...any) *Error {
	return Refuse(http.StatusBadRequest, "MalformedPolicyDocument", format, args...)
}

// Invalid is how IAM refuses a parameter.
func Invalid(format string, args ...any) *Error {
	return Refuse(http.StatusBadRequest, "ValidationError", format, args...)
}

// ErrMadeSince refuses to plant what an account has already and was not planted before.
var ErrMadeSince = errors.New(
	"the account has one that was made since; leave this one out, or destroy what made the other",
)
