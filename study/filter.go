package study

// TrialOrder is the order of a list of trials.
type TrialOrder int

// Orders of trials.
const (
	ByNumber TrialOrder = iota
	ByRank              // finished trials only, in the order in which they finished
	ByValue             // trials with a value only, the largest first, equals by number
)

// Filter chooses trials. Its zero value chooses all that are not deleted, by
// number.
type Filter struct {
	Numbers   []int        // none: any
	States    []TrialState // none: any
	AfterRank int          // only trials that finished later than this rank; 0: no bound
	MinValue  *float64     // only trials with this value, which is finite, or a larger one; nil: no bound
	// Worker is the name of a worker, or of one of its slots ("node1/2"): only
	// trials of which it made an attempt, any of them, since who asks what
	// happened at a worker wants to see what was lost there too. "": no bound.
	Worker string
	Order  TrialOrder
	From   int    // only trials of this number or a higher one
	After  *Place // with ByValue, only trials that come later; nil: from the first
	Limit  int    // only the first so many; 0: all

	Deleted bool // deleted trials too
	// UnseenFrom chooses only deleted trials: those with this UnseenFrom or a
	// higher one; 0: no bound.
	UnseenFrom int
}

// Place is where a trial stands ByValue. A trial that has a value keeps its
// place, whatever finishes before or after it.
type Place struct {
	Value  float64
	Number int
}

// PlaceOf returns false for a trial without a value.
func PlaceOf(t Trial) (p Place, ok bool) {
	if t.Value == nil {
		return p, false
	}
	return Place{*t.Value, t.Number}, true
}

// Precedes tells whether p comes before other. 0 and -0 are equal.
func (p Place) Precedes(other Place) bool {
	return p.Value > other.Value || p.Value == other.Value && p.Number < other.Number
}
