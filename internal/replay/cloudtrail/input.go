package cloudtrail

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding/unicode"

	"aws-access-guardrails/internal/files"
)

// Open opens a file by its name, "-" for standard input, and what is compressed in it. The function closes it.
func Open(name string, stdin io.Reader) (io.Reader, func(), error) {
	var raw io.Reader = stdin
	closeFile := func() {}
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, nil, files.InWords(name, err)
		}
		raw, closeFile = file, func() { _ = file.Close() }
	}
	buffered := bufio.NewReaderSize(raw, bufferSize)
	magic, _ := buffered.Peek(2)
	if !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return decoded(buffered), closeFile, nil
	}
	unpacked, err := gzip.NewReader(buffered)
	if err != nil {
		closeFile()
		return nil, nil, errors.New("is no gzip: " + err.Error())
	}
	return unpacked, closeFile, nil
}

// decoded is a stream in UTF-8. What Windows PowerShell writes with ">" is UTF-16 with a mark of its order of bytes.
func decoded(in *bufio.Reader) io.Reader {
	if mark, _ := in.Peek(2); bytes.Equal(mark, []byte{0xff, 0xfe}) || bytes.Equal(mark, []byte{0xfe, 0xff}) {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in)
	}
	return in
}

// Records cuts a stream into records, be it JSON, CSV or lines that CloudWatch Logs exported.
func Records(in io.Reader, record func([]byte, int64, int64) error, problem func(error, int64, int64)) error {
	buffered := bufio.NewReaderSize(in, 4096)
	begin, err := buffered.Peek(1)
	for err == nil && (begin[0] <= ' ' || begin[0] >= 0xbb) {
		_, _ = buffered.Discard(1)
		begin, err = buffered.Peek(1)
	}
	switch {
	case errors.Is(err, io.EOF):
		problem(errEmpty, 0, 0)
		return nil
	case err != nil:
		return err
	case isLog(buffered):
		return readLog(buffered, record, problem)
	case begin[0] != '{' && begin[0] != '[':
		return readCSV(buffered, record, problem)
	}
	f := &framer{in: buffered, record: record, problem: problem}
	return f.run()
}

// InWords is an error of a record without the words of a library.
func InWords(err error) error {
	text := err.Error()
	if strings.HasPrefix(text, "jsontext:") || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errBroken
	}
	return err
}
