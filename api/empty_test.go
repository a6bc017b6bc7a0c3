package api_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
)

// TestNothingNeedBeThere sends every call with nothing in it, and with empty
// messages in it: what is missing is named, and the server is not at fault.
func TestNothingNeedBeThere(t *testing.T) {
	s := serve(t)
	methods := pb.File_goalsearch_v1_service_proto.Services().ByName("SearchService").Methods()
	for i := range methods.Len() {
		method := methods.Get(i)
		if method.IsStreamingClient() || method.IsStreamingServer() {
			continue
		}
		empty := dynamicpb.NewMessage(method.Input())
		for _, request := range []*dynamicpb.Message{empty, withEmptyMessages(method.Input())} {
			name := "/" + string(method.Parent().FullName()) + "/" + string(method.Name())
			err := s.conn.Invoke(t.Context(), name, request, dynamicpb.NewMessage(method.Output()))
			if code := status.Code(err); code == codes.Internal || code == codes.Unknown {
				t.Errorf("%s of {%v}: got %v", method.Name(), request, err)
			}
		}
	}
}

func withEmptyMessages(d protoreflect.MessageDescriptor) *dynamicpb.Message {
	m := dynamicpb.NewMessage(d)
	for i := range d.Fields().Len() {
		field := d.Fields().Get(i)
		if field.Message() != nil && !field.IsList() && !field.IsMap() {
			m.Mutable(field)
		}
	}
	return m
}
