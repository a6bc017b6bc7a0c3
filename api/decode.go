package api

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // registers the codec
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
)

// decoder lets a call say what is wrong with a message that cannot be read,
// such as text that is no UTF-8: gRPC itself would say, before anybody is asked,
// that the server failed.
type decoder struct {
	encoding.CodecV2
	unread sync.Map // messages that could not be read, to their errors, until somebody asks
}

func newDecoder() *decoder { return &decoder{CodecV2: encoding.GetCodecV2("proto")} }

// Unmarshal implements encoding.CodecV2. Only the service's own calls ask.
func (d *decoder) Unmarshal(data mem.BufferSlice, v any) error {
	err := d.CodecV2.Unmarshal(data, v)
	m, ok := v.(proto.Message)
	if err == nil || !ok || m.ProtoReflect().Descriptor().ParentFile().Package() != pb.File_goalsearch_v1_service_proto.Package() {
		return err
	}
	wrong := invalid("request", fmt.Errorf("cannot be read: %w", err))
	if field := notText(m.ProtoReflect().Descriptor(), data.Materialize()); field != "" {
		wrong = invalid(field, errors.New("is not UTF-8"))
	}
	_, told := wire.FromError(wrong)
	d.unread.Store(v, told)
	return nil
}

// read is the error of a message that was received.
func (d *decoder) read(message any, err error) error {
	if unread, ok := d.unread.LoadAndDelete(message); ok && err == nil {
		return unread.(error) //nolint:forcetypeassert // Unmarshal stores no other
	}
	return err
}

// asking is a service whose calls ask for what could not be read.
func (d *decoder) asking(service grpc.ServiceDesc) *grpc.ServiceDesc {
	methods := make([]grpc.MethodDesc, len(service.Methods))
	for i, m := range service.Methods {
		handle := m.Handler
		m.Handler = func(server any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
			return handle(server, ctx, func(message any) error { return d.read(message, decode(message)) }, intercept)
		}
		methods[i] = m
	}
	service.Methods = methods
	return &service
}

// askingStream is asking for the messages of a stream.
type askingStream struct {
	grpc.ServerStream
	decoder *decoder
}

// RecvMsg implements grpc.ServerStream.
func (s askingStream) RecvMsg(message any) error {
	return s.decoder.read(message, s.ServerStream.RecvMsg(message))
}

// notText returns the path of a string in an encoded message that is no UTF-8;
// "": there is none.
func notText(d protoreflect.MessageDescriptor, data []byte) string {
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return ""
		}
		value := data[n:]
		size := protowire.ConsumeFieldValue(number, kind, value)
		if size < 0 {
			return ""
		}
		data = value[size:]
		field := d.Fields().ByNumber(number)
		if field == nil || kind != protowire.BytesType {
			continue
		}
		content, _ := protowire.ConsumeBytes(value)
		switch {
		case field.Kind() == protoreflect.StringKind && !utf8.Valid(content):
			return string(field.Name())
		case field.Message() != nil:
			if inner := notText(field.Message(), content); inner != "" {
				return string(field.Name()) + "." + inner
			}
		}
	}
	return ""
}
