package wire

import (
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/proto"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// FromHistory gives the messages of a trial of the named study to each: one, or
// more where its measurements are too many for one.
func FromHistory(studyName string, h study.History, each func(*pb.History) error) error {
	m := &pb.History{Trial: FromTrial(studyName, h.Trial)}
	size := 0
	for _, measured := range h.Measurements {
		next := FromMeasurement(measured)
		length := proto.Size(next)
		if size += length; size > PartMax && len(m.GetMeasurements()) > 0 {
			if err := each(m); err != nil {
				return err
			}
			m, size = &pb.History{}, length
		}
		m.Measurements = append(m.Measurements, next)
	}
	return each(m)
}

// ReceiveHistories puts together the trials of the messages that next returns
// until io.EOF. Their study is the caller's to fill in.
func ReceiveHistories(next func() (*pb.History, error), each func(study.History) error) error {
	var h study.History
	begun := false
	for {
		m, err := next()
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return err
		}
		if (ended || m.GetTrial() != nil) && begun {
			if err := each(h); err != nil {
				return err
			}
		}
		switch {
		case ended:
			return nil
		case m.GetTrial() != nil:
			h, begun = study.History{Trial: ToTrial(m.GetTrial())}, true
		case !begun:
			return fmt.Errorf("measurements come before a trial")
		}
		for _, measured := range m.GetMeasurements() {
			h.Measurements = append(h.Measurements, ToMeasurement(measured))
		}
	}
}
