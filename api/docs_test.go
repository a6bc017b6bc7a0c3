package api_test

import (
	"os"
	"regexp"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
)

// documented finds the calls of grpcurl, with what they send.
var documented = regexp.MustCompile(`(?s)grpcurl [^\n]*-d '([^']*)'[^\n]*?goalsearch\.v1\.SearchService/(\w+)`)

// TestDocumentedCallsExist holds the calls that the documents show to the API:
// each method is there, and has every field that is sent.
func TestDocumentedCallsExist(t *testing.T) {
	methods := pb.File_goalsearch_v1_service_proto.Services().ByName("SearchService").Methods()
	seen := 0
	for _, name := range []string{"../README.md", "../docs/SERVICE.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range documented.FindAllStringSubmatch(string(text), -1) {
			seen++
			method := methods.ByName(protoreflect.Name(call[2]))
			if method == nil {
				t.Errorf("%s: there is no call %s", name, call[2])
				continue
			}
			if err := protojson.Unmarshal([]byte(call[1]), dynamicpb.NewMessage(method.Input())); err != nil {
				t.Errorf("%s: %s of %s: %v", name, call[2], call[1], err)
			}
		}
	}
	if seen < 8 {
		t.Errorf("found %d calls in the documents, want the 8 or more that they show", seen)
	}
}
