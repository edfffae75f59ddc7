package replay

import (
	"encoding/binary"
	"hash/fnv"
	"runtime/debug"
	"sync"
)

// eventKey stands for the id of an event: 96 bits of a hash of it. That two ids of ten million share one is less
// likely than one in 10^14.
type eventKey [3]uint32

func keyOf(id string) eventKey {
	h := fnv.New128a()
	_, _ = h.Write([]byte(id))
	var sum [16]byte
	h.Sum(sum[:0])
	// The first bytes of FNV change least, so both halves are mixed.
	a, b := binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])
	a, b = mix(a^mix(b)), mix(b)
	return eventKey{uint32(a), uint32(a >> 32), uint32(b)}
}

func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

const seenShards = 256

// seen is a set of ids. It takes about fifteen bytes for each.
type seen struct {
	shards [seenShards]seenShard
	// state keeps the ids; nil where nothing is kept.
	state *state
}

type seenShard struct {
	mu    sync.Mutex
	slots []eventKey
	n     int
}

// add reports whether the id is new.
func (s *seen) add(k eventKey) bool {
	shard := &s.shards[k[2]%seenShards]
	shard.mu.Lock()
	defer shard.mu.Unlock()
	if shard.n*8 >= len(shard.slots)*7 {
		shard.grow()
	}
	if !shard.put(k) {
		return false
	}
	shard.n++
	if s.state != nil {
		s.state.note(k)
	}
	return true
}

func (s *seenShard) put(k eventKey) bool {
	if k == (eventKey{}) {
		k[0] = 1
	}
	slot := int(k[0]) % len(s.slots)
	for {
		switch s.slots[slot] {
		case k:
			return false
		case eventKey{}:
			s.slots[slot] = k
			return true
		}
		if slot++; slot == len(s.slots) {
			slot = 0
		}
	}
}

// manyIDs is the size of a shard from which ids are most of the memory: about a million ids in all.
const manyIDs = 4096

// collectMore has garbage collected after a fifth of what is kept in place of as much again. Ids are kept to the end,
// so the ordinary setting of the runtime would take twice their memory.
var collectMore = sync.OnceFunc(func() { debug.SetGCPercent(20) })

func (s *seenShard) grow() {
	if len(s.slots) > manyIDs {
		collectMore()
	}
	old := s.slots
	s.slots = make([]eventKey, max(64, len(old)*5/4))
	for _, k := range old {
		if k != (eventKey{}) {
			s.put(k)
		}
	}
}
