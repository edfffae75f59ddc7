package cloudtrail

import (
	"bytes"
	"errors"
	"io"
)

// A file of CloudTrail is one object with a list of records; other exports are one record a line, a list, or an
// object that holds a list. The framer cuts a stream of such JSON into records without holding more of it than one
// record.

const (
	// MostOfARecord is how large a record may be. CloudTrail writes at most 1 MB for one.
	MostOfARecord = 8 << 20
	// mostDepth bounds how deep a record nests.
	mostDepth  = 128
	bufferSize = 256 << 10
)

var (
	errTooLarge  = errors.New("is larger than a record can be, and is left out")
	errBroken    = errors.New("is broken JSON, and is left out")
	errTruncated = errors.New("ends in the middle of a record")
	errNoObject  = errors.New("is no record, and is left out")
	errEmpty     = errors.New("is empty: there is nothing to read, not even a list without events")
)

// framer cuts a stream into records.
type framer struct {
	in       io.Reader
	buf      []byte
	position int
	failed   error
	line     int64
	count    int64
	// record takes one record, problem what could not be read. The bytes are valid until record returns.
	record  func(data []byte, line, number int64) error
	problem func(err error, line, number int64)
	// lists counts the lists whose elements are read; held is the number of the one that is a value of an object,
	// zero for none.
	lists, held int
}

// run reads everything. The error is that of the stream or of record; problems are told and passed over.
func (f *framer) run() error {
	f.line = 1
	f.buf = make([]byte, 0, bufferSize)
	for {
		c, ok := f.significant()
		if !ok {
			return f.end()
		}
		var err error
		switch {
		case c == '{':
			err = f.object(scan{pos: f.position}, false)
		case c == '[':
			f.lists++
			f.position++
		case c == ']' && f.lists > 0:
			f.lists--
			f.position++
			if f.held > 0 && f.lists == f.held-1 {
				f.held = 0
				err = f.object(scan{pos: f.position, depth: 1, inObject: [mostDepth + 1]bool{1: true}, last: ']'}, true)
			}
		case c == ',' || c == '}':
			f.position++
		case f.lists > 0:
			f.count++
			f.problem(errNoObject, f.line, f.count)
			f.scalar()
		default:
			f.count++
			f.problem(errBroken, f.line, f.count)
			f.nextLine()
		}
		if err != nil {
			return err
		}
	}
}

func (f *framer) end() error {
	if errors.Is(f.failed, io.EOF) {
		return nil
	}
	return f.failed
}

