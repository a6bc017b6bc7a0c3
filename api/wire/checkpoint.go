package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// PartMax is how many bytes of a state, or of what was reported of a trial, one
// message carries, far below what a message may have.
const PartMax = 1 << 20

// FromCheckpoint returns the checkpoint's message.
func FromCheckpoint(c study.Checkpoint) *pb.Checkpoint {
	return &pb.Checkpoint{
		Attempt: int32(c.Attempt), Epoch: int32(c.Epoch), Size: int64(c.Size), Sha256: c.SHA256, Value: c.Value,
		Environment: fromEnvironment(c.Environment), CreateTime: FromTime(c.At),
	}
}

// ToCheckpoint returns the checkpoint of a message.
func ToCheckpoint(m *pb.Checkpoint) study.Checkpoint {
	return study.Checkpoint{
		Attempt: int(m.GetAttempt()), Epoch: int(m.GetEpoch()), Size: int(m.GetSize()), SHA256: m.GetSha256(), Value: m.GetValue(),
		Environment: toEnvironment(m.GetEnvironment()), At: ToTime(m.GetCreateTime()),
	}
}

// HashOf is a state's hash as a Checkpoint has it.
func HashOf(state []byte) string {
	sum := sha256.Sum256(state)
	return hex.EncodeToString(sum[:])
}

// ReceiveState puts a state together from the parts that next returns until
// io.EOF. It takes memory for what has come, not for what was announced.
func ReceiveState(c study.Checkpoint, next func() ([]byte, error)) ([]byte, error) {
	if err := study.CheckState(c.Epoch, c.Size); err != nil {
		return nil, err
	}
	var state []byte
	for {
		part, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if state = append(state, part...); len(state) > c.Size {
			return nil, fmt.Errorf("%d bytes or more: want %d", len(state), c.Size)
		}
	}
	if len(state) != c.Size {
		return nil, fmt.Errorf("%d bytes: want %d", len(state), c.Size)
	}
	if got := HashOf(state); got != c.SHA256 {
		return nil, fmt.Errorf("SHA-256 %s: want %s", got, c.SHA256)
	}
	return state, nil
}
