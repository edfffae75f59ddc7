package api

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"

	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// UniqueID makes the next unique id of an entity: the prefix and 17 characters that follow from the account, the
// kind, the name and how often an entity of that name was made. The same history gives the same ids, in whatever
// order calls arrive.
func (w *World) UniqueID(tx *store.Tx, account, prefix, kind, name string) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s %s %s %d", account, kind, name, w.next(tx, account, kind+"/"+name))))
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:17]
}

// HexID is uniqueID for the services that write ids in lower-case hexadecimal digits.
func (w *World) HexID(tx *store.Tx, account, prefix, kind, name string, digits int) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s %s %s %d", account, kind, name, w.next(tx, account, kind+"/"+name))))
	return prefix + hex.EncodeToString(sum[:])[:digits]
}

// next counts the entities that ever had the key.
func (w *World) next(tx *store.Tx, account, key string) int {
	n, _ := w.Counters.Get(account, key)
	w.Counters.Put(tx, account, key, n+1)
	return n + 1
}

// requestID is shaped as AWS's are.
func requestID(operation, subject string, n int) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s %s %d", operation, subject, n)))
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// CallerID is the unique id that an ARN of a caller stands for.
func CallerID(arn string) string {
	sum := sha256.Sum256([]byte(arn))
	return "AIDA" + base32.StdEncoding.EncodeToString(sum[:])[:17]
}
