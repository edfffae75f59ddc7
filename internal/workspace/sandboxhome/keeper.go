package sandboxhome

import (
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"path"
)

// No secret is in a sandbox, so nothing has to be hard to guess there. A passphrase would cost more than all else that
// the engine does in a run which changes nothing: the engine makes a key of it by a million rounds, in each of its
// commands. A key that is kept by HashiCorp Vault costs it one call, which is answered here.
//
// Source: pkg/secrets/passphrase and pkg/secrets/cloud of the Pulumi CLI; Vault's HTTP API, Transit secrets engine,
// "Encrypt data" and "Decrypt data".

// SecretsProvider and encryptedKey are what a stack file of a sandbox says of its secrets.
const SecretsProvider = "hashivault://sandbox"

var encryptedKey = base64.StdEncoding.EncodeToString(
	[]byte(sealed + base64.StdEncoding.EncodeToString(make([]byte, 32))),
)

// sealed stands before what the keeper has encrypted, as it stands before what Vault has.
const sealed = "vault:v1:"

// Keeper is what the engine takes for a Vault that keeps the key of a sandbox. It keeps nothing: what it encrypts can
// be read by anybody.
type Keeper struct {
	listener net.Listener
	server   *http.Server
}

// NewKeeper starts a keeper, on this machine only.
func NewKeeper() (*Keeper, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	k := &Keeper{listener: listener, server: &http.Server{Handler: http.HandlerFunc(answer)}}
	go func() { _ = k.server.Serve(listener) }()
	return k, nil
}

// Env is what the engine needs in its environment to find the keeper.
func (k *Keeper) Env() map[string]string {
	return map[string]string{"VAULT_SERVER_URL": "http://" + k.listener.Addr().String(), "VAULT_SERVER_TOKEN": "sandbox"}
}

// Close ends it.
func (k *Keeper) Close() { _ = k.server.Close() }

func answer(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Plaintext  string `json:"plaintext"`
		Ciphertext string `json:"ciphertext"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		http.Error(w, `{"errors":["not JSON"]}`, http.StatusBadRequest)
		return
	}
	data := map[string]string{}
	switch path.Dir(r.URL.Path) {
	case "/v1/transit/encrypt":
		data["ciphertext"] = sealed + asked.Plaintext
	case "/v1/transit/decrypt":
		data["plaintext"] = asked.Ciphertext[min(len(sealed), len(asked.Ciphertext)):]
	default:
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
}
