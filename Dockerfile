# The guardrails command with the Pulumi CLI, the Go language host and git: for pipelines, and for plain "pulumi up".
# The tag of the second image is the Pulumi release that this program is made for; a test holds the two together.
FROM golang:1.26 AS build
ARG VERSION=v0.0.0-image
ARG COMMIT=unknown
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.release=${VERSION} -X main.commit=${COMMIT}" -o /out/guardrails ./cmd/guardrails

FROM pulumi/pulumi-go:3.253.0
COPY --from=build /out/guardrails /usr/local/bin/guardrails
COPY LICENSE NOTICE /usr/share/doc/guardrails/
WORKDIR /project
ENTRYPOINT ["guardrails"]
CMD ["--help"]
