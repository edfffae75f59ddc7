package cloudtrail

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
)

// exported begins a line that CloudWatch Logs exported to Amazon S3: a time, a space and the message, which is the
// event.
//
// Source: Amazon CloudWatch Logs User Guide, Exporting log data to Amazon S3.
var exported = regexp.MustCompile(`^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,16}Z \{`)

func isLog(in *bufio.Reader) bool {
	begin, _ := in.Peek(len("2006-01-02T15:04:05.000000000Z {"))
	return exported.Match(begin)
}

// readLog reads lines of a time and an event.
func readLog(in *bufio.Reader, record func([]byte, int64, int64) error, problem func(error, int64, int64)) error {
	for number := int64(1); ; number++ {
		line, tooLarge, err := wholeLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		_, message, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" "))
		switch {
		case tooLarge:
			problem(errTooLarge, number, number)
		case len(line) == 0 || len(bytes.TrimSpace(line)) == 0:
		case !bytes.HasPrefix(message, []byte("{")):
			problem(errNoObject, number, number)
		default:
			if recordErr := record(message, number, number); recordErr != nil {
				return recordErr
			}
		}
		if err != nil {
			return nil //nolint:nilerr // The end of the stream is no error.
		}
	}
}

// wholeLine is one line; tooLarge says that it was passed over.
func wholeLine(in *bufio.Reader) (line []byte, tooLarge bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) > MostOfARecord {
			tooLarge, line = true, nil
		}
		if !tooLarge {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLarge, err
		}
	}
}
