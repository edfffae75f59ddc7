// Command s3 serves a store with the API of Amazon S3, in memory, which takes every credential.
package main

import (
	"net/http"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"aws-access-guardrails/tools/emulators"
)

func main() {
	emulators.Main(func(string) (http.Handler, error) {
		backend := s3mem.New()
		return gofakes3.New(backend).Server(), backend.CreateBucket(emulators.Bucket)
	})
}
