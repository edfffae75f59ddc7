// Command gcs serves a store with the API of Google Cloud Storage, in memory, which takes every credential.
package main

import (
	"net/http"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"aws-access-guardrails/tools/emulators"
)

func main() {
	emulators.Main(func(address string) (http.Handler, error) {
		server, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true, PublicHost: address})
		if err != nil {
			return nil, err
		}
		server.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: emulators.Bucket})
		return server.HTTPHandler(), nil
	})
}
