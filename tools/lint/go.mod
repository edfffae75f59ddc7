module aws-access-guardrails/tools/lint

go 1.26.0

tool (
	github.com/polyfloyd/go-errorlint
	golang.org/x/tools/go/analysis/passes/shadow/cmd/shadow
	mvdan.cc/unparam
)

require golang.org/x/tools v0.52.0

require (
	github.com/polyfloyd/go-errorlint v1.8.0 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	mvdan.cc/unparam v0.0.0-20260823230713-2fa3d841b0c8 // indirect
)
