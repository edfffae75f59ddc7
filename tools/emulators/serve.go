// Package emulators serves object stores on this machine, for tests of what runs over a backend of objects. Each
// command below has one store with one empty bucket.
//
// It is a module of its own: nothing of it is part of the product.
package emulators

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

// Bucket is the one that is there.
const Bucket = "states"

// Main serves a store on a free port of this machine and prints the address. It ends when standard input is closed,
// so that no store outlives the test that started it. The store is made for the address at which it answers.
func Main(store func(address string) (http.Handler, error)) {
	err := serve(store)
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func serve(store func(string) (http.Handler, error)) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	handler, err := store(listener.Addr().String())
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	return http.Serve(listener, handler)
}