// fill reads more behind what is kept from a place on; false at the end of the stream.
func (f *framer) fill(keep int) bool {
	if f.failed != nil {
		return false
	}
	if keep > 0 {
		n := copy(f.buf, f.buf[keep:])
		f.buf = f.buf[:n]
		f.position -= keep
	}
	if cap(f.buf)-len(f.buf) < bufferSize/2 {
		f.buf = append(make([]byte, 0, 2*cap(f.buf)), f.buf...)
	}
	for {
		n, err := f.in.Read(f.buf[len(f.buf):cap(f.buf)])
		f.buf = f.buf[:len(f.buf)+n]
		if err != nil {
			f.failed = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
}

// significant goes to the next byte that is no space.
func (f *framer) significant() (byte, bool) {
	for {
		for ; f.position < len(f.buf); f.position++ {
			switch c := f.buf[f.position]; c {
			case '\n':
				f.line++
			case ' ', '\t', '\r', 0xef, 0xbb, 0xbf:
			default:
				return c, true
			}
		}
		if !f.fill(f.position) {
			return 0, false
		}
	}
}

// scalar passes over an element of a list that is neither an object nor a list: to the comma or the bracket behind it,
// and no further than its line.
func (f *framer) scalar() {
	text, escaped := false, false
	for {
		for ; f.position < len(f.buf); f.position++ {
			switch c := f.buf[f.position]; {
			case c == '\n', !text && (c == ',' || c == ']'):
				return
			case escaped:
				escaped = false
			case c == '\\':
				escaped = text
			case c == '"':
				text = !text
			}
		}
		if !f.fill(f.position) {
			return
		}
	}
}

// nextLine passes over the rest of a line.
func (f *framer) nextLine() {
	for {
		if n := bytes.IndexByte(f.buf[f.position:], '\n'); n >= 0 {
			f.position += n
			return
		}
		f.position = len(f.buf)
		if !f.fill(f.position) {
			return
		}
	}
}

// holders are the names of lists of records.
func holder(name []byte) bool {
	switch string(name) {
	case "Records", "records", "Events", "events", "logEvents", "results":
		return true
	}
	return false
}

// scan is where the framer is in a value.
type scan struct {
	pos   int
	depth int
	// inObject has a bit for each depth.
	inObject [mostDepth + 1]bool
	// last is the last byte that is no space and not in a text.
	last byte
	// name is the last text, and whether it stands where a name does.
	nameFrom, nameTo int
	large            bool
}

// object reads an object: a record, or one that holds a list of records. Of the rest of a holder nothing is kept.
func (f *framer) object(s scan, rest bool) error {
	line := f.line
	for {
		if s.pos >= len(f.buf) {
			if s.large = s.large || s.pos-f.position > MostOfARecord; s.large || rest {
				s.nameFrom, s.nameTo = 0, 0
				f.position = s.pos
			}
			before := f.position
			more := f.fill(f.position)
			moved := before - f.position
			s.pos, s.nameFrom, s.nameTo = s.pos-moved, s.nameFrom-moved, s.nameTo-moved
			if !more {
				f.count++
				f.problem(errTruncated, line, f.count)
				return f.again(s, true)
			}
			continue
		}
		switch done, err := f.step(&s); {
		case err != nil:
			f.count++
			f.problem(err, line, f.count)
			return f.again(s, false)
		case f.isHolder(&s):
			f.position = s.pos
			f.lists++
			f.held = f.lists
			return nil
		case done && rest:
			f.position = s.pos
			return nil
		case done:
			return f.emit(&s, line)
		}
	}
}

// isHolder reports whether a list of records has just begun.
func (f *framer) isHolder(s *scan) bool {
	return f.held == 0 && s.last == '[' && s.depth == 2 && s.inObject[1] && s.nameTo > s.nameFrom && s.nameFrom >= 0 &&
		holder(f.buf[s.nameFrom:s.nameTo])
}

func (f *framer) emit(s *scan, line int64) error {
	f.count++
	from := f.position
	f.position = s.pos
	if s.large || s.pos-from > MostOfARecord {
		f.problem(errTooLarge, line, f.count)
		return nil
	}
	return f.record(f.buf[from:s.pos], line, f.count)
}

// again goes on after a value that is broken: at its next line where each record has one, or at the next record of
// the list.
func (f *framer) again(s scan, ended bool) error {
	broken := f.buf[f.position:min(s.pos, len(f.buf))]
	from := f.position
	if f.lists > 0 {
		if n := nextRecord(broken, 1); n > 0 {
			f.position = from + n
			return nil
		}
		f.position = min(s.pos, len(f.buf))
		if ended {
			return nil
		}
		return f.seekRecord()
	}
	if n := bytes.IndexByte(broken, '\n'); n >= 0 {
		f.line -= int64(bytes.Count(broken[n:], []byte("\n")))
		f.position = from + n
		return nil
	}
	f.position = min(s.pos, len(f.buf))
	if !ended {
		f.nextLine()
	}
	return nil
}

// nextRecord is where the next element of a list begins, after from; -1 where there is none.
func nextRecord(data []byte, from int) int {
	for from < len(data) {
		n := bytes.IndexByte(data[from:], '{')
		if n < 0 {
			return -1
		}
		n += from
		before := bytes.TrimRight(data[:n], " \t\r\n")
		if bytes.HasSuffix(before, []byte(",")) &&
			bytes.HasSuffix(bytes.TrimRight(before[:len(before)-1], " \t\r\n"), []byte("}")) {
			return n
		}
		if n == 0 {
			return 0
		}
		from = n + 1
	}
	return -1
}

// seekRecord passes over everything until an element of a list begins.
func (f *framer) seekRecord() error {
	for {
		if n := nextRecord(f.buf[f.position:], 0); n >= 0 {
			f.line += int64(bytes.Count(f.buf[f.position:f.position+n], []byte("\n")))
			f.position += n
			return nil
		}
		keep := max(len(f.buf)-64, f.position)
		f.line += int64(bytes.Count(f.buf[f.position:keep], []byte("\n")))
		f.position = keep
		if !f.fill(keep) {
			f.position = len(f.buf)
			return nil
		}
	}
}

// step takes one text, one bracket or one stretch of anything else. It is done behind the bracket that closes the
// value.
func (f *framer) step(s *scan) (done bool, err error) {
	c := f.buf[s.pos]
	switch c {
	case '"':
		return false, f.quoted(s)
	case '{', '[':
		if s.depth > 0 && s.last != ':' && (s.inObject[s.depth] || s.last != ',' && s.last != '[') {
			return false, errBroken
		}
		if s.depth++; s.depth > mostDepth {
			return false, errBroken
		}
		s.inObject[s.depth] = c == '{'
	case '}', ']':
		if s.inObject[s.depth] != (c == '}') {
			return false, errBroken
		}
		s.depth--
	case '\n':
		f.line++
		s.pos++
		return false, nil
	case ' ', '\t', '\r':
		s.pos++
		return false, nil
	}
	s.last = c
	s.pos++
	return s.depth == 0, nil
}

// quoted passes over a text. A record has no line break in one.
func (f *framer) quoted(s *scan) error {
	start := s.pos + 1
	for {
		n := bytes.IndexByte(f.buf[start:], '"')
		if n < 0 {
			if bytes.IndexByte(f.buf[start:], '\n') >= 0 {
				s.pos = start + bytes.IndexByte(f.buf[start:], '\n')
				return errBroken
			}
			skipped := len(f.buf)
			if s.large = s.large || skipped-f.position > MostOfARecord; s.large {
				// Only what can be the beginning of an escape is kept.
				tail := min(skipped-start, 64)
				f.position, s.pos = skipped-tail, skipped-tail-1
				start = skipped - tail
			} else {
				start = skipped
			}
			before := f.position
			more := f.fill(f.position)
			moved := before - f.position
			start, s.pos = start-moved, s.pos-moved
			if !more {
				s.pos = len(f.buf)
				return errTruncated
			}
			continue
		}
		end := start + n
		if bytes.IndexByte(f.buf[start:end], '\n') >= 0 {
			s.pos = start + bytes.IndexByte(f.buf[start:end], '\n')
			return errBroken
		}
		escapes := 0
		for i := end - 1; i > s.pos && f.buf[i] == '\\'; i-- {
			escapes++
		}
		if escapes%2 == 1 {
			start = end + 1
			continue
		}
		s.nameFrom, s.nameTo = max(s.pos+1, 0), end
		s.pos, s.last = end+1, '"'
		return nil
	}
}
