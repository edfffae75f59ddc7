package files

import (
	"crypto/sha256"
	"encoding/binary"
)

// Sum stands for contents, in their order and each by itself.
func Sum(contents ...[]byte) [sha256.Size]byte {
	sum := sha256.New()
	for _, content := range contents {
		sum.Write(binary.AppendUvarint(nil, uint64(len(content))))
		sum.Write(content)
	}
	return [sha256.Size]byte(sum.Sum(nil))
}
