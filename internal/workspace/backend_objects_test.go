package workspace

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/pulumicli"
	"aws-access-guardrails/internal/workspace/pulumicli/clitest"
	"aws-access-guardrails/internal/workspace/result"
)

// objects is a store of objects in which states are kept, as tests look into it past the engine.
type objects struct {
	// address is that of the backend; nowhere is one of a bucket that does not exist.
	address, nowhere string
	// put, get and list ask the store itself.
	put  func(t *testing.T, key, content string)
	get  func(t *testing.T, key string) string
	list func(t *testing.T) []string
}

// call sends a request that must succeed and gives what it answers.
func call(t *testing.T, method, address, content string, sign func(*http.Request)) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(content))
	require.NoError(t, err)
	if sign != nil {
		sign(request)
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Less(t, answer.StatusCode, 300, "%s %s: %s", method, address, body)
	return string(body)
}

// found are the names of objects in the answer of a store, whose form says where they stand.
func found(answer string, form *regexp.Regexp) (keys []string) {
	for _, m := range form.FindAllStringSubmatch(answer, -1) {
		keys = append(keys, m[1])
	}
	slices.Sort(keys)
	return keys
}

// inS3 is a store with the API of Amazon S3, at an endpoint of its own, as MinIO and Ceph have.
func inS3(t *testing.T) objects {
	host := clitest.Emulator(t, "../..", "s3")
	t.Setenv("AWS_ACCESS_KEY_ID", "x")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	t.Setenv("AWS_REGION", "us-east-1")
	at := "http://" + host + "/states"
	const options = "&disableSSL=true&s3ForcePathStyle=true"
	return objects{
		address: "s3://states?endpoint=" + host + options,
		nowhere: "s3://nowhere?endpoint=" + host + options,
		put:     func(t *testing.T, key, content string) { call(t, http.MethodPut, at+"/"+key, content, nil) },
		get:     func(t *testing.T, key string) string { return call(t, http.MethodGet, at+"/"+key, "", nil) },
		list: func(t *testing.T) []string {
			return found(call(t, http.MethodGet, at+"?list-type=2", "", nil), regexp.MustCompile(`<Key>([^<]+)</Key>`))
		},
	}
}

// inGCS is a store with the API of Google Cloud Storage.
func inGCS(t *testing.T) objects {
	host := clitest.Emulator(t, "../..", "gcs")
	t.Setenv("STORAGE_EMULATOR_HOST", host)
	t.Setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "x")
	at := "http://" + host
	return objects{
		address: "gs://states",
		nowhere: "gs://nowhere",
		put: func(t *testing.T, key, content string) {
			query := url.Values{"uploadType": {"media"}, "name": {key}}
			call(t, http.MethodPost, at+"/upload/storage/v1/b/states/o?"+query.Encode(), content, nil)
		},
		get: func(t *testing.T, key string) string {
			return call(t, http.MethodGet, at+"/storage/v1/b/states/o/"+url.PathEscape(key)+"?alt=media", "", nil)
		},
		list: func(t *testing.T) []string {
			return found(
				call(t, http.MethodGet, at+"/storage/v1/b/states/o", "", nil),
				regexp.MustCompile(`"name":\s*"([^"]+)"`),
			)
		},
	}
}

