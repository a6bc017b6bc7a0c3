package api

import (
	"fmt"
	"math"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/goal-search/goal-search/api/wire"
)

// violations collects what is wrong with a request, field by field.
type violations []*errdetails.BadRequest_FieldViolation

// Bounds of what is told: errors travel in headers.
const (
	violationsMax  = 20
	descriptionMax = 300 // bytes
)

// add notes what is wrong with a field; nil: nothing is. Of very many
// violations it notes the first ones.
func (v *violations) add(field string, err error) {
	if err != nil && len(*v) < violationsMax {
		*v = append(*v, &errdetails.BadRequest_FieldViolation{Field: field, Description: wire.Shorten(err.Error(), descriptionMax)})
	}
}

// require notes a field that is missing.
func (v *violations) require(field string, there bool) {
	if !there {
		v.add(field, fmt.Errorf("is required"))
	}
}

// within notes a number outside of a range.
func (v *violations) within(field string, got, low, high int32) {
	if got < low || got > high {
		v.add(field, fmt.Errorf("%d: want %d to %d", got, low, high))
	}
}

// finite notes what is no finite number.
func (v *violations) finite(field string, got float64) {
	if math.IsNaN(got) || math.IsInf(got, 0) {
		v.add(field, fmt.Errorf("%g: want a finite number", got))
	}
}

// err returns all violations as one error; nil: there are none.
func (v violations) err() error {
	if len(v) == 0 {
		return nil
	}
	parts := make([]string, len(v))
	for i, violation := range v {
		parts[i] = violation.GetField() + ": " + violation.GetDescription()
	}
	s, err := status.New(codes.InvalidArgument, strings.Join(parts, "; ")).
		WithDetails(&errdetails.BadRequest{FieldViolations: v})
	if err != nil {
		return status.Error(codes.InvalidArgument, strings.Join(parts, "; "))
	}
	return s.Err()
}

// parseStudy returns the study that a field names.
func parseStudy(field, name string) (string, error) {
	study, err := wire.ParseStudyName(name)
	return study, invalid(field, err)
}

// parseTrial returns the trial that a field names.
func parseTrial(field, name string) (study string, number int, err error) {
	study, number, err = wire.ParseTrialName(name)
	return study, number, invalid(field, err)
}

// invalid is the error of one wrong field.
func invalid(field string, err error) error {
	var v violations
	v.add(field, err)
	return v.err()
}
