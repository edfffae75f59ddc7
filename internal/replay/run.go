package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"aws-access-guardrails/internal/replay/cloudtrail"
	"aws-access-guardrails/internal/replay/judging"
)

// Run is one replay: what is asked, and what was found so far.
type Run struct {
	question *judging.Question
	fold     *fold
	seen     *seen
	learned  *judging.Learned
	state    *state
	// each takes the events in place of the question; nil means that they are judged.
	each func(*cloudtrail.Event)
}

// NewRun begins a replay.
func NewRun(q *judging.Question) *Run {
	return &Run{question: q, fold: newFold(), seen: &seen{}, learned: judging.NewLearned()}
}

// batch are records of one file, one after the other in one memory.
type batch struct {
	data    []byte
	records []span
	file    string
}

type span struct {
	from, to     int
	line, number int64
}

const (
	batchBytes   = 512 << 10
	batchRecords = 1024
)

var batches = sync.Pool{New: func() any { return &batch{} }}

// Read reads everything under paths: files, folders and "-" for the given reader. What cannot be read of them is a
// problem of the report, and no error; the error is that of a path that does not exist, of the context, or of the
// state.
func (r *Run) Read(ctx context.Context, stdin io.Reader, paths ...string) error {
	files, err := r.files(paths)
	if err != nil {
		return err
	}
	if r.state == nil {
		return r.read(ctx, stdin, files)
	}
	for len(files) > 0 {
		n := r.state.group(files)
		if err := r.read(ctx, stdin, files[:n]); err != nil {
			return err
		}
		if err := r.state.save(r, files[:n]); err != nil {
			return err
		}
		files = files[n:]
	}
	return nil
}

// read has one reader for each core and as many judges, so that one large file and many small ones are both read by
// all cores.
func (r *Run) read(ctx context.Context, stdin io.Reader, files []input) error {
	workers := max(runtime.GOMAXPROCS(0), 2)
	todo, work := make(chan input), make(chan *batch, workers)
	var readers, judges sync.WaitGroup
	for range workers {
		readers.Go(func() {
			for in := range todo {
				r.file(ctx, in, stdin, work)
			}
		})
		judges.Go(func() {
			w := &worker{run: r, dec: cloudtrail.NewDecoder()}
			for b := range work {
				w.batch(b)
			}
		})
	}
	for _, in := range files {
		if ctx.Err() != nil {
			break
		}
		todo <- in
	}
	close(todo)
	readers.Wait()
	close(work)
	judges.Wait()
	return ctx.Err()
}

// file frames one file into batches.
func (r *Run) file(ctx context.Context, in input, stdin io.Reader, work chan<- *batch) {
	stream, closeAll, err := cloudtrail.Open(in.name, stdin)
	if err != nil {
		r.fold.problem(Problem{File: in.name, Why: err.Error()})
		return
	}
	defer closeAll()
	b := batches.Get().(*batch)
	b.file, b.data, b.records = in.name, b.data[:0], b.records[:0]
	flush := func() {
		if len(b.records) == 0 {
			return
		}
		work <- b
		b = batches.Get().(*batch)
		b.file, b.data, b.records = in.name, b.data[:0], b.records[:0]
	}
	record := func(data []byte, line, number int64) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		from := len(b.data)
		b.data = append(b.data, data...)
		b.records = append(b.records, span{from, len(b.data), line, number})
		if len(b.data) >= batchBytes || len(b.records) >= batchRecords {
			flush()
		}
		return nil
	}
	problem := func(err error, line, number int64) {
		r.fold.problem(Problem{File: in.name, Line: line, Record: number, Why: err.Error()})
	}
	err = cloudtrail.Records(stream, record, problem)
	flush()
	if err != nil && ctx.Err() == nil {
		r.fold.problem(
			Problem{File: in.name, Why: "cannot be read to its end (" + inWords(err) + "); what came before is judged"},
		)
	}
	r.fold.mu.Lock()
	r.fold.Files++
	r.fold.mu.Unlock()
}

func inWords(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return err.Error()
}

// worker decodes and judges.
type worker struct {
	run *Run
	dec *cloudtrail.Decoder
}

func (w *worker) batch(b *batch) {
	for _, s := range b.records {
		if err := w.record(b.data[s.from:s.to]); err != nil {
			w.run.fold.problem(Problem{File: b.file, Line: s.line, Record: s.number, Why: err.Error()})
		}
	}
	if cap(b.data) <= 4*batchBytes {
		batches.Put(b)
	}
}

// record takes one record out of what wraps it, and judges it. A panic would be a mistake of this program: it is told
// with the place of the record.
func (w *worker) record(data []byte) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("cannot be judged; this is a mistake of the program: %v", broken)
		}
	}()
	e, err := w.dec.Decode(data)
	switch {
	case errors.Is(err, cloudtrail.ErrNothing):
		return nil
	case err != nil:
		return cloudtrail.InWords(err)
	}
	if each := w.run.each; each != nil {
		each(e)
		return nil
	}
	w.judge(e)
	return nil
}

// judge judges an event once, however often it was delivered. A call into another account is recorded in both: the
// caller's own record is the one that counts.
func (w *worker) judge(e *cloudtrail.Event) {
	r := w.run
	v := r.question.Judge(e, r.learned)
	if r.question.ProjectTag != "" && v.Why == judging.Judged {
		r.learned.Tagged(e, r.question.ProjectTag)
	}
	if v.Why == judging.OutsideOfQuestion {
		r.fold.count(e, v.Why)
		return
	}
	id := e.SharedID
	if id == "" {
		id = e.ID
	}
	fresh := true
	var k eventKey
	if id != "" {
		k = keyOf(id)
		fresh = r.seen.add(k)
	}
	if !v.Copied && (fresh || e.SharedID != "") && (e.SharedID == "" || r.seen.add(keyOf("own "+e.SharedID))) {
		r.noteDoor(e, v)
	}
	if !fresh {
		r.fold.double(e, k, v)
		return
	}
	switch {
	case v.Why != judging.Judged:
		r.fold.count(e, v.Why)
	case v.Copied && len(v.Rows) > 0 && id != "":
		r.fold.hold(e, k, v.Rows)
	default:
		r.fold.judged(e, v.Rows)
	}
}

// hold keeps the rows of a copy until the caller's own record comes.
func (f *fold) hold(e *cloudtrail.Event, k eventKey, rows []judging.Row) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.pending) < mostRows {
		f.pending[k] = pendingCopy{rows, e.Kept()}
		return
	}
	f.Events += e.Count
	f.Judged += e.Count
	f.seen(e)
	f.add(e, rows)
}

// double counts an event that came before. The caller's own record takes the place of a copy that waits for it.
func (f *fold) double(e *cloudtrail.Event, k eventKey, v judging.Verdict) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, waits := f.pending[k]
	if waits && !v.Copied && v.Why == judging.Judged {
		delete(f.pending, k)
		f.Events += e.Count
		f.Judged += e.Count
		f.seen(e)
		f.add(e, v.Rows)
	}
	f.Doubles++
}

// finish takes the copies whose own records never came, and settles what waited for other events.
func (r *Run) finish() {
	for k, p := range r.fold.pending {
		r.fold.judged(p.event, p.rows)
		delete(r.fold.pending, k)
	}
	r.fold.settle(r.question, r.learned)
}
