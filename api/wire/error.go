package wire

import (
	"context"
	"errors"
	"fmt"

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
// repeated.
var passing = []error{study.ErrLocked, study.ErrUnreachable, study.ErrFull}

// FromError is the one place where errors become codes. What has no kind is
// the server's own trouble: its message is for operators and does not cross.
// whole tells whether the client is told all there is.
func FromError(err error) (whole bool, told error) {
	if err == nil {
		return true, nil
	}
	if _, ok := status.FromError(err); ok {
		return true, err
	}
	for _, kind := range errorKinds {
		if errors.Is(err, kind.err) {
			return true, withReason(kind.code, kind.reason, err.Error())
		}
	}
	for _, trouble := range passing {
		if errors.Is(err, trouble) {
			return false, status.Error(codes.Unavailable, "the server's database does not answer; its log says why")
		}
	}
	return false, status.Error(codes.Internal, "the server failed; its log says why")
}

func withReason(code codes.Code, reason pb.ErrorReason, message string) error {
	s, err := status.New(code, message).WithDetails(&errdetails.ErrorInfo{Reason: reason.String(), Domain: Domain})
	if err != nil {
		return status.Error(code, message)
	}
	return s.Err()
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
