package sandboxhome

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the keeper has encrypted it decrypts, and what the stack files of a sandbox carry is a key of the length that
// the engine wants. Everything else is no part of it.
func TestTheKeeperGivesBackWhatItGot(t *testing.T) {
	keeper, openErr := NewKeeper()
	require.NoError(t, openErr)
	defer keeper.Close()
	ask := func(path string, body map[string]string) (map[string]string, int) {
		t.Helper()
		data, err := json.Marshal(body)
		require.NoError(t, err)
		address := keeper.Env()["VAULT_SERVER_URL"] + path
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, bytes.NewReader(data))
		require.NoError(t, err)
		reply, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer func() { _ = reply.Body.Close() }()
		var got struct {
			Data map[string]string `json:"data"`
		}
		if reply.StatusCode == http.StatusOK {
			require.NoError(t, json.NewDecoder(reply.Body).Decode(&got))
		}
		return got.Data, reply.StatusCode
	}
	name := strings.TrimPrefix(SecretsProvider, "hashivault://")
	plain := base64.StdEncoding.EncodeToString([]byte("a key"))
	encrypted, _ := ask("/v1/transit/encrypt/"+name, map[string]string{"plaintext": plain})
	decrypted, _ := ask("/v1/transit/decrypt/"+name, encrypted)
	assert.Equal(t, map[string]string{"plaintext": plain}, decrypted)

	carried, err := base64.StdEncoding.DecodeString(encryptedKey)
	require.NoError(t, err)
	decrypted, _ = ask("/v1/transit/decrypt/"+name, map[string]string{"ciphertext": string(carried)})
	key, err := base64.StdEncoding.DecodeString(decrypted["plaintext"])
	require.NoError(t, err)
	assert.Len(t, key, 32)

	_, status := ask("/v1/sys/health", nil)
	assert.Equal(t, http.StatusNotFound, status)
}
