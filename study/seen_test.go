package study

import (
	"reflect"
	"testing"
	"time"
)

func TestSeenForgetsWhatWasDeletedBefore(t *testing.T) {
	value := 0.5
	result := func(number int) Trial {
		return Trial{Number: number, Rank: number + 1, State: Complete, Value: &value}
	}
	deleted := func(number, unseenFrom int) Trial {
		d := result(number)
		d.DeletedAt, d.UnseenFrom = time.Unix(1, 0), unseenFrom
		return d
	}
	unseen := func(number int) Trial { return Trial{Number: number, Rank: number + 1, State: Failed} }
	all := []Trial{result(0), deleted(1, 4), deleted(2, 6)}
	kept := []Trial{result(0), deleted(1, 4), deleted(2, 6)}
	for number, want := range map[int][]Trial{
		3: {result(0), result(1), result(2)},
		4: {result(0), unseen(1), result(2)},
		5: {result(0), unseen(1), result(2)},
		6: {result(0), unseen(1), unseen(2)},
	} {
		if got := Seen(all, number); !reflect.DeepEqual(got, want) {
			t.Errorf("trial %d sees %+v, want %+v", number, got, want)
		}
	}
	if !reflect.DeepEqual(all, kept) {
		t.Errorf("the trials became %+v, want them as they were: %+v", all, kept)
	}
}
