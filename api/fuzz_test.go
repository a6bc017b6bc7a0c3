package api_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// notUTF8 stands in a request for as many bytes that are no UTF-8, which
// proto.Marshal would refuse.
const notUTF8 = "~not-utf8~"

// FuzzCalls makes calls with fields of every kind, right and wrong. None may
// fail as the server's own fault, and each must say what is wrong in the way
// that service.proto promises.
func FuzzCalls(f *testing.F) {
	methods := pb.File_goalsearch_v1_service_proto.Services().Get(0).Methods()
	seeds := uint64(25)
	if testing.Short() {
		seeds = 3
	}
	for method := range methods.Len() {
		for seed := range seeds {
			f.Add(uint8(method), seed)
		}
	}
	s := serve(f) // one for all, which sees a long history
	f.Fuzz(func(t *testing.T, method uint8, seed uint64) {
		m := methods.Get(int(method) % methods.Len())
		g := generator{rand: rand.New(rand.NewPCG(seed, uint64(m.Index()))), lease: s.anyLease(t)}
		request := g.message(m.Input(), 0)
		err := s.callRaw(t.Context(), m, request)
		if wrong := wrongAnswer(err); wrong != "" {
			t.Errorf("%s: %s\nanswer: %.500v\nrequest: %.2000v", m.Name(), wrong, err, request)
		}
	})
}

// wrongAnswer says what an error lacks; "": nothing.
func wrongAnswer(err error) string {
	answer := status.Convert(err)
	switch answer.Code() {
	case codes.OK, codes.DeadlineExceeded:
		return ""
	case codes.ResourceExhausted: // gRPC's own, for a message that is too large
		return ""
	case codes.Internal, codes.Unknown, codes.Unavailable, codes.DataLoss, codes.Unimplemented:
		return "an error of the server's own"
	}
	if len(answer.Message()) > 4000 {
		return "a message of many pages"
	}
	reasons, fields := 0, 0
	for _, detail := range answer.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			if d.GetDomain() == wire.Domain && d.GetReason() != "" {
				reasons++
			}
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				if v.GetField() == "" || v.GetDescription() == "" {
					return "a violation without field or description"
				}
				fields++
			}
		}
	}
	switch {
	case reasons != 1:
		return "no ErrorInfo"
	case answer.Code() == codes.InvalidArgument && fields == 0 && !strings.Contains(answer.Message(), study.ErrTooLarge.Error()):
		return "no field is named"
	}
	return ""
}

// anyLease returns a lease of study first, which earlier calls may have changed
// or deleted.
func (s *service) anyLease(t *testing.T) *pb.Lease {
	ctx := t.Context()
	made, err := s.store.CreateStudy(ctx, testStudy("first", 1000))
	if errors.Is(err, study.ErrExists) {
		made, err = s.store.Study(ctx, "first")
	}
	if err != nil {
		t.Fatal(err)
	}
	_, l, err := s.store.ClaimTrial(ctx, made.ID, study.Claim{Worker: "ada", TTL: time.Minute})
	if errors.Is(err, study.ErrNoTrial) {
		_, _ = s.store.EnqueueTrial(ctx, made.ID, study.Parameters{"x": 0, "fixed": 7}, 1)
	}
	if l.Token == "" {
		return &pb.Lease{StudyUid: made.ID, Attempt: 1, Token: "none"}
	}
	return wire.FromLease(l)
}

