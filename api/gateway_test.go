package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goal-search/goal-search/api"
	"github.com/goal-search/goal-search/internal/coordinator"
	"github.com/goal-search/goal-search/sampler"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// gateway serves JSON over HTTP, with a token, and returns its URL.
func gateway(t *testing.T) string {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "studies.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closing, cancel := context.WithCancel(context.Background())
	dispatcher := coordinator.NewDispatcher(store,
		func(name string) (coordinator.Sampler, error) { return sampler.New(name) }, coordinator.Config{})
	server := api.NewServer(closing, store, dispatcher, api.Config{})
	served := make(chan error, 1)
	go func() { served <- server.ServeHTTP(listener, api.Access{Token: always("secret")}) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

// call makes a call of JSON and returns status and answer.
func call(t *testing.T, method, url, body string) (int, map[string]any) {
	t.Helper()
	response := open(t, method, url, body)
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

func open(t *testing.T, method, url, body string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer secret")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

const studyJSON = `{
	"name": "studies/first",
	"spec": {
		"parameters": [{"name": "x", "low": -1, "high": 1}],
		"sampler": {"name": "random", "seed": "3"},
		"dataSet": {"name": "digits"}
	},
	"budget": {"trials": 3, "wallTime": "3600s"}
}`

func TestJSONCalls(t *testing.T) {
	url := gateway(t)
	code, answer := call(t, "POST", url+"/v1/studies", studyJSON)
	if code != http.StatusOK || answer["name"] != "studies/first" || answer["state"] != "STATE_ACTIVE" {
		t.Fatalf("create: got %d %v", code, answer)
	}
	code, answer = call(t, "POST", url+"/v1/studies/-/trials:suggest", `{"worker": "workers/ada"}`)
	assignments, _ := answer["assignments"].([]any)
	if code != http.StatusOK || len(assignments) != 1 {
		t.Fatalf("suggest: got %d %v", code, answer)
	}
	lease, err := json.Marshal(assignments[0].(map[string]any)["lease"])
	if err != nil {
		t.Fatal(err)
	}
	code, answer = call(t, "POST", url+"/v1/leases:addMeasurement", `{"lease": `+string(lease)+`, "measurement": {"value": "NaN"}}`)
	if code != http.StatusOK {
		t.Errorf("measure: got %d %v", code, answer)
	}
	code, answer = call(t, "POST", url+"/v1/leases:complete", `{"lease": `+string(lease)+`, "finalState": "STATE_COMPLETE", "value": 0.5}`)
	if code != http.StatusOK || answer["value"] != 0.5 {
		t.Errorf("complete: got %d %v", code, answer)
	}
	code, answer = call(t, "GET", url+"/v1/studies/first/trials?states=STATE_COMPLETE", "")
	if trials, _ := answer["trials"].([]any); code != http.StatusOK || len(trials) != 1 {
		t.Errorf("list: got %d %v", code, answer)
	}
	code, answer = call(t, "DELETE", url+"/v1/studies/first/trials/0?requestId=1", "")
	if code != http.StatusOK || answer["deleteTime"] == nil || answer["unseenFrom"] != 1.0 {
		t.Errorf("delete: got %d %v", code, answer)
	}
	code, answer = call(t, "GET", url+"/v1/studies/first/trials?showDeleted=true", "")
	if trials, _ := answer["trials"].([]any); code != http.StatusOK || len(trials) != 1 {
		t.Errorf("list deleted trials: got %d %v", code, answer)
	}
	code, answer = call(t, "GET", url+"/v1/studies/second", "")
	if code != http.StatusNotFound {
		t.Errorf("unknown study: got %d %v", code, answer)
	}
}

func TestJSONNamesWhatItDoesNotKnow(t *testing.T) {
	url := gateway(t)
	code, answer := call(t, "POST", url+"/v1/studies", strings.Replace(studyJSON, "trials", "trails", 1))
	if message, _ := answer["message"].(string); code != http.StatusBadRequest || !strings.Contains(message, "trails") {
		t.Errorf("got %d %v, want the unknown field to be named", code, answer)
	}
}

func TestJSONWatch(t *testing.T) {
	url := gateway(t)
	call(t, "POST", url+"/v1/studies", studyJSON)
	call(t, "POST", url+"/v1/studies/first/trials", `{"parameters": {"x": 0.5}}`)
	response := open(t, "GET", url+"/v1/studies/first:watch", "")
	defer response.Body.Close()
	line, err := bufio.NewReader(response.Body).ReadString('\n')
	if err != nil || !strings.Contains(line, "KIND_TRIAL_CREATED") {
		t.Errorf("got %q, error %v, want the trial's creation", line, err)
	}
}

func TestOpenAPIDescribesEveryCall(t *testing.T) {
	url := gateway(t)
	code, answer := call(t, "GET", url+"/openapi.json", "")
	paths, _ := answer["paths"].(map[string]any)
	if code != http.StatusOK || len(paths) < 15 || paths["/v1/{name}:bestGoal"] == nil {
		t.Errorf("got %d with paths %v", code, paths)
	}
}

// TestJSONCallsAreBounded: nobody makes the server read, or keep, more than a
// message may have, and without the token nothing.
func TestJSONCallsAreBounded(t *testing.T) {
	url := gateway(t)
	long := func() io.Reader { return strings.NewReader(strings.Repeat(" ", 8<<20) + studyJSON) }
	for _, c := range []struct {
		name, method, path, token string
		body                      io.Reader
		want                      int
	}{
		{"without a token", "POST", "/v1/studies", "", long(), http.StatusUnauthorized},
		{"a long body", "POST", "/v1/studies", "secret", long(), http.StatusBadRequest},
		{"a name that is no UTF-8", "GET", "/v1/studies/%ff", "secret", nil, http.StatusBadRequest},
		{"a field that is no UTF-8", "GET", "/v1/studies?page_token=%ff", "secret", nil, http.StatusBadRequest},
		{"a field that does not exist", "GET", "/v1/studies?color=red", "secret", nil, http.StatusOK},
	} {
		request, err := http.NewRequestWithContext(t.Context(), c.method, url+c.path, c.body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+c.token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		response.Body.Close()
		if response.StatusCode != c.want {
			t.Errorf("%s: got status %d, want %d", c.name, response.StatusCode, c.want)
		}
	}
}
