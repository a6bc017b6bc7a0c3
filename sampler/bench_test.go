package sampler

import (
	"fmt"
	"testing"
)

func BenchmarkSuggest(b *testing.B) {
	for _, name := range Names() {
		for _, n := range []int{100, 1000, 5000} {
			b.Run(fmt.Sprintf("%s/trials=%d", name, n), func(b *testing.B) {
				s, err := New(name)
				if err != nil {
					b.Fatal(err)
				}
				space := cube(19)
				history := randomHistory(space, n, sphere)
				for b.Loop() {
					suggest(b, s, space, 0, n, history)
				}
			})
		}
	}
}