// callRaw makes a call of any kind and returns its error.
func (s *service) callRaw(ctx context.Context, m protoreflect.MethodDescriptor, request proto.Message) error {
	ctx, cancel := context.WithTimeout(ctx, 600*time.Millisecond)
	defer cancel()
	text, err := proto.Marshal(request)
	if err != nil {
		return err
	}
	text = bytes.ReplaceAll(text, []byte(notUTF8), bytes.Repeat([]byte{0xff}, len(notUTF8)))
	stream, err := s.conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: m.IsStreamingClient(), ServerStreams: m.IsStreamingServer()},
		"/"+string(m.Parent().FullName())+"/"+string(m.Name()), grpc.ForceCodec(rawCodec{}))
	if err != nil {
		return err
	}
	if err := stream.SendMsg(text); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	for {
		var answer []byte
		if err := stream.RecvMsg(&answer); errors.Is(err, io.EOF) || err == nil && !m.IsStreamingServer() {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// rawCodec sends bytes as they are.
type rawCodec struct{}

func (rawCodec) Marshal(v any) ([]byte, error)      { return v.([]byte), nil } //nolint:forcetypeassert // our own
func (rawCodec) Unmarshal(text []byte, v any) error { *v.(*[]byte) = text; return nil }
func (rawCodec) Name() string                       { return "proto" }

// generator makes requests: half of what it fills in could be meant.
type generator struct {
	rand  *rand.Rand
	lease *pb.Lease
}

func one[T any](g generator, of ...T) T { return of[g.rand.IntN(len(of))] }

func (g generator) message(d protoreflect.MessageDescriptor, depth int) proto.Message {
	if d.FullName() == g.lease.ProtoReflect().Descriptor().FullName() && g.rand.IntN(2) == 0 {
		return g.lease
	}
	m := dynamicpb.NewMessage(d)
	for i := range d.Fields().Len() {
		field := d.Fields().Get(i)
		if depth > 5 || g.rand.IntN(8) == 0 {
			continue
		}
		switch {
		case field.IsMap():
			for range g.count() {
				m.Mutable(field).Map().Set(g.scalar(field.MapKey()).MapKey(), g.scalar(field.MapValue()))
			}
		case field.IsList():
			for range g.count() {
				m.Mutable(field).List().Append(g.value(field, depth))
			}
		default:
			m.Set(field, g.value(field, depth))
		}
	}
	return m
}

func (g generator) count() int { return one(g, 0, 1, 1, 2, 3, 1025) }

func (g generator) value(field protoreflect.FieldDescriptor, depth int) protoreflect.Value {
	if field.Message() != nil {
		made := g.message(field.Message(), depth+1)
		m := dynamicpb.NewMessage(field.Message())
		proto.Merge(m, made)
		return protoreflect.ValueOfMessage(m)
	}
	return g.scalar(field)
}

func (g generator) scalar(field protoreflect.FieldDescriptor) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(g.text(string(field.Name())))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(g.text("")))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(g.rand.IntN(2) == 0)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(one[protoreflect.EnumNumber](g, 0, 1, 2, 3, 4, 5, 99, -1))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(one(g, 0, 0.5, -1, 7, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.MaxFloat64))
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(one[int32](g, 0, 1, 1, 2, 64, -1, math.MaxInt32, math.MinInt32))
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(one[int64](g, 0, 1, 1, 2, 100, -1, math.MaxInt64, math.MinInt64))
	}
	return protoreflect.ValueOfUint64(one[uint64](g, 0, 1, math.MaxUint64))
}

// text is what a field of that name could mean, or nothing that could be meant.
func (g generator) text(field string) string {
	fits := map[string][]string{
		"name":       {"studies/first", "studies/first/trials/0", "workers/ada", "first", "x", "digits"},
		"parent":     {"studies/first", "studies/-", "studies/first/trials/1"},
		"worker":     {"workers/ada", "workers/ada/1"},
		"objective":  {"", "{}", `{"epochs":1}`, "null", "[", `"\u0000"`},
		"page_token": {"", "c3R1ZGllczox", "c3R1ZGllczotMQ"},
		"key":        {"x", "fixed", "pool", "unknown"},
		"request_id": {"", "1", "2"},
	}[field]
	if len(fits) > 0 && g.rand.IntN(4) > 0 {
		return one(g, fits...)
	}
	return one(g, "", "x", "random", "cmaes", "a b", "\x00", "é\u2028", "../..", "studies/", "%", "'; DROP TABLE studies; --",
		notUTF8, strings.Repeat("x", 101), strings.Repeat("y/", 50_000))
}