// Azurite's well-known account and key.
const (
	azureAccount = "devstoreaccount1"
	azureKey     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

// signedForAzure signs a request with the key of the account, in the form that Azure calls Shared Key: Azurite takes no
// other one. Source: Azure Storage, "Authorize with Shared Key".
func signedForAzure(r *http.Request) {
	r.Header.Set("x-ms-date", time.Now().UTC().Format(http.TimeFormat))
	r.Header.Set("x-ms-version", "2021-12-02")
	headers := ""
	if r.Method == http.MethodPut && !strings.Contains(r.URL.RawQuery, "restype") {
		r.Header.Set("x-ms-blob-type", "BlockBlob")
		headers = "x-ms-blob-type:BlockBlob\n"
	}
	headers += "x-ms-date:" + r.Header.Get("x-ms-date") + "\nx-ms-version:" + r.Header.Get("x-ms-version") + "\n"
	length := ""
	if r.ContentLength > 0 {
		length = strconv.FormatInt(r.ContentLength, 10)
	}
	resource := "/" + azureAccount + r.URL.EscapedPath()
	query := r.URL.Query()
	for _, key := range slices.Sorted(maps.Keys(query)) {
		resource += "\n" + key + ":" + query.Get(key)
	}
	// The method, two headers that are not sent, the length, and eight more that are not sent.
	text := r.Method + "\n\n\n" + length + strings.Repeat("\n", 9) + headers + resource
	key, _ := base64.StdEncoding.DecodeString(azureKey)
	sum := hmac.New(sha256.New, key)
	_, _ = io.WriteString(sum, text)
	r.Header.Set("Authorization", "SharedKey "+azureAccount+":"+base64.StdEncoding.EncodeToString(sum.Sum(nil)))
}

// freePort is a port of this machine that nobody listens on.
func freePort(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}

// inAzure is a store with the API of Azure Blob Storage: Azurite, where somebody has installed it.
func inAzure(t *testing.T) objects {
	program, err := exec.LookPath("azurite-blob")
	if err != nil {
		t.Skip("no azurite-blob on PATH: npm install --global azurite")
	}
	port := freePort(t)
	cmd := exec.Command(program, "--inMemoryPersistence", "--skipApiVersionCheck", "--blobPort", port)
	cmd.Dir = t.TempDir()
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	at := "http://127.0.0.1:" + port + "/" + azureAccount
	require.Eventually(t, func() bool {
		answer, err := http.Get(at)
		if err == nil {
			_ = answer.Body.Close()
		}
		return err == nil
	}, 2*time.Minute, 100*time.Millisecond)
	t.Setenv("AZURE_STORAGE_CONNECTION_STRING", fmt.Sprintf(
		"DefaultEndpointsProtocol=http;AccountName=%s;AccountKey=%s;BlobEndpoint=%s;", azureAccount, azureKey, at,
	))
	call(t, http.MethodPut, at+"/states?restype=container", "", signedForAzure)
	return objects{
		address: "azblob://states",
		nowhere: "azblob://nowhere",
		put: func(t *testing.T, key, content string) {
			call(t, http.MethodPut, at+"/states/"+key, content, signedForAzure)
		},
		get: func(t *testing.T, key string) string {
			return call(t, http.MethodGet, at+"/states/"+key, "", signedForAzure)
		},
		list: func(t *testing.T) []string {
			answer := call(t, http.MethodGet, at+"/states?restype=container&comp=list", "", signedForAzure)
			return found(answer, regexp.MustCompile(`<Name>([^<]+)</Name>`))
		},
	}
}

// states are the objects that hold the state of a stack, and locks those that say who works on it.
func (o objects) states(t *testing.T) []string {
	return slices.DeleteFunc(o.list(t), func(key string) bool {
		return !strings.HasPrefix(key, ".pulumi/stacks/tiny/") || !strings.HasSuffix(key, ".json")
	})
}

func (o objects) locks(t *testing.T) []string {
	return slices.DeleteFunc(o.list(t), func(key string) bool { return !strings.HasPrefix(key, ".pulumi/locks/") })
}

// Real runs over a backend of objects do what they do over one of files: nothing is made by looking, the engine's key
// is written into the file as it is, the lock of a dead run is cancelled and another's is told with the line that
// removes it, a run that was killed is finished by the next, drift is seen and put back, and a bucket that does not
// exist is no stack that was never deployed. S3 before each landing; Google Cloud Storage and Azure in the nightly
// tier.
func TestRealRunsOverBackendsOfObjects(t *testing.T) {
	tier.Long(t)
	stores := []struct {
		name string
		open func(*testing.T) objects
	}{{"S3", inS3}, {"Google Cloud Storage", inGCS}, {"Azure", inAzure}}
	for _, s := range tier.Sample(1, stores...) {
		t.Run(s.name, func(t *testing.T) {
			w, aws, list := withUsers(t)
			o := s.open(t)
			w = overBackend(t, w, aws, o.address)
			*list = []user{{name: "alice", path: "/"}}

			for _, operation := range []result.Operation{result.Preview, result.Drift} {
				_, err := w.Run(t.Context(), operation, "dev")
				require.ErrorContains(
					t,
					err,
					`stack "dev" is not in the backend yet; deploy it with "guardrails up dev -C `,
				)
				assert.Equal(t, exit.WrongUse, exit.StatusOf(err), operation)
			}
			assert.Empty(t, o.states(t), "looking makes nothing")

			_, err := w.Run(t.Context(), result.Up, "dev")
			require.NoError(t, err)
			assert.Equal(t, []string{".pulumi/stacks/tiny/dev.json"}, o.states(t))
			assert.Empty(t, o.locks(t))
			data, err := os.ReadFile(w.folder.StackFile("dev"))
			require.NoError(t, err)
			assert.Regexp(
				t,
				`^# who\n\nconfig:\n\n  tiny:greeting: hello   # a greeting\nencryptionsalt: v1:[^\n]+\n\n# the end\n$`,
				string(data),
			)
			assert.Contains(t, runPulumi(t, w, "stack", "ls"), "dev")

			locksOverObjects(t, w, list, o)
			killedOverObjects(t, w, aws, list, o)
			driftOverObjects(t, w, aws)

			t.Setenv("PULUMI_BACKEND_URL", o.nowhere)
			summary, err := w.Run(t.Context(), result.Drift, "dev")
			require.Error(t, err, "a backend that is not there is nothing to be green about")
			assert.NotEqual(t, exit.Holds, exit.StatusOf(err))
			assert.Equal(t, result.OutcomeFailed, summary.Stacks[0].Outcome)
		})
	}
}

// locksOverObjects plants locks of dead runs and of others.
func locksOverObjects(t *testing.T, w *Workspace, list *[]user, o objects) {
	t.Helper()
	host, err := os.Hostname()
	require.NoError(t, err)
	plant := func(host string, pid int) {
		o.put(t, ".pulumi/locks/organization/tiny/dev/3f2b.json", fmt.Sprintf(
			`{"pid":%d,"username":"u","hostname":%q,"timestamp":%q}`, pid, host, time.Now().Format(time.RFC3339Nano),
		))
	}
	*list = append(*list, user{name: "bob", path: "/"})
	plant(host, 2147483647)
	_, err = w.Run(t.Context(), result.Up, "dev")
	require.NoError(t, err, "a dead run holds nothing")
	assert.Empty(t, o.locks(t))

	*list = append(*list, user{name: "carol", path: "/"})
	plant("elsewhere", 1)
	_, err = w.Run(t.Context(), result.Up, "dev")
	require.ErrorContains(t, err, "locked by u on elsewhere")
	assert.Equal(t, exit.Failed, exit.StatusOf(err))
	assert.NotEmpty(t, o.locks(t), "what is not known to be dead is not cancelled")
	line := regexp.MustCompile(`pulumi (cancel --yes dev) --cwd (\S+)`).FindStringSubmatch(err.Error())
	require.NotNil(t, line, err)
	assert.Equal(t, w.folder.Dir, line[2])
	runPulumi(t, w, strings.Fields(line[1])...)
	assert.Empty(t, o.locks(t), "the line that was told removes it")
	_, err = w.Run(t.Context(), result.Up, "dev")
	require.NoError(t, err)
}

// killedOverObjects kills an engine whose creation AWS carries out, and runs the same again.
func killedOverObjects(t *testing.T, w *Workspace, aws *memory, list *[]user, o objects) {
	t.Helper()
	*list = append(*list, user{name: "dave", path: "/"})
	aws.creating = func(ctx context.Context, name string, properties *structpb.Struct) {
		aws.mu.Lock()
		aws.held[name] = properties
		aws.mu.Unlock()
		for _, key := range o.locks(t) {
			var lock struct{ PID int }
			if assert.NoError(t, json.Unmarshal([]byte(o.get(t, key)), &lock)) && assert.Positive(t, lock.PID) {
				assert.NoError(t, syscall.Kill(lock.PID, syscall.SIGKILL))
			}
		}
		<-ctx.Done()
	}
	aws.mu.Lock()
	aws.refuse = map[string]error{"dave": errors.New("nobody is there to hear this")}
	aws.mu.Unlock()
	_, err := w.Run(t.Context(), result.Up, "dev")
	require.Error(t, err)
	require.NotEmpty(t, o.locks(t))
	aws.creating, aws.refuse = nil, nil
	_, err = w.Run(t.Context(), result.Up, "dev")
	require.NoError(t, err)
	assert.Equal(t, []string{"alice", "bob", "carol", "dave"}, aws.names())
	assert.Empty(t, o.locks(t))
}

// driftOverObjects changes something by hand.
func driftOverObjects(t *testing.T, w *Workspace, aws *memory) {
	t.Helper()
	drift := func() error {
		_, err := w.Run(t.Context(), result.Drift, "dev")
		return err
	}
	require.NoError(t, drift())
	aws.mu.Lock()
	aws.held["bob"] = &structpb.Struct{Fields: map[string]*structpb.Value{
		"name": structpb.NewStringValue("bob"), "path": structpb.NewStringValue("/"),
		"tags": structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{
			"Email": structpb.NewStringValue("by hand"),
		}}),
	}}
	aws.mu.Unlock()
	err := drift()
	var differs *exit.DiffersError
	require.ErrorAs(t, err, &differs)
	assert.Contains(t, differs.Message, `"guardrails up dev -C `+w.folder.Dir+`" puts it back`)
	_, err = w.Run(t.Context(), result.Up, "dev")
	require.NoError(t, err)
	require.NoError(t, drift())
}

// runPulumi runs a command of the CLI in the folder of a workspace, as a person would, and gives what it prints.
func runPulumi(t *testing.T, w *Workspace, args ...string) string {
	t.Helper()
	command, err := pulumicli.Find(t.Context(), pulumicli.Options{})
	require.NoError(t, err)
	stdout, stderr, _, err := command.Run(t.Context(), w.folder.Dir, bytes.NewReader(nil), nil, nil, nil, args...)
	require.NoError(t, err, stderr)
	return stdout
}
