package wire

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// Domain is that of every google.rpc.ErrorInfo.
const Domain = "goal-search"

// ErrAPIVersion is what a server and a client of different versions say.
var ErrAPIVersion = errors.New("the server speaks another version of the API")

// errorKind is how one of study's errors crosses the wire.
type errorKind struct {
	err    error
	code   codes.Code
	reason pb.ErrorReason
}

// errorKinds is looked through in order: an error may be of several kinds.
var errorKinds = []errorKind{
	{study.ErrNotFound, codes.NotFound, pb.ErrorReason_ERROR_REASON_NOT_FOUND},
	{study.ErrExists, codes.AlreadyExists, pb.ErrorReason_ERROR_REASON_EXISTS},
	{study.ErrConflict, codes.AlreadyExists, pb.ErrorReason_ERROR_REASON_CONFLICT},
	{study.ErrLeaseLost, codes.Aborted, pb.ErrorReason_ERROR_REASON_LEASE_LOST},
	{study.ErrPaused, codes.FailedPrecondition, pb.ErrorReason_ERROR_REASON_PAUSED},
	{study.ErrEnded, codes.FailedPrecondition, pb.ErrorReason_ERROR_REASON_ENDED},
	{study.ErrBudget, codes.FailedPrecondition, pb.ErrorReason_ERROR_REASON_BUDGET},
	{study.ErrUnfit, codes.FailedPrecondition, pb.ErrorReason_ERROR_REASON_UNFIT},
	{study.ErrDraining, codes.FailedPrecondition, pb.ErrorReason_ERROR_REASON_DRAINING},
	{ErrAPIVersion, codes.FailedPrecondition, pb.ErrorReason_ERROR_REASON_API_VERSION},
	{study.ErrTooLarge, codes.InvalidArgument, pb.ErrorReason_ERROR_REASON_TOO_LARGE},
	{study.ErrTransition, codes.FailedPrecondition, pb.ErrorReason_ERROR_REASON_STATE},
	{context.DeadlineExceeded, codes.DeadlineExceeded, pb.ErrorReason_ERROR_REASON_UNSPECIFIED},
	{context.Canceled, codes.Canceled, pb.ErrorReason_ERROR_REASON_UNSPECIFIED},
}

// passing are troubles of the database that may be over when the call is
// repeated: a server that another one replaces is read-only for a while, and
// whose password changes denies access.
var passing = []error{study.ErrLocked, study.ErrUnreachable, study.ErrFull, study.ErrReadOnly, study.ErrDenied}

// FromError is the one place where errors become codes. What has no kind is
// the server's own trouble: its message is for operators and does not cross.
// whole tells whether the client is told all there is.
func FromError(err error) (whole bool, told error) {
	if err == nil {
		return true, nil
	}
	if s, ok := status.FromError(err); ok {
		return true, withInfo(s)
	}
	for _, kind := range errorKinds {
		if errors.Is(err, kind.err) {
			return true, withReason(kind.code, kind.reason, err.Error())
		}
	}
	for _, trouble := range passing {
		if errors.Is(err, trouble) {
			return false, withReason(codes.Unavailable, pb.ErrorReason_ERROR_REASON_UNSPECIFIED, "the server's database does not answer; its log says why")
		}
	}
	return false, withReason(codes.Internal, pb.ErrorReason_ERROR_REASON_UNSPECIFIED, "the server failed; its log says why")
}

// messageMax bounds what an error repeats of a request: it travels in a header.
const messageMax = 2000

// Shorten cuts a text that is longer than max bytes.
func Shorten(text string, max int) string {
	if len(text) <= max {
		return text
	}
	return strings.ToValidUTF8(text[:max], "") + "…"
}

func withReason(code codes.Code, reason pb.ErrorReason, message string) error {
	message = Shorten(message, messageMax)
	s, err := status.New(code, message).WithDetails(&errdetails.ErrorInfo{Reason: reason.String(), Domain: Domain})
	if err != nil {
		return status.Error(code, message)
	}
	return s.Err()
}

// withInfo gives an error that has none its ErrorInfo, and a bound.
func withInfo(s *status.Status) error {
	p := s.Proto()
	p.Message = Shorten(p.GetMessage(), messageMax)
	s = status.FromProto(p)
	for _, detail := range s.Details() {
		if _, ok := detail.(*errdetails.ErrorInfo); ok {
			return s.Err()
		}
	}
	described, err := s.WithDetails(&errdetails.ErrorInfo{Reason: pb.ErrorReason_ERROR_REASON_UNSPECIFIED.String(), Domain: Domain})
	if err != nil {
		return s.Err()
	}
	return described.Err()
}

// ToError gives the client's caller study's own error. An error that did not
// come from a server stays as it is.
func ToError(err error) error {
	s, ok := status.FromError(err)
	if !ok || err == nil {
		return err
	}
	for _, detail := range s.Details() {
		info, ok := detail.(*errdetails.ErrorInfo)
		if !ok || info.GetDomain() != Domain {
			continue
		}
		for _, kind := range errorKinds {
			if kind.reason != pb.ErrorReason_ERROR_REASON_UNSPECIFIED && kind.reason.String() == info.GetReason() {
				return &remoteError{kind: kind.err, status: s}
			}
		}
	}
	return &remoteError{status: s, kind: kindOfCode(s.Code())}
}

// kindOfCode returns the error of a code that needs no reason; nil: none.
func kindOfCode(code codes.Code) error {
	switch code {
	case codes.DeadlineExceeded:
		return context.DeadlineExceeded
	case codes.Canceled:
		return context.Canceled
	}
	return nil
}

// remoteError is a server's error as one of study's.
type remoteError struct {
	kind   error // may be nil
	status *status.Status
}

// Error returns the server's words, and the field violations in them. Only an
// error that nobody foresaw needs its code too.
func (e *remoteError) Error() string {
	switch e.status.Code() {
	case codes.Unknown, codes.Internal, codes.Unimplemented:
		return fmt.Sprintf("%s (%s)", e.status.Message(), e.status.Code())
	}
	return e.status.Message()
}

func (e *remoteError) Unwrap() error { return e.kind }

// GRPCStatus lets status.FromError see it.
func (e *remoteError) GRPCStatus() *status.Status { return e.status }
