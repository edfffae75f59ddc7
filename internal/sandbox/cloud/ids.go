package cloud

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
)

// uniqueID makes the next unique id of an entity: the prefix and 17 characters that follow from the account, the
// kind, the name and how often an entity of that name was made. The same history gives the same ids, in whatever
// order calls arrive.
func (c *Cloud) uniqueID(tx *tx, account, prefix, kind, name string) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s %s %s %d", account, kind, name, c.next(tx, account, kind+"/"+name))))
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:17]
}

// hexID is uniqueID for the services that write ids in lower-case hexadecimal digits.
func (c *Cloud) hexID(tx *tx, account, prefix, kind, name string, digits int) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s %s %s %d", account, kind, name, c.next(tx, account, kind+"/"+name))))
	return prefix + hex.EncodeToString(sum[:])[:digits]
}

// next counts the entities that ever had the key.
func (c *Cloud) next(tx *tx, account, key string) int {
	n, _ := c.counters.get(account, key)
	c.counters.put(tx, account, key, n+1)
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
